//! The way to the bank's own pages and back.

use std::sync::Arc;

use banks::{BankAccount, BankError, Callback, Category, DataKind, Grant, LoginRequest, LoginSecret, RedirectSignIn, SignIn};
use kernel::{ApiResult, Cx, Tenant, Vault};
use serde::{Deserialize, Serialize};
use store::Value;

use super::ops::{Door, FlowError, Loaded, door, load, make_door};
use super::state::{Flow, Offer, Trouble};
use super::view::Refused;
use super::{relink, select, sign_in};
use crate::App;
use crate::connections::bank::{self, Failure, StoredGrant};
use crate::connections::institutions::Institution;
use crate::connections::refresh;
use crate::connections::sessions::Session;
use crate::core::account::business_name;

/// A person may take this long at the bank.
const LOGIN_SECONDS: i64 = 1_800;
/// Consents last a year, as the rules on personal financial data have it.
pub(crate) const CONSENT_DAYS: u32 = 365;
/// How far back transactions are asked for.
const LOOKBACK_DAYS: u32 = 180;

/// What the bank sends a person back with.
#[derive(Debug, Clone, Default)]
pub struct BankCallback {
    /// Leads to the login.
    pub state: String,
    /// The authorization code.
    pub code: Option<String>,
    /// Why there is none.
    pub error: Option<String>,
    /// Which bank says so.
    pub iss: Option<String>,
    /// The flows whose logins this browser began: nobody else's accounts end up in a flow.
    pub begun_here: Vec<String>,
}

/// Where a person goes on after the bank.
#[derive(Debug, Clone)]
pub struct Returned {
    /// The flow.
    pub token: String,
    /// The bank's page was a popup, which closes now.
    pub popup: bool,
}

/// A login under way, sealed in the vault.
#[derive(Clone, Serialize, Deserialize)]
struct Login {
    token: String,
    institution: String,
    popup: bool,
    /// The vault's name of the registration that the login began with.
    client: String,
    secret: LoginSecret,
}

/// The address of the bank's own page; with `redirect`, the person leaves this page for it and comes back to it.
///
/// # Errors
/// [`FlowError::Problem`] if the bank cannot be reached: the flow then shows why.
pub async fn bank_address(app: &App, token: &str, redirect: bool) -> Result<String, FlowError> {
    let door = door(app, "flow", token).await?.ok_or(FlowError::NotFound)?;
    let target = door.target.clone();
    let (loaded, name, now) = app
        .core
        .read(&door.tenant, move |cx| Box::pin(async move { Ok((load(cx, &target).await?, business_name(cx).await?, cx.now())) }))
        .await?;
    let directory = app.banks(&door.tenant).await?;
    let chosen = loaded.flow.institution.as_deref().and_then(|id| directory.get(id, door.tenant.livemode()));
    let (Some(institution), true) = (chosen, loaded.flow.expires_at > now) else { return Err(FlowError::Wrong) };
    if loaded.flow.stage.open_bank().is_none() {
        return Err(FlowError::Wrong);
    }
    let state = app.core.ids().secret("", 40);
    match start(app, &door.tenant, institution, &loaded.session, name, &state).await {
        Ok((client, start)) => {
            let (token, institution) = (token.to_owned(), institution.id.clone());
            let login = Login { token, institution, popup: !redirect, client, secret: start.secret };
            remember(app, &door, state, login).await?;
            Ok(start.authorize_url)
        }
        Err(Failure::Own(error)) => Err(error.into()),
        Err(Failure::Bank(error)) => {
            tracing::warn!(institution.id, %error, "a login at a bank could not be started");
            show_problem(app, &door, &institution.id, trouble(&error)).await?;
            Err(FlowError::Problem)
        }
    }
}

async fn start(
    app: &App,
    tenant: &Tenant,
    institution: &Institution,
    session: &Session,
    business: String,
    state: &str,
) -> Result<(String, banks::LoginStart), Failure> {
    let own_pages = own_pages(institution)?;
    let client = bank::register(app, tenant, institution, own_pages).await?;
    let registration = bank::registration(app, tenant, &client).await?;
    let ctx = bank::context(app, institution, true);
    let request = LoginRequest {
        state: state.to_owned(),
        data: data_kinds(session),
        client_display_name: business,
        duration_days: CONSENT_DAYS,
        lookback_days: LOOKBACK_DAYS,
    };
    Ok((client, own_pages.begin(&ctx, &registration, request).await?))
}

/// The sign-in on the bank's own pages.
fn own_pages(institution: &Institution) -> Result<&dyn RedirectSignIn, BankError> {
    match institution.connector.sign_in() {
        SignIn::Redirect(own_pages) => Ok(own_pages),
        SignIn::Form(_) => Err(BankError::Protocol("the bank has no sign-in pages of its own".to_owned())),
    }
}

