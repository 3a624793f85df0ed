//! The derives of the `form` crate; use them as `form::Params` and `form::ParamEnum`, where they
//! are documented.

mod attributes;
mod names;
mod param_enum;
mod params;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Derives `form::Params` and `form::Decode` for a struct with named fields.
#[proc_macro_derive(Params, attributes(params))]
pub fn derive_params(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    params::expand(input).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Derives `form::Decode`, `Display` and the name functions of an enum of unit variants.
#[proc_macro_derive(ParamEnum, attributes(params))]
pub fn derive_param_enum(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    param_enum::expand(input).unwrap_or_else(syn::Error::into_compile_error).into()
}
