//! From what a view says to the text for it. The language stands in the catalogue; here are only the choices.

use banks::{AnswerRefused, FieldInput, FormKind, SignInField};
use jiff::Timestamp;

use super::catalogue::Texts;
use super::fill;
use crate::view::{AccountChoice, Asked, Complaint, ManualComplaint, Problem, Refused};

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

    /// The business and the end of an account number, in one pass as well.
    pub fn fill_last4(&self, text: &str, business: &str, last4: &str) -> String {
        text.split("{business}").map(|part| fill(part, "last4", last4)).collect::<Vec<_>>().join(business)
    }

    /// A whole number as people write it.
    pub fn number(&self, number: usize) -> String {
        let digits = number.to_string();
        if digits.len() < self.grouped_from {
            return digits;
        }
        let mut text = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                text.push_str(self.thousands);
            }
            text.push(digit);
        }
        text
    }

    /// A moment in UTC, of unix seconds; our script writes it anew in the person's own time.
    pub fn moment(&self, seconds: &i64) -> String {
        let Ok(time) = Timestamp::from_second(*seconds) else { return String::new() };
        let text = fill(self.moment, "month", self.month(time));
        let parts = [("day", "%-d"), ("year", "%Y"), ("time", "%H:%M")];
        parts.into_iter().fold(text, |text, (name, format)| fill(&text, name, &time.strftime(format).to_string()))
    }

    /// A day, of the unix seconds at its beginning in New York.
    pub fn date(&self, seconds: &i64) -> String {
        let Ok(time) = Timestamp::from_second(*seconds) else { return String::new() };
        let text = fill(self.date, "month", self.month(time));
        fill(&fill(&text, "day", &time.strftime("%-d").to_string()), "year", &time.strftime("%Y").to_string())
    }

    fn month(&self, time: Timestamp) -> &'static str {
        let month = time.strftime("%m").to_string().parse::<usize>().unwrap_or_default();
        self.months.get(month.wrapping_sub(1)).copied().unwrap_or_default()
    }

    /// The name of a data type.
    pub fn asked_title(&self, asked: &Asked) -> &'static str {
        match asked {
            Asked::PaymentMethod => self.payment_method_title,
            Asked::Balances => self.balances_title,
            Asked::Ownership => self.ownership_title,
            Asked::Transactions => self.transactions_title,
        }
    }

    /// What a data type contains, in a plain sentence.
    pub fn asked_line(&self, asked: &Asked) -> &'static str {
        match asked {
            Asked::PaymentMethod => self.payment_method_line,
            Asked::Balances => self.balances_line,
            Asked::Ownership => self.ownership_line,
            Asked::Transactions => self.transactions_line,
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
        if names.is_empty() { last } else { format!("{} {} {last}", names.join(", "), self.and) }
    }

    /// What the business will see of the accounts that are chosen.
    pub fn accounts_data(&self, business: &str, asked: &[Asked]) -> String {
        let data = self.asked_sentence(asked);
        fill(self.accounts_data, "data", &data).replacen("{business}", business, 1)
    }

    /// The type of an account.
    pub fn subcategory(&self, choice: &AccountChoice) -> &'static str {
        match choice.subcategory {
            "checking" => self.checking,
            "savings" => self.savings,
            "credit_card" => self.credit_card,
            "line_of_credit" => self.line_of_credit,
            "mortgage" => self.mortgage,
            _ => self.other_account,
        }
    }

    /// Why an account cannot be chosen.
    pub fn refused(&self, refused: &Refused, business: &str) -> String {
        let text = match refused {
            Refused::TypeNotAsked => self.refused_type,
            Refused::NotPayable => self.refused_payable,
            Refused::Closed => self.refused_closed,
            Refused::AlreadyLinked => self.refused_linked,
        };
        fill(text, "business", business)
    }

    /// How many accounts may be chosen.
    pub fn limit(&self, limit: &u32) -> String {
        fill(self.accounts_limit, "limit", &self.number(*limit as usize))
    }

    /// Why the choice of accounts was not taken.
    pub fn complaint(&self, complaint: &Complaint, limit: &Option<u32>) -> String {
        match (complaint, limit) {
            (Complaint::ChooseOne, _) => self.complaint_none.to_owned(),
            (Complaint::TooMany, Some(1)) => self.complaint_one.to_owned(),
            (Complaint::TooMany, Some(limit)) => fill(self.complaint_many, "limit", &self.number(*limit as usize)),
            (Complaint::TooMany, None) => self.complaint_fewer.to_owned(),
            (Complaint::NeedsPayable, _) => self.complaint_payable.to_owned(),
        }
    }

    /// How many banks a search found, for the live region.
    pub fn found(&self, count: usize) -> String {
        match count {
            0 => self.found_none.to_owned(),
            1 => self.found_one.to_owned(),
            _ => fill(self.found_many, "count", &self.number(count)),
        }
    }

    /// What a step of the sign-in is about.
    pub fn sign_in_heading(&self, kind: &FormKind, bank: &str) -> String {
        let text = match kind {
            FormKind::Credentials => self.login_heading,
            FormKind::Choice => self.choice_heading,
            FormKind::Code => self.code_heading,
            FormKind::ConfirmCode => self.confirm_heading,
            FormKind::Question => self.question_heading,
            FormKind::Token => self.token_heading,
            FormKind::File => self.file_heading,
        };
        fill(text, "bank", bank)
    }

    /// What a person does in a step of the sign-in.
    pub fn sign_in_lead(&self, kind: &FormKind, bank: &str) -> String {
        let text = match kind {
            FormKind::Credentials => self.credentials_lead,
            FormKind::Choice => self.choice_lead,
            FormKind::Code => self.code_lead,
            FormKind::ConfirmCode => self.confirm_lead,
            FormKind::Question => self.question_lead,
            FormKind::Token => self.token_lead,
            FormKind::File => self.file_lead,
        };
        fill(text, "bank", bank)
    }

    /// The label of a field: the bank's own words, or ours.
    pub fn field_label<'a>(&'a self, field: &'a SignInField) -> &'a str {
        let ours = match field.input {
            FieldInput::Username => self.username,
            FieldInput::Password => self.password,
            FieldInput::Code => self.code,
            FieldInput::Secret => self.answer,
            FieldInput::Choice { .. } => self.choice_label,
            FieldInput::Token => self.token,
            FieldInput::File => self.file,
        };
        field.label.as_deref().filter(|label| !label.trim().is_empty()).unwrap_or(ours)
    }

    /// Why the answers to a step of the sign-in were not taken.
    pub fn answer_refused(&self, refused: &AnswerRefused, kind: &FormKind, bank: &str) -> String {
        let text = match (refused, kind) {
            (AnswerRefused::Missing, FormKind::Choice) => self.refused_no_choice,
            (AnswerRefused::Missing, FormKind::File) => self.refused_no_file,
            (AnswerRefused::Missing, _) => self.refused_empty,
            (AnswerRefused::Wrong, FormKind::Credentials) => self.refused_credentials,
            (AnswerRefused::Wrong, FormKind::Code | FormKind::ConfirmCode) => self.refused_code,
            (AnswerRefused::Wrong, _) => self.refused_answer,
            (AnswerRefused::TokenUnusable, _) => self.refused_token,
            (AnswerRefused::FileUnreadable { line: None }, _) => self.refused_file,
            (AnswerRefused::FileUnreadable { line: Some(line) }, _) => {
                return fill(self.refused_file_line, "line", &self.number(*line as usize));
            }
        };
        fill(text, "bank", bank)
    }

    /// Why typed numbers were not taken.
    pub fn manual_complaint(&self, complaint: &ManualComplaint) -> &'static str {
        match complaint {
            ManualComplaint::RoutingMissing => self.routing_missing,
            ManualComplaint::RoutingWrong => self.routing_wrong,
            ManualComplaint::AccountMissing => self.account_missing,
            ManualComplaint::AccountWrong => self.account_wrong,
            ManualComplaint::AccountDiffers => self.account_differs,
        }
    }

    /// The heading of a problem.
    pub fn problem_heading(&self, problem: &Problem, bank: &str) -> String {
        let text = match problem {
            Problem::DownPlanned { .. } => self.down_planned_heading,
            Problem::DownUnplanned => self.down_unplanned_heading,
            Problem::BankError => self.bank_error_heading,
            Problem::NoEligibleAccounts { .. } => self.no_eligible_heading,
            Problem::AccessDenied => self.access_denied_heading,
            Problem::SessionExpired => self.expired_heading,
        };
        fill(text, "bank", bank)
    }

    /// What a problem means and what to do about it.
    pub fn problem_lead(&self, problem: &Problem, business: &str, bank: &str) -> String {
        let text = match problem {
            Problem::DownPlanned { .. } => self.down_planned_lead,
            Problem::DownUnplanned => self.down_unplanned_lead,
            Problem::BankError => self.bank_error_lead,
            Problem::NoEligibleAccounts { found: 0 } => self.no_eligible_none,
            Problem::NoEligibleAccounts { found: 1 } => self.no_eligible_one,
            Problem::NoEligibleAccounts { found } => {
                let text = fill(self.no_eligible_many, "found", &self.number(*found));
                return self.fill_both(&text, business, bank);
            }
            Problem::AccessDenied => self.access_denied_lead,
            Problem::SessionExpired => self.expired_lead,
        };
        self.fill_both(text, business, bank)
    }
}

