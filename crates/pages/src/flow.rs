//! Templates of the linking flow and what they need beside the view.

use api::payments::mandates::wording::{self, Scope};
use askama::Template;
use banks::{FieldInput, FormKind};

use crate::assets::{ASSETS, Assets, short_hash};
use crate::texts::{self, Texts};
use crate::view::{FlowView, InstitutionCard, ManualComplaint, Pane, Problem};

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
    fn new(view: &'a FlowView, t: &'static Texts) -> Self {
        Self { t, view, base: address(view), revision: revision(view), return_url: return_address(view) }
    }

    fn pane_name(&self) -> &'static str {
        pane_name(&self.view.pane)
    }

    fn bank_name<'b>(&'b self, institution: &'b Option<InstitutionCard>) -> &'b str {
        institution.as_ref().map_or(self.t.your_bank, |bank| &bank.name)
    }

    /// Where the person sees and ends what is shared, if it is an address of the web.
    fn person_page(&self) -> Option<&'a str> {
        let address = self.view.person_page.as_deref()?;
        (address.starts_with('/') || address.starts_with("https://") || address.starts_with("http://")).then_some(address)
    }

    /// What the person will agree to when they pay.
    fn mandate(&self, scope: &Scope) -> Vec<String> {
        wording::paragraphs(self.t.lang, &self.view.business_name, *scope)
    }

    /// Name, label and hint of what is typed when numbers are typed.
    fn manual_fields(&self) -> [(&'static str, &'static str, &'static str); 3] {
        let t = self.t;
        [
            ("routing_number", t.routing_number, t.routing_hint),
            ("account_number", t.account_number, t.account_hint),
            ("account_number_again", t.account_again, ""),
        ]
    }

    /// Whether the field of that name is the one that a complaint about typed numbers is about.
    fn complains_of(&self, complaint: &Option<ManualComplaint>, field: &str) -> bool {
        let wrong = complaint.as_ref().map(|complaint| match complaint {
            ManualComplaint::RoutingMissing | ManualComplaint::RoutingWrong => "routing_number",
            ManualComplaint::AccountMissing | ManualComplaint::AccountWrong => "account_number",
            ManualComplaint::AccountDiffers => "account_number_again",
        });
        wrong == Some(field)
    }

    fn machine_time(&self, seconds: &i64) -> String {
        jiff::Timestamp::from_second(*seconds).map(|time| time.to_string()).unwrap_or_default()
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
    /// False where the page must stay as it is, as in the gallery.
    live: bool,
    /// Where a flow on a page of its own goes by itself at its end.
    onward: Option<&'a str>,
    pane: FlowPane<'a>,
}

/// The whole page. `live` is false where the page must stay as it is, as in the gallery.
pub fn full_page(view: &FlowView, t: &'static Texts, live: bool) -> String {
    let over = view.hosted && matches!(view.pane, Pane::Finished { .. });
    render(&FlowPage {
        t,
        assets: &ASSETS,
        view,
        base: address(view),
        opener: opener_origin(view),
        live,
        onward: return_address(view).filter(|_| over && live),
        pane: FlowPane::new(view, t),
    })
}

/// The pane alone.
pub fn lone_pane(view: &FlowView, t: &'static Texts) -> String {
    render(&FlowPane::new(view, t))
}

/// The texts for the person of a flow.
pub fn texts_of(view: &FlowView, accepted: Option<&str>) -> &'static Texts {
    texts::choose(view.locale.as_deref(), accepted)
}

fn address(view: &FlowView) -> String {
    format!("/connections/{}", view.token)
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
