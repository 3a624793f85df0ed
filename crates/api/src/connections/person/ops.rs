use std::sync::Arc;

use kernel::{ApiError, ApiResult, Cx, Resource};
use store::Value;

use super::erase;
use super::view::{Login, PersonView, SharedAccount, SharedState};
use crate::App;
use crate::connections::accounts::{self, Account};
use crate::connections::consents::{Consent, EndedBy, consents_of};
use crate::connections::linking::{Door, asked, door, linked_in, make_door};
use crate::connections::sessions::Session;
use crate::core::account::business_name;

/// The kind of the doors behind links to a person's page.
const DOOR: &str = "person";
/// How long the page stays open for somebody who comes from the linking flow, in seconds.
const FROM_FLOW_SECONDS: i64 = 3_600;
/// Accounts of one person that the page shows.
const ACCOUNTS_MAX: i64 = 500;

/// Why the page cannot be shown.
#[derive(Debug)]
pub enum PersonError {
    /// The link is unknown, or its time is over.
    NotFound,
    /// The database does not answer; the log says more.
    Unavailable,
}

impl From<ApiError> for PersonError {
    fn from(error: ApiError) -> Self {
        tracing::error!(?error, "a person's page failed");
        PersonError::Unavailable
    }
}

/// What the person wants to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// One account, `fca_…`.
    Account(String),
    /// All accounts of one log-in, `fcauth_…`.
    Login(String),
}

impl Target {
    fn includes(&self, own: &Own) -> bool {
        match self {
            Target::Account(id) => own.account.id == *id,
            Target::Login(id) => own.login.as_deref() == Some(id),
        }
    }
}

/// Makes a link to the page of an account holder that works for so many seconds of real time; answers its token.
pub(crate) async fn open(cx: &mut Cx<'_>, holder: &str, seconds: i64) -> ApiResult<String> {
    let token = cx.core.ids().secret("person_", 40);
    make_door(cx, DOOR, &token, holder, seconds).await?;
    Ok(token)
}

/// The token of a page for the person in a linking flow. It works for an hour and shows what was linked in that session:
/// whoever has a flow's address has not shown that they are the holder of everything else.
///
/// # Errors
/// [`PersonError::NotFound`] for an unknown flow, and one in which nothing was linked.
pub async fn open_from_flow(app: &App, flow_token: &str) -> Result<String, PersonError> {
    let flow = door(app, "flow", flow_token).await?.ok_or(PersonError::NotFound)?;
    let session = flow.target;
    let token = app
        .core
        .write(&flow.tenant, move |cx| {
            let session = session.clone();
            Box::pin(async move {
                if linked_in(cx, &session).await?.is_empty() {
                    return Ok(None);
                }
                open(cx, &session, FROM_FLOW_SECONDS).await.map(Some)
            })
        })
        .await?;
    token.ok_or(PersonError::NotFound)
}

pub(super) async fn enter(app: &App, token: &str) -> Result<Door, PersonError> {
    door(app, DOOR, token).await?.ok_or(PersonError::NotFound)
}

/// An account of the person with the log-in that it hangs on.
pub(super) struct Own {
    pub account: Account,
    pub login: Option<String>,
}

/// What a page is about: the accounts, newest first, and their receipts. `whose` is a holder, or one session of a holder.
pub(super) async fn belongings(cx: &mut Cx<'_>, whose: &str) -> ApiResult<(Vec<Own>, Vec<Consent>)> {
    if !whose.starts_with("fcsess_") {
        return Ok((accounts_of(cx, whose).await?, consents_of(cx, whose).await?));
    }
    let Some(session) = cx.find::<Session>(whose).await? else { return Ok((Vec::new(), Vec::new())) };
    let linked = linked_in(cx, whose).await?;
    let holder = session.account_holder.id().to_owned();
    let (mut own, mut receipts) = (accounts_of(cx, &holder).await?, consents_of(cx, &holder).await?);
    own.retain(|own| linked.contains(&own.account.id));
    let is_own = |receipt: &Consent| receipt.session == whose || !receipt.accounts.is_empty();
    receipts.retain(|receipt| is_own(receipt) && receipt.accounts.iter().all(|one| linked.contains(&one.account)));
    Ok((own, receipts))
}

