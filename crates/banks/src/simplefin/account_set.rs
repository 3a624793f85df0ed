//! The answer of a server: accounts of several banks, with their transactions.

use money::Currency;

use super::names::{display_name, guess_kind, masked_digits};
use crate::account::{Balance, BankAccount, Category};
use crate::clean;
use crate::error::BankError;
use crate::json::Object;
use crate::transaction::{BankTransaction, TransactionStatus};
use crate::transport::fingerprint;

/// No person has more accounts; a longer list is cut here.
const ACCOUNTS_MAX: usize = 1_000;
/// Errors that are read, and their length in characters.
const ERRORS_MAX: usize = 20;
const ERROR_MAX: usize = 200;

/// An answer, read.
pub(super) struct AccountSet {
    /// What the server says is wrong, cleaned: something in here may be old or missing.
    pub(super) errors: Vec<String>,
    pub(super) accounts: Vec<Listed>,
}

pub(super) struct Listed {
    pub(super) account: BankAccount,
    raw: Object,
}

impl AccountSet {
    /// Reads an answer of protocol 1 or 2. `base` is the server, `now` the time of the call.
    ///
    /// # Errors
    /// `Protocol` if it is not a list of accounts.
    pub(super) fn parse(body: &[u8], base: &str, now: i64) -> Result<AccountSet, BankError> {
        let missing = || BankError::Protocol("the answer has no accounts".to_owned());
        let object = Object::parse(body).ok_or_else(missing)?;
        if object.list("accounts").is_none() {
            return Err(missing());
        }
        let connections = object.objects("connections");
        let mut accounts: Vec<Listed> = Vec::new();
        for raw in object.objects("accounts") {
            let listed = read_account(raw, &connections, base, now);
            let is_new =
                |listed: &Listed| !accounts.iter().any(|known| known.account.bank_account_id == listed.account.bank_account_id);
            if let Some(listed) = listed.filter(is_new)
                && accounts.len() < ACCOUNTS_MAX
            {
                accounts.push(listed);
            }
        }
        Ok(AccountSet { errors: read_errors(&object), accounts })
    }
}

fn read_errors(object: &Object) -> Vec<String> {
    let plain = object.texts("errors");
    let coded = object.objects("errlist").into_iter().filter_map(|error| error.first_text(&["msg", "message", "code"]));
    plain.into_iter().chain(coded).filter_map(|raw| clean::text(&raw, ERROR_MAX)).take(ERRORS_MAX).collect()
}

/// None for an account without id, or in a currency that is no money.
fn read_account(raw: Object, connections: &[Object], base: &str, now: i64) -> Option<Listed> {
    let id = raw.text("id")?;
    let currency = Currency::parse(&raw.text("currency")?).ok()?;
    let conn_id = raw.text("conn_id");
    let connection = connections.iter().find(|connection| conn_id.is_some() && connection.text("conn_id") == conn_id);
    let org = raw.object("org");
    let org_key = org.as_ref().and_then(|org| org.first_text(&["id", "domain", "sfin-url", "name"]));
    let bank = org.and_then(|org| org.first_text(&["name", "domain"]));
    let bank = bank.or_else(|| connection?.first_text(&["org_name", "name"]));
    let name = raw.text("name").unwrap_or_default();
    let (category, subcategory) = guess_kind(&name);
    let account = BankAccount {
        // Ids are unique within a bank only, and a server may use account numbers for them.
        bank_account_id: fingerprint(&[base, org_key.or(conn_id).as_deref().unwrap_or_default(), &id]),
        display_name: display_name(bank.as_deref(), &name),
        last4: masked_digits(&name),
        category,
        subcategory,
        currency: currency.code().to_owned(),
        open: true,
        balance: read_balance(&raw, category, currency, now),
    };
    Some(Listed { account, raw })
}

