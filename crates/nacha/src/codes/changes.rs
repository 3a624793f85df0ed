//! Change codes of notifications (NOC): C01 to C14, refused C61 to C69, and how to read corrected data.

use std::fmt;
use std::str::FromStr;

use crate::text::number;
use crate::{CodeError, RoutingNumber, Text, TransactionCode};

/// C and two digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ChangeCode(u8);

/// What to use from now on. Fields that are right already are `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Correction {
    /// The right routing number.
    pub routing: Option<RoutingNumber>,
    /// The right account number.
    pub account: Option<Text>,
    /// The right transaction code.
    pub transaction_code: Option<TransactionCode>,
    /// The right name of the receiver.
    pub name: Option<Text>,
    /// The right individual identification number.
    pub identification: Option<Text>,
    /// The right identification of the receiving bank of an international entry.
    pub foreign_bank: Option<Text>,
    /// The right company name.
    pub company_name: Option<Text>,
    /// The right company identification.
    pub company_identification: Option<Text>,
}

impl ChangeCode {
    /// `number` 1 to 99.
    pub fn new(number: u8) -> Option<ChangeCode> {
        (1..=99).contains(&number).then_some(ChangeCode(number))
    }

    /// The two digits.
    pub fn number(self) -> u8 {
        self.0
    }

    /// What was wrong; for refused changes, why the change was refused. `None` for codes that are not assigned.
    pub fn meaning(self) -> Option<&'static str> {
        TABLE.iter().find(|(code, _)| *code == self.0).map(|(_, meaning)| *meaning)
    }

    /// Whether the originating bank refuses a change with this code.
    pub fn is_refusal(self) -> bool {
        (61..=69).contains(&self.0)
    }

    /// All assigned codes, ascending.
    pub fn all() -> impl Iterator<Item = ChangeCode> {
        TABLE.iter().map(|(code, _)| ChangeCode(*code))
    }

    /// What the corrected data of a change says; `None` if it is not what the code needs.
    ///
    /// Both known spellings of C06 and C07 are read. C13 and C14 correct nothing here.
    ///
    /// ```
    /// use nacha::ChangeCode;
    ///
    /// let code: ChangeCode = "C03".parse()?;
    /// let change = code.read("999999992   000987654321").ok_or(nacha::CodeError)?;
    /// assert_eq!(change.account.as_deref(), Some("000987654321"));
    /// # Ok::<(), nacha::CodeError>(())
    /// ```
    pub fn read(self, data: &str) -> Option<Correction> {
        let nothing = Correction::default();
        Some(match self.0 {
            1 => Correction { account: Some(columns(data, 0, 17)?), ..nothing },
            2 => Correction { routing: Some(routing(data)?), ..nothing },
            3 => Correction { routing: Some(routing(data)?), account: Some(columns(data, 9, 29)?), ..nothing },
            4 => Correction { name: Some(columns(data, 0, 22)?), ..nothing },
            5 => Correction { transaction_code: Some(code(data.get(..2)?)?), ..nothing },
            6 => {
                let (account, transaction_code) = account_and_code(data)?;
                Correction { account: Some(account), transaction_code: Some(transaction_code), ..nothing }
            }
            7 => {
                let (account, transaction_code) = account_and_code(data.get(9..)?)?;
                let routing = Some(routing(data)?);
                Correction { routing, account: Some(account), transaction_code: Some(transaction_code), ..nothing }
            }
            8 => Correction { foreign_bank: Some(columns(data, 0, 35)?), ..nothing },
            9 => Correction { identification: Some(columns(data, 0, 22)?), ..nothing },
            10 => Correction { company_name: Some(columns(data, 0, 16)?), ..nothing },
            11 => Correction { company_identification: Some(columns(data, 0, 10)?), ..nothing },
            12 => Correction {
                company_name: Some(columns(data, 0, 16)?),
                company_identification: Some(columns(data, 16, 29)?),
                ..nothing
            },
            13 | 14 => nothing,
            _ => return None,
        })
    }

    /// The corrected data that says `correction`; the inverse of [`ChangeCode::read`]. `None` if a field that the code needs
    /// is missing or too long.
    pub fn write(self, correction: &Correction) -> Option<Text> {
        let Correction { routing, account, transaction_code, .. } = correction;
        let text = match self.0 {
            1 => account.as_ref()?.to_string(),
            2 => routing.as_ref()?.to_string(),
            3 => format!("{}   {}", routing.as_ref()?, account.as_ref()?),
            4 => correction.name.as_ref()?.to_string(),
            5 => transaction_code.as_ref()?.to_string(),
            6 => format!("{:<20}{}", account.as_ref()?, transaction_code.as_ref()?),
            7 => format!("{}{:<17}{}", routing.as_ref()?, account.as_ref()?, transaction_code.as_ref()?),
            8 => correction.foreign_bank.as_ref()?.to_string(),
            9 => correction.identification.as_ref()?.to_string(),
            13 | 14 => String::new(),
            _ => return None,
        };
        (self.read(&text).as_ref() == Some(correction)).then(|| Text::new(text))
    }
}

