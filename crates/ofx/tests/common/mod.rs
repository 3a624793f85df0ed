//! Arbitrary values of everything that can be written.

pub mod answers;
pub mod requests;

use ofx::{Account, AccountKind, Address, BankAccountKind, Decimal, Format, Institution, Moment, Secret, Syntax};
use proptest::option::of;
use proptest::prelude::*;

/// Texts with everything that could end a tag, and more than white space.
pub fn text() -> BoxedStrategy<String> {
    let nasty = prop::sample::select(vec![
        "</STMTTRN>",
        "<OFX>",
        "&amp;",
        "&#60;",
        "&#x3c;b&gt;",
        "]]>",
        "<![CDATA[x",
        "<!--",
        "-->",
        "a\r\nb",
        " a ",
        "\ta\n",
        "\u{a0}a\u{a0}",
        "a & b",
        "a<b",
        "é",
        "日本",
        "Ã©",
        "a\u{2028}b",
        "<a b=\"c\"/>",
        "</",
        "?>",
        "-",
        "\"'",
        "&",
        "a\n\n b",
    ]);
    prop_oneof!["[ -~]{1,24}", "[ -~\t\n\ra-eäß€\u{a0}\u{2028}<>&;#/]{1,24}", nasty.prop_map(str::to_owned),]
        .prop_filter("white space counts as absent", |text| !text.trim().is_empty())
        .boxed()
}

pub fn maybe() -> BoxedStrategy<Option<String>> {
    of(text()).boxed()
}

pub fn secret() -> BoxedStrategy<Secret> {
    text().prop_map(Secret::new).boxed()
}

pub fn moment() -> BoxedStrategy<Moment> {
    let time = of((0..24_u8, 0..60_u8, 0..60_u8, 0..1000_u16));
    let day =
        (1000..=9999_u16, 1..=12_u8, 1..=31_u8).prop_filter_map("a day", |(year, month, day)| Moment::new(year, month, day));
    (day, time, of(-60..=60_i16))
        .prop_filter_map("a moment", |(day, time, quarters)| {
            let timed = match time {
                Some((hour, minute, second, millisecond)) => day.at(hour, minute, second, millisecond)?,
                None => day,
            };
            match quarters {
                Some(quarters) => timed.with_offset(quarters * 15),
                None => Some(timed),
            }
        })
        .boxed()
}

pub fn decimal() -> BoxedStrategy<Decimal> {
    let range = -10_i128.pow(30) + 1..10_i128.pow(30);
    prop_oneof![(-1_000_000..1_000_000_i128, 0..4_u8), (range, 0..=30_u8)]
        .prop_filter_map("an amount", |(mantissa, scale)| Decimal::new(mantissa, scale))
        // More than 30 digits are written when a small number has many places.
        .prop_filter("few digits", |amount| amount.to_string().bytes().filter(u8::is_ascii_digit).count() <= 30)
        .boxed()
}

pub fn currency() -> BoxedStrategy<String> {
    "[A-Z]{3}".boxed()
}

pub fn format() -> BoxedStrategy<Format> {
    let syntax = prop_oneof![Just(Syntax::Sgml), Just(Syntax::Xml)];
    (syntax, 100..300_u16).prop_map(|(syntax, version)| Format { syntax, version }).boxed()
}

pub fn account() -> BoxedStrategy<Account> {
    let bank_kind = prop_oneof![
        Just(BankAccountKind::Checking),
        Just(BankAccountKind::CertificateOfDeposit),
        text().prop_map(|code| BankAccountKind::from_code(&code)),
    ];
    let kind = prop_oneof![of(bank_kind).prop_map(AccountKind::Bank), Just(AccountKind::Card), Just(AccountKind::Investment)];
    (kind, maybe(), maybe(), text(), maybe())
        .prop_map(|(kind, bank, branch, number, key)| Account { kind, bank, branch, number, key })
        .boxed()
}

pub fn institution() -> BoxedStrategy<Institution> {
    (maybe(), maybe()).prop_map(|(organization, id)| Institution { organization, id }).boxed()
}

pub fn address() -> BoxedStrategy<Address> {
    (prop::collection::vec(text(), 0..=3), maybe(), maybe(), maybe(), maybe())
        .prop_map(|(lines, city, state, postal_code, country)| Address { lines, city, state, postal_code, country })
        .boxed()
}