fn read_balance(raw: &Object, category: Category, currency: Currency, now: i64) -> Option<Balance> {
    let amount = |name: &str| raw.text(name).and_then(|text| clean::minor(&text, currency));
    let current_minor = amount("balance")?;
    let is_credit = category == Category::Credit;
    Some(Balance {
        as_of: seconds(raw, "balance-date").unwrap_or(now),
        current_minor,
        available_minor: amount("available-balance").filter(|_| !is_credit),
        credit_used_minor: is_credit.then_some(current_minor),
    })
}

/// A time in Unix seconds. Zero stands for none.
fn seconds(raw: &Object, name: &str) -> Option<i64> {
    clean::believable(raw.text(name)?.parse().ok()?)
}

/// What one transaction is.
pub(super) enum Row {
    Kept(BankTransaction),
    /// Announced without any date; it comes again with one.
    Undated,
    /// Not to be believed.
    Nonsense,
}

impl Listed {
    /// The transactions in the server's order. `latest` is the last time that a row may have.
    pub(super) fn rows(&self, latest: i64) -> Vec<Row> {
        let Ok(currency) = Currency::parse(&self.account.currency) else {
            return Vec::new();
        };
        self.raw.objects("transactions").iter().map(|raw| read_row(raw, currency, latest)).collect()
    }
}

fn read_row(raw: &Object, currency: Currency, latest: i64) -> Row {
    let posted_at = seconds(raw, "posted");
    let status = if raw.flag("pending") || posted_at.is_none() { TransactionStatus::Pending } else { TransactionStatus::Posted };
    let Some(transacted_at) = seconds(raw, "transacted_at").or(posted_at) else {
        return Row::Undated;
    };
    let read = || {
        let description = raw.first_text(&["description", "payee", "memo"]).unwrap_or_default();
        Some(BankTransaction {
            bank_transaction_id: raw.text("id").and_then(clean::identifier)?,
            reference_id: None,
            amount_minor: clean::minor(&raw.text("amount")?, currency)?,
            currency: currency.code().to_owned(),
            description: clean::text(&description, clean::TEXT_MAX).unwrap_or_default(),
            status,
            transacted_at,
            posted_at: posted_at.filter(|_| status == TransactionStatus::Posted),
        })
    };
    let believable = |row: &BankTransaction| row.transacted_at <= latest && row.posted_at.is_none_or(|at| at <= latest);
    read().filter(believable).map_or(Row::Nonsense, Row::Kept)
}

#[cfg(test)]
mod tests {
    use super::{AccountSet, Row};
    use crate::transaction::{BankTransaction, TransactionStatus};
    use proptest::prelude::{any, prop, proptest};

    fn set(text: &str) -> AccountSet {
        AccountSet::parse(text.as_bytes(), "https://s.example", 7).unwrap()
    }

