//! Profiles and lists of accounts.

use super::Writer;
use super::statement::address;
use crate::profile::{MessageSet, MessageSetKind, SignOnInfo};
use crate::{AccountInfo, AccountKind, AccountList, Profile, ServiceStatus};

pub(super) fn profile(out: &mut Writer, profile: &Profile) {
    out.aggregate("PROFRS", |out| {
        if !profile.message_sets.is_empty() {
            out.aggregate("MSGSETLIST", |out| profile.message_sets.iter().for_each(|set| message_set(out, set)));
        }
        if !profile.sign_ons.is_empty() {
            out.aggregate("SIGNONINFOLIST", |out| profile.sign_ons.iter().for_each(|info| sign_on_info(out, info)));
        }
        out.date("DTPROFUP", profile.updated);
        out.optional("FINAME", profile.name.as_deref());
        address(out, &profile.address);
        out.optional("CSPHONE", profile.customer_phone.as_deref());
        out.optional("TSPHONE", profile.technical_phone.as_deref());
        out.optional("FAXPHONE", profile.fax.as_deref());
        out.optional("URL", profile.url.as_deref());
        out.optional("EMAIL", profile.email.as_deref());
    });
}

/// A message set with what the standard asks for, at its most modest.
fn message_set(out: &mut Writer, set: &MessageSet) {
    let (outer, inner) = set.kind.tags();
    out.aggregate(outer, |out| {
        out.aggregate(inner, |out| {
            out.aggregate("MSGSETCORE", |out| {
                out.text("VER", "1");
                out.optional("URL", set.url.as_deref());
                out.text("OFXSEC", "NONE");
                out.text("TRANSPSEC", "Y");
                out.optional("SIGNONREALM", set.sign_on_realm.as_deref());
                out.text("LANGUAGE", "ENG");
                out.text("SYNCMODE", "LITE");
                out.text("RESPFILEER", "N");
            });
            match set.kind {
                MessageSetKind::SignUp => sign_up(out),
                MessageSetKind::Bank => {
                    out.text("CLOSINGAVAIL", "N");
                    out.aggregate("EMAILPROF", |out| {
                        out.text("CANEMAIL", "N");
                        out.text("CANNOTIFY", "N");
                    });
                }
                MessageSetKind::CreditCard => out.text("CLOSINGAVAIL", "N"),
                _ => {}
            }
        });
    });
}

fn sign_up(out: &mut Writer) {
    out.aggregate("OTHERENROLL", |out| out.text("MESSAGE", "Contact the institution."));
    out.text("CHGUSERINFO", "N");
    out.text("AVAILACCTS", "Y");
    out.text("CLIENTACTREQ", "N");
}

fn sign_on_info(out: &mut Writer, info: &SignOnInfo) {
    let number = |out: &mut Writer, name, value: Option<u32>| {
        out.optional(name, value.map(|value| value.to_string()).as_deref());
    };
    out.aggregate("SIGNONINFO", |out| {
        out.optional("SIGNONREALM", info.realm.as_deref());
        number(out, "MIN", info.minimum_length);
        number(out, "MAX", info.maximum_length);
        out.optional("CHARTYPE", info.characters.as_deref());
        out.flag("CASESEN", info.case_sensitive);
        out.flag("SPECIAL", info.special_characters);
        out.flag("SPACES", info.spaces);
        out.flag("PINCH", info.password_change);
        out.flag("CHGPINFIRST", info.password_change_first);
        out.optional("USERCRED1LABEL", info.first_credential_label.as_deref());
        out.optional("USERCRED2LABEL", info.second_credential_label.as_deref());
        out.flag("CLIENTUIDREQ", info.client_id_required);
        out.flag("AUTHTOKENFIRST", info.auth_token_first);
        out.optional("AUTHTOKENLABEL", info.auth_token_label.as_deref());
        out.flag("MFACHALLENGESUPT", info.challenges);
        out.flag("MFACHALLENGEFIRST", info.challenges_first);
    });
}

pub(super) fn accounts(out: &mut Writer, list: &AccountList) {
    out.aggregate("ACCTINFORS", |out| {
        out.date("DTACCTUP", list.updated);
        for info in &list.accounts {
            account_info(out, info);
        }
    });
}

fn account_info(out: &mut Writer, info: &AccountInfo) {
    let name = match info.account.kind {
        AccountKind::Bank(_) => "BANKACCTINFO",
        AccountKind::Card => "CCACCTINFO",
        AccountKind::Investment => "INVACCTINFO",
    };
    out.aggregate("ACCTINFO", |out| {
        out.optional("DESC", info.description.as_deref());
        out.optional("PHONE", info.phone.as_deref());
        out.aggregate(name, |out| {
            out.account_from(&info.account);
            out.flag("SUPTXDL", info.supports_download);
            out.flag("XFERSRC", info.transfer_source);
            out.flag("XFERDEST", info.transfer_destination);
            let status = info.status.map(|status| match status {
                ServiceStatus::Available => "AVAIL",
                ServiceStatus::Pending => "PEND",
                ServiceStatus::Active => "ACTIVE",
            });
            out.optional("SVCSTATUS", status);
        });
    });
}
