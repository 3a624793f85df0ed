//! The choice of accounts, and what linking one does.

use std::collections::HashMap;
use std::sync::Arc;

use banks::PaymentNumbers;
use kernel::{ApiResult, Cx, Resource, Tenant};
use store::Value;

use super::login::{show_problem, trouble};
use super::ops::{FlowError, Loaded, door, load, remaining};
use super::relink;
use super::state::{Complained, Linked, Offer, Stage};
use super::view::Refused;
use crate::App;
use crate::connections::accounts::numbers::{payment_method_types, shown};
use crate::connections::accounts::{self, Account, AccountNumber, Feature, Link, StatusDetails};
use crate::connections::authorizations;
use crate::connections::bank::{Access, Failure, Subject};
use crate::connections::consents::{self, Agreement, Given};
use crate::connections::institutions::Institution;
use crate::connections::refresh;
use crate::connections::sessions::AccountHolder;
use crate::core::customers::Customer;
use crate::numbers::{self, Numbers};

/// Why an offered account cannot be chosen.
pub(super) fn refused(offer: &Offer, loaded: &Loaded) -> Option<Refused> {
    let filters = &loaded.session.filters;
    let wanted = filters.account_subcategories.as_ref();
    if !offer.open {
        return Some(Refused::Closed);
    }
    let institution = loaded.flow.institution.as_deref();
    if loaded
        .flow
        .linked
        .iter()
        .any(|one| Some(one.institution.as_str()) == institution && one.bank_account == offer.bank_account)
    {
        return Some(Refused::AlreadyLinked);
    }
    if wanted.is_some_and(|wanted| !wanted.contains(&offer.subcategory)) {
        return Some(Refused::TypeNotAsked);
    }
    (filters.require_payment_method_support == "all" && !offer.payable).then_some(Refused::NotPayable)
}

/// The person chooses accounts: they become accounts of the application.
///
/// # Errors
/// See [`FlowError`]; a choice that cannot be taken is no error, the pane says why.
pub async fn choose_accounts(app: &App, token: &str, ids: &[String]) -> Result<(), FlowError> {
    let door = door(app, "flow", token).await?.ok_or(FlowError::NotFound)?;
    let target = door.target.clone();
    let (loaded, now) =
        app.core.read(&door.tenant, |cx| Box::pin(async move { Ok((load(cx, &target).await?, cx.now())) })).await?;
    if !matches!(loaded.flow.stage, Stage::Accounts { .. }) || loaded.flow.expires_at <= now {
        return Err(FlowError::Wrong);
    }
    let chosen: Vec<Offer> =
        loaded.flow.offers.iter().filter(|offer| ids.contains(&offer.id) && refused(offer, &loaded).is_none()).cloned().collect();
    if let Some(complaint) = complaint(&chosen, &loaded) {
        return complain(app, token, complaint, ids.to_vec()).await;
    }
    let directory = app.banks(&door.tenant).await?;
    let institution = loaded.flow.institution.as_deref().and_then(|id| directory.get(id, door.tenant.livemode()));
    let (Some(institution), Some(authorization)) = (institution, loaded.flow.authorization.clone()) else {
        return Err(FlowError::Wrong);
    };
    match numbers(app, &door.tenant, institution, &authorization, &chosen, &loaded).await {
        Ok(numbers) => link_all(app, token, Choice { chosen, numbers, authorization, institution: institution.clone() }).await,
        Err(Failure::Own(error)) => Err(error.into()),
        Err(Failure::Bank(error)) => {
            tracing::warn!(institution.id, %error, "account numbers could not be read");
            show_problem(app, &door, &institution.id, trouble(&error)).await?;
            Err(FlowError::Problem)
        }
    }
}

/// Shows why a choice is not taken, with what was chosen still ticked.
async fn complain(app: &App, token: &str, complaint: Complained, ids: Vec<String>) -> Result<(), FlowError> {
    super::ops::change(app, token, move |_, loaded| {
        let chosen = ids.clone();
        Box::pin(async move {
            if matches!(loaded.flow.stage, Stage::Accounts { .. }) {
                loaded.flow.stage = Stage::Accounts { complaint: Some(complaint), chosen };
            }
            Ok(true)
        })
    })
    .await
}

/// A choice that can be taken, with what the bank said about it.
struct Choice {
    chosen: Vec<Offer>,
    numbers: HashMap<String, PaymentNumbers>,
    authorization: String,
    institution: Institution,
}

