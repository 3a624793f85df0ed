//! What commands take.

use form::{ParamEnum, Params, Patch};

use crate::conduct::{Failure, WrongData};
use crate::institutions::Protocol;
use crate::world::{AccountKind, Payments, Side, Standing};

/// No amount and no balance that is stated is further from zero, in cents.
pub(super) const MOST_CENTS: i64 = 1_000_000_000_000;
const LEAST_CENTS: i64 = -MOST_CENTS;
/// 1 January 1990 and 1 January 2100: no transaction is stated outside of these.
pub(super) const FIRST_SECOND: i64 = 631_152_000;
pub(super) const LAST_SECOND: i64 = 4_102_444_800;

/// What a list takes.
#[derive(Debug, Params)]
pub struct List {
    /// Only of this institution.
    pub institution: Option<String>,
    /// Only of this person.
    pub person: Option<String>,
    #[params(min = 1, maximum = 100)]
    pub limit: Option<i64>,
    pub starting_after: Option<String>,
}

/// What a list without filters takes.
#[derive(Debug, Params)]
pub struct Plain {
    #[params(min = 1, maximum = 100)]
    pub limit: Option<i64>,
    pub starting_after: Option<String>,
}

/// A kind of outage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum DowntimeType {
    Planned,
    Unplanned,
    Error,
}

/// An outage.
#[derive(Debug, Params)]
pub struct DowntimeParams {
    pub r#type: DowntimeType,
    /// Unix seconds on the sandbox's clock.
    #[params(min = 0, maximum = LAST_SECOND)]
    pub until: Option<i64>,
}

/// How questions fail; the empty string ends a failure.
#[derive(Debug, Params)]
pub struct FailureParams {
    pub accounts: Patch<Failure>,
    pub balances: Patch<Failure>,
    pub ownership: Patch<Failure>,
    pub transactions: Patch<Failure>,
    pub payment_numbers: Patch<Failure>,
}

/// How an institution behaves.
#[derive(Debug, Params)]
pub struct ConductParams {
    pub downtime: Patch<DowntimeParams>,
    #[params(min = 0, maximum = 20_000)]
    pub delay_ms: Option<i64>,
    #[params(min = 100, maximum = 30_000)]
    pub timeout_ms: Option<i64>,
    #[params(max_items = 10)]
    pub wrong_data: Option<Vec<WrongData>>,
    pub failures: Patch<FailureParams>,
}

#[derive(Debug, Params)]
pub struct CreateInstitution {
    #[params(max = 100, not_blank)]
    pub name: String,
    #[params(max = 200)]
    pub url: Option<String>,
    pub protocol: Option<Protocol>,
    pub featured: Option<bool>,
    #[params(flatten)]
    pub conduct: ConductParams,
}

#[derive(Debug, Params)]
pub struct UpdateInstitution {
    #[params(max = 100, not_blank)]
    pub name: Option<String>,
    #[params(max = 200)]
    pub url: Patch<String>,
    pub featured: Option<bool>,
    #[params(flatten)]
    pub conduct: ConductParams,
}

/// A postal address.
#[derive(Debug, Params)]
pub struct AddressParams {
    #[params(max = 200, not_blank)]
    pub line1: String,
    #[params(max = 200)]
    pub line2: Option<String>,
    #[params(max = 100, not_blank)]
    pub city: String,
    #[params(max = 100, not_blank)]
    pub state: String,
    #[params(max = 20, not_blank)]
    pub postal_code: String,
    #[params(max = 2)]
    pub country: Option<String>,
}

#[derive(Debug, Params)]
pub struct CreatePerson {
    pub institution: String,
    #[params(max = 100, not_blank)]
    pub username: String,
    #[params(max = 200, not_blank)]
    pub name: String,
    #[params(max = 200)]
    pub email: Option<String>,
    #[params(max = 50)]
    pub phone: Option<String>,
    #[params(max_items = 5)]
    pub addresses: Vec<AddressParams>,
    #[params(max = 200)]
    pub password: Option<String>,
}

#[derive(Debug, Params)]
pub struct UpdatePerson {
    #[params(max = 200, not_blank)]
    pub name: Option<String>,
    #[params(max = 200)]
    pub email: Patch<String>,
    #[params(max = 50)]
    pub phone: Patch<String>,
    #[params(max_items = 5)]
    pub addresses: Option<Vec<AddressParams>>,
    #[params(max = 200)]
    pub password: Patch<String>,
}