    #[test]
    fn the_second_protocol_names_banks_elsewhere() {
        let set = set(
            r#"{"errlist":[{"code":"con.auth","msg":"Sign in\nagain."},{"code":"gen.x","message":"M"},{"code":"act.y"}],
                "connections":[{"conn_id":"c1","org_name":"My Bank"}],
                "accounts":[{"conn_id":"c1","id":"1","name":"Visa x4242","currency":"usd","balance":"-12.30","balance-date":0}]}"#,
        );
        assert_eq!(set.errors, ["Sign in again.", "M", "act.y"]);
        let account = &set.accounts[0].account;
        assert_eq!(account.display_name.as_deref(), Some("My Bank Visa x4242"));
        assert_eq!(account.last4.as_deref(), Some("4242"));
        let balance = account.balance.as_ref().unwrap();
        assert_eq!((balance.as_of, balance.current_minor, balance.credit_used_minor), (7, -1_230, Some(-1_230)));
    }

    #[test]
    fn accounts_of_several_banks_do_not_mix_and_points_are_no_money() {
        let set = set(r#"{"errors":["E"],"accounts":[
                {"org":{"domain":"a"},"id":"1","name":"x","currency":"USD","balance":"1"},
                {"org":{"domain":"b"},"id":"1","name":"x","currency":"USD","balance":"1.001"},
                {"org":{"domain":"b"},"id":"1","name":"again","currency":"USD","balance":"1"},
                {"org":{"domain":"b"},"id":"2","name":"Miles","currency":"https://b/miles","balance":"1"},
                {"org":{"domain":"b"},"name":"no id","currency":"USD"}, 7]}"#);
        assert_eq!(set.errors, ["E"]);
        let ids: Vec<&str> = set.accounts.iter().map(|listed| listed.account.bank_account_id.as_str()).collect();
        assert_eq!(ids.len(), 2);
        assert_ne!(ids[0], ids[1]);
        assert_eq!(set.accounts[1].account.balance, None, "a thousandth of a cent is no balance");
    }

    fn rows(transactions: &str) -> Vec<Row> {
        let account = format!(r#"{{"id":"1","name":"n","currency":"USD","balance":"1","transactions":[{transactions}]}}"#);
        set(&format!(r#"{{"accounts":[{account}]}}"#)).accounts[0].rows(1_800_000_000)
    }

    #[test]
    fn rows_posted_and_pending() {
        let read = rows(
            r#"{"id":"1","posted":1767312000,"transacted_at":1767225600,"amount":"-12.3","description":"Coffee\u0000"},
               {"id":"2","posted":0,"transacted_at":1767225600,"amount":"5","description":"","payee":"P"},
               {"id":"3","posted":1767312000,"amount":"5","pending":true},
               {"id":"4","posted":0,"amount":"5","pending":true}"#,
        );
        let kept: Vec<&BankTransaction> =
            read.iter().filter_map(|row| if let Row::Kept(row) = row { Some(row) } else { None }).collect();
        assert_eq!(kept.len(), 3);
        assert_eq!((kept[0].amount_minor, kept[0].description.as_str()), (-1_230, "Coffee"));
        assert_eq!((kept[0].transacted_at, kept[0].posted_at), (1_767_225_600, Some(1_767_312_000)));
        assert_eq!((kept[1].status, kept[1].description.as_str()), (TransactionStatus::Pending, "P"));
        assert_eq!((kept[2].status, kept[2].posted_at), (TransactionStatus::Pending, None));
        assert!(matches!(read[3], Row::Undated));
    }

    #[test]
    fn rows_that_make_no_sense() {
        for raw in [
            r#"{"posted":1767312000,"amount":"1"}"#,
            r#"{"id":"1","posted":1767312000}"#,
            r#"{"id":"1","posted":1767312000,"amount":"1.001"}"#,
            r#"{"id":"1","posted":1767312000,"amount":"lots"}"#,
            r#"{"id":"1","posted":4102444800,"amount":"1"}"#,
        ] {
            assert!(matches!(rows(raw)[..], [Row::Nonsense]), "{raw}");
        }
    }

    #[test]
    fn other_answers_are_none() {
        for body in ["", "<html>", "[]", "{}", r#"{"accounts":7}"#, r#"{"errors":["x"]}"#] {
            assert!(AccountSet::parse(body.as_bytes(), "b", 7).is_err(), "{body}");
        }
    }

    proptest! {
        #[test]
        fn nothing_in_an_answer_panics(
            fields in prop::collection::vec((0..12_usize, any::<String>(), any::<i64>()), 0..12),
            text in any::<String>(),
        ) {
            let names = ["id", "name", "currency", "balance", "available-balance", "balance-date", "posted", "amount",
                "transacted_at", "pending", "org", "description"];
            let body: Vec<String> = fields
                .iter()
                .map(|(name, text, number)| {
                    let value = if number % 2 == 0 { number.to_string() } else { serde_json::to_string(text).unwrap() };
                    format!("\"{}\":{value}", names[*name])
                })
                .collect();
            let body = body.join(",");
            let account = format!(r#"{{"id":"1","currency":"usd","transactions":[{{{body}}}]}}"#);
            for accounts in [account, format!("{{{body}}}")] {
                if let Ok(set) = AccountSet::parse(format!(r#"{{"accounts":[{accounts}]}}"#).as_bytes(), "b", 7) {
                    set.accounts.iter().for_each(|listed| drop(listed.rows(1_800_000_000)));
                }
            }
            let _ = AccountSet::parse(text.as_bytes(), "b", 7);
        }
    }
}
