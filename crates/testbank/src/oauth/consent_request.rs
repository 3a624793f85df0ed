//! What a client asks for: FDX data clusters, duration and how far back.

use serde::{Deserialize, Serialize};

use super::error::OAuthError;

/// The type of FDX authorization details (RFC 9396).
pub const DETAILS_TYPE: &str = "fdx_v1.0";
/// No consent lasts longer than this many days.
const LONGEST_PERIOD: i64 = 365;

/// A kind of data that can be shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Cluster {
    AccountBasic,
    AccountDetailed,
    Balances,
    Transactions,
    #[serde(alias = "ACCOUNT_PAYMENTS")]
    PaymentSupport,
    CustomerContact,
    CustomerPersonal,
}

impl Cluster {
    /// Every cluster, in the order in which a person should read them.
    pub const ALL: [Cluster; 7] = [
        Cluster::AccountBasic,
        Cluster::AccountDetailed,
        Cluster::Balances,
        Cluster::Transactions,
        Cluster::PaymentSupport,
        Cluster::CustomerContact,
        Cluster::CustomerPersonal,
    ];

    /// The OAuth scope of the cluster.
    pub fn scope(self) -> &'static str {
        match self {
            Cluster::AccountBasic => "fdx:accountbasic:read",
            Cluster::AccountDetailed => "fdx:accountdetailed:read",
            Cluster::Balances => "fdx:balances:read",
            Cluster::Transactions => "fdx:transactions:read",
            Cluster::PaymentSupport => "fdx:paymentsupport:read",
            Cluster::CustomerContact => "fdx:customercontact:read",
            Cluster::CustomerPersonal => "fdx:customerpersonal:read",
        }
    }

    /// What it means, for the person who is asked.
    pub fn explanation(self) -> &'static str {
        match self {
            Cluster::AccountBasic => "Account names and types",
            Cluster::AccountDetailed => "Account details, such as opening date and interest rate",
            Cluster::Balances => "Current and available balances",
            Cluster::Transactions => "Transactions: dates, amounts and descriptions",
            Cluster::PaymentSupport => "Account and routing numbers, to set up payments",
            Cluster::CustomerContact => "Names, addresses, emails and telephone numbers of the account owners",
            Cluster::CustomerPersonal => "Your name, date of birth and contact details",
        }
    }

    fn parse(name: &str) -> Option<Cluster> {
        serde_json::from_value(serde_json::Value::String(name.to_owned())).ok()
    }
}

/// Clusters of FDX that this bank knows but does not serve; asking for them is not an error.
const UNSERVED: &[&str] = &[
    "SOCIAL_SECURITY_NUMBER",
    "STATEMENTS",
    "IMAGES",
    "INVESTMENTS",
    "BILLS",
    "REWARDS",
    "SCHEDULED_PAYMENTS",
    "TAX",
    "TERMS_AND_CONDITIONS",
    "NOTIFICATIONS",
    "TRANSFERS",
];

/// How long a consent lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Duration {
    /// One day.
    OneTime,
    /// Until it is revoked.
    Persistent,
    /// A number of days.
    TimeBound,
}

/// Everything that a client asks a person for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConsentRequest {
    pub clusters: Vec<Cluster>,
    pub duration: Duration,
    /// Days, for a time-bound consent.
    pub duration_period: Option<i64>,
    /// Days of history, counted back from every request.
    pub lookback_period: Option<i64>,
    /// Whether an ID token is wanted.
    pub openid: bool,
}

#[derive(Deserialize)]
struct Details {
    r#type: String,
    #[serde(rename = "consentRequest")]
    consent_request: Option<DetailsRequest>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DetailsRequest {
    duration_type: Option<Duration>,
    duration_period: Option<i64>,
    lookback_period: Option<i64>,
    #[serde(default)]
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    #[serde(default)]
    data_clusters: Vec<String>,
}

impl ConsentRequest {
    /// Reads `authorization_details` and `scope`; the first decides about the data where both are given.
    pub fn parse(scope: Option<&str>, details: Option<&str>) -> Result<ConsentRequest, OAuthError> {
        let scopes: Vec<&str> = scope.unwrap_or_default().split_ascii_whitespace().collect();
        let mut request = match details {
            Some(text) => parse_details(text)?,
            None => ConsentRequest {
                clusters: Cluster::ALL.into_iter().filter(|each| scopes.contains(&each.scope())).collect(),
                duration: Duration::Persistent,
                duration_period: None,
                lookback_period: None,
                openid: false,
            },
        };
        if request.clusters.is_empty() {
            return Err(OAuthError::bad("invalid_scope", "no data cluster that this bank serves was asked for"));
        }
        request.openid = scopes.contains(&"openid");
        Ok(request)
    }

    /// The scope that the tokens carry.
    pub fn scope(&self) -> String {
        let mut scopes: Vec<&str> = Vec::new();
        scopes.extend(self.openid.then_some("openid"));
        scopes.extend((self.duration != Duration::OneTime).then_some("offline_access"));
        scopes.extend(self.clusters.iter().map(|cluster| cluster.scope()));
        scopes.join(" ")
    }

    /// When a consent given at that moment ends, in the same unix seconds.
    pub fn expires_at(&self, created_at: i64) -> Option<i64> {
        match self.duration {
            Duration::OneTime => Some(created_at + 86_400),
            Duration::Persistent => None,
            Duration::TimeBound => self.duration_period.map(|days| created_at + days * 86_400),
        }
    }
}

fn parse_details(text: &str) -> Result<ConsentRequest, OAuthError> {
    let invalid = |description: &str| OAuthError::bad("invalid_authorization_details", description);
    let details: Vec<Details> =
        serde_json::from_str(text).map_err(|error| OAuthError::bad("invalid_authorization_details", error.to_string()))?;
    let [details] = details.as_slice() else {
        return Err(invalid("exactly one authorization detail is expected"));
    };
    if details.r#type != DETAILS_TYPE {
        return Err(invalid("the type must be fdx_v1.0"));
    }
    let request = details.consent_request.as_ref().ok_or_else(|| invalid("consentRequest is missing"))?;
    let mut asked = Vec::new();
    for name in request.resources.iter().flat_map(|resource| &resource.data_clusters) {
        match Cluster::parse(name) {
            Some(cluster) => asked.push(cluster),
            None if UNSERVED.contains(&name.as_str()) => {}
            None => return Err(invalid(&format!("{name} is not a data cluster"))),
        }
    }
    let duration = request.duration_type.unwrap_or(Duration::Persistent);
    let period = request.duration_period;
    match (duration, period) {
        (Duration::TimeBound, None) => return Err(invalid("TIME_BOUND needs a durationPeriod")),
        (_, Some(days)) if !(1..=LONGEST_PERIOD).contains(&days) => {
            return Err(invalid("durationPeriod must be between 1 and 365 days"));
        }
        _ => {}
    }
    if request.lookback_period.is_some_and(|days| !(1..=3_650).contains(&days)) {
        return Err(invalid("lookbackPeriod must be between 1 and 3650 days"));
    }
    Ok(ConsentRequest {
        clusters: Cluster::ALL.into_iter().filter(|cluster| asked.contains(cluster)).collect(),
        duration,
        duration_period: period,
        lookback_period: request.lookback_period,
        openid: false,
    })
}