#[derive(Debug, Params)]
pub struct CreateAccount {
    pub institution: String,
    #[params(required, max_items = 10)]
    pub owners: Vec<String>,
    pub r#type: AccountKind,
    #[params(max = 100, not_blank)]
    pub name: String,
    #[params(max = 17)]
    pub number: Option<String>,
    pub routing_number: Option<String>,
    pub currency: Option<String>,
    #[params(min = LEAST_CENTS, maximum = MOST_CENTS)]
    pub balance: Option<i64>,
    #[params(min = LEAST_CENTS, maximum = MOST_CENTS)]
    pub opening_balance: Option<i64>,
    #[params(min = 0, maximum = MOST_CENTS)]
    pub credit_limit: Option<i64>,
    pub payments: Option<Payments>,
    pub status: Option<Standing>,
}

#[derive(Debug, Params)]
pub struct UpdateAccount {
    #[params(max_items = 10)]
    pub owners: Option<Vec<String>>,
    #[params(max = 100, not_blank)]
    pub name: Option<String>,
    #[params(min = LEAST_CENTS, maximum = MOST_CENTS)]
    pub balance: Option<i64>,
    #[params(min = LEAST_CENTS, maximum = MOST_CENTS)]
    pub opening_balance: Option<i64>,
    #[params(min = 0, maximum = MOST_CENTS)]
    pub credit_limit: Option<i64>,
    pub payments: Option<Payments>,
    pub status: Option<Standing>,
}

/// How far a transaction is stated to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum StatedStatus {
    Posted,
    Pending,
    Void,
}

/// A transaction that is stated.
#[derive(Debug, Params)]
pub struct RowParams {
    #[params(max = 200, not_blank)]
    pub id: Option<String>,
    #[params(min = LEAST_CENTS, maximum = MOST_CENTS)]
    pub amount: i64,
    #[params(max = 300, not_blank)]
    pub description: String,
    pub status: Option<StatedStatus>,
    #[params(min = FIRST_SECOND, maximum = LAST_SECOND)]
    pub transacted_at: Option<i64>,
    #[params(min = FIRST_SECOND, maximum = LAST_SECOND)]
    pub posted_at: Option<i64>,
    #[params(min = FIRST_SECOND, maximum = LAST_SECOND)]
    pub void_at: Option<i64>,
}

#[derive(Debug, Params)]
pub struct UpdateRow {
    #[params(min = LEAST_CENTS, maximum = MOST_CENTS)]
    pub amount: Option<i64>,
    #[params(max = 300, not_blank)]
    pub description: Option<String>,
    pub status: Option<StatedStatus>,
    #[params(min = FIRST_SECOND, maximum = LAST_SECOND)]
    pub transacted_at: Option<i64>,
    #[params(min = FIRST_SECOND, maximum = LAST_SECOND)]
    pub posted_at: Option<i64>,
    #[params(min = FIRST_SECOND, maximum = LAST_SECOND)]
    pub void_at: Option<i64>,
}

/// What a change corrects.
#[derive(Debug, Params)]
pub struct CorrectionParams {
    #[params(max = 17, not_blank)]
    pub account_number: Option<String>,
    pub routing_number: Option<String>,
    #[params(max = 2)]
    pub transaction_code: Option<String>,
    #[params(max = 22, not_blank)]
    pub name: Option<String>,
    #[params(max = 22, not_blank)]
    pub identification: Option<String>,
}

#[derive(Debug, Params)]
pub struct CreateReturn {
    #[params(max = 17, not_blank)]
    pub account_number: String,
    pub routing_number: Option<String>,
    pub direction: Option<Side>,
    /// A return code, or a change code.
    #[params(max = 3)]
    pub code: String,
    #[params(max = 44)]
    pub information: Option<String>,
    pub correction: Option<CorrectionParams>,
    pub late: Option<bool>,
}

#[derive(Debug, Params)]
pub struct ReturnEntry {
    #[params(max = 3)]
    pub code: String,
    #[params(max = 44)]
    pub information: Option<String>,
}

#[derive(Debug, Params)]
pub struct Entries {
    pub account_number: Option<String>,
    #[params(min = 1, maximum = 100)]
    pub limit: Option<i64>,
    pub starting_after: Option<String>,
}

/// What a file of transactions is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum FileFormat {
    Json,
    Csv,
    Ofx,
}

#[derive(Debug, Params)]
pub struct Import {
    #[params(max_items = 5_000)]
    pub transactions: Vec<RowParams>,
    pub format: Option<FileFormat>,
    #[params(max = 1_048_576)]
    pub data: Option<String>,
    #[params(min = LEAST_CENTS, maximum = MOST_CENTS)]
    pub balance: Option<i64>,
}
