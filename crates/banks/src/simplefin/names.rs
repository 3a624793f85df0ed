//! What the name of an account tells, which is more than SimpleFIN says of it.

use crate::account::{Category, Subcategory};
use crate::clean;

/// Bank and account, unless the account says the bank already.
pub(super) fn display_name(bank: Option<&str>, name: &str) -> Option<String> {
    let text = match bank {
        Some(bank) if !name.to_lowercase().contains(&bank.to_lowercase()) => format!("{bank} {name}"),
        _ => name.to_owned(),
    };
    clean::text(&text, clean::TEXT_MAX)
}

/// SimpleFIN does not say what an account is; the words of its name do, mostly.
pub(super) fn guess_kind(name: &str) -> (Category, Subcategory) {
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower.split(|character: char| !character.is_alphanumeric()).collect();
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    if lower.contains("line of credit") || has(&["heloc"]) {
        (Category::Credit, Subcategory::LineOfCredit)
    } else if lower.contains("credit card") || has(&["visa", "mastercard", "amex"]) {
        (Category::Credit, Subcategory::CreditCard)
    } else if has(&["mortgage"]) {
        (Category::Credit, Subcategory::Mortgage)
    } else if has(&["checking"]) {
        (Category::Cash, Subcategory::Checking)
    } else if has(&["savings"]) || lower.contains("money market") {
        (Category::Cash, Subcategory::Savings)
    } else {
        (Category::Other, Subcategory::Other)
    }
}

/// Four digits at the end of a name that stand for a masked number: `x1234`, `(1234)`, `••1234`.
pub(super) fn masked_digits(name: &str) -> Option<String> {
    let name = name.trim().trim_end_matches([')', ']']);
    let digits = clean::last_four(name)?;
    let mask = name.strip_suffix(&digits)?.chars().next_back()?;
    let is_mask = matches!(mask, 'x' | 'X' | '*' | '.' | '…' | '•' | '#' | '(' | '[' | '-');
    is_mask.then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::{display_name, guess_kind, masked_digits};
    use crate::account::{Category, Subcategory};

    #[test]
    fn names_tell_kinds_and_digits() {
        for (name, expected) in [
            ("Everyday Checking", (Category::Cash, Subcategory::Checking)),
            ("SAVINGS", (Category::Cash, Subcategory::Savings)),
            ("Savings Visa Card", (Category::Credit, Subcategory::CreditCard)),
            ("Home Equity Line of Credit", (Category::Credit, Subcategory::LineOfCredit)),
            ("Mortgage 1", (Category::Credit, Subcategory::Mortgage)),
            ("Visages", (Category::Other, Subcategory::Other)),
        ] {
            assert_eq!(guess_kind(name), expected, "{name}");
        }
        for (name, expected) in
            [("Checking (1234)", Some("1234")), ("••1234", Some("1234")), ("Savings 2024", None), ("123", None), ("x12345", None)]
        {
            assert_eq!(masked_digits(name).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn banks_are_named_once() {
        assert_eq!(display_name(Some("My Bank"), "Savings").as_deref(), Some("My Bank Savings"));
        assert_eq!(display_name(Some("My Bank"), "my bank Savings").as_deref(), Some("my bank Savings"));
        assert_eq!(display_name(None, " \u{0}"), None);
    }
}
