//! What routing and account numbers look like.

/// Nine digits whose weighted sum (3, 7, 1) divides by ten.
pub(crate) fn is_routing(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let sum: u32 = digits.iter().zip([3, 7, 1].iter().cycle()).map(|(d, w)| d * w).sum();
    text.len() == 9 && digits.len() == 9 && sum.is_multiple_of(10) && sum > 0
}

/// What fits the account field of an ACH entry.
pub(crate) fn is_account(text: &str) -> bool {
    (1..=17).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | ' '))
}

#[cfg(test)]
mod tests {
    use super::{is_account, is_routing};

    #[test]
    fn shapes_of_numbers() {
        for good in ["110000000", "021000021", "011401533"] {
            assert!(is_routing(good), "{good}");
        }
        for bad in ["110000001", "11000000", "1100000000", "000000000", "11000000a", "é10000000"] {
            assert!(!is_routing(bad), "{bad}");
        }
        assert!(is_account("00-12 aB"));
        assert!(!is_account("") && !is_account("12345678901234567x") && !is_account("1\n"));
    }
}
