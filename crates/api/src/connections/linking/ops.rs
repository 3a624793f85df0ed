use std::sync::Arc;

use banks::SignInForm;
use kernel::{ApiError, ApiResult, BoxFuture, Cx, Resource, Stored, Tenant, Vault};
use store::{Tx, Value};

use super::state::{Complained, Flow, Linked, Offer, Stage, Trouble};
use super::view::{AccountChoice, Asked, Complaint, FlowView, InstitutionCard, LinkedAccount, Pane, Problem};
use super::{ending, manual, select, sign_in};
use crate::App;
use crate::connections::accounts::Account;
use crate::connections::bank;
use crate::connections::institutions::{Directory, Institution};
use crate::connections::refresh;
use crate::connections::sessions::Session;
use crate::connections::sessions::outcome::{self, Collected, End};
use crate::core::account::business_name;

/// Why a step was not taken.
#[derive(Debug)]
pub enum FlowError {
    /// No flow has this token.
    NotFound,
    /// The flow now shows a problem.
    Problem,
    /// The step does not fit what the flow shows now.
    Wrong,
    /// The database does not answer; the log says more.
    Unavailable,
}

impl From<ApiError> for FlowError {
    fn from(error: ApiError) -> Self {
        tracing::error!(?error, "a step of a linking flow failed");
        FlowError::Unavailable
    }
}

/// What lies behind a token.
#[derive(Debug, Clone)]
pub(crate) struct Door {
    pub tenant: Tenant,
    pub target: String,
}

/// The tenant and target behind an unguessable text, if it still leads anywhere.
pub(crate) async fn door(app: &App, kind: &'static str, token: &str) -> ApiResult<Option<Door>> {
    let hash = Vault::secret_hash(token);
    let now = app.core.clock.now();
    let row = app
        .core
        .store
        .read(move |tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<Option<store::Row>>> {
            Box::pin(async move {
                let sql = "select tenant, target from doors where hash = $1 and kind = $2 and expires_at > $3";
                Ok(tx.query_opt(sql, &[Value::from(hash), Value::from(kind), Value::from(now)]).await?)
            })
        })
        .await?;
    let Some(row) = row else { return Ok(None) };
    let tenant = Tenant::from_key(row.text(0)?).ok_or_else(|| ApiError::internal("a door's tenant does not read"))?;
    Ok(Some(Door { tenant, target: row.text(1)?.to_owned() }))
}

/// Makes a door; the token is the only way through it.
pub(crate) async fn make_door(cx: &mut Cx<'_>, kind: &str, token: &str, target: &str, seconds: i64) -> ApiResult<()> {
    let sql = "insert into doors (hash, tenant, kind, target, expires_at) values ($2, $1, $3, $4, $5)";
    let params =
        [Value::from(Vault::secret_hash(token)), Value::from(kind), Value::from(target), Value::from(cx.real_now() + seconds)];
    cx.run(sql, &params).await?;
    Ok(())
}

/// A flow with its session, as steps need them.
pub(super) struct Loaded {
    pub flow: Stored<Flow>,
    pub session: Session,
}

pub(super) async fn load(cx: &mut Cx<'_>, id: &str) -> ApiResult<Loaded> {
    let flow = cx.find::<Flow>(id).await?.ok_or_else(|| ApiError::internal("a door leads to no flow"))?;
    let session = cx.find::<Session>(id).await?.ok_or_else(|| ApiError::internal("a flow without its session"))?;
    Ok(Loaded { flow, session: session.value })
}

