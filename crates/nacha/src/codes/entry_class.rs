//! Standard entry class (SEC) codes: what they are for and what they ask of entries.

use std::fmt;
use std::str::FromStr;

/// How the middle of an entry is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Identification, then name.
    Standard,
    /// Name, then identification.
    Swapped,
    /// Identification, number of addenda, company name.
    Counted,
    /// IAT.
    International,
    /// ADV.
    Advice,
}

/// Which directions a class may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Moves {
    /// Debits and credits.
    Both,
    /// Credits only; reversals may be debits.
    Credits,
    /// Debits only; reversals may be credits.
    Debits,
    /// No money.
    Nothing,
}

/// What a class asks of its entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClassRules {
    /// What the class is for.
    pub purpose: &'static str,
    /// Which directions it may have.
    pub moves: Moves,
    /// Type of the addenda that payments may have.
    pub addenda_type: Option<u8>,
    /// Least and most addenda of a payment.
    pub addenda: (u16, u16),
    /// Most that an entry may move, in cents.
    pub limit: Option<u64>,
    /// Whether an entry names its receiver.
    pub needs_name: bool,
    pub(crate) shape: Shape,
}

macro_rules! classes {
    ($($class:ident, $code:literal, $purpose:literal, $shape:ident, $moves:ident, $addenda:expr, $limit:expr, $name:literal;)+) => {
        /// A standard entry class.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
        pub enum EntryClass {
            $(#[doc = $purpose] $class,)+
            /// Three characters that are no known code.
            #[default]
            Unknown,
        }

        impl EntryClass {
            /// All classes but `Unknown`.
            pub const ALL: &'static [EntryClass] = &[$(EntryClass::$class),+];

            /// The code, three letters; `???` if it is not known.
            pub const fn code(self) -> &'static str {
                match self { $(EntryClass::$class => $code,)+ EntryClass::Unknown => "???" }
            }

            /// What the class asks of its entries.
            pub fn rules(self) -> ClassRules {
                match self {
                    $(EntryClass::$class => rules($purpose, Shape::$shape, Moves::$moves, $addenda, $limit, $name),)+
                    EntryClass::Unknown => rules("", Shape::Standard, Moves::Both, (Some(5), 0, 9_999), None, false),
                }
            }
        }

        impl FromStr for EntryClass {
            type Err = std::convert::Infallible;

            /// Never fails: what is no code is `Unknown`.
            fn from_str(code: &str) -> Result<EntryClass, Self::Err> {
                Ok(match code { $($code => EntryClass::$class,)+ _ => EntryClass::Unknown })
            }
        }
    };
}

const fn rules(
    purpose: &'static str,
    shape: Shape,
    moves: Moves,
    (addenda_type, least, most): (Option<u8>, u16, u16),
    limit: Option<u64>,
    needs_name: bool,
) -> ClassRules {
    ClassRules { purpose, moves, addenda_type, addenda: (least, most), limit, needs_name, shape }
}

const NONE: (Option<u8>, u16, u16) = (None, 0, 0);
const ONE_TEXT: (Option<u8>, u16, u16) = (Some(5), 0, 1);
const MANY_TEXTS: (Option<u8>, u16, u16) = (Some(5), 0, 9_999);
const TERMINAL: (Option<u8>, u16, u16) = (Some(2), 1, 1);
const CHECK_LIMIT: Option<u64> = Some(2_500_000);

classes! {
    Ack, "ACK", "Acknowledges a CCD credit.", Standard, Nothing, ONE_TEXT, None, false;
    Adv, "ADV", "Accounting advice of the ACH operator.", Advice, Both, NONE, None, false;
    Arc, "ARC", "Check received by mail, made electronic.", Standard, Debits, NONE, CHECK_LIMIT, false;
    Atx, "ATX", "Acknowledges a CTX credit.", Counted, Nothing, MANY_TEXTS, None, false;
    Boc, "BOC", "Check taken at a counter, made electronic later.", Standard, Debits, NONE, CHECK_LIMIT, false;
    Ccd, "CCD", "Corporate credit or debit.", Standard, Both, ONE_TEXT, None, true;
    Cie, "CIE", "Bill payment that a customer starts.", Swapped, Credits, ONE_TEXT, None, true;
    Cor, "COR", "Notification of change.", Standard, Nothing, (Some(98), 1, 1), None, false;
    Ctx, "CTX", "Corporate trade exchange with many addenda.", Counted, Both, MANY_TEXTS, None, true;
    Dne, "DNE", "Death notice of a federal agency.", Standard, Nothing, (Some(5), 1, 1), None, false;
    Enr, "ENR", "Automated enrollment for federal payments.", Counted, Nothing, MANY_TEXTS, None, false;
    Iat, "IAT", "Payment with a bank outside of the United States.", International, Both, (None, 7, 14), None, false;
    Mte, "MTE", "Cash machine.", Swapped, Both, TERMINAL, None, false;
    Pop, "POP", "Check made electronic at the point of purchase.", Standard, Debits, NONE, CHECK_LIMIT, false;
    Pos, "POS", "Card at a terminal.", Standard, Both, TERMINAL, None, false;
    Ppd, "PPD", "Prearranged payment or deposit of a consumer.", Standard, Both, ONE_TEXT, None, true;
    Rck, "RCK", "Returned check presented again.", Standard, Debits, NONE, Some(250_000), false;
    Shr, "SHR", "Card in a shared network.", Standard, Both, TERMINAL, None, false;
    Tel, "TEL", "Debit authorized by telephone.", Standard, Debits, NONE, None, true;
    Trc, "TRC", "Truncated check.", Standard, Debits, NONE, None, false;
    Trx, "TRX", "Many truncated checks.", Counted, Debits, MANY_TEXTS, None, false;
    Web, "WEB", "Debit authorized over the internet, or credit between persons.", Standard, Both, ONE_TEXT, None, true;
    Xck, "XCK", "Destroyed check.", Standard, Debits, NONE, None, false;
}

impl fmt::Display for EntryClass {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

impl serde::Serialize for EntryClass {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> serde::Deserialize<'de> for EntryClass {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<EntryClass, D::Error> {
        let code = String::deserialize(deserializer)?;
        Ok(code.parse().unwrap_or_default())
    }
}
