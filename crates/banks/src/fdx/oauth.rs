//! Registration, login, tokens and their end.

use egress::{Method, Url};
use serde_json::{Value, json};

use super::discovery::Metadata;
use super::keys;
use super::transport::{Call, safe_code};
use super::{Fdx, Tokens};
use crate::connector::{CallContext, Callback, ClientRegistration, DataKind, LoginRequest, LoginSecret, LoginStart};
use crate::error::BankError;
use crate::json::Object;
use crate::secret::Secret;
use crate::transport::Answer;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Lifetime of an access token when the bank does not say, in seconds.
const ACCESS_S_DEFAULT: i64 = 900;
/// Longest lifetime believed, in seconds.
const ACCESS_S_MAX: i64 = 86_400;
/// Longest token taken; longer ones do not fit in a header line.
const TOKEN_BYTES_MAX: usize = 16_384;

impl DataKind {
    /// The FDX data cluster.
    fn cluster(self) -> &'static str {
        match self {
            DataKind::Accounts => "ACCOUNT_BASIC",
            DataKind::Balances => "BALANCES",
            DataKind::Transactions => "TRANSACTIONS",
            DataKind::Ownership => "CUSTOMER_CONTACT",
            DataKind::PaymentNumbers => "PAYMENT_SUPPORT",
        }
    }

    /// The OAuth scope of the cluster.
    pub(super) fn scope(self) -> &'static str {
        match self {
            DataKind::Accounts => "fdx:accountbasic:read",
            DataKind::Balances => "fdx:balances:read",
            DataKind::Transactions => "fdx:transactions:read",
            DataKind::Ownership => "fdx:customercontact:read",
            DataKind::PaymentNumbers => "fdx:paymentsupport:read",
        }
    }
}

/// Every scope that any login may ask for, in the order of registration.
const ALL_KINDS: [DataKind; 5] =
    [DataKind::Accounts, DataKind::Balances, DataKind::Transactions, DataKind::Ownership, DataKind::PaymentNumbers];

impl Fdx {
    pub(super) async fn register_client(
        &self,
        ctx: &CallContext,
        redirect_uri: &str,
        software_id: &str,
        client_name: &str,
    ) -> Result<ClientRegistration, BankError> {
        let metadata = self.metadata(ctx).await?;
        let endpoint = required(&metadata.registration_endpoint, "registration")?;
        let key_pkcs8 = keys::generate()?;
        let body = json!({
            "client_name": client_name,
            "redirect_uris": [redirect_uri],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_signing_alg": "ES256",
            "scope": scope_text(&metadata, &ALL_KINDS),
            "software_id": software_id,
            "jwks": {"keys": [keys::public_jwk(&key_pkcs8)?]},
        });
        let answer = self.once(ctx, Call::json(Method::POST, endpoint, &body)).await?;
        if !matches!(answer.status, 200 | 201) {
            return Err(answer.refusal("registration"));
        }
        let metadata_answer: Value =
            serde_json::from_slice(&answer.body).map_err(|_| BankError::Protocol("the registration is not JSON".to_owned()))?;
        let client_id = metadata_answer["client_id"].as_str().filter(|id| !id.is_empty());
        let client_id = client_id.ok_or_else(|| BankError::Protocol("the registration has no client_id".to_owned()))?;
        Ok(ClientRegistration {
            client_id: client_id.to_owned(),
            issuer: metadata.issuer.clone(),
            key_pkcs8,
            redirect_uri: redirect_uri.to_owned(),
            metadata: metadata_answer,
        })
    }

    pub(super) async fn push_login(
        &self,
        ctx: &CallContext,
        registration: &ClientRegistration,
        request: LoginRequest,
    ) -> Result<LoginStart, BankError> {
        let metadata = self.metadata(ctx).await?;
        let endpoint = required(&metadata.pushed_authorization_request_endpoint, "pushed request")?;
        let kinds = with_accounts(&request.data);
        let verifier = keys::random_text(ctx.entropy.as_ref());
        let nonce = keys::random_text(ctx.entropy.as_ref());
        let form = [
            ("response_type", "code"),
            ("redirect_uri", &registration.redirect_uri),
            ("scope", &scope_text(&metadata, &kinds)),
            ("state", &request.state),
            ("nonce", &nonce),
            ("code_challenge", &keys::challenge(&verifier)),
            ("code_challenge_method", "S256"),
            ("authorization_details", &consent_request(&request, &kinds).to_string()),
            // Not in FDX: banks that do not know it ignore it, as OAuth demands.
            ("client_display_name", &request.client_display_name),
        ];
        let answer = self.post_form(ctx, registration, &metadata, endpoint, &form).await?;
        if !matches!(answer.status, 200 | 201) {
            return Err(answer.refusal("the pushed request"));
        }
        let request_uri = Object::parse(&answer.body)
            .and_then(|body| body.text("request_uri"))
            .ok_or_else(|| BankError::Protocol("no request_uri was given".to_owned()))?;
        let mut url = metadata.authorization_endpoint.clone();
        url.query_pairs_mut().append_pair("client_id", &registration.client_id).append_pair("request_uri", &request_uri);
        Ok(LoginStart {
            authorize_url: url.into(),
            secret: LoginSecret { code_verifier: Secret::new(verifier), nonce: Secret::new(nonce), state: request.state },
        })
    }