/// Changes a flow in a write transaction; `step` answers false if it does not fit. Nothing fits once the flow's time is over.
pub(super) async fn change<F>(app: &App, token: &str, step: F) -> Result<(), FlowError>
where
    F: for<'a, 'b> Fn(&'a mut Cx<'b>, &'a mut Loaded) -> BoxFuture<'a, ApiResult<bool>> + Send + Sync + 'static,
{
    let step = Arc::new(step);
    close(app, token, move |cx, loaded| {
        let step = Arc::clone(&step);
        Box::pin(async move { if loaded.flow.expires_at <= cx.now() { Ok(false) } else { step(cx, loaded).await } })
    })
    .await
}

/// [`change`] for steps that end a flow, which fit at any time: what was linked stays linked.
async fn close<F>(app: &App, token: &str, step: F) -> Result<(), FlowError>
where
    F: for<'a, 'b> Fn(&'a mut Cx<'b>, &'a mut Loaded) -> BoxFuture<'a, ApiResult<bool>> + Send + Sync + 'static,
{
    let door = door(app, "flow", token).await?.ok_or(FlowError::NotFound)?;
    let step = Arc::new(step);
    let target = door.target;
    let fits = app
        .core
        .write(&door.tenant, move |cx| {
            let (step, target) = (Arc::clone(&step), target.clone());
            Box::pin(async move {
                let mut loaded = load(cx, &target).await?;
                let fits = step(cx, &mut loaded).await?;
                if fits {
                    cx.update(&mut loaded.flow).await?;
                }
                Ok(fits)
            })
        })
        .await?;
    if fits { Ok(()) } else { Err(FlowError::Wrong) }
}

pub(super) fn move_to(flow: &mut Flow, stage: Option<Stage>) -> bool {
    match stage {
        Some(stage) => {
            flow.stage = stage;
            true
        }
        None => false,
    }
}

/// The only bank that a flow takes, with what it asks if it has no pages of its own.
fn only_bank(directory: &Directory, cx: &Cx<'_>, flow: &Flow) -> Option<(String, Option<SignInForm>)> {
    let institution = directory.get(flow.only_bank.as_deref()?, cx.tenant.livemode())?;
    Some((institution.id.clone(), sign_in::first_form(institution)))
}

/// [`move_to`] for the step to the choice of a bank: where there is no choice, to that bank.
fn move_to_picker(flow: &mut Flow, stage: Option<Stage>, only: Option<(String, Option<SignInForm>)>) -> bool {
    match (stage, only) {
        (Some(stage), Some((id, form))) => {
            flow.institution = Some(id);
            move_to(flow, stage.choose_bank(form))
        }
        (stage, _) => move_to(flow, stage),
    }
}

/// The person agrees to share the data that is asked for.
///
/// # Errors
/// See [`FlowError`].
pub async fn agree(app: &App, token: &str) -> Result<(), FlowError> {
    let directory = app.directory.clone();
    change(app, token, move |cx, loaded| {
        let directory = directory.clone();
        Box::pin(async move {
            let only = only_bank(&directory.within(cx).await?, cx, &loaded.flow);
            loaded.flow.agreed_at = Some(cx.now());
            let stage = loaded.flow.stage.agree();
            Ok(move_to_picker(&mut loaded.flow, stage, only))
        })
    })
    .await
}

/// The person chooses a bank.
///
/// # Errors
/// See [`FlowError`].
pub async fn choose_institution(app: &App, token: &str, institution_id: &str) -> Result<(), FlowError> {
    let (directory, id) = (app.directory.clone(), institution_id.to_owned());
    change(app, token, move |cx, loaded| {
        let (directory, id) = (directory.clone(), id.clone());
        Box::pin(async move {
            let directory = directory.within(cx).await?;
            let takes = loaded.flow.only_bank.as_ref().is_none_or(|only| *only == id);
            let institution = directory.offered(&id, cx.tenant.livemode()).filter(|_| takes);
            let (known, form) = (institution.is_some(), institution.and_then(sign_in::first_form));
            let full = remaining(&loaded.flow, &loaded.session) == Some(0);
            let stage = loaded.flow.stage.choose_bank(form).filter(|_| known && !full);
            // A step that does not fit changes nothing, at the bank neither.
            if stage.is_none() {
                return Ok(false);
            }
            leave_bank(cx, &mut loaded.flow).await?;
            loaded.flow.institution = Some(id);
            Ok(move_to(&mut loaded.flow, stage))
        })
    })
    .await
}

/// The person wants another bank.
///
/// # Errors
/// See [`FlowError`].
pub async fn back_to_picker(app: &App, token: &str) -> Result<(), FlowError> {
    let directory = app.directory.clone();
    change(app, token, move |cx, loaded| {
        let directory = directory.clone();
        Box::pin(async move {
            let only = only_bank(&directory.within(cx).await?, cx, &loaded.flow);
            let full = remaining(&loaded.flow, &loaded.session) == Some(0);
            let stage = loaded.flow.stage.pick_again().filter(|_| !full);
            if stage.is_none() {
                return Ok(false);
            }
            leave_bank(cx, &mut loaded.flow).await?;
            Ok(move_to_picker(&mut loaded.flow, stage, only))
        })
    })
    .await
}

/// The person is done.
///
/// # Errors
/// See [`FlowError`].
pub async fn done(app: &App, token: &str) -> Result<(), FlowError> {
    close(app, token, |cx, loaded| {
        Box::pin(async move {
            let stage = loaded.flow.stage.finish();
            if stage.is_some() {
                let collected = collected(&loaded.flow);
                outcome::conclude(cx, &loaded.session.id, End::Closed, collected).await?;
                ending::end(cx, &mut loaded.flow).await?;
            }
            Ok(move_to(&mut loaded.flow, stage))
        })
    })
    .await
}

/// The person closes the flow; what was linked stays linked.
///
/// # Errors
/// See [`FlowError`].
pub async fn cancel(app: &App, token: &str) -> Result<(), FlowError> {
    close(app, token, |cx, loaded| {
        Box::pin(async move {
            let collected = collected(&loaded.flow);
            let stage = loaded.flow.stage.cancel(collected.anything);
            if stage.is_some() {
                outcome::conclude(cx, &loaded.session.id, End::Closed, collected).await?;
                ending::end(cx, &mut loaded.flow).await?;
            }
            Ok(move_to(&mut loaded.flow, stage))
        })
    })
    .await
}

/// The person leaves a bank: if no account was linked by its grant, the grant ends.
pub(super) async fn leave_bank(cx: &mut Cx<'_>, flow: &mut Flow) -> ApiResult<()> {
    flow.offers.clear();
    bank::forget(cx, &sign_in::state_name(&flow.id)).await?;
    if let (Some(authorization), Some(institution)) = (flow.authorization.take(), flow.institution.take()) {
        let now_ms = cx.now_ms();
        refresh::release_grant(cx, &authorization, &institution, now_ms).await?;
    }
    flow.institution = None;
    Ok(())
}

/// How many more accounts may be linked; none means any number.
pub(crate) fn remaining(flow: &Flow, session: &Session) -> Option<u32> {
    let limit = session.limits.as_ref()?.accounts;
    let used = i64::try_from(flow.linked.len()).unwrap_or(i64::MAX);
    Some(u32::try_from((limit - used).max(0)).unwrap_or(u32::MAX))
}

/// The accounts that were linked in a session.
pub(crate) async fn linked_in(cx: &mut Cx<'_>, session: &str) -> ApiResult<Vec<String>> {
    let flow = cx.raw(Flow::KIND, session).await?;
    let flow: Option<Flow> = flow.map(|doc| serde_json::from_str(&doc)).transpose()?;
    Ok(flow.map(|flow| flow.linked.into_iter().map(|one| one.id).collect()).unwrap_or_default())
}

/// What came of a flow so far.
fn collected(flow: &Flow) -> Collected {
    Collected { anything: !flow.linked.is_empty() || flow.bank_account_token.is_some(), signed_in: flow.authorization.is_some() }
}

/// What came of a session's flow, if it was ever opened.
pub(crate) async fn collected_in(cx: &mut Cx<'_>, session: &str) -> ApiResult<Collected> {
    let flow = cx.find::<Flow>(session).await?;
    Ok(flow.map_or(Collected { anything: false, signed_in: false }, |flow| collected(&flow)))
}

/// What the flow shows now.
///
/// # Errors
/// See [`FlowError`].
pub async fn view(app: &App, token: &str, query: Option<&str>) -> Result<FlowView, FlowError> {
    let door = door(app, "flow", token).await?.ok_or(FlowError::NotFound)?;
    let target = door.target.clone();
    let (loaded, now, business_name, linked) = app
        .core
        .read(&door.tenant, move |cx| {
            Box::pin(async move {
                let loaded = load(cx, &target).await?;
                let name = business_name(cx).await?;
                let linked = linked_accounts(cx, &loaded.flow.linked).await?;
                Ok((loaded, cx.now(), name, linked))
            })
        })
        .await?;
    let cancelled = matches!(loaded.flow.stage, Stage::Finished { cancelled: true });
    let return_url = loaded.flow.cancel_url.clone().filter(|_| cancelled).or_else(|| loaded.flow.return_url.clone());
    let ended = matches!(loaded.flow.stage, Stage::Success | Stage::ManualDone { .. } | Stage::Finished { .. });
    let pane = if loaded.flow.expires_at <= now && !ended {
        Pane::Problem { problem: Problem::SessionExpired, institution: None, manual_entry: false }
    } else {
        let directory = app.banks(&door.tenant).await?;
        pane(&directory, &door.tenant, &loaded, query.unwrap_or(""), loaded.flow.expires_at > now)
    };
    Ok(FlowView {
        token: token.to_owned(),
        business_name,
        livemode: door.tenant.livemode(),
        opener_origin: loaded.flow.origin.clone(),
        return_url,
        hosted: loaded.session.is_hosted(),
        locale: loaded.flow.locale.clone(),
        person_page: (!linked.is_empty()).then(|| format!("/connections/{token}/person")),
        asked: asked(&loaded.session.permissions),
        pays: loaded.session.pays.as_ref().map(|pays| pays.scope),
        linked,
        pane,
    })
}

async fn linked_accounts(cx: &mut Cx<'_>, linked: &[Linked]) -> ApiResult<Vec<LinkedAccount>> {
    let mut out = Vec::with_capacity(linked.len());
    for one in linked {
        if let Some(account) = cx.find::<Account>(&one.id).await? {
            let account = account.value;
            let name = account.display_name.unwrap_or_else(|| account.subcategory.clone());
            out.push(LinkedAccount { id: account.id, name, last4: account.last4, institution_name: account.institution_name });
        }
    }
    Ok(out)
}

pub(crate) fn asked(permissions: &[String]) -> Vec<Asked> {
    let all = [
        ("payment_method", Asked::PaymentMethod),
        ("balances", Asked::Balances),
        ("ownership", Asked::Ownership),
        ("transactions", Asked::Transactions),
    ];
    all.into_iter().filter(|(name, _)| permissions.iter().any(|own| own == name)).map(|(_, asked)| asked).collect()
}

fn card(institution: &Institution) -> InstitutionCard {
    InstitutionCard { id: institution.id.clone(), name: institution.name.clone(), host: institution.host() }
}

fn pane(directory: &Directory, tenant: &Tenant, loaded: &Loaded, query: &str, open: bool) -> Pane {
    let flow = &loaded.flow;
    let chosen = flow.institution.as_deref().and_then(|id| directory.get(id, tenant.livemode())).map(card);
    let manual_entry = open && manual::is_allowed(flow, &loaded.session);
    let takes = |one: &&Institution| flow.only_bank.as_ref().is_none_or(|only| *only == one.id);
    let pays = loaded.session.pays.is_some();
    let picker = || Pane::Picker {
        query: query.to_owned(),
        institutions: directory.search(query, tenant.livemode()).into_iter().filter(takes).map(card).collect(),
        manual_entry,
    };
    match (&flow.stage, chosen) {
        (Stage::Consent, _) => Pane::Consent,
        (Stage::BankLogin { waiting }, Some(institution)) => Pane::BankLogin { institution, waiting: *waiting },
        (Stage::SignIn { form, refused }, Some(institution)) => {
            Pane::SignIn { institution, form: form.clone(), refused: *refused }
        }
        (Stage::ManualEntry { complaint }, _) => manual::pane(tenant, *complaint, pays),
        (Stage::ManualDone { last4 }, _) => Pane::ManualDone { last4: last4.clone(), microdeposits: pays },
        (Stage::Accounts { complaint, chosen }, Some(institution)) => Pane::Accounts {
            institution,
            choices: choices(loaded, complaint.is_some().then_some(chosen)),
            limit: remaining(flow, &loaded.session),
            complaint: complaint.map(complaint_shown),
        },
        // A bank that left the directory meanwhile: choose another.
        (Stage::Picker | Stage::BankLogin { .. } | Stage::SignIn { .. } | Stage::Accounts { .. }, _) => picker(),
        (Stage::Success, _) => {
            let done = loaded.session.relink_options.is_some() || remaining(flow, &loaded.session) == Some(0);
            Pane::Success { can_link_another: open && !done }
        }
        (Stage::Problem { problem }, institution) => Pane::Problem { problem: problem_shown(problem), institution, manual_entry },
        (Stage::Finished { cancelled }, _) => Pane::Finished { cancelled: *cancelled },
    }
}

/// What a bank offers in a flow that is at the choice of accounts.
pub(crate) async fn choices_in(cx: &mut Cx<'_>, id: &str) -> ApiResult<Vec<AccountChoice>> {
    let loaded = load(cx, id).await?;
    Ok(if matches!(loaded.flow.stage, Stage::Accounts { .. }) { choices(&loaded, None) } else { Vec::new() })
}

/// The offers as choices; after a complaint what was submitted stays ticked, before it every account that can be.
fn choices(loaded: &Loaded, submitted: Option<&Vec<String>>) -> Vec<AccountChoice> {
    let single = remaining(&loaded.flow, &loaded.session) == Some(1);
    let mut out: Vec<AccountChoice> = Vec::with_capacity(loaded.flow.offers.len());
    for offer in &loaded.flow.offers {
        let refused = select::refused(offer, loaded);
        let first = !out.iter().any(|choice| choice.refused.is_none());
        out.push(AccountChoice {
            id: offer.id.clone(),
            name: offer.name.clone(),
            last4: offer.last4.clone(),
            subcategory: subcategory(offer),
            refused,
            preselected: refused.is_none() && submitted.map_or(!single || first, |ids| ids.contains(&offer.id)),
        });
    }
    out.sort_by_key(|choice| choice.refused.is_some());
    out
}

fn subcategory(offer: &Offer) -> &'static str {
    ["checking", "savings", "credit_card", "line_of_credit", "mortgage"]
        .into_iter()
        .find(|name| *name == offer.subcategory)
        .unwrap_or("other")
}

fn complaint_shown(complaint: Complained) -> Complaint {
    match complaint {
        Complained::ChooseOne => Complaint::ChooseOne,
        Complained::TooMany => Complaint::TooMany,
        Complained::NeedsPayable => Complaint::NeedsPayable,
    }
}

fn problem_shown(problem: &Trouble) -> Problem {
    match problem {
        Trouble::DownPlanned { until } => Problem::DownPlanned { until: *until },
        Trouble::DownUnplanned => Problem::DownUnplanned,
        Trouble::BankError => Problem::BankError,
        Trouble::NoEligibleAccounts { found } => Problem::NoEligibleAccounts { found: *found },
        Trouble::AccessDenied => Problem::AccessDenied,
    }
}
