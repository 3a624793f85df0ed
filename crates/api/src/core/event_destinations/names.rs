//! The names of thin events, as facts of the interface.

use kernel::thin::has_twin;

use crate::core::webhook_endpoints::EVENT_NAMES;

/// What a ping sends.
pub(super) const PING: &str = "v2.core.event_destination.ping";

/// Thin events of `/v1` objects that no event with a copy of the object goes with, without their `v1.`.
const WITHOUT_SNAPSHOT: &[&str] = &[
    "billing.meter.error_report_triggered",
    "billing.meter.no_meter_found",
    "customer.discount.source_changed",
    "customer.subscription.active",
    "customer.subscription.cancel_at_changed",
    "customer.subscription.default_payment_method_changed",
    "customer.subscription.incomplete",
    "customer.subscription.incomplete_expired",
    "customer.subscription.item_added",
    "customer.subscription.item_price_changed",
    "customer.subscription.item_quantity_changed",
    "customer.subscription.item_removed",
    "customer.subscription.item_tax_rates_changed",
    "customer.subscription.past_due",
    "customer.subscription.trialing",
    "customer.subscription.unpaid",
    "entitlements.active_entitlement_summary.entitlement_added",
    "entitlements.active_entitlement_summary.entitlement_removed",
    "financial_connections.account.balance_refresh_failed",
    "financial_connections.account.balance_refresh_succeeded",
    "financial_connections.account.inferred_balances_refresh_failed",
    "financial_connections.account.inferred_balances_refresh_succeeded",
    "financial_connections.account.ownership_refresh_failed",
    "financial_connections.account.ownership_refresh_succeeded",
    "financial_connections.account.risk_intelligence_refresh_failed",
    "financial_connections.account.risk_intelligence_refresh_succeeded",
    "financial_connections.account.transactions_refresh_failed",
    "financial_connections.account.transactions_refresh_succeeded",
    "invoice.discount_added",
    "invoice.discount_removed",
    "invoice.line_item_added",
    "invoice.line_item_pricing_changed",
    "invoice.line_item_quantity_changed",
    "invoice.line_item_removed",
    "invoice_payment.canceled",
    "invoice_payment.open",
    "invoiceitem.amount_changed",
    "invoiceitem.discount_added",
    "invoiceitem.discount_removed",
    "price.activated",
    "price.deactivated",
    "price.lookup_key_changed",
    "price.tax_behavior_changed",
    "product.activated",
    "product.deactivated",
    "product.default_price_changed",
    "product.tax_code_changed",
    "promotion_code.fully_redeemed",
    "subscription_schedule.phase_added",
    "subscription_schedule.phase_default_tax_rates_changed",
    "subscription_schedule.phase_end_date_changed",
    "subscription_schedule.phase_removed",
    "subscription_schedule.phase_trial_end_changed",
];

/// Whether a destination of thin events may ask for this name; `*` asks for all.
pub(super) fn is_thin(name: &str) -> bool {
    let Some(kind) = name.strip_prefix("v1.") else { return name == "*" || name == PING };
    WITHOUT_SNAPSHOT.contains(&kind) || (kind != "*" && has_twin(kind) && EVENT_NAMES.contains(&kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_the_twin_of_one_or_stands_alone() {
        let twins = EVENT_NAMES.iter().filter(|kind| is_thin(&format!("v1.{kind}")));
        let accounts = twins.clone().chain(WITHOUT_SNAPSHOT).filter(|kind| kind.starts_with("financial_connections.account."));
        assert_eq!(accounts.count(), 22);
        assert_eq!(twins.clone().count() + WITHOUT_SNAPSHOT.len(), 269);
        assert!(WITHOUT_SNAPSHOT.iter().all(|kind| !EVENT_NAMES.contains(kind)), "each is named once");
        for wrong in ["customer.created", "v1.*", "v1.customer.source.created", "v2.customer.created", ""] {
            assert!(!is_thin(wrong), "{wrong}");
        }
    }
}
