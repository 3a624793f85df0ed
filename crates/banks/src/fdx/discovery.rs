//! Finding a bank's endpoints from its issuer (RFC 8414).

use std::sync::{Arc, PoisonError};

use egress::Url;

use super::Fdx;
use super::transport::Call;
use crate::connector::CallContext;
use crate::error::BankError;
use crate::json::Object;

/// How long metadata is believed, in seconds.
const LIFETIME_S: i64 = 3_600;

/// What the bank publishes about its authorization server.
pub(super) struct Metadata {
    pub(super) issuer: String,
    pub(super) authorization_endpoint: Url,
    pub(super) token_endpoint: Url,
    pub(super) pushed_authorization_request_endpoint: Option<Url>,
    pub(super) registration_endpoint: Option<Url>,
    pub(super) revocation_endpoint: Option<Url>,
    /// RFC 9207: every callback names its issuer.
    pub(super) names_issuer: bool,
    /// Empty when the bank does not say.
    pub(super) scopes_supported: Vec<String>,
}

/// Metadata with the time at which it was fetched.
pub(super) struct Cached {
    metadata: Arc<Metadata>,
    fetched_at: i64,
}

impl Fdx {
    /// The bank's metadata, fetched at most once an hour.
    pub(super) async fn metadata(&self, ctx: &CallContext) -> Result<Arc<Metadata>, BankError> {
        if let Some(cached) = self.metadata.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            let age = ctx.now.saturating_sub(cached.fetched_at);
            if (0..LIFETIME_S).contains(&age) {
                return Ok(Arc::clone(&cached.metadata));
            }
        }
        let metadata = Arc::new(self.discover(ctx).await?);
        let cached = Cached { metadata: Arc::clone(&metadata), fetched_at: ctx.now };
        *self.metadata.lock().unwrap_or_else(PoisonError::into_inner) = Some(cached);
        Ok(metadata)
    }

    async fn discover(&self, ctx: &CallContext) -> Result<Metadata, BankError> {
        for url in well_known(&self.config.issuer)? {
            let answer = self.repeat(ctx, Call::get(url)).await?;
            if answer.status == 404 {
                continue;
            }
            if answer.status != 200 {
                return Err(answer.refusal("discovery"));
            }
            return Object::parse(&answer.body)
                .and_then(|object| read(&object, &self.config.issuer))
                .ok_or_else(|| BankError::Protocol("metadata makes no sense".to_owned()));
        }
        Err(BankError::Protocol("no metadata found".to_owned()))
    }
}

/// Where metadata may be: appended to the issuer as most servers do, inserted before its path as
/// RFC 8414 says, or under the name of OpenID Connect.
fn well_known(issuer: &str) -> Result<Vec<Url>, BankError> {
    let issuer = issuer.trim_end_matches('/');
    let base = Url::parse(issuer).map_err(|_| BankError::Protocol("the issuer is not a URL".to_owned()))?;
    let path = base.path().trim_end_matches('/');
    let origin = base.origin().ascii_serialization();
    let mut texts = vec![
        format!("{issuer}/.well-known/oauth-authorization-server"),
        format!("{origin}/.well-known/oauth-authorization-server{path}"),
        format!("{issuer}/.well-known/openid-configuration"),
    ];
    texts.dedup();
    Ok(texts.iter().filter_map(|text| Url::parse(text).ok()).collect())
}

/// None when the issuer is another one, as RFC 8414 demands, or an endpoint is missing or broken.
fn read(object: &Object, issuer: &str) -> Option<Metadata> {
    let named = object.text("issuer")?;
    if named.trim_end_matches('/') != issuer.trim_end_matches('/') {
        return None;
    }
    let endpoint = |name: &str| object.text(name).and_then(|text| Url::parse(&text).ok());
    Some(Metadata {
        issuer: named,
        authorization_endpoint: endpoint("authorization_endpoint").filter(is_web)?,
        token_endpoint: endpoint("token_endpoint")?,
        pushed_authorization_request_endpoint: endpoint("pushed_authorization_request_endpoint"),
        registration_endpoint: endpoint("registration_endpoint"),
        revocation_endpoint: endpoint("revocation_endpoint"),
        names_issuer: object.flag("authorization_response_iss_parameter_supported"),
        scopes_supported: object.texts("scopes_supported"),
    })
}

/// The authorization endpoint is handed to a browser, so it must not be `javascript:` or the like.
fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

#[cfg(test)]
mod tests {
    use super::{read, well_known};
    use crate::json::Object;

    #[test]
    fn places_to_look() {
        let places = |issuer| well_known(issuer).unwrap().iter().map(|url| url.to_string()).collect();
        let with_path: Vec<String> = places("https://b.example/x/");
        assert_eq!(
            with_path,
            [
                "https://b.example/x/.well-known/oauth-authorization-server",
                "https://b.example/.well-known/oauth-authorization-server/x",
                "https://b.example/x/.well-known/openid-configuration",
            ]
        );
        let without: Vec<String> = places("https://b.example");
        assert_eq!(without.len(), 2);
    }

    #[test]
    fn other_issuers_and_odd_addresses_are_refused() {
        let parse = |issuer: &str, authorize: &str| {
            let text =
                format!(r#"{{"issuer":"{issuer}","authorization_endpoint":"{authorize}","token_endpoint":"https://b/t"}}"#);
            read(&Object::parse(text.as_bytes()).unwrap(), "https://b").is_some()
        };
        assert!(parse("https://b", "https://b/a"));
        assert!(parse("https://b/", "https://b/a"));
        assert!(!parse("https://evil", "https://b/a"));
        assert!(!parse("https://b", "javascript:alert(1)"));
        assert!(!parse("https://b", "nothing"));
    }
}
