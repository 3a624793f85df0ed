//! Routes of the page on which people say which small deposits arrived: one page, one plain form, no script.

use std::sync::Arc;

use api::payments::microdeposits::{Given, Kind, VerifyError};
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};

use crate::handlers::{accepted, first};
use crate::message;
use crate::person_handlers::refuse_foreign;
use crate::respond::{Page, see_other};
use crate::settings::Settings;
use crate::texts::{self, Texts};
use crate::verify::{self, Refusal, address};
use crate::verifying::Verifying;

type Reply = Response<Body>;

/// The largest form of the page, in bytes: a code or two amounts.
const LARGEST_FORM: usize = 1024;

/// The pages on which people verify accounts by small deposits.
pub fn verify_router<V: Verifying>(product: V, settings: &Settings) -> Router {
    let base_url: Arc<str> = settings.base_url.as_str().into();
    Router::new()
        .route("/verify/{token}", get(page::<V>).post(answer::<V>))
        .route_layer(from_fn_with_state(base_url, refuse_foreign))
        .route_layer(DefaultBodyLimit::max(LARGEST_FORM))
        .with_state(product)
}

async fn page<V: Verifying>(
    State(product): State<V>,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Reply {
    let t = texts::choose(None, accepted(&headers));
    let refusal = first(query.as_deref().unwrap_or_default().as_bytes(), "refused");
    let refusal = refusal.and_then(|name| Refusal::named(&name));
    match product.deposits(&token).await {
        Ok(view) => Page::new(verify::page(&view, &token, refusal, t)).into_response(),
        Err(error) => failure(&error, &token, t),
    }
}

/// Takes an answer, and leads back to the page, which says how things stand then.
async fn answer<V: Verifying>(State(product): State<V>, Path(token): Path<String>, headers: HeaderMap, form: Bytes) -> Reply {
    let outcome = match product.deposits(&token).await {
        Ok(view) => match read(view.kind, &form) {
            Some(given) => product.answer(&token, given).await.map(|right| (!right).then_some(Refusal::Wrong)),
            None => Ok(Some(Refusal::Unreadable)),
        },
        Err(error) => Err(error),
    };
    match outcome {
        Ok(None) => see_other(&address(&token)),
        Ok(Some(refusal)) => see_other(&format!("{}?refused={}", address(&token), refusal.name())),
        Err(error) => failure(&error, &token, texts::choose(None, accepted(&headers))),
    }
}

fn failure(error: &VerifyError, token: &str, t: &'static Texts) -> Reply {
    match error {
        VerifyError::NotFound => Page::new(message::unknown_page(t)).status(StatusCode::NOT_FOUND).into_response(),
        VerifyError::Unavailable => {
            let page = Page::new(message::unavailable_at(address(token), t));
            page.status(StatusCode::SERVICE_UNAVAILABLE).into_response()
        }
    }
}

/// What was typed, if it can be what was asked for.
fn read(kind: Kind, form: &[u8]) -> Option<Given> {
    let typed = |name| first(form, name).unwrap_or_default().trim().to_owned();
    match kind {
        Kind::DescriptorCode => {
            let code = typed("code").to_ascii_uppercase();
            let fits = code.len() == 6 && code.starts_with("SM") && code.bytes().all(|letter| letter.is_ascii_alphanumeric());
            fits.then_some(Given { descriptor_code: Some(code), amounts: None })
        }
        Kind::Amounts => {
            let amounts = vec![cents(&typed("first"))?, cents(&typed("second"))?];
            Some(Given { amounts: Some(amounts), descriptor_code: None })
        }
    }
}

/// An amount below a dollar as people write it: `0.32`, `$0.32`, `.32`, `0,32`, or the cents alone.
fn cents(text: &str) -> Option<i64> {
    let text = text.trim_start_matches('$').trim();
    let digits = match text.split_once(['.', ',']) {
        Some(("" | "0", cents)) if cents.len() == 2 => cents,
        Some(_) => return None,
        None => text,
    };
    let is_number = (1..=2).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
    let cents: i64 = digits.parse().ok().filter(|_| is_number)?;
    (cents > 0).then_some(cents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for text in ["0.32", "$0.32", "$ 0.32", ".32", "0,32", "32"] {
            assert_eq!(cents(text), Some(32), "{text}");
        }
        assert_eq!((cents("0.05"), cents("5")), (Some(5), Some(5)));
        for text in ["", "0", "0.00", "0.3", "1.32", "132", "-32", "+3", "0.3x", "0.320", "thirty", "0.32.1"] {
            assert_eq!(cents(text), None, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_an_answer_is_told_from_a_wrong_one() {
        let given = read(Kind::DescriptorCode, b"code=+sm11aa+").expect("a code");
        assert_eq!(given, Given { descriptor_code: Some("SM11AA".to_owned()), amounts: None });
        let given = read(Kind::Amounts, b"first=0.32&second=%240.45").expect("amounts");
        assert_eq!(given, Given { amounts: Some(vec![32, 45]), descriptor_code: None });
        for form in ["", "code=", "code=11AASM", "code=SM11A", "code=SM11%C3%A9", "first=0.32&second=0.45"] {
            assert_eq!(read(Kind::DescriptorCode, form.as_bytes()), None, "{form}");
        }
        for form in ["", "first=0.32", "first=0.32&second=x", "code=SM11AA"] {
            assert_eq!(read(Kind::Amounts, form.as_bytes()), None, "{form}");
        }
    }
}
