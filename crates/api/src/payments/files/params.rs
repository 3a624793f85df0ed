use form::{Metadata, ParamEnum, Params, Range};
use kernel::ListParams;

/// `POST /v1/files`.
#[derive(Debug, Clone, Params)]
pub struct Create {
    /// What stands for the file among the parameters.
    pub file: String,
    pub file_link_data: Option<FileLinkData>,
    pub purpose: Purpose,
}

/// A link that is made with the file.
#[derive(Debug, Clone, Params)]
pub struct FileLinkData {
    pub create: bool,
    pub expires_at: Option<i64>,
    pub metadata: Metadata,
}

/// What files are uploaded for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum Purpose {
    AccountRequirement,
    AdditionalVerification,
    BusinessIcon,
    BusinessLogo,
    CustomerSignature,
    DisputeEvidence,
    IdentityDocument,
    IssuingRegulatoryReporting,
    PciDocument,
    PlatformTermsOfService,
    TaxDocumentUserUpload,
    TerminalAndroidApk,
    TerminalReaderSplashscreen,
    TerminalWifiCertificate,
    TerminalWifiPrivateKey,
}

/// `GET /v1/files`.
#[derive(Debug, Clone, Params)]
pub struct List {
    pub created: Option<Range>,
    /// Any of the official purposes; those that nobody can upload for find nothing.
    pub purpose: Option<String>,
    #[params(flatten)]
    pub page: ListParams,
}
