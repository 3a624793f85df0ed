//! Every text of the linking flow, in one catalogue per language. English is the only one so far; another language is
//! another [`Texts`] and another arm in the plural functions. Placeholders stand in braces and are filled by [`fill`].

use crate::view::{AccountChoice, Asked, Complaint, Problem, Refused};

/// The texts of the flow in one language.
pub struct Texts {
    pub lang: &'static str,
    pub page_title: &'static str,
    pub test_mode: &'static str,
    pub cancel: &'static str,
    pub agree: &'static str,
    pub connect: &'static str,
    pub link_another: &'static str,
    pub done: &'static str,
    pub close: &'static str,
    pub try_again: &'static str,
    pub choose_another_bank: &'static str,
    pub continue_to: &'static str,
    pub open_again: &'static str,
    pub continue_here: &'static str,
    pub consent_heading: &'static str,
    pub consent_lead: &'static str,
    pub consent_asks: &'static str,
    pub consent_promises: &'static str,
    pub promise_password: &'static str,
    pub promise_choice: &'static str,
    pub promise_stop: &'static str,
    pub details_title: &'static str,
    pub details_line: &'static str,
    pub picker_heading: &'static str,
    pub picker_label: &'static str,
    pub picker_placeholder: &'static str,
    pub picker_search: &'static str,
    pub picker_featured: &'static str,
    pub picker_results: &'static str,
    pub picker_none: &'static str,
    pub picker_none_hint: &'static str,
    pub login_heading: &'static str,
    pub login_window: &'static str,
    pub login_choose: &'static str,
    pub login_back: &'static str,
    pub login_without_script: &'static str,
    pub waiting_heading: &'static str,
    pub waiting_lead: &'static str,
    pub waiting_status: &'static str,
    pub waiting_closed: &'static str,
    pub waiting_blocked: &'static str,
    pub waiting_finished: &'static str,
    pub accounts_heading_one: &'static str,
    pub accounts_heading_many: &'static str,
    pub accounts_lead: &'static str,
    pub accounts_limit: &'static str,
    pub accounts_data: &'static str,
    pub ending_in: &'static str,
    pub success_heading_one: &'static str,
    pub success_heading_many: &'static str,
    pub success_lead: &'static str,
    pub success_accounts: &'static str,
    pub success_data: &'static str,
    pub finished_heading: &'static str,
    pub finished_cancelled: &'static str,
    pub finished_lead: &'static str,
    pub finished_cancelled_lead: &'static str,
    pub back_to: &'static str,
    pub offline_heading: &'static str,
    pub offline_lead: &'static str,
    pub leave_heading: &'static str,
    pub leave_lead: &'static str,
    pub leave_stay: &'static str,
    pub leave_exit: &'static str,
    pub returned_heading: &'static str,
    pub returned_lead: &'static str,
    pub returned_continue: &'static str,
    pub unknown_heading: &'static str,
    pub unknown_lead: &'static str,
    pub unavailable_heading: &'static str,
    pub unavailable_lead: &'static str,
}

