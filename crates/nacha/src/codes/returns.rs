//! Return reason codes: R01 to R85 and R90, dishonored R61-R70, contested R71-R77.

use std::fmt;
use std::str::FromStr;

/// R and two digits.
///
/// ```
/// use nacha::{ReturnCode, TimeLimit};
///
/// let code: ReturnCode = "R10".parse()?;
/// let reason = code.reason().ok_or(nacha::CodeError)?;
/// assert_eq!(reason.limit, TimeLimit::CalendarDays(60));
/// assert!(reason.unauthorized && reason.dishonorable);
/// # Ok::<(), nacha::CodeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ReturnCode(u8);

/// A code is a letter and two digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a code is R or C and two digits")]
pub struct CodeError;

/// When a return must have reached the other bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "days")]
pub enum TimeLimit {
    /// By opening of business on this banking day after settlement of what is returned.
    BankingDays(u8),
    /// By opening of business on the banking day after this calendar day following settlement.
    CalendarDays(u8),
    /// With the operator's next delivery.
    NextDelivery,
    /// No fixed limit: the originating bank asked or agreed, or none is published.
    Open,
}

/// Who sends a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sender {
    /// The receiving bank.
    Rdfi,
    /// The originating bank: dishonored returns.
    Odfi,
    /// The ACH operator.
    Operator,
    /// The bank at the border, for international entries.
    Gateway,
    /// A federal agency, for enrollments.
    Agency,
}

/// Where a code stands in the exchange between the banks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// A payment comes back.
    Return,
    /// The originating bank does not accept a return.
    Dishonored,
    /// The receiving bank does not accept that.
    Contested,
}

/// What a return code means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct ReturnReason {
    /// The code.
    pub code: ReturnCode,
    /// What it means.
    pub meaning: &'static str,
    /// Who sends it.
    pub sender: Sender,
    /// Until when.
    pub limit: TimeLimit,
    /// Whether the originating bank may answer with R61-R70: for returns that a receiving bank sends.
    pub dishonorable: bool,
    /// Whether it counts as an unauthorized debit (thresholds and fees).
    pub unauthorized: bool,
    /// Whether the receiving bank needs a written statement of unauthorized debit.
    pub written_statement: bool,
    /// Whether the same payment may be sent again, at most twice within 180 days.
    pub retryable: bool,
}

impl ReturnCode {
    /// `number` 1 to 99.
    pub fn new(number: u8) -> Option<ReturnCode> {
        (1..=99).contains(&number).then_some(ReturnCode(number))
    }

    /// The two digits.
    pub fn number(self) -> u8 {
        self.0
    }

    /// What the code means; `None` for unassigned, retired and private codes.
    pub fn reason(self) -> Option<ReturnReason> {
        let row = TABLE.iter().find(|row| row.0 == self.0)?;
        let (_, sender, limit, meaning) = *row;
        let stage = self.stage();
        Some(ReturnReason {
            code: self,
            meaning,
            sender,
            limit,
            dishonorable: stage == Stage::Return && sender == Sender::Rdfi,
            unauthorized: matches!(self.0, 5 | 7 | 10 | 11 | 29 | 51),
            written_statement: matches!(self.0, 5 | 7 | 10 | 11 | 37 | 51 | 53),
            retryable: matches!(self.0, 1 | 9),
        })
    }

    /// Where the code stands in the exchange between the banks.
    pub fn stage(self) -> Stage {
        match self.0 {
            61..=70 => Stage::Dishonored,
            71..=77 => Stage::Contested,
            _ => Stage::Return,
        }
    }

    /// All assigned codes, ascending.
    pub fn all() -> impl Iterator<Item = ReturnCode> {
        TABLE.iter().map(|row| ReturnCode(row.0))
    }
}

/// What R69 says was wrong: the fields named in its information, as digits or pairs of digits.
///
/// ```
/// assert_eq!(nacha::dishonored_fields("0103"), ["account number", "amount"]);
/// ```
pub fn dishonored_fields(information: &str) -> Vec<&'static str> {
    const FIELDS: [&str; 7] = [
        "account number",
        "original entry trace number",
        "amount",
        "individual identification number",
        "transaction code",
        "company identification",
        "effective entry date",
    ];
    let digits: Vec<u8> = information.bytes().filter(u8::is_ascii_digit).map(|byte| byte - b'0').collect();
    let numbers = digits.chunks_exact(2).map(|pair| usize::from(pair.iter().fold(0, |number, digit| number * 10 + digit)));
    numbers.filter_map(|number| FIELDS.get(number.checked_sub(1)?).copied()).collect()
}