async fn accounts_of(cx: &mut Cx<'_>, holder: &str) -> ApiResult<Vec<Own>> {
    let sql = "select a.doc, l.f3 from objects a left join objects l on l.tenant = a.tenant and l.kind = 'drawbridge.link' and l.id = a.id \
               where a.tenant = $1 and a.kind = $2 and a.f1 = $3 and a.deleted = 0 order by a.id desc limit $4";
    let rows = cx.rows(sql, &[Value::from(Account::KIND), Value::from(holder), Value::from(ACCOUNTS_MAX)]).await?;
    let own = |row: &store::Row| -> ApiResult<Own> {
        Ok(Own { account: serde_json::from_str(row.text(0)?)?, login: row.text_opt(1)?.map(str::to_owned) })
    };
    rows.iter().map(own).collect()
}

/// What the page shows now.
///
/// # Errors
/// See [`PersonError`].
pub async fn view(app: &App, token: &str) -> Result<PersonView, PersonError> {
    let door = enter(app, token).await?;
    let (whose, token) = (door.target, token.to_owned());
    let view = app.core.read(&door.tenant, move |cx| {
        Box::pin(async move {
            let (own, receipts) = belongings(cx, &whose).await?;
            Ok(PersonView {
                token,
                business_name: business_name(cx).await?,
                livemode: cx.tenant.livemode(),
                logins: logins(&own, &receipts),
                ended: own.iter().filter(|own| erase::is_kept(&own.account)).map(|own| shared(&own.account)).collect(),
                receipts,
            })
        })
    });
    Ok(view.await?)
}

/// The accounts that are shared, by log-in.
fn logins(own: &[Own], receipts: &[Consent]) -> Vec<Login> {
    let mut logins: Vec<Login> = Vec::new();
    for Own { account, login } in own.iter().filter(|own| own.account.status != "disconnected") {
        let id = login.as_deref().unwrap_or(&account.id);
        if let Some(known) = logins.iter_mut().find(|known| known.id == id) {
            known.accounts.push(shared(account));
            continue;
        }
        let receipt = receipts.iter().find(|receipt| receipt.accounts.iter().any(|one| one.account == account.id));
        logins.push(Login {
            id: id.to_owned(),
            institution_name: account.institution_name.clone(),
            asked: asked(&account.permissions),
            since: receipt.map_or(account.created, |receipt| receipt.agreed_at),
            until: receipt.map(|receipt| receipt.expires_at),
            accounts: vec![shared(account)],
        });
    }
    logins
}

fn shared(account: &Account) -> SharedAccount {
    let transactions = account.transaction_refresh.as_ref().map(|refresh| &refresh.refresh);
    let reads = [account.balance_refresh.as_ref(), account.ownership_refresh.as_ref(), transactions];
    let last_read = reads.into_iter().flatten().filter(|refresh| refresh.status == "succeeded");
    SharedAccount {
        id: account.id.clone(),
        institution_name: account.institution_name.clone(),
        name: account.display_name.clone(),
        last4: account.last4.clone(),
        subcategory: account.subcategory.clone(),
        state: match account.status.as_str() {
            "active" => SharedState::Active,
            "disconnected" => SharedState::Ended,
            _ => SharedState::Paused,
        },
        last_read: last_read.map(|refresh| refresh.last_attempted_at).max(),
    }
}

/// The person stops sharing: the accounts are disconnected for good, as by the endpoint, and the grant ends at the bank when no
/// account needs it. Answers how many accounts that were. Accounts of others, and those that ended before, are left as they are.
///
/// # Errors
/// See [`PersonError`].
pub async fn stop(app: &App, token: &str, target: &Target) -> Result<usize, PersonError> {
    act(app, token, target, false).await
}

/// The same, and deletes what is stored about the accounts. The receipts stay.
///
/// # Errors
/// See [`PersonError`].
pub async fn delete(app: &App, token: &str, target: &Target) -> Result<usize, PersonError> {
    act(app, token, target, true).await
}

async fn act(app: &App, token: &str, target: &Target, erases: bool) -> Result<usize, PersonError> {
    let door = enter(app, token).await?;
    let shared = Arc::new((door.target, target.clone()));
    let count = app.core.write(&door.tenant, move |cx| {
        let shared = Arc::clone(&shared);
        Box::pin(async move {
            let (whose, target) = &*shared;
            let (own, _) = belongings(cx, whose).await?;
            let mut count = 0;
            for own in own.iter().filter(|own| target.includes(own)) {
                let Some(mut account) = cx.find::<Account>(&own.account.id).await? else { continue };
                let ends = account.status != "disconnected";
                if ends {
                    accounts::end(cx, &mut account, EndedBy::Person).await?;
                }
                let erases = erases && erase::is_kept(&account);
                if erases {
                    erase::erase(cx, &mut account).await?;
                }
                count += usize::from(ends || erases);
            }
            Ok(count)
        })
    });
    Ok(count.await?)
}
