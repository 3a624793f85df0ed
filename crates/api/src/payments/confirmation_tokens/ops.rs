use form::{FormError, Metadata};
use kernel::jobs::NewJob;
use kernel::{Access, ApiError, ApiResult, Cx, Resource};

use super::jobs::EXPIRE;
use super::object::{ConfirmationToken, Content, CustomerAcceptance, Held, MandateData, Online, Preview, Shipping};
use super::params::{Create, CreateAsPage, MandateDataParams, ShippingParams};
use crate::payments::payment_methods::{self, PaymentMethod};
use crate::route::Client;
use crate::{App, Call, Nothing, Reply};

/// Seconds that a token can be used.
const LIFE_SECONDS: i64 = 12 * 3_600;

/// Makes a token as a page does.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn create_as_page(cx: &mut Cx<'_>, call: Call<CreateAsPage>) -> ApiResult<Reply> {
    let agreed = agreed(call.params.mandate_data, &call.client);
    made(cx, &call.app, call.params.token, agreed, &call.caller.access).await
}

/// Makes a token in the place of a page, in test mode.
///
/// # Errors
/// 400 for wrong parameters, and in live mode.
pub async fn create(cx: &mut Cx<'_>, call: Call<Create>) -> ApiResult<Reply> {
    if cx.tenant.livemode() {
        return Err(ApiError::invalid("Confirmation tokens can be made for a page in test mode only."));
    }
    // As a page that shows the terms makes one, but it is a server that calls.
    let agreed = accepted(Online::default());
    made(cx, &call.app, call.params, agreed, &call.caller.access).await
}

/// Shows a token.
///
/// # Errors
/// 404 if there is none.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    Ok(Reply::text(cx.raw_or_missing::<ConfirmationToken>(call.id(), "confirmation_token").await?))
}

async fn made(cx: &mut Cx<'_>, app: &App, sent: Create, agreed: MandateData, access: &Access) -> ApiResult<Reply> {
    let (method, shown) = held(cx, app, sent.payment_method, sent.payment_method_data, access).await?;
    let created = cx.now();
    let token = ConfirmationToken {
        id: cx.id("ctoken_", 24),
        object: ConfirmationToken::KIND.into(),
        created,
        expires_at: Some(created + LIFE_SECONDS),
        livemode: cx.tenant.livemode(),
        mandate_data: Some(agreed),
        metadata: Metadata::default(),
        payment_intent: None,
        payment_method_options: None,
        payment_method_preview: Some(shown),
        return_url: sent.return_url,
        setup_future_usage: sent.setup_future_usage.map(|own| own.as_str().into()),
        setup_intent: None,
        shipping: sent.shipping.map(shipping),
        use_stripe_sdk: true,
    };
    let doc = cx.insert(&token).await?;
    cx.insert(&Content { id: token.id.clone(), method }).await?;
    let run_at_ms = (created + LIFE_SECONDS) * 1_000;
    cx.enqueue(&NewJob { kind: EXPIRE, key: &token.id, lane: &token.id, run_at_ms, payload: "" }).await?;
    if *access != Access::Publishable {
        return Ok(Reply::text(doc));
    }
    let mut shown = token;
    if let Some(preview) = &mut shown.payment_method_preview {
        // Whether and why an account is blocked is not for pages.
        preview.us_bank_account.status_details = None;
    }
    Reply::json(&shown)
}

/// The payment method that a token is about, and how it is shown.
async fn held(
    cx: &mut Cx<'_>,
    app: &App,
    existing: Option<String>,
    sent: Option<payment_methods::Data>,
    access: &Access,
) -> ApiResult<(Held, Preview)> {
    match (existing, sent) {
        (Some(_), Some(_)) => {
            let message = "You may only specify one of these parameters: payment_method, payment_method_data.";
            Err(FormError::exclusive("payment_method", message.to_owned()).into())
        }
        (None, None) => Err(FormError::missing("payment_method_data").into()),
        (None, Some(sent)) => {
            let draft = payment_methods::draft(cx, app, sent, "payment_method_data").await?;
            let shown = Preview::of(&draft.method);
            Ok((Held::Draft(Box::new(draft)), shown))
        }
        (Some(id), None) => {
            let method = payment_methods::named(cx, app, &id, "payment_method").await?;
            if *access == Access::Publishable && method.customer.is_some() {
                // What belongs to a customer is not shown to a page that merely knows its id.
                return Err(ApiError::missing(PaymentMethod::NOUN, &id, "payment_method").as_bad_request());
            }
            Ok((Held::Existing(method.id.clone()), Preview::of(&method)))
        }
    }
}

/// A page shows the terms before it makes a token of a bank account; what it does not say of the payer, the call shows.
fn agreed(sent: Option<MandateDataParams>, client: &Client) -> MandateData {
    let online = sent.and_then(|sent| sent.customer_acceptance.online).unwrap_or_default();
    accepted(Online {
        ip_address: online.ip_address.or(client.ip.map(|ip| ip.to_string())),
        user_agent: online.user_agent.or_else(|| client.user_agent.clone()),
    })
}

fn accepted(online: Online) -> MandateData {
    MandateData { customer_acceptance: CustomerAcceptance { online: Some(online), r#type: "online".into() } }
}

fn shipping(sent: ShippingParams) -> Shipping {
    let mut phone = None;
    sent.phone.apply(&mut phone);
    Shipping { address: sent.address.into_address(), name: sent.name, phone }
}
