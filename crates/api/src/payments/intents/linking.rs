//! Collecting a bank account for an intent on a merchant's page: a Financial Connections session is opened for it, and what the
//! person linked or typed there becomes the intent's payment method. The official SDKs call these two endpoints.

use form::Params;
use kernel::{ApiError, ApiResult, BoxFuture, Cx, Resource, Stored};
use serde_json::json;

use super::client_secret;
use super::options::PaymentMethodOptions;
use crate::connections::accounts::{self, Account};
use crate::connections::sessions::{self, Collection, Pays, Session};
use crate::numbers::Numbers;
use crate::payments::mandates::wording::Scope;
use crate::payments::payment_intents::PaymentIntent;
use crate::payments::payment_methods::params::{AccountType, Data, HolderType, UsBankAccountParams};
use crate::payments::payment_methods::{self, Draft};
use crate::payments::setup_intents::SetupIntent;
use crate::{Call, Reply};

/// `POST /v1/{payment,setup}_intents/:id/link_account_sessions`.
#[derive(Debug, Clone, Params)]
pub struct Open {
    /// The intent's.
    pub client_secret: String,
    /// Taken and not used: where an app shows the flow.
    pub hosted_surface: Option<String>,
    /// Taken and not used: accounts are not saved for other merchants here.
    pub link_mode: Option<String>,
    /// Whose account it will be.
    pub payment_method_data: Option<Data>,
}

/// `POST /v1/{payment,setup}_intents/:id/link_account_sessions/:session/attach`.
#[derive(Debug, Clone, Params)]
pub struct Attach {
    /// The intent's.
    pub client_secret: String,
}

/// An intent that an account can be collected for.
pub(crate) trait Collects: Resource {
    /// What a page sees of it.
    const PAGE_FIELDS: &'static [&'static str];
    /// The intent's secret.
    fn secret(&self) -> &str;
    /// Whose accounts are linked.
    fn customer(&self) -> Option<&str>;
    /// How accounts are linked and verified.
    fn bank_options(&self) -> PaymentMethodOptions;
    /// What the payer will agree to.
    fn scope(&self) -> Scope;
    /// A payment method can still be chosen.
    fn is_open(&self) -> bool;
    /// Takes the payment method.
    fn pay_by<'a>(cx: &'a mut Cx<'_>, intent: &'a mut Stored<Self>, method: String) -> BoxFuture<'a, ApiResult<()>>;
}

/// Opens a session for a payment intent.
///
/// # Errors
/// 404 for a wrong id or client secret; 400 if no account can be linked for it.
pub async fn open_for_payment(cx: &mut Cx<'_>, call: Call<Open>) -> ApiResult<Reply> {
    open::<PaymentIntent>(cx, call).await
}

/// Opens a session for a setup intent.
///
/// # Errors
/// As [`open_for_payment`].
pub async fn open_for_setup(cx: &mut Cx<'_>, call: Call<Open>) -> ApiResult<Reply> {
    open::<SetupIntent>(cx, call).await
}

/// Gives a payment intent what was collected in a session; nothing changes if nothing was.
///
/// # Errors
/// 404 for a wrong id or client secret, or another intent's session; 400 if it can be given none any more.
pub async fn attach_to_payment(cx: &mut Cx<'_>, call: Call<Attach>) -> ApiResult<Reply> {
    attach::<PaymentIntent>(cx, call).await
}

/// Gives a setup intent what was collected in a session; nothing changes if nothing was.
///
/// # Errors
/// As [`attach_to_payment`].
pub async fn attach_to_setup(cx: &mut Cx<'_>, call: Call<Attach>) -> ApiResult<Reply> {
    attach::<SetupIntent>(cx, call).await
}

async fn opened<I: Collects, P>(cx: &mut Cx<'_>, call: &Call<P>, secret: &str) -> ApiResult<Stored<I>> {
    let wrong = || ApiError::missing(I::NOUN, call.id(), "intent");
    let intent = cx.find::<I>(call.id()).await?.ok_or_else(wrong)?;
    client_secret::opened(&call.caller.access, Some(secret), intent.secret(), I::NOUN, intent.id())?;
    Ok(intent)
}

