use kernel::{ApiResult, Columns, Cx, Resource};
use serde::{Deserialize, Serialize};

use crate::payments::sources;

/// What stands behind a payment method and is never shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Instrument {
    /// The payment method's.
    pub id: String,
    /// Its holder has shown that the account is theirs: by linking it, or by small deposits.
    pub verified: bool,
    /// It was detached, or used up, and can be used no more.
    pub spent: bool,
}

impl Resource for Instrument {
    const KIND: &'static str = "drawbridge.instrument";
    const NOUN: &'static str = "PaymentMethod";

    fn id(&self) -> &str {
        &self.id
    }

    fn columns(&self) -> Columns {
        [None, None, None, None]
    }
}

/// Whether the holder of a payment method's account has shown that it is theirs, and it was not detached since.
///
/// # Errors
/// Those of the database.
pub(crate) async fn is_verified(cx: &mut Cx<'_>, payment_method: &str) -> ApiResult<bool> {
    Ok(cx.find::<Instrument>(payment_method).await?.is_some_and(|own| own.verified && !own.spent))
}

/// The holder of a payment method's account has shown that it is theirs.
///
/// # Errors
/// Those of the database.
pub(crate) async fn mark_verified(cx: &mut Cx<'_>, payment_method: &str) -> ApiResult<()> {
    let Some(mut own) = cx.find::<Instrument>(payment_method).await?.filter(|own| !own.verified) else { return Ok(()) };
    own.verified = true;
    cx.update(&mut own).await?;
    if sources::is_one(payment_method) { sources::verified(cx, payment_method).await } else { Ok(()) }
}
