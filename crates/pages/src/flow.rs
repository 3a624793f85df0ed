//! Templates of the linking flow and what they need beside the view.

use askama::Template;

use crate::assets::{ASSETS, Assets, short_hash};
use crate::texts::{ENGLISH, Texts};
use crate::view::{FlowView, InstitutionCard, Pane, Problem};

/// The `<main>` element of a flow, which our script puts in place of the one before.
#[derive(Template)]
#[template(path = "flow/pane.html", whitespace = "minimize")]
struct FlowPane<'a> {
    t: &'static Texts,
    view: &'a FlowView,
    base: String,
    revision: String,
    return_url: Option<&'a str>,
}

impl<'a> FlowPane<'a> {
    fn new(view: &'a FlowView) -> Self {
        Self { t: &ENGLISH, view, base: address(view), revision: revision(view), return_url: return_address(view) }
    }

    fn pane_name(&self) -> &'static str {
        pane_name(&self.view.pane)
    }

    fn bank_name<'b>(&'b self, institution: &'b Option<InstitutionCard>) -> &'b str {
        institution.as_ref().map_or(self.t.your_bank(), |bank| &bank.name)
    }

    fn machine_time(&self, seconds: &i64) -> String {
        jiff::Timestamp::from_second(*seconds).map(|time| time.to_string()).unwrap_or_default()
    }

    fn plain_time(&self, seconds: &i64) -> String {
        jiff::Timestamp::from_second(*seconds).map(|time| time.strftime("%b %-d, %Y, %H:%M UTC").to_string()).unwrap_or_default()
    }
}

/// A pane with the page around it.
#[derive(Template)]
#[template(path = "flow/page.html", whitespace = "minimize")]
struct FlowPage<'a> {
    t: &'static Texts,
    assets: &'static Assets,
    view: &'a FlowView,
    base: String,
    opener: Option<String>,
    scripted: bool,
    pane: FlowPane<'a>,
}

/// The whole page. `scripted` is false where the page must stay as it is, as in the gallery.
pub fn full_page(view: &FlowView, scripted: bool) -> String {
    render(&FlowPage {
        t: &ENGLISH,
        assets: &ASSETS,
        view,
        base: address(view),
        opener: opener_origin(view),
        scripted,
        pane: FlowPane::new(view),
    })
}

/// The pane alone.
pub fn lone_pane(view: &FlowView) -> String {
    render(&FlowPane::new(view))
}

fn address(view: &FlowView) -> String {
    format!("/connections/{}", view.token)
}

/// A page that only says something: after the bank, or when there is no flow to show.
#[derive(Template)]
#[template(path = "flow/message.html", whitespace = "minimize")]
pub struct Message {
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

/// The end of the bank's window. Its script tells the flow and closes the window.
pub fn returned_page(token: Option<&str>, scripted: bool) -> String {
    render(&Message {
        t: &ENGLISH,
        assets: &ASSETS,
        name: "returned",
        tone: "good",
        icon: "check",
        heading: ENGLISH.returned_heading,
        lead: ENGLISH.returned_lead,
        link: ENGLISH.returned_continue,
        base: token.map(|token| format!("/connections/{token}")),
        script: scripted.then_some(ASSETS.returned.as_str()),
    })
}

/// No flow has this address.
pub fn unknown_page() -> String {
    render(&Message {
        t: &ENGLISH,
        assets: &ASSETS,
        name: "not_found",
        tone: "calm",
        icon: "search",
        heading: ENGLISH.unknown_heading,
        lead: ENGLISH.unknown_lead,
        link: "",
        base: None,
        script: None,
    })
}

/// The product cannot answer now.
pub fn unavailable_page(token: &str) -> String {
    render(&Message {
        t: &ENGLISH,
        assets: &ASSETS,
        name: "unavailable",
        tone: "warn",
        icon: "alert",
        heading: ENGLISH.unavailable_heading,
        lead: ENGLISH.unavailable_lead,
        link: ENGLISH.try_again,
        base: Some(format!("/connections/{token}")),
        script: None,
    })
}

/// The name of a pane, as in the view's JSON; part of what the script and tests rely on.
pub fn pane_name(pane: &Pane) -> &'static str {
    match pane {
        Pane::Consent => "consent",
        Pane::Picker { .. } => "picker",
        Pane::BankLogin { .. } => "bank_login",
        Pane::SignIn { .. } => "sign_in",
        Pane::ManualEntry { .. } => "manual_entry",
        Pane::ManualDone { .. } => "manual_done",
        Pane::Accounts { .. } => "accounts",
        Pane::Success { .. } => "success",
        Pane::Problem { .. } => "problem",
        Pane::Finished { .. } => "finished",
    }
}

/// Changes whenever anything on the pane changes; the waiting page compares it.
pub fn revision(view: &FlowView) -> String {
    short_hash(&serde_json::to_vec(view).unwrap_or_default())
}

/// The opener's origin if it is one that can be written into a header and a message target.
pub fn opener_origin(view: &FlowView) -> Option<String> {
    let origin = url::Url::parse(view.opener_origin.as_deref()?).ok()?;
    matches!(origin.scheme(), "http" | "https").then(|| origin.origin().ascii_serialization())
}

/// The return address unless it would run code. Apps use schemes of their own, so others are allowed.
fn return_address(view: &FlowView) -> Option<&str> {
    let address = view.return_url.as_deref()?;
    let parsed = url::Url::parse(address).ok()?;
    (!matches!(parsed.scheme(), "javascript" | "data" | "blob" | "vbscript")).then_some(address)
}

/// Rendering writes into a `String`, which cannot fail; were it to, an empty page is better than a panic.
pub fn render(template: &impl Template) -> String {
    template.render().unwrap_or_else(|error| {
        tracing::error!(%error, "a template did not render");
        String::new()
    })
}
