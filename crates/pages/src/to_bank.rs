//! The way from the flow to the bank. It leaves a cookie that ties the login to this browser, so it must be the person who
//! goes, not a page elsewhere that sends them: otherwise somebody else's flow would get the person's accounts.

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, header};

use crate::backend::{FlowError, Linking};
use crate::handlers::{Pages, Shared, accepted, failure, first, texts_of_flow};
use crate::respond::{Page, see_other};
use crate::view::Pane;
use crate::{flow, login_cookie, message, origin, texts};

type Reply = Response<Body>;

/// `GET …/bank`: from a page of the flow, or from the app that the flow is shown in, straight to the bank. Whoever comes from
/// elsewhere, or does not say from where, is asked first.
pub(crate) async fn open<L: Linking>(
    State(shared): Pages<L>,
    Path(token): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Reply {
    let redirect = first(query.as_deref().unwrap_or_default().as_bytes(), "redirect").is_some();
    let by_person = match origin::site(&headers) {
        Some("same-origin") => true,
        // Apps open it in a browser of their own; nobody else has their token.
        Some("none") => shared.linking.is_opened_by_app(&token).await.unwrap_or(false),
        _ => false,
    };
    if by_person {
        leave(&shared, &token, &headers, redirect, see_other).await
    } else {
        ask(&shared, &token, &headers, redirect).await
    }
}

/// `POST …/bank`: the person was asked and goes. The answer is a page and no redirect, because browsers let no form lead out
/// of our origin.
pub(crate) async fn confirmed<L: Linking>(
    State(shared): Pages<L>,
    Path(token): Path<String>,
    headers: HeaderMap,
    form: Bytes,
) -> Reply {
    let redirect = first(&form, "redirect").is_some();
    let t = texts_of_flow(&shared, &token, &headers).await;
    let onward = |address: &str| {
        let mut reply = Page::new(message::onward_page(address, t)).into_response();
        if let Ok(refresh) = HeaderValue::from_str(&format!("0; url={address}")) {
            reply.headers_mut().insert("refresh", refresh);
        }
        reply
    };
    leave(&shared, &token, &headers, redirect, onward).await
}

/// Sends the browser to the bank. In a popup that turns out to have nothing to show, the popup closes itself and the flow's
/// own page shows what is wrong.
async fn leave<L: Linking>(
    shared: &Shared<L>,
    token: &str,
    headers: &HeaderMap,
    redirect: bool,
    go: impl Fn(&str) -> Reply,
) -> Reply {
    match shared.linking.bank_address(token, redirect).await {
        Ok(address) => {
            let mut reply = go(&address);
            let secure = shared.settings.base_url.starts_with("https:");
            reply.headers_mut().append(header::SET_COOKIE, login_cookie::set(token, secure));
            reply
        }
        Err(FlowError::Problem | FlowError::Wrong) => back(shared, token, headers, redirect).await,
        Err(error) => failure(error, token, texts::choose(None, accepted(headers))),
    }
}

/// Shows who asks and where it goes, with a button.
async fn ask<L: Linking>(shared: &Shared<L>, token: &str, headers: &HeaderMap, redirect: bool) -> Reply {
    let view = match shared.linking.view(token, None).await {
        Ok(view) => view,
        Err(error) => return failure(error, token, texts::choose(None, accepted(headers))),
    };
    let (Pane::BankLogin { institution: bank, .. } | Pane::Problem { institution: Some(bank), .. }) = &view.pane else {
        return back(shared, token, headers, redirect).await;
    };
    let t = flow::texts_of(&view, accepted(headers));
    let mut reply = Page::new(message::to_bank_page(&view, bank, redirect, t)).into_response();
    // The form must say that it comes from here, also in browsers that name no site.
    reply.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    reply
}

async fn back<L: Linking>(shared: &Shared<L>, token: &str, headers: &HeaderMap, redirect: bool) -> Reply {
    if redirect {
        return see_other(&format!("/connections/{token}"));
    }
    let t = texts_of_flow(shared, token, headers).await;
    Page::new(message::returned_page(Some(token), t, true)).into_response()
}