fn data_kinds(session: &Session) -> Vec<DataKind> {
    let permits = |name: &str| session.permissions.iter().any(|own| own == name);
    let mut kinds = vec![DataKind::Accounts];
    // Whether an account can pay is told by its numbers.
    if permits("payment_method") || session.filters.require_payment_method_support != "none" {
        kinds.push(DataKind::PaymentNumbers);
    }
    let rest = [("balances", DataKind::Balances), ("ownership", DataKind::Ownership), ("transactions", DataKind::Transactions)];
    kinds.extend(rest.into_iter().filter(|(name, _)| permits(name)).map(|(_, kind)| kind));
    kinds
}

async fn remember(app: &App, door: &Door, state: String, login: Login) -> ApiResult<()> {
    let shared = Arc::new((door.target.clone(), state, login));
    app.core
        .write(&door.tenant, move |cx| {
            let shared = Arc::clone(&shared);
            Box::pin(async move {
                let (target, state, login) = &*shared;
                make_door(cx, "login", state, target, LOGIN_SECONDS).await?;
                bank::write_sealed(cx, &login_name(&Vault::secret_hash(state)), login).await?;
                let mut loaded = load(cx, target).await?;
                if let Some(stage) = loaded.flow.stage.open_bank() {
                    loaded.flow.stage = stage;
                    cx.update(&mut loaded.flow).await?;
                }
                Ok(())
            })
        })
        .await
}

/// The vault's name of a login. The state is a secret of the person's browser; the vault's names are not.
pub(crate) fn login_name(state_hash: &[u8]) -> String {
    let hash: String = state_hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("login/{hash}")
}

/// The bank sent a person back: takes the grant and reads which accounts there are.
///
/// # Errors
/// [`FlowError::NotFound`] for a state that leads nowhere, or was used.
pub async fn bank_returned(app: &App, callback: BankCallback) -> Result<Returned, FlowError> {
    let state = callback.state.clone();
    let door = door(app, "login", &state).await?.ok_or(FlowError::NotFound)?;
    let login = take_login(app, &door, &state).await?.ok_or(FlowError::NotFound)?;
    if !callback.begun_here.contains(&login.token) {
        tracing::warn!("a login was begun in another browser and is not taken");
        return Err(FlowError::NotFound);
    }
    let returned = Returned { token: login.token.clone(), popup: login.popup };
    let directory = app.banks(&door.tenant).await?;
    let Some(institution) = directory.get(&login.institution, door.tenant.livemode()) else { return Err(FlowError::Wrong) };
    let target = door.target.clone();
    let loaded = app.core.read(&door.tenant, |cx| Box::pin(async move { load(cx, &target).await })).await?;
    let waits =
        loaded.flow.institution.as_deref() == Some(login.institution.as_str()) && loaded.flow.stage.show_accounts().is_some();
    if !waits {
        // The person went on elsewhere meanwhile; this answer is of no use.
        return Ok(returned);
    }
    match finish(app, &door, institution, &login, callback, &loaded).await {
        Ok((grant, offers)) => {
            let stored = StoredGrant { client: Some(login.client), grant };
            keep_offers(app, &door, &login.institution, stored, offers).await?;
        }
        Err(Failure::Own(error)) => return Err(error.into()),
        Err(Failure::Bank(error)) => {
            tracing::warn!(institution.id, %error, "a login at a bank did not succeed");
            show_problem(app, &door, &login.institution, trouble(&error)).await?;
        }
    }
    Ok(returned)
}

/// A login can be finished once.
async fn take_login(app: &App, door: &Door, state: &str) -> ApiResult<Option<Login>> {
    let state = state.to_owned();
    app.core
        .write(&door.tenant, move |cx| {
            let state = state.clone();
            Box::pin(async move {
                let hash = Vault::secret_hash(&state);
                let name = login_name(&hash);
                let sql = "delete from doors where tenant = $1 and kind = 'login' and hash = $2";
                if cx.run(sql, &[Value::from(hash)]).await? == 0 {
                    return Ok(None);
                }
                let login = bank::read_sealed::<Login>(cx, &name).await?;
                bank::forget(cx, &name).await?;
                Ok(login.map(|(login, _)| login))
            })
        })
        .await
}

async fn finish(
    app: &App,
    door: &Door,
    institution: &Institution,
    login: &Login,
    callback: BankCallback,
    loaded: &Loaded,
) -> Result<(Grant, Vec<Offer>), Failure> {
    let registration = bank::registration(app, &door.tenant, &login.client).await?;
    let ctx = bank::context(app, institution, true);
    let callback = Callback { code: callback.code, error: callback.error, iss: callback.iss };
    let grant = own_pages(institution)?.finish(&ctx, &registration, &login.secret, callback).await?;
    let offers = offers(app, institution, &grant, loaded).await?;
    Ok((grant, offers))
}

/// What a bank offers to somebody who signed in.
pub(super) async fn offers(app: &App, institution: &Institution, grant: &Grant, loaded: &Loaded) -> Result<Vec<Offer>, Failure> {
    let ctx = bank::context(app, institution, true);
    let connector = &institution.connector;
    let accounts = connector.accounts(&ctx, grant).await?;
    let asks_numbers = data_kinds(&loaded.session).contains(&DataKind::PaymentNumbers);
    let mut offers = Vec::with_capacity(accounts.len());
    for account in accounts {
        let cash = account.category == Category::Cash && account.open && connector.shares(DataKind::PaymentNumbers);
        let payable = if cash && asks_numbers {
            match connector.payment_numbers(&ctx, grant, &account.bank_account_id).await {
                Ok(numbers) => numbers.is_some_and(|numbers| numbers.can_debit),
                Err(error) if error.is_transient() => return Err(error.into()),
                Err(_) => false,
            }
        } else {
            cash && account.currency == "usd"
        };
        offers.push(offer(app, account, payable));
    }
    Ok(offers)
}

