//! `derive(ParamEnum)`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields, Ident};

use crate::attributes::Attributes;
use crate::names::{check_distinct, plain, snake_case};

pub(crate) fn expand(input: DeriveInput) -> syn::Result<TokenStream> {
    let variants = variants(&input)?;
    check_distinct(variants.iter().map(|(ident, name)| (name.as_str(), ident)))?;
    let (idents, names): (Vec<_>, Vec<_>) = variants.into_iter().unzip();
    let ident = &input.ident;
    Ok(quote! {
        #[allow(dead_code)]
        impl #ident {
            /// Every variant, in the order of declaration.
            pub const ALL: &'static [Self] = &[#(Self::#idents),*];

            /// The name used in parameters and objects.
            pub fn as_str(&self) -> &'static str {
                match self {
                    #(Self::#idents => #names,)*
                }
            }

            /// The variant with this name.
            pub fn parse(text: &str) -> ::core::option::Option<Self> {
                match text {
                    #(#names => ::core::option::Option::Some(Self::#idents),)*
                    _ => ::core::option::Option::None,
                }
            }
        }

        #[automatically_derived]
        impl ::core::fmt::Display for #ident {
            fn fmt(&self, out: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                out.pad(self.as_str())
            }
        }

        #[automatically_derived]
        impl ::form::Decode for #ident {
            fn decode(
                node: ::core::option::Option<::form::Node>,
                at: &::form::Path<'_>,
            ) -> ::core::result::Result<Self, ::form::FormError> {
                ::form::decode_enum(node, at, &[#(#names),*], Self::parse)
            }
        }
    })
}

fn variants(input: &DeriveInput) -> syn::Result<Vec<(Ident, String)>> {
    let Data::Enum(data) = &input.data else {
        return Err(syn::Error::new_spanned(&input.ident, "ParamEnum is for enums"));
    };
    let mut variants = Vec::with_capacity(data.variants.len());
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            return Err(syn::Error::new_spanned(variant, "ParamEnum needs variants without data"));
        }
        let attributes = Attributes::parse(&variant.attrs)?;
        if attributes.flatten || !attributes.rules.is_empty() {
            return Err(syn::Error::new_spanned(variant, "only rename goes with a variant"));
        }
        let name = attributes.rename.unwrap_or_else(|| snake_case(&plain(&variant.ident)));
        variants.push((variant.ident.clone(), name));
    }
    Ok(variants)
}
