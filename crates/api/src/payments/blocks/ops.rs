use kernel::events::changed;
use kernel::{ApiError, ApiResult, Cx, Filter, Resource, Slot, Stored};

use super::object::Block;
use super::params::{Create, List, Reason};
use crate::payments::payment_methods::{Blocked, PaymentMethod, StatusDetails};
use crate::{Call, Nothing, Reply};

const PREFIX: &str = "blk_";
const URL: &str = "/drawbridge/v1/blocked_accounts";

/// Why a bank account is blocked, if it is.
pub(crate) async fn find(cx: &mut Cx<'_>, fingerprint: &str) -> ApiResult<Option<Blocked>> {
    let found = stored(cx, fingerprint).await?;
    Ok(found.map(|own| Blocked { network_code: own.value.network_code, reason: own.value.reason }))
}

/// The refusal of a payment or a setup with a blocked bank account, if it is blocked: 402 `bank_account_unusable`.
pub(crate) async fn refusal(cx: &mut Cx<'_>, method: &PaymentMethod) -> ApiResult<Option<ApiError>> {
    let fingerprint = method.us_bank_account.fingerprint.as_deref().unwrap_or_default();
    let message = "This bank account cannot be used: it is blocked after an earlier payment failed. Use another one, or have \
                   it unblocked.";
    Ok(find(cx, fingerprint).await?.map(|_| ApiError::declined("bank_account_unusable", message).with_param("payment_method")))
}

async fn stored(cx: &mut Cx<'_>, fingerprint: &str) -> ApiResult<Option<Stored<Block>>> {
    let sql = "select id from objects where tenant = $1 and kind = $2 and f1 = $3";
    match cx.row(sql, &[Block::KIND.into(), fingerprint.into()]).await? {
        Some(row) => cx.find::<Block>(row.text(0)?).await,
        None => Ok(None),
    }
}

/// Blocks a bank account: shown on all its payment methods, with `payment_method.automatically_updated`.
pub(crate) async fn block(cx: &mut Cx<'_>, fingerprint: &str, how: Blocked) -> ApiResult<()> {
    put(cx, fingerprint, how).await.map(|_| ())
}

async fn put(cx: &mut Cx<'_>, fingerprint: &str, how: Blocked) -> ApiResult<String> {
    let doc = match stored(cx, fingerprint).await? {
        Some(mut block) => {
            (block.network_code, block.reason) = (how.network_code.clone(), how.reason.clone());
            cx.update(&mut block).await?
        }
        None => {
            let block = Block {
                id: cx.id(PREFIX, 24),
                object: Block::KIND.into(),
                created: cx.now(),
                fingerprint: fingerprint.to_owned(),
                livemode: cx.tenant.livemode(),
                network_code: how.network_code.clone(),
                reason: how.reason.clone(),
            };
            cx.insert(&block).await?
        }
    };
    show(cx, fingerprint, Some(&how)).await?;
    Ok(doc)
}

/// Shows on all payment methods of a bank account whether it is blocked.
async fn show(cx: &mut Cx<'_>, fingerprint: &str, how: Option<&Blocked>) -> ApiResult<()> {
    let sql = "select id from objects where tenant = $1 and kind = $2 and f2 = $3 order by id";
    for row in cx.rows(sql, &[PaymentMethod::KIND.into(), fingerprint.into()]).await? {
        let Some(mut method) = cx.find::<PaymentMethod>(row.text(0)?).await? else { continue };
        let before = serde_json::to_value(&method.value)?;
        method.us_bank_account.status_details = how.map(|how| StatusDetails { blocked: Some(how.clone()) });
        let Some(previous) = changed(&before, &serde_json::to_value(&method.value)?) else { continue };
        let doc = cx.update(&mut method).await?;
        cx.emit("payment_method.automatically_updated", &doc, Some(&previous)).await?;
    }
    Ok(())
}

/// Blocks the bank account of a payment method.
///
/// # Errors
/// 400 if there is no such payment method.
pub async fn create(cx: &mut Cx<'_>, call: Call<Create>) -> ApiResult<Reply> {
    let p = call.params;
    let method = cx.get_named::<PaymentMethod>(&p.payment_method, "payment_method").await?;
    let fingerprint = method.us_bank_account.fingerprint.clone().unwrap_or_default();
    drop(method);
    let reason = p.reason.unwrap_or(Reason::BankAccountUnusable);
    let how = Blocked { network_code: None, reason: Some(reason.as_str().into()) };
    Ok(Reply::text(put(cx, &fingerprint, how).await?))
}

/// Lists blocked bank accounts, newest first.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let filter = Filter::default().with(Slot::F1, call.params.fingerprint.as_deref());
    Ok(Reply::list(URL, &cx.list::<Block>(PREFIX, &filter, &call.params.page).await?))
}

/// Unblocks a bank account, with `payment_method.automatically_updated`.
///
/// # Errors
/// 404 if there is none.
pub async fn delete(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    let block = cx.get::<Block>(call.id(), "id").await?;
    cx.remove(&block).await?;
    show(cx, &block.fingerprint, None).await?;
    Ok(Reply::deleted(&block.id, Block::KIND))
}