impl FromStr for ReturnCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<ReturnCode, CodeError> {
        match text.as_bytes() {
            [b'R', tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
                ReturnCode::new((tens - b'0') * 10 + (ones - b'0')).ok_or(CodeError)
            }
            _ => Err(CodeError),
        }
    }
}

impl fmt::Display for ReturnCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "R{:02}", self.0)
    }
}

const TWO_DAYS: TimeLimit = TimeLimit::BankingDays(2);
const FIVE_DAYS: TimeLimit = TimeLimit::BankingDays(5);
const SIXTY_DAYS: TimeLimit = TimeLimit::CalendarDays(60);
const NEXT: TimeLimit = TimeLimit::NextDelivery;
const OPEN: TimeLimit = TimeLimit::Open;

use Sender::{Agency, Gateway, Odfi, Operator, Rdfi};

/// Code, sender, limit, meaning.
const TABLE: &[(u8, Sender, TimeLimit, &str)] = &[
    (1, Rdfi, TWO_DAYS, "Insufficient funds"),
    (2, Rdfi, TWO_DAYS, "Account closed"),
    (3, Rdfi, TWO_DAYS, "No account, or unable to locate account"),
    (4, Rdfi, TWO_DAYS, "Invalid account number structure"),
    (5, Rdfi, SIXTY_DAYS, "Unauthorized debit to a consumer account with a corporate entry class"),
    (6, Rdfi, OPEN, "Returned at the request of the originating bank"),
    (7, Rdfi, SIXTY_DAYS, "Authorization revoked by the customer"),
    (8, Rdfi, TWO_DAYS, "Payment stopped"),
    (9, Rdfi, TWO_DAYS, "Uncollected funds"),
    (10, Rdfi, SIXTY_DAYS, "Originator not known or not authorized to debit the account"),
    (11, Rdfi, SIXTY_DAYS, "Entry not in accordance with the terms of the authorization"),
    (12, Rdfi, TWO_DAYS, "Account sold to another bank"),
    (13, Operator, NEXT, "Invalid ACH routing number"),
    (14, Rdfi, TWO_DAYS, "Representative payee deceased or unable to continue"),
    (15, Rdfi, TWO_DAYS, "Beneficiary or account holder deceased"),
    (16, Rdfi, TWO_DAYS, "Account frozen, or returned on instruction of OFAC"),
    (17, Rdfi, TWO_DAYS, "File record edit criteria, questionable entry, or improper reversal"),
    (18, Operator, NEXT, "Improper effective entry date"),
    (19, Operator, NEXT, "Amount field error"),
    (20, Rdfi, TWO_DAYS, "Non-transaction account"),
    (21, Rdfi, TWO_DAYS, "Invalid company identification"),
    (22, Rdfi, TWO_DAYS, "Invalid individual ID number"),
    (23, Rdfi, OPEN, "Credit refused by the receiver"),
    (24, Rdfi, TWO_DAYS, "Duplicate entry"),
    (25, Operator, NEXT, "Addenda error"),
    (26, Operator, NEXT, "Mandatory field error"),
    (27, Operator, NEXT, "Trace number error"),
    (28, Operator, NEXT, "Routing number check digit error"),
    (29, Rdfi, TWO_DAYS, "Corporate customer advises not authorized"),
    (30, Rdfi, NEXT, "Receiving bank not in the check truncation program"),
    (31, Rdfi, OPEN, "Permissible return, CCD and CTX only"),
    (32, Operator, NEXT, "Receiving bank does not settle"),
    (33, Rdfi, SIXTY_DAYS, "Return of a destroyed check entry (XCK)"),
    (34, Operator, NEXT, "Limited participation of the receiving bank"),
    (35, Operator, NEXT, "Return of an improper debit entry"),
    (36, Operator, NEXT, "Return of an improper credit entry"),
    (37, Rdfi, SIXTY_DAYS, "Source document presented for payment"),
    (38, Rdfi, SIXTY_DAYS, "Stop payment on the source document"),
    (39, Rdfi, TWO_DAYS, "Improper source document, or source document presented"),
    (40, Agency, OPEN, "Enrollment returned by the federal agency"),
    (41, Agency, OPEN, "Enrollment: invalid transaction code"),
    (42, Agency, OPEN, "Enrollment: routing number or check digit error"),
    (43, Agency, OPEN, "Enrollment: invalid account number"),
    (44, Agency, OPEN, "Enrollment: invalid individual ID number"),
    (45, Agency, OPEN, "Enrollment: invalid name"),
    (46, Agency, OPEN, "Enrollment: invalid representative payee indicator"),
    (47, Agency, OPEN, "Enrollment: duplicate"),
    (50, Rdfi, TWO_DAYS, "State law affects acceptance of RCK entries"),
    (51, Rdfi, SIXTY_DAYS, "Item of the RCK entry is ineligible, or the entry is improper"),
    (52, Rdfi, SIXTY_DAYS, "Stop payment on the item of an RCK entry"),
    (53, Rdfi, SIXTY_DAYS, "Item and RCK entry both presented for payment"),
    (61, Odfi, FIVE_DAYS, "Dishonored: misrouted return"),
    (62, Odfi, FIVE_DAYS, "Dishonored: return of an erroneous or reversing debit"),
    (67, Odfi, FIVE_DAYS, "Dishonored: duplicate return"),
    (68, Odfi, FIVE_DAYS, "Dishonored: untimely return"),
    (69, Odfi, FIVE_DAYS, "Dishonored: field errors"),
    (70, Odfi, FIVE_DAYS, "Dishonored: permissible return not accepted, or not requested"),
    (71, Rdfi, TWO_DAYS, "Contested: misrouted dishonored return"),
    (72, Rdfi, TWO_DAYS, "Contested: untimely dishonored return"),
    (73, Rdfi, TWO_DAYS, "Contested: the original return was timely"),
    (74, Rdfi, TWO_DAYS, "Contested: corrected return"),
    (75, Rdfi, TWO_DAYS, "Contested: the return was not a duplicate"),
    (76, Rdfi, TWO_DAYS, "Contested: no errors found"),
    (77, Rdfi, TWO_DAYS, "Contested: R62 not accepted"),
    (80, Gateway, OPEN, "International entry: coding error"),
    (81, Gateway, OPEN, "International entry: the bank takes no part"),
    (82, Gateway, OPEN, "International entry: invalid identification of the foreign receiving bank"),
    (83, Gateway, OPEN, "International entry: the foreign receiving bank is unable to settle"),
    (84, Gateway, OPEN, "International entry: not processed by the gateway"),
    (85, Gateway, OPEN, "Outbound international payment with a wrong entry class"),
    (90, Rdfi, OPEN, "Returned for the receiving bank's sanctions obligations"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_and_stages() {
        let sixty = [5, 7, 10, 11, 33, 37, 38, 51, 52, 53];
        for code in ReturnCode::all() {
            let Some(reason) = code.reason() else { panic!("{code}") };
            assert_eq!(reason.limit == SIXTY_DAYS, sixty.contains(&code.number()), "{code}");
            let expected = match code.number() {
                61..=70 => (Stage::Dishonored, FIVE_DAYS, false),
                71..=77 => (Stage::Contested, TWO_DAYS, false),
                _ => (Stage::Return, reason.limit, reason.sender == Sender::Rdfi),
            };
            assert_eq!((code.stage(), reason.limit, reason.dishonorable), expected, "{code}");
            assert_eq!(code.to_string().parse(), Ok(code));
        }
        assert_eq!(ReturnCode::all().count(), 47 + 4 + 6 + 7 + 6 + 1);
        for unassigned in [48, 49, 54, 60, 63, 66, 78, 79, 86, 91, 99] {
            assert_eq!(ReturnCode::new(unassigned).and_then(ReturnCode::reason), None);
        }
        for wrong in ["", "R1", "R00", "r01", "C01", "R001", "R0é"] {
            assert_eq!(wrong.parse::<ReturnCode>(), Err(CodeError), "{wrong}");
        }
    }

    #[test]
    fn fields_of_r69() {
        assert_eq!(dishonored_fields("02 05 07").len(), 3);
        assert_eq!(dishonored_fields("00 99 8"), Vec::<&str>::new());
    }
}