/// The columns from `from` to before `to` without blanks around; `None` if there is nothing.
fn columns(data: &str, from: usize, to: usize) -> Option<Text> {
    let text = data.get(from..data.len().min(to))?.trim();
    (!text.is_empty()).then(|| Text::new(text))
}

fn routing(data: &str) -> Option<RoutingNumber> {
    data.get(..9)?.parse().ok()
}

fn code(text: &str) -> Option<TransactionCode> {
    let code = TransactionCode(u8::try_from(number(text)?).ok()?);
    (text.len() == 2 && code.is_known()).then_some(code)
}

/// An account number of up to 17 characters and, somewhere after it, two digits.
fn account_and_code(data: &str) -> Option<(Text, TransactionCode)> {
    let account = columns(data, 0, 17)?;
    Some((account, code(data.get(17..)?.trim())?))
}

impl FromStr for ChangeCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<ChangeCode, CodeError> {
        match text.as_bytes() {
            [b'C', tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
                ChangeCode::new((tens - b'0') * 10 + (ones - b'0')).ok_or(CodeError)
            }
            _ => Err(CodeError),
        }
    }
}

impl fmt::Display for ChangeCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "C{:02}", self.0)
    }
}

const TABLE: &[(u8, &str)] = &[
    (1, "Incorrect account number"),
    (2, "Incorrect routing number"),
    (3, "Incorrect routing number and account number"),
    (4, "Incorrect name"),
    (5, "Incorrect transaction code"),
    (6, "Incorrect account number and transaction code"),
    (7, "Incorrect routing number, account number and transaction code"),
    (8, "Incorrect identification of the receiving bank (international)"),
    (9, "Incorrect individual identification number"),
    (10, "Incorrect company name (retired)"),
    (11, "Incorrect company identification (retired)"),
    (12, "Incorrect company name and company identification (retired)"),
    (13, "Addenda format error"),
    (14, "Incorrect entry class for an outbound international payment"),
    (61, "Refused: misrouted notification of change"),
    (62, "Refused: incorrect trace number"),
    (63, "Refused: incorrect company identification"),
    (64, "Refused: incorrect individual identification number"),
    (65, "Refused: corrected data is not formatted correctly"),
    (66, "Refused: incorrect discretionary data"),
    (67, "Refused: routing number not from the original entry"),
    (68, "Refused: account number not from the original entry"),
    (69, "Refused: incorrect transaction code"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Code, data, routing, account, transaction code.
    type Row = (u8, &'static str, Option<&'static str>, Option<&'static str>, Option<u8>);

    #[test]
    fn corrected_data_is_read_by_code() {
        let table: [Row; 9] = [
            (1, "1918171614", None, Some("1918171614"), None),
            (2, "999999992", Some("999999992"), None, None),
            (3, "999999992   12345678901234567", Some("999999992"), Some("12345678901234567"), None),
            (5, "37", None, None, Some(37)),
            (6, "00123456789          37", None, Some("00123456789"), Some(37)),
            (6, "00123456789      37", None, Some("00123456789"), Some(37)),
            (6, "00123456789                37", None, Some("00123456789"), Some(37)),
            (7, "99999999200123456789      37", Some("999999992"), Some("00123456789"), Some(37)),
            (7, "99999999200123456789       37", Some("999999992"), Some("00123456789"), Some(37)),
        ];
        for (code, data, routing, account, transaction) in table {
            let Some(code) = ChangeCode::new(code) else { continue };
            let Some(read) = code.read(data) else { panic!("{code} {data}") };
            assert_eq!(read.routing.map(|number| number.to_string()).as_deref(), routing, "{code}");
            assert_eq!(read.account.as_deref(), account, "{code}");
            assert_eq!(read.transaction_code.map(|code| code.0), transaction, "{code}");
            let written = code.write(&read).map(|text| text.to_string()).unwrap_or_default();
            assert_eq!(code.read(&written), Some(read), "{code}");
        }
    }

    #[test]
    fn data_that_does_not_fit_its_code() {
        for (code, data) in [
            (1, ""),
            (2, "999999991"),
            (2, "99999999"),
            (3, "999999992"),
            (5, "99"),
            (6, "123"),
            (7, "999999992"),
            (61, "x"),
            (5, "é"),
        ] {
            assert_eq!(ChangeCode::new(code).and_then(|code| code.read(data)), None, "{code} {data}");
        }
        assert_eq!(ChangeCode::new(13).and_then(|code| code.read("")), Some(Correction::default()));
        assert_eq!(ChangeCode::new(1).and_then(|code| code.write(&Correction::default())), None);
    }
}
