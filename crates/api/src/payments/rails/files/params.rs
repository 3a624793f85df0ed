use form::{ParamEnum, Params, Range};
use kernel::ListParams;

/// `GET /drawbridge/v1/ach/files`.
#[derive(Debug, Clone, Params)]
pub struct List {
    /// Only those to the bank, or only those from it.
    pub direction: Option<Way>,
    pub created: Option<Range>,
    #[params(flatten)]
    pub page: ListParams,
}

/// Which way a file goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum Way {
    Out,
    In,
}

/// `GET /drawbridge/v1/ach/files/:id/entries`.
#[derive(Debug, Clone, Params)]
pub struct ListEntries {
    #[params(flatten)]
    pub page: ListParams,
}

/// `POST /drawbridge/v1/ach/files`: a file that came by another way.
#[derive(Debug, Clone, Params)]
pub struct Create {
    /// The Nacha file; longer ones come by the transport.
    #[params(max = 1_000_000)]
    pub content: Option<String>,
    /// What it is called where it came from.
    pub name: Option<String>,
}
