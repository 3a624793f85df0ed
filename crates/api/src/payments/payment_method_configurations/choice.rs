//! The configuration that counts for a payment, and the default one.

use kernel::{ApiError, ApiResult, Cx, Resource};

use super::object::Configuration;

/// The configuration that counts for an intent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chosen {
    /// `pmc_…`
    pub id: String,
    /// `pmc_…`
    pub parent: Option<String>,
    /// Bank debits are offered.
    pub allowed: bool,
}

/// Whether payments by bank debit are offered: by the named configuration, or by the default one.
///
/// # Errors
/// 400 that names `payment_method_configuration` for one that is not there, or not active.
pub(crate) async fn allows_us_bank_account(cx: &mut Cx<'_>, id: Option<&str>) -> ApiResult<Chosen> {
    const PARAM: &str = "payment_method_configuration";
    let chosen = match id {
        None => find(cx, &default_id(cx)).await?,
        Some(id) => find(cx, id).await?,
    };
    let chosen = match (chosen, id) {
        (Some(chosen), _) => chosen,
        (None, id) => return Err(cx.missing::<Configuration>(id.unwrap_or_default(), PARAM).await?.as_bad_request()),
    };
    if !chosen.active {
        let message = format!("The payment method configuration '{}' is not active.", chosen.id);
        return Err(ApiError::invalid_param(PARAM, message));
    }
    let allowed = chosen.allows_us_bank_account();
    Ok(Chosen { id: chosen.id, parent: chosen.parent, allowed })
}

/// A configuration, if there is one. It is not locked: every payment looks at one.
pub(super) async fn find(cx: &mut Cx<'_>, id: &str) -> ApiResult<Option<Configuration>> {
    match cx.raw(Configuration::KIND, id).await? {
        Some(doc) => Ok(Some(serde_json::from_str(&doc)?)),
        None => Ok((id == default_id(cx)).then(|| unchanged(cx))),
    }
}

/// Writes the default configuration down, so that others can stand beside it.
pub(super) async fn write_default(cx: &mut Cx<'_>) -> ApiResult<()> {
    if cx.find::<Configuration>(&default_id(cx)).await?.is_none() {
        let default = unchanged(cx);
        cx.insert(&default).await?;
    }
    Ok(())
}

/// The default configuration before anything was changed.
pub(super) fn unchanged(cx: &Cx<'_>) -> Configuration {
    let mut made = Configuration::new(default_id(cx), "Default".into(), cx.tenant.livemode(), None);
    made.is_default = true;
    made
}

/// Whether anything was ever written down; until then there is the default configuration and no other.
pub(super) async fn is_anything_stored(cx: &mut Cx<'_>) -> ApiResult<bool> {
    let id = default_id(cx);
    Ok(cx.raw(Configuration::KIND, &id).await?.is_some())
}

/// Older than every other id, and the same at every look.
pub(super) fn default_id(cx: &Cx<'_>) -> String {
    let digest = cx.core.vault.recognise("default payment method configuration", cx.tenant.key().as_bytes());
    let rest: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("pmc_00000000{rest}")
}
