use form::Params;
use kernel::ListParams;

/// `GET /drawbridge/v1/mails`.
#[derive(Debug, Clone, Params)]
pub struct List {
    /// Only mails about this object.
    pub about: Option<String>,
    /// Only mails to this address.
    pub to: Option<String>,
    #[params(flatten)]
    pub page: ListParams,
}
