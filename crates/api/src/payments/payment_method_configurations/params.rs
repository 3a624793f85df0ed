use form::{Params, Patch};
use kernel::ListParams;

use super::methods::Methods;

/// `POST /v1/payment_method_configurations`.
#[derive(Debug, Clone, Params)]
pub struct Create {
    #[params(max = 100)]
    pub name: Option<String>,
    /// Where preferences of `none` come from.
    pub parent: Option<String>,
    #[params(flatten)]
    pub methods: Methods,
}

/// `POST /v1/payment_method_configurations/:id`.
#[derive(Debug, Clone, Params)]
pub struct Update {
    pub active: Option<bool>,
    #[params(max = 100)]
    pub name: Option<String>,
    #[params(flatten)]
    pub methods: Methods,
}

/// `GET /v1/payment_method_configurations`.
#[derive(Debug, Clone, Params)]
pub struct List {
    pub active: Option<bool>,
    /// The application's; without a value those of no application.
    pub application: Patch<String>,
    #[params(flatten)]
    pub page: ListParams,
}