    pub(super) async fn redeem(
        &self,
        ctx: &CallContext,
        registration: &ClientRegistration,
        secret: &LoginSecret,
        callback: Callback,
    ) -> Result<Tokens, BankError> {
        let metadata = self.metadata(ctx).await?;
        let code = code_of(callback, &metadata)?;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &registration.redirect_uri),
            ("code_verifier", secret.code_verifier.expose()),
        ];
        let endpoint = metadata.token_endpoint.clone();
        let answer = self.post_form(ctx, registration, &metadata, endpoint, &form).await?;
        if answer.status != 200 {
            return Err(answer.refusal("the authorization code"));
        }
        read_tokens(&answer, ctx.now, None)
    }

    pub(super) async fn renew_tokens(
        &self,
        ctx: &CallContext,
        registration: &ClientRegistration,
        tokens: &Tokens,
    ) -> Result<Tokens, BankError> {
        let Some(refresh_token) = &tokens.refresh_token else {
            return Err(BankError::GrantRevoked);
        };
        let metadata = self.metadata(ctx).await?;
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.expose())];
        let endpoint = metadata.token_endpoint.clone();
        let answer = self.post_form(ctx, registration, &metadata, endpoint, &form).await?;
        if answer.status == 200 {
            return read_tokens(&answer, ctx.now, Some(tokens));
        }
        let error = Object::parse(&answer.body).and_then(|body| body.text("error"));
        match error.as_deref() {
            Some("invalid_grant") => Err(BankError::GrantRevoked),
            _ => Err(answer.refusal("renewing")),
        }
    }

    pub(super) async fn revoke_grant(
        &self,
        ctx: &CallContext,
        registration: &ClientRegistration,
        tokens: &Tokens,
    ) -> Result<(), BankError> {
        let consent = self.revoke_consent(ctx, tokens).await;
        let token = self.revoke_token(ctx, registration, tokens).await;
        match (consent, token) {
            (Err(error), Err(_)) | (Err(_), Err(error)) if error.is_transient() => Err(error),
            // One of both was done, or neither ever will be.
            _ => Ok(()),
        }
    }

    /// FDX: the consent itself. 409 says that it is gone already.
    async fn revoke_consent(&self, ctx: &CallContext, tokens: &Tokens) -> Result<(), BankError> {
        let Some(grant_id) = tokens.grant_id.as_deref() else {
            return Err(BankError::NotFound);
        };
        let url = self.resource(&["consents", grant_id, "revocation"])?;
        let body = json!({"reason": "USER_ACTION", "initiator": "DATA_RECIPIENT"});
        let call = Call::json(Method::PUT, url, &body).with_bearer(tokens.access_token.expose());
        let answer = self.repeat(ctx, call).await?;
        match answer.status {
            200..=299 | 409 => Ok(()),
            _ => Err(answer.refusal("revoking the consent")),
        }
    }

    /// RFC 7009: the refresh token, or the access token where there is no other.
    async fn revoke_token(&self, ctx: &CallContext, registration: &ClientRegistration, tokens: &Tokens) -> Result<(), BankError> {
        let metadata = self.metadata(ctx).await?;
        let endpoint = required(&metadata.revocation_endpoint, "revocation")?;
        let (token, hint) = match &tokens.refresh_token {
            Some(token) => (token, "refresh_token"),
            None => (&tokens.access_token, "access_token"),
        };
        let form = [("token", token.expose()), ("token_type_hint", hint)];
        let answer = self.post_form(ctx, registration, &metadata, endpoint, &form).await?;
        if answer.status == 200 { Ok(()) } else { Err(answer.refusal("revoking the token")) }
    }

    /// Posts a form with the client's proof of identity. Never repeated: codes and rotating refresh
    /// tokens are good once.
    async fn post_form(
        &self,
        ctx: &CallContext,
        registration: &ClientRegistration,
        metadata: &Metadata,
        url: Url,
        fields: &[(&str, &str)],
    ) -> Result<Answer, BankError> {
        if registration.issuer != metadata.issuer {
            return Err(BankError::Protocol("the registration is with another issuer".to_owned()));
        }
        let assertion = keys::assertion(ctx, registration, &metadata.issuer)?;
        let body = encode(fields.iter().copied().chain([
            ("client_id", registration.client_id.as_str()),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", assertion.as_str()),
        ]));
        self.once(ctx, Call::form(url, body)).await
    }
}

