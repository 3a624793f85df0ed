//! The way from the bank back into the app.

use kernel::{ApiError, ApiResult};
use url::Url;

use super::auth_session;
use super::phone::{Use, token as token_of};
use crate::App;
use crate::connections::linking::{self, Flow, FlowError, Stage, Trouble};
use crate::connections::sessions::Session;

/// The scheme that apps with the SDKs are called back by.
const APP_SCHEME: &str = "stripe";

/// Where a login leads back to. The SDKs send the name of a place below their own scheme (`ios`, `auth-redirect/com.example`).
/// A whole address counts only if it is the one that the session was created with: nobody but the application's server can
/// name a page of the web.
///
/// # Errors
/// 400 for any other address.
pub(super) fn address(sent: Option<&str>, of_session: Option<&str>) -> ApiResult<Option<String>> {
    let Some(sent) = sent else { return Ok(of_session.map(str::to_owned)) };
    if Some(sent) == of_session {
        return Ok(Some(sent.to_owned()));
    }
    let place = sent.strip_prefix(&format!("{APP_SCHEME}://")).unwrap_or(sent);
    if is_place(place) {
        return Ok(Some(format!("{APP_SCHEME}://{place}")));
    }
    let message = "Not a place that an app is called back at: use the SDK's own, or the session's return_url.";
    Err(ApiError::invalid_param("return_url", message))
}

/// Segments of letters, digits, dots, hyphens and underscores.
fn is_place(text: &str) -> bool {
    let is_segment = |segment: &str| {
        !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
    };
    (1..=255).contains(&text.len()) && text.split('/').all(is_segment)
}

/// Part of the addresses by which an Android app is known: its package name.
pub(super) fn is_application_id(text: &str) -> bool {
    is_place(text) && !text.contains('/')
}

/// The address of the app that waits for a person who is on a page with this token of a flow: right after the bank, or on the
/// flow's own page. None if no app waits, or the person still has something to do here.
///
/// # Errors
/// See [`FlowError`].
pub async fn return_address(app: &App, token: &str, from_bank: bool) -> Result<Option<String>, FlowError> {
    let Some(door) = linking::door(app, "flow", token).await? else { return Err(FlowError::NotFound) };
    let id = door.target.clone();
    let (flow, session, login) = app
        .core
        .read(&door.tenant, move |cx| {
            Box::pin(async move {
                let flow = cx.find::<Flow>(&id).await?;
                let session = cx.find::<Session>(&id).await?;
                let login = auth_session::latest(cx, &id).await?;
                Ok((flow, session, login))
            })
        })
        .await?;
    let (Some(flow), Some(session)) = (flow, session) else { return Err(FlowError::NotFound) };
    let is_apps = token == token_of(&app.core, &door.tenant, &session.id, Use::Login);
    // A login that was cancelled is waited for by nobody.
    let login = login.filter(|login| Some(&login.institution) == flow.institution.as_ref());
    let (to, login) = match login {
        Some(login) if is_apps => (login.return_to, Some(login.id)),
        // An app that shows our pages in a web view sends the person to the bank in a browser of their own.
        _ if from_bank => (session.return_url.clone().filter(|url| is_app_link(url)), None),
        _ => (None, None),
    };
    let is_signing_in = matches!(flow.stage, Stage::BankLogin { .. } | Stage::SignIn { .. });
    Ok(to.filter(|_| from_bank || !is_signing_in).and_then(|to| with_status(&to, status(&flow.stage), login.as_deref())))
}

/// Whether a token of a flow is the one by which an app opens the bank's pages.
///
/// # Errors
/// See [`FlowError`].
pub async fn is_login_token(app: &App, token: &str) -> Result<bool, FlowError> {
    let door = linking::door(app, "flow", token).await?.ok_or(FlowError::NotFound)?;
    Ok(token == token_of(&app.core, &door.tenant, &door.target, Use::Login))
}

/// Whether an address opens an app and no page.
fn is_app_link(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| !matches!(url.scheme(), "http" | "https" | "javascript" | "data" | "file" | "blob"))
}

/// How a login ended, in the words of the SDKs.
fn status(stage: &Stage) -> &'static str {
    match stage {
        Stage::Accounts { .. } | Stage::Success | Stage::Problem { problem: Trouble::NoEligibleAccounts { .. } } => "success",
        Stage::Problem { problem: Trouble::DownPlanned { .. } | Trouble::DownUnplanned | Trouble::BankError } => "failure",
        _ => "cancel",
    }
}

fn with_status(to: &str, status: &str, login: Option<&str>) -> Option<String> {
    let mut url = Url::parse(to).ok()?;
    url.query_pairs_mut().append_pair("status", status);
    if let Some(login) = login {
        url.query_pairs_mut().append_pair("authSessionId", login);
    }
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apps_are_called_back_by_their_own_scheme_or_where_the_session_says() {
        let own = Some("https://shop.example/back?x=1");
        for (sent, expected) in [
            (None, own),
            (own, own),
            (Some("ios"), Some("stripe://ios")),
            (Some("auth-redirect/com.example.shop"), Some("stripe://auth-redirect/com.example.shop")),
            (Some("stripe://auth-redirect/com.example.shop"), Some("stripe://auth-redirect/com.example.shop")),
        ] {
            assert_eq!(address(sent, own).unwrap().as_deref(), expected, "{sent:?}");
        }
        assert_eq!(address(None, None).unwrap(), None);
        for bad in [
            "https://evil.example/",
            "https://shop.example/back",
            "//evil.example",
            "evil.example//",
            "javascript:alert(1)",
            "stripe://a b",
            "other://place",
            "a?b",
            "a#b",
            "",
            "../..//x",
        ] {
            assert!(address(Some(bad), own).is_err(), "{bad}");
        }
    }

    #[test]
    fn says_how_it_ended() {
        let to = with_status("stripe://auth-redirect/com.example", "success", Some("bcsess_1"));
        assert_eq!(to.as_deref(), Some("stripe://auth-redirect/com.example?status=success&authSessionId=bcsess_1"));
        let to = with_status("shop://back?order=7", "cancel", None);
        assert_eq!(to.as_deref(), Some("shop://back?order=7&status=cancel"));
    }

    #[test]
    fn only_schemes_of_apps_are_gone_to_by_themselves() {
        assert!(is_app_link("shop://back"));
        for page in ["https://shop.example", "http://localhost", "javascript:alert(1)", "nonsense"] {
            assert!(!is_app_link(page), "{page}");
        }
    }
}