/// English.
pub static ENGLISH: Texts = Texts {
    lang: "en",
    page_title: "Link a bank account",
    test_mode: "Test mode: no real bank data",
    cancel: "Cancel",
    agree: "Agree and continue",
    connect: "Connect",
    link_another: "Link another account",
    done: "Done",
    close: "Close",
    try_again: "Try again",
    choose_another_bank: "Choose another bank",
    continue_to: "Continue to {bank}",
    open_again: "Open the window again",
    continue_here: "Continue in this window",
    consent_heading: "{business} asks to link your bank account",
    consent_lead: "You choose the bank and the accounts. Nothing is shared before that.",
    consent_asks: "{business} will be able to see",
    consent_promises: "How your data is handled",
    promise_password: "You sign in at your bank. {business} never sees your password.",
    promise_choice: "Only accounts that you choose are shared. Linking by itself moves no money.",
    promise_stop: "You can end the link at any time, through {business} or at your bank.",
    details_title: "Account details",
    details_line: "Bank, account name, type and last four digits",
    picker_heading: "Choose your bank",
    picker_label: "Search banks",
    picker_placeholder: "Name or website",
    picker_search: "Search",
    picker_featured: "Often chosen",
    picker_results: "Results",
    picker_none: "No bank matches \u{201c}{query}\u{201d}",
    picker_none_hint: "Check the spelling, or search for the website where you sign in, such as mybank.com.",
    login_heading: "Sign in at {bank}",
    login_window: "{bank} opens in its own window. You sign in there as you always do.",
    login_choose: "{bank} may ask which accounts to share.",
    login_back: "When you finish, you come back here by yourself.",
    login_without_script: "When you have finished at {bank}, come back here and continue.",
    waiting_heading: "Continue at {bank}",
    waiting_lead: "A window of {bank} is open. Sign in there; this page goes on when you have finished.",
    waiting_status: "Waiting for {bank}\u{2026}",
    waiting_closed: "We no longer see the window of {bank}. If you closed it, open it again. If you are still signing in there, just carry on.",
    waiting_blocked: "Your browser did not open the window of {bank}. Continue in this window instead.",
    waiting_finished: "I have finished at {bank}",
    accounts_heading_one: "Choose an account",
    accounts_heading_many: "Choose accounts",
    accounts_lead: "Which of your accounts at {bank} do you want to share with {business}?",
    accounts_limit: "You can choose up to {limit}.",
    accounts_data: "{business} will see: {data}.",
    ending_in: "ending in {last4}",
    success_heading_one: "Your account is linked",
    success_heading_many: "Your accounts are linked",
    success_lead: "{business} now has access to what you agreed to share.",
    success_accounts: "Linked accounts",
    success_data: "Shared data",
    finished_heading: "All done",
    finished_cancelled: "No account was linked",
    finished_lead: "You can close this window.",
    finished_cancelled_lead: "Nothing was shared. You can close this window.",
    back_to: "Back to {business}",
    offline_heading: "No connection",
    offline_lead: "We cannot reach the server. Check your internet connection, then try again. Your progress is kept.",
    leave_heading: "Leave without finishing?",
    leave_lead: "Accounts that you have not linked yet are not shared.",
    leave_stay: "Keep going",
    leave_exit: "Leave",
    returned_heading: "You can close this window",
    returned_lead: "Your bank has answered. Go on in the window that you came from.",
    returned_continue: "Go on in this window",
    unknown_heading: "This page does not exist",
    unknown_lead: "The address is wrong, or the link has ended. Go back to where you came from and start again.",
    unavailable_heading: "Something went wrong",
    unavailable_lead: "The server could not answer just now. Nothing was lost; try again in a moment.",
};

/// Puts `value` where `text` has `{name}`. The result is plain text: templates escape it.
pub fn fill(text: &str, name: &str, value: &str) -> String {
    text.replace(&format!("{{{name}}}"), value)
}

impl Texts {
    /// [`fill`] for templates.
    pub fn fill(&self, text: &str, name: &str, value: &str) -> String {
        fill(text, name, value)
    }

    /// Two placeholders at once: the business and the bank. Filled in one pass, so that a name that itself looks like
    /// a placeholder stays as it is.
    pub fn fill_both(&self, text: &str, business: &str, bank: &str) -> String {
        text.split("{business}").map(|part| fill(part, "bank", bank)).collect::<Vec<_>>().join(business)
    }