/// Form encoding by way of a URL's query, which has the same rules.
fn encode<'a>(fields: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let Ok(mut url) = Url::parse("form:") else {
        return String::new();
    };
    url.query_pairs_mut().extend_pairs(fields);
    url.query().unwrap_or_default().to_owned()
}

fn required(endpoint: &Option<Url>, name: &str) -> Result<Url, BankError> {
    endpoint.clone().ok_or_else(|| BankError::Protocol(format!("the bank has no {name} endpoint")))
}

fn with_accounts(data: &[DataKind]) -> Vec<DataKind> {
    ALL_KINDS.into_iter().filter(|kind| *kind == DataKind::Accounts || data.contains(kind)).collect()
}

/// Scopes for the kinds, with those for a lasting login, less what the bank does not list.
fn scope_text(metadata: &Metadata, kinds: &[DataKind]) -> String {
    let known = &metadata.scopes_supported;
    let wanted = ["openid", "offline_access"].into_iter().chain(kinds.iter().map(|k| k.scope()));
    let scopes: Vec<&str> = wanted.filter(|scope| known.is_empty() || known.iter().any(|k| k == scope)).collect();
    scopes.join(" ")
}

/// The FDX consent request.
fn consent_request(request: &LoginRequest, kinds: &[DataKind]) -> Value {
    let clusters: Vec<&str> = kinds.iter().map(|kind| kind.cluster()).collect();
    json!([{
        "type": "fdx_v1.0",
        "consentRequest": {
            "durationType": "TIME_BOUND",
            "durationPeriod": request.duration_days,
            "lookbackPeriod": request.lookback_days,
            "resources": [{"resourceType": "ACCOUNT", "dataClusters": clusters}],
        },
    }])
}

/// The code of a callback that comes from the right issuer and reports success.
fn code_of(callback: Callback, metadata: &Metadata) -> Result<String, BankError> {
    match &callback.iss {
        Some(iss) if *iss != metadata.issuer => {
            return Err(BankError::Protocol("the callback is from another issuer".to_owned()));
        }
        None if metadata.names_issuer => {
            return Err(BankError::Protocol("the callback names no issuer".to_owned()));
        }
        _ => {}
    }
    match (callback.error.as_deref(), callback.code) {
        (Some("access_denied"), _) => Err(BankError::AccessDenied),
        (Some("temporarily_unavailable" | "server_error"), _) => Err(BankError::Unavailable { expected_at: None }),
        (Some(error), _) => Err(BankError::Protocol(format!("the login ended with {}", safe_code(error)))),
        (None, Some(code)) if !code.is_empty() => Ok(code),
        (None, _) => Err(BankError::Protocol("the callback has no code".to_owned())),
    }
}

