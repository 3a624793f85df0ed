//! What the identification and name of an entry hold in classes for checks and cards.

use crate::Entry;
use crate::codes::entry_class::EntryClass;

/// A check that an entry stands for (ARC, BOC, POP, RCK, TRC, XCK).
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Check<'a> {
    /// The check's serial number.
    pub serial: &'a str,
    /// POP: city of the terminal, four characters.
    pub terminal_city: Option<&'a str>,
    /// POP: state of the terminal.
    pub terminal_state: Option<&'a str>,
    /// TRC and XCK: process control field.
    pub process_control: Option<&'a str>,
    /// TRC and XCK: item research number.
    pub item_research: Option<&'a str>,
}

/// A card that an entry was made with (SHR).
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Card<'a> {
    /// `MMYY`.
    pub expiry: &'a str,
    /// Document reference number.
    pub reference: &'a str,
    /// The card's account number.
    pub account: &'a str,
}

impl Entry {
    /// The check behind an entry of this class; `None` for classes without one.
    pub fn check(&self, class: EntryClass) -> Option<Check<'_>> {
        let identification = self.identification.as_str();
        match class {
            EntryClass::Arc | EntryClass::Boc | EntryClass::Rck => Some(Check { serial: identification, ..Check::default() }),
            EntryClass::Pop => Some(Check {
                serial: part(identification, 0, 9),
                terminal_city: Some(part(identification, 9, 13)),
                terminal_state: Some(part(identification, 13, 15)),
                ..Check::default()
            }),
            EntryClass::Trc | EntryClass::Xck => Some(Check {
                serial: identification,
                process_control: Some(part(&self.name, 0, 6)),
                item_research: Some(part(&self.name, 6, 22)),
                ..Check::default()
            }),
            _ => None,
        }
    }

    /// The card behind an entry of this class; `None` for classes other than SHR.
    pub fn card(&self, class: EntryClass) -> Option<Card<'_>> {
        (class == EntryClass::Shr).then(|| Card {
            expiry: part(&self.identification, 0, 4),
            reference: part(&self.identification, 4, 15),
            account: &self.name,
        })
    }
}

/// The characters from `from` to before `to`, as far as there are any, without blanks around.
fn part(text: &str, from: usize, to: usize) -> &str {
    text.get(from..to.min(text.len())).unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_and_cards() {
        let entry = Entry { identification: "123456789PHILPA".into(), name: "CHECK11234567890123456".into(), ..Entry::default() };
        let pop = entry.check(EntryClass::Pop).unwrap_or_default();
        assert_eq!((pop.serial, pop.terminal_city, pop.terminal_state), ("123456789", Some("PHIL"), Some("PA")));
        let truncated = entry.check(EntryClass::Trc).unwrap_or_default();
        assert_eq!((truncated.process_control, truncated.item_research), (Some("CHECK1"), Some("1234567890123456")));
        assert_eq!(entry.check(EntryClass::Ppd), None);
        let card = entry.card(EntryClass::Shr).unwrap_or_default();
        assert_eq!((card.expiry, card.reference), ("1234", "56789PHILPA"));
        assert_eq!(Entry::default().check(EntryClass::Pop).unwrap_or_default().serial, "");
    }
}
