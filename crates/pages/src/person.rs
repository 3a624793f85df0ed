//! Templates of the person's page and what they need beside the view.

use api::connections::consents::{Consent, ConsentStatus};
use api::connections::person::view::{Login, SharedAccount, SharedState};
use api::connections::person::{PersonView, Target};
use askama::Template;

use crate::assets::{ASSETS, Assets};
use crate::flow::render;
use crate::person_texts::PersonTexts;
use crate::view::Asked;

/// What a person can do about accounts. Each asks once more on a page of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    Stop,
    Delete,
}

impl Deed {
    /// The last part of its address.
    pub fn path(self) -> &'static str {
        match self {
            Deed::Stop => "stop",
            Deed::Delete => "delete",
        }
    }
}

/// The page itself.
#[derive(Template)]
#[template(path = "person/page.html", whitespace = "minimize")]
struct PersonPage<'a> {
    t: &'static PersonTexts,
    assets: &'static Assets,
    view: &'a PersonView,
    base: String,
    done: Option<Deed>,
}

/// The whole page, with a notice after something was done.
pub fn page(view: &PersonView, t: &'static PersonTexts, done: Option<Deed>) -> String {
    render(&PersonPage { t, assets: &ASSETS, view, base: address(&view.token), done })
}

impl PersonPage<'_> {
    fn business(&self) -> &str {
        &self.view.business_name
    }

    fn data_types(&self, login: &Login) -> Vec<&'static str> {
        self.t.data_types(&login.asked)
    }

    fn agreed_types(&self, receipt: &Consent) -> Vec<&'static str> {
        let all = [Asked::PaymentMethod, Asked::Balances, Asked::Ownership, Asked::Transactions];
        let names = ["payment_method", "balances", "ownership", "transactions"];
        let agreed = all.into_iter().zip(names).filter(|(_, name)| receipt.permissions.iter().any(|own| own == name));
        self.t.data_types(&agreed.map(|(asked, _)| asked).collect::<Vec<_>>())
    }

    fn text_title(&self, language: &str, version: &i64) -> String {
        let version = version.to_string();
        self.t.fill(self.t.receipt_text, &[("language", self.t.language_of(language)), ("version", &version)])
    }
}

/// The question before something is done.
#[derive(Template)]
#[template(path = "person/confirm.html", whitespace = "minimize")]
struct ConfirmPage<'a> {
    t: &'static PersonTexts,
    assets: &'static Assets,
    view: &'a PersonView,
    base: String,
    deed: Deed,
    accounts: Vec<&'a SharedAccount>,
    /// Name and value of the field that says which accounts.
    field: (&'static str, &'a str),
}

impl ConfirmPage<'_> {
    fn heading(&self) -> &'static str {
        match (self.deed, self.accounts.len()) {
            (Deed::Stop, 1) => self.t.stop_heading,
            (Deed::Stop, _) => self.t.stop_heading_many,
            (Deed::Delete, 1) => self.t.delete_heading,
            (Deed::Delete, _) => self.t.delete_heading_many,
        }
    }

    fn facts(&self) -> Vec<String> {
        let texts: &[&str] = match self.deed {
            Deed::Stop => &self.t.stop_facts,
            Deed::Delete => &self.t.delete_facts,
        };
        let bank = self.accounts.first().map_or("", |account| account.institution_name.as_str());
        let values = [("business", self.view.business_name.as_str()), ("bank", bank)];
        texts.iter().map(|text| self.t.fill(text, &values)).collect()
    }
}

/// The question before something is done; none if there is nothing to do it to.
pub fn confirm_page(view: &PersonView, t: &'static PersonTexts, deed: Deed, target: &Target) -> Option<String> {
    let (field, accounts): (_, Vec<&SharedAccount>) = match target {
        Target::Account(id) => (("account", id.as_str()), view.accounts().filter(|account| account.id == *id).collect()),
        Target::Login(id) => {
            let login = view.logins.iter().find(|login| login.id == *id);
            (("login", id.as_str()), login.map(|login| login.accounts.iter().collect()).unwrap_or_default())
        }
    };
    let base = address(&view.token);
    (!accounts.is_empty()).then(|| render(&ConfirmPage { t, assets: &ASSETS, view, base, deed, accounts, field }))
}

/// A page that only says something.
#[derive(Template)]
#[template(path = "person/message.html", whitespace = "minimize")]
struct MessagePage<'a> {
    t: &'static PersonTexts,
    assets: &'static Assets,
    name: &'static str,
    icon: &'static str,
    heading: &'static str,
    lead: &'static str,
    again: Option<&'a str>,
}

/// The link is unknown, or its time is over.
pub fn expired_page(t: &'static PersonTexts) -> String {
    let (heading, lead) = (t.expired_heading, t.expired_lead);
    render(&MessagePage { t, assets: &ASSETS, name: "expired", icon: "clock", heading, lead, again: None })
}

/// The product cannot answer now.
pub fn unavailable_page(t: &'static PersonTexts, token: &str) -> String {
    let (heading, lead) = (t.unavailable_heading, t.unavailable_lead);
    let again = address(token);
    render(&MessagePage { t, assets: &ASSETS, name: "unavailable", icon: "alert", heading, lead, again: Some(&again) })
}

fn address(token: &str) -> String {
    format!("/person/{token}")
}