async fn link_all(app: &App, token: &str, choice: Choice) -> Result<(), FlowError> {
    let shared = Arc::new(choice);
    super::ops::change(app, token, move |cx, loaded| {
        let choice = Arc::clone(&shared);
        Box::pin(async move {
            let Some(stage) = loaded.flow.stage.succeed() else { return Ok(false) };
            // The person may have gone on in another window meanwhile.
            let free = |offer: &Offer| loaded.flow.offers.contains(offer) && refused(offer, loaded).is_none();
            if !choice.chosen.iter().all(free) || complaint(&choice.chosen, loaded).is_some() {
                return Ok(false);
            }
            lock_holder(cx, &loaded.session.account_holder).await?;
            let authorization =
                relink::take_over(cx, loaded, &choice.authorization, &choice.institution.id, &choice.chosen).await?;
            authorizations::link(cx, &authorization, &loaded.session.account_holder, &choice.institution).await?;
            // Lists show the newest first: the bank's first account is linked last.
            let mut accounts = Vec::with_capacity(choice.chosen.len());
            for offer in choice.chosen.iter().rev() {
                let id = link_account(cx, loaded, offer, &choice, &authorization).await?;
                accounts.insert(0, id.clone());
                if !loaded.flow.linked.iter().any(|one| one.id == id) {
                    let (institution, bank_account) = (choice.institution.id.clone(), offer.bank_account.clone());
                    loaded.flow.linked.push(Linked { id, institution, bank_account, payable: offer.payable });
                }
            }
            relink::settle_others(cx, loaded, &authorization).await?;
            let agreement = Agreement {
                session: &loaded.session,
                agreed_at: loaded.flow.agreed_at,
                permissions: &loaded.session.permissions,
                given: Given::Linked {
                    authorization: &authorization,
                    institution: (&choice.institution.id, &choice.institution.name),
                    accounts: &accounts,
                },
            };
            consents::record(cx, &agreement).await?;
            loaded.flow.stage = stage;
            Ok(true)
        })
    })
    .await
}

fn complaint(chosen: &[Offer], loaded: &Loaded) -> Option<Complained> {
    let count = u32::try_from(chosen.len()).unwrap_or(u32::MAX);
    if count == 0 {
        Some(Complained::ChooseOne)
    } else if remaining(&loaded.flow, &loaded.session).is_some_and(|limit| count > limit) {
        Some(Complained::TooMany)
    } else if loaded.session.filters.require_payment_method_support == "at_least_one"
        && !chosen.iter().any(|offer| offer.payable)
        && !loaded.flow.linked.iter().any(|one| one.payable)
    {
        Some(Complained::NeedsPayable)
    } else {
        None
    }
}

/// The numbers of the chosen accounts, by offer, if the person agreed to share them.
async fn numbers(
    app: &App,
    tenant: &Tenant,
    institution: &Institution,
    authorization: &str,
    chosen: &[Offer],
    loaded: &Loaded,
) -> Result<HashMap<String, PaymentNumbers>, Failure> {
    let mut out = HashMap::new();
    if !loaded.session.permissions.iter().any(|permission| permission == "payment_method") {
        return Ok(out);
    }
    let mut access = Access::open(app, tenant, institution, authorization, true).await?;
    for offer in chosen.iter().filter(|offer| offer.payable) {
        let account = Subject { id: &offer.bank_account, currency: &offer.currency };
        let found = access.ask(account, |q| q.connector.payment_numbers(q.ctx, q.grant, q.account.id)).await?;
        if let Some(found) = found {
            out.insert(offer.id.clone(), found);
        }
    }
    Ok(out)
}

async fn link_account(
    cx: &mut Cx<'_>,
    loaded: &Loaded,
    offer: &Offer,
    choice: &Choice,
    authorization: &str,
) -> ApiResult<String> {
    let (numbers, institution) = (choice.numbers.get(&offer.id), &choice.institution);
    let identity = identity(cx, loaded, offer, &institution.id);
    let known = known_account(cx, &identity).await?;
    let id = match &known {
        Some(id) => id.clone(),
        None => cx.id("fca_", 24),
    };
    if let Some(numbers) = numbers {
        Numbers::from_bank(numbers).keep(cx, &id).await?;
    }
    let link = Link {
        id: id.clone(),
        authorization: authorization.to_owned(),
        institution: institution.id.clone(),
        bank_account: offer.bank_account.clone(),
        currency: offer.currency.clone(),
        identity,
        refreshes: 0,
        transactions_from: None,
        grants: 1,
        told_expiry: None,
    };
    if known.is_some() {
        link_again(cx, loaded, offer, numbers, link).await?
    } else {
        create(cx, loaded, offer, numbers, link, institution).await?
    }
    prefetch(cx, loaded, &id).await?;
    Ok(id)
}

/// Two sessions of one holder that link the same bank account at once must find one account, not make two.
async fn lock_holder(cx: &mut Cx<'_>, holder: &AccountHolder) -> ApiResult<()> {
    match &holder.customer {
        Some(customer) => {
            cx.find::<Customer>(customer).await?;
        }
        None => {
            cx.tx.query_opt("select id from accounts where id = $1 for update", &[Value::from(holder.id())]).await?;
        }
    }
    Ok(())
}

