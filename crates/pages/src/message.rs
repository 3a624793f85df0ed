//! Pages that only say something: after the bank, or when there is no flow to show.

use askama::Template;

use crate::assets::{ASSETS, Assets};
use crate::flow::render;
use crate::texts::Texts;
use crate::view::{FlowView, InstitutionCard};

#[derive(Template)]
#[template(path = "flow/message.html", whitespace = "minimize")]
struct Message {
    t: &'static Texts,
    assets: &'static Assets,
    name: &'static str,
    tone: &'static str,
    icon: &'static str,
    heading: &'static str,
    lead: &'static str,
    link: &'static str,
    base: Option<String>,
    script: Option<&'static str>,
}

/// Asks whether to go to a bank, and for whom.
#[derive(Template)]
#[template(path = "flow/to_bank.html", whitespace = "minimize")]
struct ToBank {
    t: &'static Texts,
    assets: &'static Assets,
    heading: String,
    button: String,
    base: String,
    /// The bank opens in this window, not in a popup.
    redirect: bool,
}

/// The question before a person who does not come from the flow's own page goes to a bank.
pub fn to_bank_page(view: &FlowView, bank: &InstitutionCard, redirect: bool, t: &'static Texts) -> String {
    render(&ToBank {
        t,
        assets: &ASSETS,
        heading: t.fill(t.consent_heading, "business", &view.business_name),
        button: t.fill(t.continue_to, "bank", &bank.name),
        base: address(&view.token),
        redirect,
    })
}

/// Stands for the moment in which the browser goes on to the bank.
pub fn onward_page(address: &str, t: &'static Texts) -> String {
    let base = Some(address.to_owned());
    let (heading, lead, link) = (t.onward_heading, t.onward_lead, t.continue_here);
    render(&Message { t, assets: &ASSETS, name: "onward", tone: "calm", icon: "window", heading, lead, link, base, script: None })
}

/// The end of the bank's window. Its script, left out where the page must stay, tells the flow and closes the window.
pub fn returned_page(token: Option<&str>, t: &'static Texts, live: bool) -> String {
    render(&Message {
        t,
        assets: &ASSETS,
        name: "returned",
        tone: "good",
        icon: "check",
        heading: t.returned_heading,
        lead: t.returned_lead,
        link: t.returned_continue,
        base: token.map(address),
        script: live.then_some(ASSETS.returned.as_str()),
    })
}

/// No flow has this address.
pub fn unknown_page(t: &'static Texts) -> String {
    render(&Message {
        t,
        assets: &ASSETS,
        name: "not_found",
        tone: "calm",
        icon: "search",
        heading: t.unknown_heading,
        lead: t.unknown_lead,
        link: "",
        base: None,
        script: None,
    })
}

/// The product cannot answer now.
pub fn unavailable_page(token: &str, t: &'static Texts) -> String {
    unavailable_at(address(token), t)
}

/// The product cannot answer now for the page at this address.
pub fn unavailable_at(base: String, t: &'static Texts) -> String {
    warning("unavailable", [t.unavailable_heading, t.unavailable_lead, t.try_again], base, t)
}

/// A file is larger than what is read.
pub fn too_large_page(token: &str, t: &'static Texts) -> String {
    warning("too_large", [t.too_large_heading, t.too_large_lead, t.go_back], address(token), t)
}

fn warning(name: &'static str, [heading, lead, link]: [&'static str; 3], base: String, t: &'static Texts) -> String {
    let base = Some(base);
    render(&Message { t, assets: &ASSETS, name, tone: "warn", icon: "alert", heading, lead, link, base, script: None })
}

fn address(token: &str) -> String {
    format!("/connections/{token}")
}