fn offer(app: &App, account: BankAccount, payable: bool) -> Offer {
    let kind = account.subcategory.as_str();
    Offer {
        id: app.core.ids().secret("", 16),
        name: account.display_name.unwrap_or_else(|| kind.replace('_', " ")),
        bank_account: account.bank_account_id,
        last4: account.last4,
        category: account.category.as_str().to_owned(),
        subcategory: kind.to_owned(),
        currency: account.currency,
        open: account.open,
        payable,
    }
}

/// Keeps what a bank gave, with the grant. If the person went on elsewhere meanwhile, or the flow's time is over, the flow stays
/// as it is and the grant ends.
pub(super) async fn keep_offers(
    app: &App,
    door: &Door,
    institution: &str,
    grant: StoredGrant,
    offers: Vec<Offer>,
) -> ApiResult<()> {
    let shared = Arc::new((door.target.clone(), institution.to_owned(), grant, offers));
    app.core
        .write(&door.tenant, move |cx| {
            let shared = Arc::clone(&shared);
            Box::pin(async move {
                let (target, institution, grant, offers) = &*shared;
                let mut loaded = load(cx, target).await?;
                let authorization = cx.id("fcauth_", 24);
                bank::write_sealed(cx, &bank::grant_name(&authorization), grant).await?;
                let stage = loaded.flow.stage.show_accounts().filter(|_| waits_for(cx, &loaded.flow, institution));
                let Some(stage) = stage else {
                    let now_ms = cx.now_ms();
                    return refresh::release_grant(cx, &authorization, institution, now_ms).await;
                };
                // Whatever becomes of this flow, a grant that no account hangs on ends with it.
                let after_ms = (loaded.flow.expires_at + 60) * 1_000;
                refresh::release_grant(cx, &authorization, institution, after_ms).await?;
                bank::forget(cx, &sign_in::state_name(target)).await?;
                loaded.flow.authorization = Some(authorization);
                let found = offers.len();
                let offers = relink::narrow(cx, &loaded.session, offers).await?;
                loaded.flow.offers.clone_from(&offers);
                let usable = |offer: &Offer| matches!(select::refused(offer, &loaded), None | Some(Refused::AlreadyLinked));
                let none = !offers.iter().any(usable);
                let nothing = loaded.flow.stage.fail(Trouble::NoEligibleAccounts { found }).filter(|_| none);
                loaded.flow.stage = nothing.unwrap_or(stage);
                cx.update(&mut loaded.flow).await.map(|_| ())
            })
        })
        .await
}

/// Shows what went wrong at a bank, if the person still waits for that bank.
pub(super) async fn show_problem(app: &App, door: &Door, institution: &str, problem: Trouble) -> ApiResult<()> {
    let shared = Arc::new((door.target.clone(), institution.to_owned(), problem));
    app.core
        .write(&door.tenant, move |cx: &mut Cx<'_>| {
            let shared = Arc::clone(&shared);
            Box::pin(async move {
                let (target, institution, problem) = &*shared;
                let mut loaded = load(cx, target).await?;
                let stage = loaded.flow.stage.fail(problem.clone()).filter(|_| waits_for(cx, &loaded.flow, institution));
                if let Some(stage) = stage {
                    loaded.flow.stage = stage;
                    cx.update(&mut loaded.flow).await?;
                }
                Ok(())
            })
        })
        .await
}

/// Whether what a bank answers now is still of use to a flow.
fn waits_for(cx: &Cx<'_>, flow: &Flow, institution: &str) -> bool {
    flow.institution.as_deref() == Some(institution) && flow.expires_at > cx.now()
}

/// What a person needs to know of a bank's failure.
pub(super) fn trouble(error: &BankError) -> Trouble {
    match error {
        BankError::Unavailable { expected_at: Some(until) } => Trouble::DownPlanned { until: *until },
        BankError::CircuitOpen { cause, .. } => trouble(cause),
        BankError::Unavailable { expected_at: None } | BankError::Timeout | BankError::RateLimited { .. } => {
            Trouble::DownUnplanned
        }
        BankError::AccessDenied => Trouble::AccessDenied,
        _ => Trouble::BankError,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_a_person_what_matters() {
        for (error, expected) in [
            (BankError::Unavailable { expected_at: Some(5) }, Trouble::DownPlanned { until: 5 }),
            (BankError::Unavailable { expected_at: None }, Trouble::DownUnplanned),
            (BankError::Timeout, Trouble::DownUnplanned),
            (BankError::AccessDenied, Trouble::AccessDenied),
            (BankError::Protocol("x".into()), Trouble::BankError),
        ] {
            assert_eq!(trouble(&error), expected);
        }
    }
}