async fn open<I: Collects>(cx: &mut Cx<'_>, call: Call<Open>) -> ApiResult<Reply> {
    let intent = opened::<I, _>(cx, &call, &call.params.client_secret).await?;
    check_open(&intent.value)?;
    let options = intent.bank_options();
    if options.us_bank_account.verification_method == "microdeposits" {
        let message = "This intent verifies bank accounts by microdeposits only, so accounts are not linked for it.";
        return Err(ApiError::invalid_param("intent", message));
    }
    let (billing_details, metadata) = payment_methods::told(call.params.payment_method_data.unwrap_or_default());
    let linking = options.us_bank_account.financial_connections.clone().unwrap_or_default();
    let collection = Collection {
        customer: intent.customer().map(str::to_owned),
        permissions: linking.permissions.unwrap_or_else(|| vec!["payment_method".into()]),
        prefetch: linking.prefetch.unwrap_or_default(),
        account_subcategories: linking.filters.and_then(|own| own.account_subcategories),
        manual_entry: !options.instant_only(),
        return_url: linking.return_url,
        pays: Pays { intent: intent.id().to_owned(), scope: intent.scope(), billing_details, metadata, payment_method: None },
    };
    let session = sessions::collect(cx, collection).await?;
    let shown = json!({
        "id": session.id,
        "object": "link_account_session",
        "client_secret": session.client_secret,
        "livemode": session.livemode,
    });
    Reply::json(&shown)
}

fn check_open<I: Collects>(intent: &I) -> ApiResult<()> {
    if intent.is_open() {
        return Ok(());
    }
    let code = if I::KIND == SetupIntent::KIND { "setup_intent_unexpected_state" } else { "payment_intent_unexpected_state" };
    Err(ApiError::coded(code, "This intent takes no payment method any more."))
}

async fn attach<I: Collects>(cx: &mut Cx<'_>, call: Call<Attach>) -> ApiResult<Reply> {
    let mut intent = opened::<I, _>(cx, &call, &call.params.client_secret).await?;
    let own = |pays: &&Pays| pays.intent == call.ids[0];
    let named = &call.ids[1];
    let found = cx.find::<Session>(named).await?.filter(|session| session.pays.as_ref().filter(own).is_some());
    let mut session = found.ok_or_else(|| ApiError::missing("link_account_session", named, "session"))?;
    let pays = session.pays.clone().ok_or_else(|| ApiError::internal("a session lost its intent"))?;
    // Asked again, the answer is the same.
    if pays.payment_method.is_none()
        && let Some(account) = collected(cx, &session).await?
    {
        check_open(&intent.value)?;
        let draft: Draft =
            payment_methods::draft_of_account(cx, &call.app, account, pays.billing_details.clone(), pays.metadata.clone())
                .await?;
        let method = draft.published(cx).await?.value.id;
        I::pay_by(cx, &mut intent, method.clone()).await?;
        session.pays = Some(Pays { payment_method: Some(method), ..pays });
        cx.update(&mut session).await?;
    }
    let text = serde_json::to_string(&intent.value)?;
    Ok(Reply::text(client_secret::shown(text, client_secret::View::Page, I::PAGE_FIELDS)?))
}

/// The account that came of a session: linked, or typed.
async fn collected(cx: &mut Cx<'_>, session: &Session) -> ApiResult<Option<UsBankAccountParams>> {
    let linked = accounts::of_session(cx, &session.id, None, 1).await?;
    if let Some(doc) = linked.rows.first() {
        let account: Account = serde_json::from_str(doc)?;
        let financial_connections_account = Some(account.id);
        return Ok(Some(UsBankAccountParams { financial_connections_account, ..UsBankAccountParams::default() }));
    }
    let Some(token) = &session.bank_account_token else { return Ok(None) };
    let numbers = Numbers::of(cx, &token.bank_account.id).await?;
    Ok(numbers.map(|numbers| UsBankAccountParams {
        account_holder_type: Some(HolderType::Individual),
        account_number: Some(numbers.account.expose().to_owned()),
        account_type: Some(AccountType::Checking),
        financial_connections_account: None,
        routing_number: Some(numbers.routing),
    }))
}