#[cfg(test)]
mod tests {
    use super::super::english::ENGLISH;
    use super::super::spanish::SPANISH;
    use super::*;

    #[test]
    fn names_that_look_like_placeholders_stay_as_they_are() {
        let text = ENGLISH.fill_both("{business} at {bank}", "{bank}", "{business}");
        assert_eq!(text, "{bank} at {business}");
    }

    #[test]
    fn asked_data_reads_as_a_sentence() {
        assert_eq!(ENGLISH.asked_sentence(&[]), "account details");
        let asked = [Asked::Balances, Asked::Transactions];
        assert_eq!(ENGLISH.asked_sentence(&asked), "account details, balances and transactions");
        assert_eq!(SPANISH.asked_sentence(&asked), "datos de la cuenta, saldos y transacciones");
    }

    #[test]
    fn numbers_and_moments_read_as_the_language_writes_them() {
        for (number, english, spanish) in [
            (0, "0", "0"),
            (999, "999", "999"),
            (1_000, "1,000", "1000"),
            (12_345, "12,345", "12\u{202f}345"),
            (1_234_567, "1,234,567", "1\u{202f}234\u{202f}567"),
        ] {
            assert_eq!((ENGLISH.number(number).as_str(), SPANISH.number(number).as_str()), (english, spanish));
        }
        assert_eq!(ENGLISH.moment(&1_795_501_800), "Nov 24, 2026, 06:30 UTC");
        assert_eq!(SPANISH.moment(&1_795_501_800), "24 nov 2026, 06:30 UTC");
        assert_eq!(ENGLISH.moment(&i64::MAX), "");
        assert_eq!(ENGLISH.date(&1_795_496_400), "Nov 24, 2026");
        assert_eq!(SPANISH.date(&1_795_496_400), "24 nov 2026");
    }
}