/// Reads a token answer. What a renewal leaves out stays as in `previous`.
fn read_tokens(answer: &Answer, now: i64, previous: Option<&Tokens>) -> Result<Tokens, BankError> {
    let protocol = |text: &str| BankError::Protocol(text.to_owned());
    let body = Object::parse(&answer.body).ok_or_else(|| protocol("the token is not JSON"))?;
    let token = |name: &str| body.text(name).filter(|token| token.len() <= TOKEN_BYTES_MAX);
    let access_token = token("access_token").ok_or_else(|| protocol("no access token was given"))?;
    if !body.text("token_type").is_none_or(|kind| kind.eq_ignore_ascii_case("bearer")) {
        return Err(protocol("the token type is not supported"));
    }
    let lifetime = body.text("expires_in").and_then(|text| text.parse::<i64>().ok());
    let lifetime = lifetime.unwrap_or(ACCESS_S_DEFAULT).clamp(1, ACCESS_S_MAX);
    let grant_id = body.first_text(&["grant_id", "fdxConsentId"]).and_then(crate::clean::identifier);
    Ok(Tokens {
        access_token: Secret::new(access_token),
        access_expires_at: now.saturating_add(lifetime),
        refresh_token: token("refresh_token")
            .map(Secret::new)
            .or_else(|| previous.and_then(|tokens| tokens.refresh_token.clone())),
        grant_id: grant_id.or_else(|| previous.and_then(|tokens| tokens.grant_id.clone())),
        scope: body.text("scope").or_else(|| previous.map(|tokens| tokens.scope.clone())).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::{code_of, consent_request, encode, read_tokens, scope_text, with_accounts};
    use crate::connector::{Callback, DataKind, LoginRequest};
    use crate::error::BankError;
    use crate::fdx::Tokens;
    use crate::fdx::discovery::Metadata;
    use crate::secret::Secret;
    use crate::transport::Answer;

    fn metadata(names_issuer: bool, scopes: &[&str]) -> Metadata {
        let url = egress::Url::parse("https://b/x").unwrap();
        Metadata {
            issuer: "https://b".to_owned(),
            authorization_endpoint: url.clone(),
            token_endpoint: url,
            pushed_authorization_request_endpoint: None,
            registration_endpoint: None,
            revocation_endpoint: None,
            names_issuer,
            scopes_supported: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        }
    }

    fn callback(code: Option<&str>, error: Option<&str>, iss: Option<&str>) -> Callback {
        let own = |text: Option<&str>| text.map(str::to_owned);
        Callback { code: own(code), error: own(error), iss: own(iss) }
    }

    #[test]
    fn callbacks_must_come_from_the_issuer() {
        let strict = metadata(true, &[]);
        let ok = callback(Some("c"), None, Some("https://b"));
        assert_eq!(code_of(ok, &strict).unwrap(), "c");
        for wrong in [
            callback(Some("c"), None, None),
            callback(Some("c"), None, Some("https://evil")),
            callback(None, Some("access_denied"), Some("https://evil")),
            callback(None, None, Some("https://b")),
        ] {
            assert!(matches!(code_of(wrong, &strict), Err(BankError::Protocol(_))));
        }
        let lax = metadata(false, &[]);
        assert!(code_of(callback(Some("c"), None, None), &lax).is_ok());
        let denied = code_of(callback(None, Some("access_denied"), None), &lax);
        assert_eq!(denied, Err(BankError::AccessDenied));
        let down = code_of(callback(None, Some("temporarily_unavailable"), None), &lax);
        assert_eq!(down, Err(BankError::Unavailable { expected_at: None }));
    }

    #[test]
    fn scopes_and_clusters_follow_the_data() {
        let kinds = with_accounts(&[DataKind::Transactions]);
        assert_eq!(
            scope_text(&metadata(false, &[]), &kinds),
            "openid offline_access fdx:accountbasic:read fdx:transactions:read"
        );
        let limited = metadata(false, &["fdx:accountbasic:read", "fdx:transactions:read"]);
        assert_eq!(scope_text(&limited, &kinds), "fdx:accountbasic:read fdx:transactions:read");
        let request = LoginRequest {
            state: String::new(),
            data: Vec::new(),
            client_display_name: String::new(),
            duration_days: 365,
            lookback_days: 180,
        };
        let details = consent_request(&request, &kinds);
        let consent = &details[0]["consentRequest"];
        assert_eq!(consent["durationPeriod"], 365);
        assert_eq!(consent["resources"][0]["dataClusters"][1], "TRANSACTIONS");
    }

    #[test]
    fn renewals_keep_what_the_answer_leaves_out() {
        let previous = Tokens {
            access_token: Secret::new("old"),
            access_expires_at: 0,
            refresh_token: Some(Secret::new("r")),
            grant_id: Some("g".to_owned()),
            scope: "s".to_owned(),
        };
        let answer = |body: &str| Answer { status: 200, body: body.as_bytes().to_vec() };
        let bare = answer(r#"{"access_token":"new","token_type":"bearer"}"#);
        let grant = read_tokens(&bare, 1_000, Some(&previous)).unwrap();
        assert_eq!(grant.access_token.expose(), "new");
        assert_eq!((grant.access_expires_at, grant.scope.as_str()), (1_900, "s"));
        assert_eq!(grant.refresh_token, previous.refresh_token);
        let full = answer(r#"{"access_token":"n","expires_in":60,"refresh_token":"r2","grant_id":"h"}"#);
        let grant = read_tokens(&full, 1_000, Some(&previous)).unwrap();
        assert_eq!(grant.access_expires_at, 1_060);
        assert_eq!(grant.refresh_token.unwrap().expose(), "r2");
        assert_eq!(grant.grant_id.as_deref(), Some("h"));
        for bad in ["{}", "[]", r#"{"access_token":"a","token_type":"DPoP"}"#] {
            assert!(read_tokens(&answer(bad), 0, None).is_err(), "{bad}");
        }
        assert!(!format!("{previous:?}").contains("old"));
    }

    #[test]
    fn forms_are_encoded() {
        let form = encode([("a", "x y&="), ("b", "é")].into_iter());
        assert_eq!(form, "a=x+y%26%3D&b=%C3%A9");
    }
}
