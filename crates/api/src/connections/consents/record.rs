//! How consents come to be and how they end.

use std::sync::Arc;

use kernel::jobs::NewJob;
use kernel::{ApiResult, Cx, Resource, Stored};
use store::Value;

use super::jobs;
use super::object::{Consent, ConsentStatus, ConsentText, ConsentedAccount, ConsentedNumbers, EndedBy, Shown};
use crate::App;
use crate::connections::accounts::Account;
use crate::connections::linking::{FlowError, door};
use crate::connections::sessions::Session;
use crate::core::account::business_name;
use crate::payments::sources::BankAccount;

/// How long a consent holds: rules on personal financial data end the right to collect it one year after the person agreed.
const LIFE_SECONDS: i64 = 365 * 86_400;

/// Keeps the words in which a flow asks for consent, as shown, until accounts are linked. Pages call it when the person agrees,
/// before [`crate::connections::linking::agree`].
///
/// # Errors
/// [`FlowError::NotFound`] for an unknown token, [`FlowError::Unavailable`] if the database does not answer.
pub async fn consent_shown(app: &App, token: &str, text: ConsentText) -> Result<(), FlowError> {
    let door = door(app, "flow", token).await?.ok_or(FlowError::NotFound)?;
    let shown = Arc::new(Shown { id: door.target, text });
    app.core
        .write(&door.tenant, move |cx| {
            let shown = Arc::clone(&shown);
            Box::pin(async move {
                match cx.find::<Shown>(&shown.id).await? {
                    Some(mut stored) => {
                        stored.text.clone_from(&shown.text);
                        cx.update(&mut stored).await?;
                    }
                    None => {
                        cx.insert(&*shown).await?;
                    }
                }
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// What a person did when they linked accounts, or typed numbers.
pub(crate) struct Agreement<'a> {
    /// The session that asked.
    pub session: &'a Session,
    /// When the person agreed, unix seconds on the tenant's clock.
    pub agreed_at: Option<i64>,
    /// The data types that this is about.
    pub permissions: &'a [String],
    /// What the person gave.
    pub given: Given<'a>,
}

/// What a person gave access to.
pub(crate) enum Given<'a> {
    Linked {
        /// `fcauth_…`
        authorization: &'a str,
        /// Id and name of the bank.
        institution: (&'a str, &'a str),
        /// The accounts that were linked, which exist by now.
        accounts: &'a [String],
    },
    /// The bank account that typed numbers became.
    Typed(&'a BankAccount),
}

/// Writes the receipt, in the transaction that links. What the same accounts were linked with before is renewed by it.
pub(crate) async fn record(cx: &mut Cx<'_>, agreement: &Agreement<'_>) -> ApiResult<()> {
    let session = agreement.session;
    let (login, linked, typed) = match agreement.given {
        Given::Linked { authorization, institution, accounts } => (Some((authorization, institution)), accounts, None),
        Given::Typed(account) => (None, &[][..], Some(account)),
    };
    end(cx, session.account_holder.id(), linked, EndedBy::Renewal).await?;
    let mut accounts = Vec::with_capacity(linked.len());
    for id in linked {
        let Some(account) = cx.find::<Account>(id).await? else { continue };
        accounts.push(ConsentedAccount {
            account: id.clone(),
            display_name: account.display_name.clone(),
            ended_at: None,
            ended_by: None,
            last4: account.last4.clone(),
        });
    }
    let agreed_at = agreement.agreed_at.unwrap_or(cx.now());
    let consent = Consent {
        id: cx.id("fccons_", 24),
        object: Consent::KIND.into(),
        account_holder: session.account_holder.clone(),
        accounts,
        agreed_at,
        authorization: login.map(|(authorization, _)| authorization.to_owned()),
        bank_account: typed.map(|typed| ConsentedNumbers { id: typed.id.clone(), last4: typed.last4.clone() }),
        business_name: business_name(cx).await?,
        created: cx.now(),
        expires_at: agreed_at + LIFE_SECONDS,
        institution: login.map(|(_, (id, _))| id.to_owned()),
        institution_name: login.map(|(_, (_, name))| name.to_owned()),
        livemode: cx.tenant.livemode(),
        permissions: agreement.permissions.to_vec(),
        session: session.id.clone(),
        status: ConsentStatus::Active,
        text: cx.find::<Shown>(&session.id).await?.map(|shown| shown.value.text),
        withdrawn_at: None,
        withdrawn_by: None,
    };
    cx.insert(&consent).await?;
    let run_at_ms = consent.expires_at * 1_000;
    let lane = &consent.id;
    cx.enqueue(&NewJob { kind: jobs::EXPIRE, key: &consent.id, lane, run_at_ms, payload: "" }).await
}

/// Ends the consents of a person for these accounts.
pub(crate) async fn end(cx: &mut Cx<'_>, holder: &str, accounts: &[String], by: EndedBy) -> ApiResult<()> {
    let now = cx.now();
    for mut consent in active(cx, holder).await? {
        if !consent.end(accounts, by, now) {
            continue;
        }
        if consent.status != ConsentStatus::Active {
            cx.dequeue(jobs::EXPIRE, &consent.id).await?;
        }
        cx.update(&mut consent).await?;
    }
    Ok(())
}

async fn active(cx: &mut Cx<'_>, holder: &str) -> ApiResult<Vec<Stored<Consent>>> {
    let sql = "select id from objects where tenant = $1 and kind = $2 and f1 = $3 and f2 = $4 order by id";
    let params = [Value::from(Consent::KIND), Value::from(holder), Value::from(ConsentStatus::Active.as_str())];
    let mut found = Vec::new();
    for row in cx.rows(sql, &params).await? {
        found.extend(cx.find::<Consent>(row.text(0)?).await?);
    }
    Ok(found)
}

/// The consents of a person, newest first, at most 500.
///
/// # Errors
/// Those of the database.
pub async fn consents_of(cx: &mut Cx<'_>, holder: &str) -> ApiResult<Vec<Consent>> {
    let sql = "select doc from objects where tenant = $1 and kind = $2 and f1 = $3 order by id desc limit 500";
    let rows = cx.rows(sql, &[Value::from(Consent::KIND), Value::from(holder)]).await?;
    rows.iter().map(|row| Ok(serde_json::from_str(row.text(0)?)?)).collect()
}

/// When the person last agreed to share an account; none for accounts from before there were receipts.
pub(crate) async fn agreed_at(cx: &mut Cx<'_>, account: &Account) -> ApiResult<Option<i64>> {
    let holder = account.account_holder.as_ref().map(|holder| holder.id().to_owned()).unwrap_or_default();
    let all = consents_of(cx, &holder).await?;
    let last = all.iter().find(|consent| consent.accounts.iter().any(|own| own.account == account.id));
    Ok(last.map(|consent| consent.agreed_at))
}

/// Whether the last consent to an account expired, so that its bank may not be asked any more. Accounts from before there were
/// receipts have none, and go on.
pub(crate) async fn is_over(cx: &mut Cx<'_>, account: &Account) -> ApiResult<bool> {
    let holder = account.account_holder.as_ref().map(|holder| holder.id().to_owned()).unwrap_or_default();
    let all = consents_of(cx, &holder).await?;
    let last = all.iter().flat_map(|consent| &consent.accounts).find(|own| own.account == account.id);
    Ok(last.is_some_and(|own| own.ended_by == Some(EndedBy::Expiry)))
}