    /// The name of a data type.
    pub fn asked_title(&self, asked: &Asked) -> &'static str {
        match asked {
            Asked::PaymentMethod => "Account and routing number",
            Asked::Balances => "Balances",
            Asked::Ownership => "Account owners",
            Asked::Transactions => "Transactions",
        }
    }

    /// What a data type contains, in a plain sentence.
    pub fn asked_line(&self, asked: &Asked) -> &'static str {
        match asked {
            Asked::PaymentMethod => "For payments that you approve; kept encrypted",
            Asked::Balances => "What is in the account now and what is available",
            Asked::Ownership => "Names, addresses, e-mail addresses and phone numbers",
            Asked::Transactions => "Payments in and out, up to 180 days back",
        }
    }

    /// The symbol of a data type; see `icon` in `components.html`.
    pub fn asked_icon(&self, asked: &Asked) -> &'static str {
        match asked {
            Asked::PaymentMethod => "number",
            Asked::Balances => "balance",
            Asked::Ownership => "person",
            Asked::Transactions => "list",
        }
    }

    /// All data types in one line: "account details, balances and transactions".
    pub fn asked_sentence(&self, asked: &[Asked]) -> String {
        let mut names = vec![self.details_title.to_lowercase()];
        names.extend(asked.iter().map(|one| self.asked_title(one).to_lowercase()));
        let last = names.pop().unwrap_or_default();
        if names.is_empty() { last } else { format!("{} and {last}", names.join(", ")) }
    }

    /// What the business will see of the accounts that are chosen.
    pub fn accounts_data(&self, business: &str, asked: &[Asked]) -> String {
        let data = self.asked_sentence(asked);
        fill(self.accounts_data, "data", &data).replacen("{business}", business, 1)
    }

    /// The type of an account.
    pub fn subcategory(&self, choice: &AccountChoice) -> &'static str {
        match choice.subcategory {
            "checking" => "Checking",
            "savings" => "Savings",
            "credit_card" => "Credit card",
            "line_of_credit" => "Line of credit",
            "mortgage" => "Mortgage",
            _ => "Account",
        }
    }

    /// Why an account cannot be chosen.
    pub fn refused(&self, refused: &Refused, business: &str) -> String {
        let text = match refused {
            Refused::TypeNotAsked => "{business} does not use this type of account",
            Refused::NotPayable => "This account does not support payments by bank transfer",
            Refused::Closed => "The bank says that this account is closed",
            Refused::AlreadyLinked => "Linked already",
        };
        fill(text, "business", business)
    }

    /// Why the choice of accounts was not taken.
    pub fn complaint(&self, complaint: &Complaint, limit: &Option<u32>) -> String {
        match complaint {
            Complaint::ChooseOne => "Choose an account to go on.".to_owned(),
            Complaint::TooMany => match limit {
                Some(1) => "Choose only one account.".to_owned(),
                Some(limit) => format!("Choose {limit} accounts at most."),
                None => "Choose fewer accounts.".to_owned(),
            },
            Complaint::NeedsPayable => "Choose at least one account that can be used for payments.".to_owned(),
        }
    }

    /// How many banks a search found, for the live region.
    pub fn found(&self, count: usize) -> String {
        match count {
            0 => "No banks found".to_owned(),
            1 => "1 bank found".to_owned(),
            _ => format!("{count} banks found"),
        }
    }

    /// The heading of a problem. `bank` is "Your bank" when it is not known.
    pub fn problem_heading(&self, problem: &Problem, bank: &str) -> String {
        let text = match problem {
            Problem::DownPlanned { .. } => "{bank} is under maintenance",
            Problem::DownUnplanned => "{bank} is not available",
            Problem::BankError => "{bank} did not answer as expected",
            Problem::NoEligibleAccounts { .. } => "No account can be linked",
            Problem::AccessDenied => "{bank} did not share any accounts",
            Problem::SessionExpired => "This link has expired",
        };
        fill(text, "bank", bank)
    }

    /// What a problem means and what to do about it.
    pub fn problem_lead(&self, problem: &Problem, business: &str, bank: &str) -> String {
        let text = match problem {
            Problem::DownPlanned { .. } => "The bank works on its systems. You can try again then, or choose another bank now.",
            Problem::DownUnplanned => "The bank cannot be reached at the moment. Try again later, or choose another bank.",
            Problem::BankError => "This may pass by itself. Try again, or choose another bank.",
            Problem::NoEligibleAccounts { found: 0 } => "{bank} returned no accounts. Choose a bank where you have one.",
            Problem::NoEligibleAccounts { found: 1 } => {
                "We found 1 account at {bank}, but {business} cannot use its type. Choose another bank."
            }
            Problem::NoEligibleAccounts { .. } => {
                "We found {found} accounts at {bank}, but {business} cannot use them. Choose another bank."
            }
            Problem::AccessDenied => {
                "Access was declined, or the bank\u{2019}s page was closed. You can try again or choose another bank."
            }
            Problem::SessionExpired => {
                "For your safety it works for a limited time and only once. Go back to {business} and start again."
            }
        };
        let found = match problem {
            Problem::NoEligibleAccounts { found } => found.to_string(),
            _ => String::new(),
        };
        self.fill_both(&fill(text, "found", &found), business, bank)
    }

    /// Introduces the time at which planned maintenance ends.
    pub fn problem_until(&self) -> &'static str {
        "Expected to be back"
    }

    /// The name of a bank that is not known.
    pub fn your_bank(&self) -> &'static str {
        "Your bank"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_like_placeholders_stay_as_they_are() {
        let text = ENGLISH.fill_both("{business} at {bank}", "{bank}", "{business}");
        assert_eq!(text, "{bank} at {business}");
    }

    #[test]
    fn asked_data_reads_as_a_sentence() {
        assert_eq!(ENGLISH.asked_sentence(&[]), "account details");
        assert_eq!(ENGLISH.asked_sentence(&[Asked::Balances, Asked::Transactions]), "account details, balances and transactions");
    }
}
