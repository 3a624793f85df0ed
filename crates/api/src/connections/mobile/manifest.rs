//! The description of a session that an app steers itself by.

use serde_json::{Map, Value as Json, json};

use super::auth_session::next_pane;
use super::logins;
use super::phone::Phone;
use crate::connections::institutions::Institution;
use crate::connections::linking::{self, Stage, Trouble};

/// The whole description: what never differs here, with what the session and its flow say over it.
pub(super) fn manifest(phone: &Phone) -> Json {
    let mut all = constants();
    all.extend(of_session(phone));
    all.extend(of_flow(phone));
    Json::Object(all)
}

/// What is the same for every session of this server: no networks of saved accounts, no attestation of apps, no payments.
fn constants() -> Map<String, Json> {
    let out = json!({
        "object": "connections.manifest",
        "account_disconnection_method": null,
        "accountholder_customer_email_address": null,
        "accountholder_is_link_consumer": false,
        "accountholder_phone_number": null,
        "accountholder_token": null,
        "app_verification_enabled": false,
        "assignment_event_id": null,
        "connect_platform_name": null,
        "connected_account_name": null,
        "consent_required": true,
        "custom_manual_entry_handling": false,
        "display_text": null,
        // By these an app shows its own screens, not our pages.
        "experiment_assignments": {"connections_mobile_native": "treatment"},
        "features": {"bank_connections_mobile_native_version_killswitch": false},
        "initial_institution": null,
        "instant_verification_disabled": false,
        "institution_search_disabled": false,
        "is_end_user_facing": true,
        "is_link_with_stripe": false,
        "is_networking_user_flow": false,
        "is_stripe_direct": false,
        "link_account_session_cancellation_behavior": "treat_as_silent_success",
        "manual_entry_mode": "automatic",
        "manual_entry_uses_microdeposits": false,
        "mobile_handoff_enabled": false,
        "modal_customization": null,
        "payment_method_type": null,
        "product": "external_api",
        "skip_success_pane": false,
        "step_up_authentication_required": false,
        "theme": "light",
        "use_single_sort_search": false,
    });
    object(out)
}

fn of_session(phone: &Phone) -> Map<String, Json> {
    let pages = format!("{}/connections/{}?app=1", phone.app.settings.base_url, phone.pages_token());
    let out = json!({
        "id": phone.session.id,
        "allow_manual_entry": linking::takes_numbers(&phone.flow, &phone.session),
        "business_name": phone.business,
        "cancel_url": phone.flow.cancel_url,
        "disable_link_more_accounts": phone.remaining() == Some(0) || phone.single_account(),
        "hosted_auth_url": pages,
        "livemode": phone.session.livemode,
        "permissions": phone.session.permissions,
        "single_account": phone.single_account(),
        "success_url": phone.flow.return_url,
    });
    object(out)
}

fn of_flow(phone: &Phone) -> Map<String, Json> {
    let agreed = phone.flow.agreed_at.filter(|_| phone.flow.stage != Stage::Consent);
    let out = json!({
        "active_auth_session": phone.current_login().map(|login| logins::shown(login, phone)),
        "active_institution": phone.institution().map(institution),
        "consent_acquired_at": agreed.map(|at| at.to_string()),
        "next_pane": pane(phone),
    });
    object(out)
}

/// The step that an app shows next.
fn pane(phone: &Phone) -> &'static str {
    match &phone.flow.stage {
        Stage::Consent => "consent",
        Stage::ManualEntry { .. } => "manual_entry",
        Stage::ManualDone { .. } => "manual_entry_success",
        Stage::Success | Stage::Finished { .. } => "success",
        Stage::Problem { problem: Trouble::NoEligibleAccounts { .. } }
        | Stage::BankLogin { .. }
        | Stage::SignIn { .. }
        | Stage::Accounts { .. } => phone.current_login().map_or("institution_picker", |login| next_pane(login, phone)),
        Stage::Picker | Stage::Problem { .. } => "institution_picker",
    }
}

/// A bank, as apps show it in their list.
pub(super) fn institution(institution: &Institution) -> Json {
    json!({
        "id": institution.id,
        "object": "connections.institution",
        "featured": institution.featured,
        "featured_order": null,
        "icon": null,
        "logo": null,
        "mobile_handoff_capable": false,
        "name": institution.name,
        "url": institution.host(),
    })
}

fn object(value: Json) -> Map<String, Json> {
    match value {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}
