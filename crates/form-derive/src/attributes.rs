//! What stands in `#[params(…)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Expr, LitStr};

/// Attributes of a field or a variant.
#[derive(Default)]
pub(crate) struct Attributes {
    pub(crate) rename: Option<String>,
    pub(crate) flatten: bool,
    /// Fields of `form::Rules` that differ from the default.
    pub(crate) rules: Vec<TokenStream>,
}

impl Attributes {
    pub(crate) fn parse(attributes: &[Attribute]) -> syn::Result<Attributes> {
        let mut parsed = Attributes::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("params")) {
            attribute.parse_nested_meta(|meta| parsed.read(&meta))?;
        }
        Ok(parsed)
    }

    fn read(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
        match name.as_str() {
            "rename" => self.rename = Some(meta.value()?.parse::<LitStr>()?.value()),
            "flatten" => self.flatten = true,
            "max" => self.bound(quote!(max_chars), meta)?,
            "min" => self.bound(quote!(minimum), meta)?,
            "maximum" => self.bound(quote!(maximum), meta)?,
            "max_items" => self.bound(quote!(max_items), meta)?,
            "required" => self.rules.push(quote!(required: true)),
            "empty" => self.rules.push(quote!(empty: true)),
            "not_blank" => self.rules.push(quote!(not_blank: true)),
            _ => {
                return Err(meta.error(
                    "expected rename, max, min, maximum, max_items, required, empty, not_blank \
                     or flatten",
                ));
            }
        }
        Ok(())
    }

    fn bound(&mut self, rule: TokenStream, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        let bound: Expr = meta.value()?.parse()?;
        self.rules.push(quote!(#rule: #bound));
        Ok(())
    }
}
