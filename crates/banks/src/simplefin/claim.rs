//! From a setup token to access.

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use egress::{HeaderValue, Method, Request, Url, header};
use serde::{Deserialize, Serialize};

use super::SimpleFin;
use crate::connector::{CallContext, Grant};
use crate::error::BankError;
use crate::secret::Secret;
use crate::sign_in::{ANSWER_BYTES_MAX, AnswerRefused, Answers, FieldInput, FormKind, SignInField, SignInForm, SignInStep};
use crate::transport;

/// Longest access address taken, in bytes.
const ACCESS_BYTES_MAX: usize = 4_096;
/// People lose the padding when they copy.
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true);
const USED_BEFORE: &str = "The server refuses this token. If you have not used it yet, somebody else may have: disable it \
    at the server and make a new one.";

/// The grant: where the data is, and with what to ask for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Access {
    /// Address without user and password, and without a slash at its end.
    pub(super) base: String,
    pub(super) user: String,
    pub(super) password: Secret,
}

impl Access {
    /// Reads an access address; none if it is not one.
    fn parse(text: &str) -> Option<Access> {
        let mut url = Url::parse(text.trim()).ok()?;
        let user = percent_decoded(url.username())?;
        let password = percent_decoded(url.password()?)?;
        url.set_username("").ok()?;
        url.set_password(None).ok()?;
        url.set_query(None);
        url.set_fragment(None);
        // The name ends at the first colon when it is sent.
        (!user.is_empty() && !user.contains(':')).then(|| Access {
            base: url.as_str().trim_end_matches('/').to_owned(),
            user,
            password: Secret::new(password),
        })
    }

    /// The header that proves it.
    pub(super) fn authorization(&self) -> Result<HeaderValue, BankError> {
        let pair = format!("{}:{}", self.user, self.password.expose());
        let text = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair));
        let mut value =
            HeaderValue::from_str(&text).map_err(|_| BankError::Protocol("the access address cannot be sent".to_owned()))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

/// Undoes `%41`; none when the result is no text.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        bytes.push(digit(rest.next()?)? * 16 + digit(rest.next()?)?);
    }
    String::from_utf8(bytes).ok()
}

pub(super) fn token_form(says: Option<String>) -> SignInForm {
    let field = SignInField { name: "token".to_owned(), input: FieldInput::Token, label: None };
    SignInForm { kind: FormKind::Token, says, fields: vec![field] }
}

fn refused(reason: AnswerRefused, says: Option<&str>) -> SignInStep {
    SignInStep::Ask { form: token_form(says.map(str::to_owned)), state: None, refused: Some(reason) }
}

/// The address of the claim in a setup token; none if it is not a token.
fn claim_url(token: &str) -> Option<Url> {
    let token: String = token.chars().filter(|character| !character.is_whitespace()).collect();
    if token.len() > ANSWER_BYTES_MAX {
        return None;
    }
    let engines = [&STANDARD, &URL_SAFE].map(|alphabet| GeneralPurpose::new(alphabet, LENIENT));
    let bytes = engines.iter().find_map(|engine| engine.decode(&token).ok())?;
    Url::parse(std::str::from_utf8(&bytes).ok()?.trim()).ok()
}

impl SimpleFin {
    /// Whether this address may be called: it comes from a token, and so from anybody.
    fn may_call(&self, ctx: &CallContext, url: &Url) -> bool {
        let here = self.config.only.as_deref().is_none_or(|only| format!("{url}/").starts_with(only));
        here && ctx.policy.check_url(url).is_ok()
    }

    /// Redeems the token. That works once, so it is never repeated.
    pub(super) async fn claim(&self, ctx: &CallContext, answers: &Answers) -> Result<SignInStep, BankError> {
        let Some(token) = answers.get("token") else {
            return Ok(refused(AnswerRefused::Missing, None));
        };
        // Anything may be pasted: what may not be called is no token.
        let Some(url) = claim_url(token).filter(|url| self.may_call(ctx, url)) else {
            return Ok(refused(AnswerRefused::TokenUnusable, None));
        };
        let mut request = Request::new(Method::POST, url);
        request.headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        // No breaker: anybody may paste the address of a server that is down.
        let answer = transport::exchange(&self.http, ctx, request, self.config.timeout_ms).await?;
        match answer.status {
            200 => {}
            403 => return Ok(refused(AnswerRefused::TokenUnusable, Some(USED_BEFORE))),
            400 | 404 | 405 | 410 => return Ok(refused(AnswerRefused::TokenUnusable, None)),
            status => return Err(BankError::Protocol(format!("the claim was answered with status {status}"))),
        }
        let text = std::str::from_utf8(&answer.body).ok().filter(|text| text.len() <= ACCESS_BYTES_MAX);
        let access =
            text.and_then(Access::parse).ok_or_else(|| BankError::Protocol("the claim gave no access address".to_owned()))?;
        let allowed = Url::parse(&access.base).is_ok_and(|url| self.may_call(ctx, &url));
        if !allowed {
            return Err(BankError::Forbidden("the access address may not be called".to_owned()));
        }
        Ok(SignInStep::Done(Grant::new(&access, None)?))
    }
}

#[cfg(test)]
mod tests {
    use super::{Access, claim_url, percent_decoded};
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};
    use proptest::prelude::{any, proptest};

    #[test]
    fn tokens_survive_copying() {
        let url = "https://bridge.example/simplefin/claim/demo?>";
        for token in [
            STANDARD.encode(url),
            STANDARD_NO_PAD.encode(url),
            URL_SAFE.encode(url),
            format!("  {}\n{}  ", &STANDARD.encode(url)[..10], &STANDARD.encode(url)[10..]),
        ] {
            assert_eq!(claim_url(&token).unwrap().as_str(), "https://bridge.example/simplefin/claim/demo?%3E");
        }
        let long = STANDARD.encode(format!("https://bridge.example/{}", "x".repeat(2_000)));
        for bad in ["", "hello", "https://bridge.example/claim", &STANDARD.encode("no url"), &long] {
            assert_eq!(claim_url(bad), None, "{bad}");
        }
    }

    #[test]
    fn access_addresses_hide_what_they_carry() {
        let access = Access::parse("https://us%40er:p%3Aw@host.example/simplefin/?x#y\n").unwrap();
        assert_eq!((access.base.as_str(), access.user.as_str()), ("https://host.example/simplefin", "us@er"));
        assert_eq!(access.password.expose(), "p:w");
        assert_eq!(access.authorization().unwrap(), "Basic dXNAZXI6cDp3");
        assert!(!format!("{access:?}").contains("p:w"));
        for bad in ["https://host.example/", "https://user@host.example/", "not a url", "https://a%3Ab:c@h/", "https://%ff:c@h/"]
        {
            assert!(Access::parse(bad).is_none(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn anything_may_be_pasted(text in any::<String>()) {
            let _ = claim_url(&text);
            let _ = Access::parse(&text);
            let _ = percent_decoded(&text);
        }
    }
}
