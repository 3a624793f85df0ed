//! `derive(Params)`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields, Ident, Type};

use crate::attributes::Attributes;
use crate::names::{check_distinct, plain};

struct Field {
    ident: Ident,
    ty: Type,
    name: String,
    attributes: Attributes,
}

pub(crate) fn expand(input: DeriveInput) -> syn::Result<TokenStream> {
    let fields = fields(&input)?;
    let own = || fields.iter().filter(|field| !field.attributes.flatten);
    check_distinct(own().map(|field| (field.name.as_str(), &field.ident)))?;

    let arms = own().map(|Field { ty, name, .. }| {
        quote!(#name => {
            <#ty as ::form::Decode>::unknown(node, &at.field(#name), found);
            true
        })
    });
    let flattened = fields.iter().filter(|field| field.attributes.flatten).map(|field| {
        let ty = &field.ty;
        quote!(|| <#ty as ::form::Params>::visit(name, node, at, found))
    });
    let values = fields.iter().map(value);
    let ident = &input.ident;
    let (generics, type_generics, bounds) = input.generics.split_for_impl();
    Ok(quote! {
        #[automatically_derived]
        impl #generics ::form::Params for #ident #type_generics #bounds {
            #[allow(unused_variables)]
            fn visit(
                name: &str,
                node: &::form::Node,
                at: &::form::Path<'_>,
                found: &mut ::form::Unknown,
            ) -> bool {
                match name {
                    #(#arms)*
                    _ => false #(#flattened)*,
                }
            }

            #[allow(unused_variables)]
            fn from_fields(
                fields: &mut ::form::Fields,
                at: &::form::Path<'_>,
            ) -> ::core::result::Result<Self, ::form::FormError> {
                ::core::result::Result::Ok(Self { #(#values),* })
            }
        }

        #[automatically_derived]
        impl #generics ::form::Decode for #ident #type_generics #bounds {
            const NESTED: bool = true;

            fn decode(
                node: ::core::option::Option<::form::Node>,
                at: &::form::Path<'_>,
            ) -> ::core::result::Result<Self, ::form::FormError> {
                ::form::decode_struct(node, at)
            }

            fn unknown(
                node: &::form::Node,
                at: &::form::Path<'_>,
                found: &mut ::form::Unknown,
            ) {
                ::form::find_unknown::<Self>(node, at, found);
            }
        }
    })
}

/// The initialiser of one field. Struct expressions are evaluated in the order they are written,
/// which makes the first wrong field the one that is reported.
fn value(field: &Field) -> TokenStream {
    let Field { ident, ty, name, attributes } = field;
    if attributes.flatten {
        return quote!(#ident: <#ty as ::form::Params>::from_fields(fields, at)?);
    }
    let rules = &attributes.rules;
    if rules.is_empty() {
        return quote!(#ident: <#ty as ::form::Decode>::decode(
            fields.take(#name),
            &at.field(#name),
        )?);
    }
    quote!(#ident: <#ty as ::form::Decode>::decode_with(
        fields.take(#name),
        &at.field(#name),
        &::form::Rules { #(#rules,)* ..::form::Rules::DEFAULT },
    )?)
}

fn fields(input: &DeriveInput) -> syn::Result<Vec<Field>> {
    let Data::Struct(data) = &input.data else {
        return Err(syn::Error::new_spanned(&input.ident, "Params is for structs"));
    };
    let fields = match &data.fields {
        Fields::Named(fields) => &fields.named,
        Fields::Unnamed(_) | Fields::Unit => {
            return Err(syn::Error::new_spanned(&input.ident, "Params needs named fields"));
        }
    };
    let mut parsed = Vec::with_capacity(fields.len());
    for field in fields {
        let Some(ident) = &field.ident else { continue };
        let attributes = Attributes::parse(&field.attrs)?;
        if attributes.flatten && (attributes.rename.is_some() || !attributes.rules.is_empty()) {
            return Err(syn::Error::new_spanned(ident, "flatten goes with nothing else"));
        }
        let name = attributes.rename.clone().unwrap_or_else(|| plain(ident));
        parsed.push(Field { ident: ident.clone(), ty: field.ty.clone(), name, attributes });
    }
    Ok(parsed)
}
