//! The accounts that a bank offers after a login, and the choice among them.

use kernel::{ApiResult, Cx};
use serde_json::{Value as Json, json};

use super::logins::{does_not_fit, find, find_beside, finished, problem};
use super::manifest;
use super::params::{OfLogin, Select};
use super::phone::{Phone, taken};
use crate::connections::linking::view::{AccountChoice, Complaint, Pane, Refused};
use crate::connections::linking::{self, Offer, Stage};
use crate::{App, Call, Reply};

/// What the bank offers.
///
/// # Errors
/// 202 while the person is at the bank; 400 with a reason if none of it can be linked.
pub async fn accounts(cx: &mut Cx<'_>, call: Call<OfLogin>) -> ApiResult<Reply> {
    let (phone, login) = find(cx, &call.app, &call.params.client_secret, &call.params.id).await?;
    finished(&phone, &login)?;
    problem(&phone)?;
    let data = match phone.flow.stage {
        Stage::Success => linked(&phone, None),
        _ => offered(cx, &phone).await?,
    };
    list(data, "account_picker")
}

/// The person chooses accounts: they become accounts of the application.
///
/// # Errors
/// 400 for a choice that cannot be taken.
pub async fn selected_accounts(app: App, call: Call<Select>) -> ApiResult<Reply> {
    let (phone, login) = find_beside(&app, &call.caller.tenant, &call.params.client_secret, &call.params.id).await?;
    finished(&phone, &login)?;
    problem(&phone)?;
    let chosen = &call.params.selected_accounts;
    // An app that missed the answer asks again.
    if phone.flow.stage != Stage::Success {
        taken(linking::choose_accounts(&app, &phone.login_token(), chosen).await)?;
    }
    let phone = phone.again().await?;
    if phone.flow.stage != Stage::Success {
        problem(&phone)?;
        return Err(refused(&phone, linking::view(&app, &phone.login_token(), None).await.ok().map(|view| view.pane)));
    }
    list(linked(&phone, Some(chosen)), "success")
}

fn list(data: Vec<Json>, next_pane: &str) -> ApiResult<Reply> {
    Reply::json(&json!({"object": "list", "data": data, "next_pane": next_pane, "skip_account_selection": false}))
}

/// Why a choice was not taken.
fn refused(phone: &Phone, pane: Option<Pane>) -> kernel::ApiError {
    let Some(Pane::Accounts { complaint: Some(complaint), .. }) = pane else { return does_not_fit(phone) };
    let message = match complaint {
        Complaint::ChooseOne => "None of these accounts can be linked.",
        Complaint::TooMany => "These are more accounts than this session may link.",
        Complaint::NeedsPayable => "At least one account must be able to pay.",
    };
    kernel::ApiError::invalid_param("selected_accounts", message)
}

/// The bank's accounts: those that can be chosen first, with the reason for the others.
async fn offered(cx: &mut Cx<'_>, phone: &Phone) -> ApiResult<Vec<Json>> {
    let choices = linking::choices_in(cx, &phone.session.id).await?;
    let offers = &phone.flow.offers;
    let found = |choice: &AccountChoice| offers.iter().find(|offer| offer.id == choice.id);
    Ok(choices.iter().filter_map(|choice| Some(shown(phone, found(choice)?, choice.refused, None))).collect())
}

/// The accounts of the last bank that were linked; only the chosen ones if that is known.
fn linked(phone: &Phone, chosen: Option<&[String]>) -> Vec<Json> {
    let own = |offer: &Offer| {
        let linked =
            phone.flow.linked.iter().find(|one| {
                Some(&one.institution) == phone.flow.institution.as_ref() && one.bank_account == offer.bank_account
            })?;
        Some(shown(phone, offer, None, Some(&linked.id)))
    };
    let wanted = |offer: &&Offer| chosen.is_none_or(|ids| ids.contains(&offer.id));
    phone.flow.offers.iter().filter(wanted).filter_map(own).collect()
}

fn shown(phone: &Phone, offer: &Offer, refused: Option<Refused>, linked: Option<&str>) -> Json {
    let bank = phone.institution();
    let types: &[&str] = if offer.payable { &["us_bank_account"] } else { &[] };
    json!({
        "id": offer.id,
        "object": "connections.partner_account",
        "allow_selection": refused.is_none(),
        "allow_selection_message": refused.map(|why| phone.texts().refused(why)),
        // Of the bank's consent, not of its client.
        "authorization": phone.flow.authorization.as_deref().unwrap_or_default(),
        "balance_amount": null,
        "category": offer.category,
        "currency": offer.currency,
        "displayable_account_numbers": offer.last4,
        "institution": bank.map(manifest::institution),
        "institution_name": bank.map(|bank| &bank.name),
        "institution_url": bank.and_then(|bank| bank.host()),
        "linked_account_id": linked,
        "name": offer.name,
        "next_pane_on_selection": null,
        "routing_number": null,
        "status": "active",
        "subcategory": offer.subcategory,
        "supported_payment_method_types": types,
    })
}
