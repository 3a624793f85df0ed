use form::Params;
use kernel::ListParams;

/// `POST /v1/test_helpers/test_clocks`.
#[derive(Debug, Clone, Params)]
pub struct Create {
    /// Unix seconds.
    pub frozen_time: i64,
    #[params(max = 300)]
    pub name: Option<String>,
}

/// `POST /v1/test_helpers/test_clocks/:id/advance`.
#[derive(Debug, Clone, Params)]
pub struct Advance {
    /// Unix seconds.
    pub frozen_time: i64,
}

/// `GET /v1/test_helpers/test_clocks`.
#[derive(Debug, Clone, Params)]
pub struct List {
    #[params(flatten)]
    pub page: ListParams,
}