/// The same holder, bank and bank account make the same account again.
pub(super) fn identity(cx: &Cx<'_>, loaded: &Loaded, offer: &Offer, institution: &str) -> String {
    let parts = [loaded.session.account_holder.id(), institution, &offer.bank_account].join("\n");
    let digest = cx.core.vault.recognise("linked account", parts.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) async fn known_account(cx: &mut Cx<'_>, identity: &str) -> ApiResult<Option<String>> {
    let sql = "select id from objects where tenant = $1 and kind = $2 and f2 = $3 order by id desc";
    for row in cx.rows(sql, &[Value::from(Link::KIND), Value::from(identity)]).await? {
        let id = row.text(0)?;
        let account = cx.find::<Account>(id).await?;
        // What was disconnected stays so; linking it again makes a new account.
        if account.is_some_and(|account| account.status != "disconnected") {
            return Ok(Some(id.to_owned()));
        }
    }
    Ok(None)
}

async fn create(
    cx: &mut Cx<'_>,
    loaded: &Loaded,
    offer: &Offer,
    numbers: Option<&PaymentNumbers>,
    link: Link,
    institution: &Institution,
) -> ApiResult<()> {
    let account = Account {
        id: link.id.clone(),
        object: Account::KIND.into(),
        account_holder: Some(loaded.session.account_holder.clone()),
        account_numbers: account_numbers(cx, loaded, numbers),
        authorization: Some(link.authorization.clone()),
        balance: None,
        balance_refresh: None,
        category: offer.category.clone(),
        created: cx.now(),
        display_name: Some(offer.name.clone()),
        inferred_balances_refresh: None,
        institution: Some(institution.id.clone()),
        institution_name: institution.name.clone(),
        last4: offer.last4.clone(),
        livemode: cx.tenant.livemode(),
        ownership: None,
        ownership_refresh: None,
        permissions: loaded.session.permissions.clone(),
        status: "active".into(),
        status_details: StatusDetails::default(),
        subcategory: offer.subcategory.clone(),
        subscriptions: Vec::new(),
        supported_payment_method_types: payment_method_types(offer.payable),
        transaction_refresh: None,
    };
    cx.insert(&link).await?;
    let doc = cx.insert(&account).await?;
    cx.emit("financial_connections.account.created", &doc, None).await
}

async fn link_again(
    cx: &mut Cx<'_>,
    loaded: &Loaded,
    offer: &Offer,
    numbers: Option<&PaymentNumbers>,
    link: Link,
) -> ApiResult<()> {
    if let Some(mut own) = cx.find::<Link>(&link.id).await? {
        let old = (own.authorization.clone(), own.institution.clone());
        let (refreshes, transactions_from, grants) = (own.refreshes, own.transactions_from, own.grants + 1);
        own.value = Link { refreshes, transactions_from, grants, ..link.clone() };
        cx.update(&mut own).await?;
        if old.0 != link.authorization {
            let now_ms = cx.now_ms();
            refresh::release_grant(cx, &old.0, &old.1, now_ms).await?;
        }
    }
    let Some(mut account) = cx.find::<Account>(&link.id).await? else { return Ok(()) };
    let before = serde_json::to_value(&account.value)?;
    account.permissions.clone_from(&loaded.session.permissions);
    account.display_name = Some(offer.name.clone());
    account.last4.clone_from(&offer.last4);
    account.supported_payment_method_types = payment_method_types(offer.payable);
    account.account_numbers = account_numbers(cx, loaded, numbers);
    account.authorization = Some(link.authorization);
    account.institution = Some(link.institution);
    withdraw(cx, &mut account).await?;
    accounts::reactivate(cx, &mut account, &before).await
}

/// What the person no longer shares is no longer shown.
async fn withdraw(cx: &mut Cx<'_>, account: &mut Account) -> ApiResult<()> {
    if !account.permits("balances") {
        (account.balance, account.balance_refresh) = (None, None);
    }
    if !account.permits("ownership") {
        (account.ownership, account.ownership_refresh) = (None, None);
    }
    if !account.permits("transactions") {
        account.transaction_refresh = None;
        account.subscriptions.clear();
        refresh::cancel_daily(cx, &account.id).await?;
    }
    if !account.permits("payment_method") {
        numbers::forget(cx, &account.id).await?;
    }
    Ok(())
}

fn account_numbers(cx: &Cx<'_>, loaded: &Loaded, numbers: Option<&PaymentNumbers>) -> Option<Vec<AccountNumber>> {
    loaded.session.permissions.iter().find(|permission| *permission == "payment_method")?;
    Some(numbers.map(|numbers| shown(numbers, cx.now())).into_iter().collect())
}

async fn prefetch(cx: &mut Cx<'_>, loaded: &Loaded, id: &str) -> ApiResult<()> {
    let features: Vec<Feature> = Feature::ALL
        .iter()
        .copied()
        .filter(|feature| loaded.session.prefetch.iter().any(|name| name == feature.prefetch_name()))
        .collect();
    if features.is_empty() {
        return Ok(());
    }
    let Some(mut account) = cx.find::<Account>(id).await? else { return Ok(()) };
    if refresh::start(cx, &mut account, &features).await? {
        cx.update(&mut account).await?;
    }
    Ok(())
}
