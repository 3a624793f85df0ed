//! What an institution says about itself.

use ::ofx::{MessageSet, MessageSetKind, Moment, Profile, SignOnInfo};

use crate::site::AnySite;

/// The name by which all message sets refer to the one way to sign on.
const REALM: &str = "BANK";

/// The profile.
pub fn profile(site: &AnySite) -> Profile {
    let url = format!("{}/ofx", site.issuer());
    let kinds = [
        MessageSetKind::SignOn,
        MessageSetKind::SignUp,
        MessageSetKind::Bank,
        MessageSetKind::CreditCard,
        MessageSetKind::Profile,
    ];
    let set = |kind| MessageSet { kind, url: Some(url.clone()), sign_on_realm: Some(REALM.to_owned()) };
    Profile {
        name: Some(site.institution.name.to_string()),
        url: Some(format!("https://{}", site.institution.url)),
        updated: Moment::new(2026, 11, 1),
        message_sets: kinds.map(set).to_vec(),
        sign_ons: vec![sign_on(site.institution.scripted)],
        ..Profile::default()
    }
}

fn sign_on(scripted: bool) -> SignOnInfo {
    SignOnInfo {
        realm: Some(REALM.to_owned()),
        minimum_length: Some(1),
        maximum_length: Some(32),
        characters: Some("ALPHAORNUMERIC".to_owned()),
        case_sensitive: Some(true),
        special_characters: Some(true),
        spaces: Some(true),
        password_change: Some(false),
        password_change_first: Some(false),
        client_id_required: Some(true),
        auth_token_first: Some(false),
        auth_token_label: scripted.then(|| "One-time code".to_owned()),
        challenges: Some(scripted),
        challenges_first: Some(false),
        ..SignOnInfo::default()
    }
}
