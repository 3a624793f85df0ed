use form::{MetadataPatch, ParamEnum, Params, Range};
use kernel::ListParams;

use super::evidence::EvidenceParams;

/// `GET /v1/disputes`.
#[derive(Debug, Clone, Params)]
pub struct List {
    pub charge: Option<String>,
    pub created: Option<Range>,
    pub payment_intent: Option<String>,
    #[params(flatten)]
    pub page: ListParams,
}

/// `POST /v1/disputes/:id`.
#[derive(Debug, Clone, Params)]
pub struct Update {
    pub evidence: Option<EvidenceParams>,
    pub intended_submission_method: Option<SubmissionMethod>,
    pub metadata: MetadataPatch,
    /// Whether the evidence goes to the bank at once, which is so if not said otherwise.
    pub submit: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum SubmissionMethod {
    Manual,
    PreferManual,
    PreferSmartDisputes,
    SmartDisputes,
}
