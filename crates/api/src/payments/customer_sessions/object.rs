//! What a session shows: each component, and what it may do when it is turned on.

use serde_json::{Value as Json, json};

use super::params::{Component, Components, Element, MobileElement, Sheet, Switch};
use crate::payments::payment_methods::AllowRedisplay;

/// The components as shown; what was not sent is off.
pub(super) fn shown(sent: Components) -> Json {
    let simple = |sent: Option<Component>| json!({ "enabled": sent.is_some_and(|own| own.enabled) });
    json!({
        "active_entitlements": simple(sent.active_entitlements),
        "buy_button": simple(sent.buy_button),
        "customer_portal": simple(sent.customer_portal),
        "customer_sheet": sheet(sent.customer_sheet),
        "mobile_payment_element": mobile_element(sent.mobile_payment_element),
        "payment_element": element(sent.payment_element),
        "pricing_table": simple(sent.pricing_table),
    })
}

fn off() -> Json {
    json!({ "enabled": false, "features": null })
}

fn sheet(sent: Option<Sheet>) -> Json {
    let Some(sent) = sent.filter(|own| own.enabled) else { return off() };
    let features = sent.features.unwrap_or_default();
    json!({
        "enabled": true,
        "features": {
            "payment_method_allow_redisplay_filters": filters(features.payment_method_allow_redisplay_filters),
            "payment_method_remove": switch(features.payment_method_remove),
        },
    })
}

fn mobile_element(sent: Option<MobileElement>) -> Json {
    let Some(sent) = sent.filter(|own| own.enabled) else { return off() };
    let features = sent.features.unwrap_or_default();
    json!({
        "enabled": true,
        "features": {
            "payment_method_allow_redisplay_filters": filters(features.payment_method_allow_redisplay_filters),
            "payment_method_redisplay": switch(features.payment_method_redisplay),
            "payment_method_remove": switch(features.payment_method_remove),
            "payment_method_save": switch(features.payment_method_save),
            "payment_method_save_allow_redisplay_override":
                features.payment_method_save_allow_redisplay_override.map(|own| own.as_str()),
        },
    })
}

fn element(sent: Option<Element>) -> Json {
    let Some(sent) = sent.filter(|own| own.enabled) else { return off() };
    let features = sent.features.unwrap_or_default();
    json!({
        "enabled": true,
        "features": {
            "payment_method_allow_redisplay_filters": filters(features.payment_method_allow_redisplay_filters),
            "payment_method_redisplay": switch(features.payment_method_redisplay),
            "payment_method_redisplay_limit": features.payment_method_redisplay_limit,
            "payment_method_remove": switch(features.payment_method_remove),
            "payment_method_save": switch(features.payment_method_save),
            "payment_method_save_usage": features.payment_method_save_usage.map(|own| own.as_str()),
        },
    })
}

fn switch(sent: Option<Switch>) -> &'static str {
    sent.unwrap_or(Switch::Disabled).as_str()
}

fn filters(sent: Option<Vec<AllowRedisplay>>) -> Vec<&'static str> {
    sent.map_or_else(|| vec!["always"], |sent| sent.iter().map(AllowRedisplay::as_str).collect())
}
