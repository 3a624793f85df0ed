//! What can be wrong with money.

use std::fmt;

/// Why a text is no amount or currency, or why a sum cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoneyError {
    /// Not the code of a currency in use.
    UnknownCurrency,
    /// Not a decimal number.
    NotDecimal,
    /// More decimal places than the currency has, and not only zeros.
    TooPrecise,
    /// Beyond what 64 bits of minor units hold.
    Overflow,
    /// Two different currencies in one sum.
    CurrencyMismatch,
}

impl fmt::Display for MoneyError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            MoneyError::UnknownCurrency => "not the ISO 4217 code of a currency in use",
            MoneyError::NotDecimal => "not a decimal number",
            MoneyError::TooPrecise => "more decimal places than the currency has",
            MoneyError::Overflow => "the amount is too large",
            MoneyError::CurrencyMismatch => "the amounts have different currencies",
        })
    }
}

impl std::error::Error for MoneyError {}
