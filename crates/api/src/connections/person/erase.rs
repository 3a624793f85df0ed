//! What "delete my data" does to an account.

use kernel::jobs::NewJob;
use kernel::{ApiResult, Cx, Stored};
use store::Value;

use super::jobs;
use crate::connections::accounts::{Account, Link};
use crate::connections::consents::consents_of;
use crate::connections::{linking, refresh};
use crate::payments::payment_methods;

/// Whether an account is no longer shared, but something of it is still stored.
pub(super) fn is_kept(account: &Account) -> bool {
    account.status == "disconnected" && (account.display_name.is_some() || account.last4.is_some())
}

/// Deletes what is stored about a disconnected account, but for its id, its type and its bank's name, which the records of the
/// business refer to. Events that show more of it follow by a job.
pub(super) async fn erase(cx: &mut Cx<'_>, account: &mut Stored<Account>) -> ApiResult<()> {
    let id = account.id.clone();
    // Transactions, owners and numbers; and the grant, which needs the link.
    refresh::jobs::release(cx, id.clone()).await?;
    cx.run("delete from transaction_refreshes where tenant = $1 and account = $2", &[Value::from(id.as_str())]).await?;
    if let Some(link) = cx.find::<Link>(&id).await? {
        cx.remove(&link).await?;
    }
    forget_in_flows(cx, account).await?;
    payment_methods::erase_unused_of(cx, &id).await?;
    account.account_numbers = None;
    account.balance = None;
    account.balance_refresh = None;
    account.display_name = None;
    account.inferred_balances_refresh = None;
    account.last4 = None;
    account.ownership = None;
    account.ownership_refresh = None;
    account.transaction_refresh = None;
    cx.update(account).await?;
    let run_at_ms = cx.now_ms();
    cx.enqueue(&NewJob { kind: jobs::REDACT, key: &id, lane: &id, run_at_ms, payload: "" }).await
}

/// The flows that linked the account, by their receipts.
async fn forget_in_flows(cx: &mut Cx<'_>, account: &Account) -> ApiResult<()> {
    let holder = account.account_holder.as_ref().map(|holder| holder.id().to_owned()).unwrap_or_default();
    for receipt in consents_of(cx, &holder).await? {
        if receipt.accounts.iter().any(|own| own.account == account.id) {
            linking::ending::erase_from(cx, &receipt.session, &account.id).await?;
        }
    }
    Ok(())
}
