use form::FormError;
use kernel::{ApiError, ApiResult, Cx};
use serde_json::json;

use super::object;
use super::params::{Create, Switch};
use crate::connections::linking::make_door;
use crate::core::customers::Customer;
use crate::{Call, Reply};

/// The kind of the doors behind client secrets.
const DOOR: &str = "customer_session";
/// Seconds that a session can be used.
const LIFE_SECONDS: i64 = 30 * 60;

/// Makes a session of a customer; the answer is the only one that shows its client secret.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn create(cx: &mut Cx<'_>, call: Call<Create>) -> ApiResult<Reply> {
    let p = call.params;
    if let Some(account) = &p.customer_account {
        return Err(ApiError::missing("account", account, "customer_account").as_bad_request());
    }
    let customer = p.customer.ok_or_else(|| FormError::missing("customer"))?;
    cx.get_named::<Customer>(&customer, "customer").await?;
    let element = p.components.payment_element.as_ref().and_then(|own| own.features.as_ref());
    if element.is_some_and(|own| own.payment_method_save_usage.is_some() && own.payment_method_save != Some(Switch::Enabled)) {
        let param = "components[payment_element][features][payment_method_save_usage]";
        return Err(ApiError::invalid_param(param, "A usage can be given only where saving is enabled."));
    }
    let components = object::shown(p.components);
    if components.as_object().is_some_and(|all| all.values().all(|own| own["enabled"] == false)) {
        return Err(ApiError::invalid_param("components", "At least one component must be enabled."));
    }
    let secret = cx.core.ids().secret("cuss_secret_", 40);
    let target = json!({ "customer": customer, "components": components }).to_string();
    make_door(cx, DOOR, &secret, &target, LIFE_SECONDS).await?;
    Reply::json(&json!({
        "object": "customer_session",
        "client_secret": secret,
        "components": components,
        "created": cx.now(),
        "customer": customer,
        "customer_account": null,
        "expires_at": cx.now() + LIFE_SECONDS,
        "livemode": cx.tenant.livemode(),
    }))
}
