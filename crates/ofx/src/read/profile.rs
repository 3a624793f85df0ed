//! `PROFRS` and `ACCTINFORS`.

use super::fields::{FROM, account, address, count, date, flag, owned};
use crate::error::{Notes, WarningKind};
use crate::profile::{MessageSet, MessageSetKind, SignOnInfo};
use crate::tree::Element;
use crate::{AccountInfo, AccountList, Line, Profile, ServiceStatus};

pub(super) fn profile(element: &Element, notes: &mut Notes) -> Profile {
    Profile {
        name: owned(element, "FINAME"),
        address: address(element),
        customer_phone: owned(element, "CSPHONE"),
        technical_phone: owned(element, "TSPHONE"),
        fax: owned(element, "FAXPHONE"),
        url: owned(element, "URL"),
        email: owned(element, "EMAIL"),
        updated: date(element, "DTPROFUP", notes),
        message_sets: element.child("MSGSETLIST").map(message_sets).unwrap_or_default(),
        sign_ons: element.child("SIGNONINFOLIST").map(|list| sign_ons(list, notes)).unwrap_or_default(),
    }
}

fn message_sets(list: &Element) -> Vec<MessageSet> {
    let known = list.children.iter().filter_map(|set| Some((set, MessageSetKind::from_tag(&set.name)?)));
    known
        .map(|(set, kind)| {
            let core = set.find("MSGSETCORE");
            let text = |name| core.and_then(|core| owned(core, name));
            MessageSet { kind, url: text("URL"), sign_on_realm: text("SIGNONREALM") }
        })
        .collect()
}

fn sign_ons(list: &Element, notes: &mut Notes) -> Vec<SignOnInfo> {
    let infos = list.children.iter().filter(|child| child.name == "SIGNONINFO");
    infos
        .map(|info| SignOnInfo {
            realm: owned(info, "SIGNONREALM"),
            minimum_length: count(info, "MIN", notes),
            maximum_length: count(info, "MAX", notes),
            characters: owned(info, "CHARTYPE"),
            case_sensitive: flag(info, "CASESEN"),
            special_characters: flag(info, "SPECIAL"),
            spaces: flag(info, "SPACES"),
            password_change: flag(info, "PINCH"),
            password_change_first: flag(info, "CHGPINFIRST"),
            first_credential_label: owned(info, "USERCRED1LABEL"),
            second_credential_label: owned(info, "USERCRED2LABEL"),
            client_id_required: flag(info, "CLIENTUIDREQ"),
            auth_token_first: flag(info, "AUTHTOKENFIRST"),
            auth_token_label: owned(info, "AUTHTOKENLABEL"),
            challenges: flag(info, "MFACHALLENGESUPT"),
            challenges_first: flag(info, "MFACHALLENGEFIRST"),
        })
        .collect()
}

/// One entry for each account, also where the bank describes several at once.
pub(super) fn account_list(element: &Element, notes: &mut Notes) -> AccountList {
    let updated = date(element, "DTACCTUP", notes);
    let mut accounts = Vec::new();
    for info in element.children.iter().filter(|child| child.name == "ACCTINFO") {
        let before = accounts.len();
        let services = info.children.iter().filter(|child| child.name.ends_with("ACCTINFO"));
        for service in services.chain(std::iter::once(info)) {
            accounts.extend(account_info(info, service, notes));
        }
        if accounts.len() == before {
            notes.add(info.line, WarningKind::AggregateMissing { name: "BANKACCTFROM" });
        }
    }
    AccountList { updated, accounts }
}

fn account_info(info: &Element, service: &Element, notes: &mut Notes) -> Option<AccountInfo> {
    let from = FROM.iter().find_map(|name| service.child(name))?;
    let status = match service.text("SVCSTATUS").map(str::to_ascii_uppercase).as_deref() {
        Some("AVAIL") => Some(ServiceStatus::Available),
        Some("PEND") => Some(ServiceStatus::Pending),
        Some("ACTIVE") => Some(ServiceStatus::Active),
        _ => None,
    };
    Some(AccountInfo {
        account: account(from, notes)?,
        description: owned(info, "DESC"),
        phone: owned(info, "PHONE"),
        supports_download: flag(service, "SUPTXDL"),
        transfer_source: flag(service, "XFERSRC"),
        transfer_destination: flag(service, "XFERDEST"),
        status,
        line: Line(info.line),
    })
}
