//! What becomes of payment methods when a person has the data of a linked account deleted.

use kernel::{ApiResult, Cx, Resource};
use store::Value;

use super::object::{BillingDetails, PaymentMethod};
use super::ops::release;
use crate::numbers;

/// Erases the payment methods of a linked account that no money was moved with: they are detached, and their numbers and
/// what they say of the holder go. Records of entries have to be kept, so those of the others stay until they are swept.
///
/// # Errors
/// Those of the database.
pub(crate) async fn erase_unused_of(cx: &mut Cx<'_>, account: &str) -> ApiResult<()> {
    // Nothing else asks for them by their account, so there is no column for it.
    let sql = "select o.id from objects o where o.tenant = $1 and o.kind = $2 and o.doc like $3 and not exists \
               (select 1 from ach_entries e where e.tenant = o.tenant and e.numbers = o.id) order by o.id";
    let like = format!("%\"financial_connections_account\":\"{account}\"%");
    for row in cx.rows(sql, &[PaymentMethod::KIND.into(), Value::from(like)]).await? {
        let Some(mut method) = cx.find::<PaymentMethod>(row.text(0)?).await? else { continue };
        numbers::forget(cx, &method.id).await?;
        method.billing_details = BillingDetails::default();
        method.us_bank_account.last4 = None;
        release(cx, &mut method).await?;
    }
    Ok(())
}
