//! The page on which people say which small deposits arrived in their account.

use api::payments::microdeposits::{Failure, Kind, State, VerifyView};
use askama::Template;

use crate::assets::{ASSETS, Assets};
use crate::flow::render;
use crate::texts::{Texts, fill_all};

/// Why an answer was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is not what arrived.
    Wrong,
    /// It is neither a code nor two amounts, so nothing was counted.
    Unreadable,
}

impl Refusal {
    /// Its name in the page's address.
    pub fn name(self) -> &'static str {
        match self {
            Refusal::Wrong => "wrong",
            Refusal::Unreadable => "unreadable",
        }
    }

    /// The one of that name.
    pub fn named(name: &str) -> Option<Refusal> {
        [Refusal::Wrong, Refusal::Unreadable].into_iter().find(|own| own.name() == name)
    }
}

#[derive(Template)]
#[template(path = "verify/page.html", whitespace = "minimize")]
struct VerifyPage<'a> {
    t: &'static Texts,
    assets: &'static Assets,
    view: &'a VerifyView,
    address: String,
    name: &'static str,
    tone: &'static str,
    icon: &'static str,
    heading: &'static str,
    lead: String,
    complaint: Option<String>,
}

/// The page of deposits as they stand now.
pub fn page(view: &VerifyView, token: &str, refusal: Option<Refusal>, t: &'static Texts) -> String {
    let (name, tone, icon, heading, lead) = match (view.state, view.failure) {
        (State::Pending, _) => ("waiting", "calm", "clock", t.verify_heading, t.verify_lead),
        (State::Verified, _) => ("verified", "good", "check", t.verified_heading, t.verified_lead),
        (State::Withdrawn, _) => ("withdrawn", "calm", "stop", t.withdrawn_heading, t.withdrawn_lead),
        (State::Failed, Some(Failure::AttemptsExceeded)) => ("exceeded", "warn", "alert", t.exceeded_heading, t.exceeded_lead),
        (State::Failed, Some(Failure::TimedOut)) => ("timed_out", "warn", "clock", t.timed_out_heading, t.timed_out_lead),
        (State::Failed, _) => ("sent_back", "warn", "back", t.sent_back_heading, t.sent_back_lead),
    };
    let mut page = VerifyPage {
        t,
        assets: &ASSETS,
        view,
        address: address(token),
        name,
        tone,
        icon,
        heading,
        lead: String::new(),
        complaint: None,
    };
    page.lead = page.told(lead);
    page.complaint = refusal.filter(|_| page.is_waiting()).map(|refusal| page.complaint_of(refusal).to_owned());
    render(&page)
}

/// Where the page of a token is.
pub fn address(token: &str) -> String {
    format!("/verify/{token}")
}

impl VerifyPage<'_> {
    fn is_waiting(&self) -> bool {
        self.view.state == State::Pending
    }

    fn asks_for_code(&self) -> bool {
        self.view.kind == Kind::DescriptorCode
    }

    /// A text about the business and the account, as far as the account is known.
    fn told(&self, text: &str) -> String {
        let t = self.t;
        let (bank, last4) = (self.view.bank_name.as_deref(), self.view.last4.as_deref());
        let account = match (bank, last4) {
            (Some(bank), Some(last4)) => fill_all(t.verify_account, &[("bank", bank), ("last4", last4)]),
            (None, Some(last4)) => fill_all(t.verify_account_only, &[("last4", last4)]),
            (_, None) => t.verify_account_unnamed.to_owned(),
        };
        fill_all(text, &[("business", &self.view.business), ("account", &account)])
    }

    /// Name, label and hint of what is typed.
    fn fields(&self) -> Vec<(&'static str, &'static str, &'static str)> {
        let t = self.t;
        match self.view.kind {
            Kind::DescriptorCode => vec![("code", t.verify_code, t.verify_code_hint)],
            Kind::Amounts => {
                vec![("first", t.verify_first, t.verify_amount_hint), ("second", t.verify_second, t.verify_amount_hint)]
            }
        }
    }

    fn complaint_of(&self, refusal: Refusal) -> &'static str {
        let t = self.t;
        match (refusal, self.view.kind) {
            (Refusal::Wrong, Kind::DescriptorCode) => t.verify_code_wrong,
            (Refusal::Wrong, Kind::Amounts) => t.verify_amounts_wrong,
            (Refusal::Unreadable, Kind::DescriptorCode) => t.verify_code_unreadable,
            (Refusal::Unreadable, Kind::Amounts) => t.verify_amounts_unreadable,
        }
    }

    fn arrival(&self) -> String {
        fill_all(self.t.verify_arrival, &[("date", &self.t.date(&self.view.arrival_date))])
    }

    fn where_to_look(&self) -> &'static str {
        match self.view.kind {
            Kind::DescriptorCode => self.t.verify_look_code,
            Kind::Amounts => self.t.verify_look_amounts,
        }
    }

    fn attempts(&self) -> String {
        match self.view.attempts_remaining {
            1 => self.t.verify_attempt_last.to_owned(),
            left => fill_all(self.t.verify_attempts, &[("count", &left.to_string())]),
        }
    }
}
