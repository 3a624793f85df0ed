//! Statements.

use std::collections::HashMap;

use crate::{Account, Decimal, Line, Moment, Transaction};

/// The three families of statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StatementKind {
    /// Of a bank account.
    Bank,
    /// Of a credit card.
    Card,
    /// Of an account at a broker, of which only the cash is read.
    Investment,
}

/// A balance at a time.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Balance {
    /// The amount. Cards mostly have less than zero when something is owed.
    pub amount: Decimal,
    /// When, if the file says it.
    pub as_of: Option<Moment>,
}

/// An account over a time.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Statement {
    /// The family.
    pub kind: StatementKind,
    /// Whose; some files do not say it.
    pub account: Option<Account>,
    /// The ISO 4217 code of all amounts, in upper case; some files do not say it.
    pub currency: Option<String>,
    /// The booked balance.
    pub ledger: Option<Balance>,
    /// What can be spent. At brokers: the cash.
    pub available: Option<Balance>,
    /// From when the transactions are.
    pub start: Option<Moment>,
    /// Up to when the transactions are.
    pub end: Option<Moment>,
    /// The booked transactions in the order of the file, and after them the pending ones.
    pub transactions: Vec<Transaction>,
    /// Where it stood.
    pub line: Line,
}

impl Statement {
    /// A statement without transactions.
    pub fn new(kind: StatementKind, account: Account, currency: impl Into<String>) -> Statement {
        Statement {
            kind,
            account: Some(account),
            currency: Some(currency.into()),
            ledger: None,
            available: None,
            start: None,
            end: None,
            transactions: Vec::new(),
            line: Line::default(),
        }
    }

    /// A name for every transaction, in their order, that is the same in every file that has the
    /// transaction, and different from all others of this account.
    ///
    /// That is the bank's id where it is there and stands at one transaction only. Otherwise it is
    /// made of date, amount and texts, with a number for transactions that are equal in all of
    /// these. The number is stable as long as a file has all transactions of a day.
    ///
    /// ```
    /// let body = "<STMTTRN><DTPOSTED>20240101<TRNAMT>-2.50<NAME>Coffee</STMTTRN>";
    /// let file = format!("<OFX><STMTRS><BANKTRANLIST>{body}{body}</BANKTRANLIST></STMTRS></OFX>");
    /// let document = ofx::read(file.as_bytes())?.value;
    /// let statement = document.statements().next().expect("a statement");
    /// let names = statement.identities();
    /// assert_ne!(names[0], names[1]);
    /// # Ok::<(), ofx::Error>(())
    /// ```
    pub fn identities(&self) -> Vec<String> {
        let mut uses: HashMap<&str, usize> = HashMap::new();
        for id in self.transactions.iter().filter_map(|transaction| transaction.id.as_deref()) {
            *uses.entry(id).or_default() += 1;
        }
        let mut repeats: HashMap<String, usize> = HashMap::new();
        let identity = |transaction: &Transaction| match transaction.id.as_deref() {
            Some(id) if uses.get(id) == Some(&1) => format!("id:{id}"),
            _ => {
                let content = content(transaction);
                let number = repeats.entry(content.clone()).or_default();
                *number += 1;
                format!("row:{content}:{number}")
            }
        };
        self.transactions.iter().map(identity).collect()
    }
}

/// Date, amount, and a hash of the texts that tell a transaction from others.
fn content(transaction: &Transaction) -> String {
    let payee = transaction.payee.as_ref().and_then(|payee| payee.name.as_deref());
    let texts = [
        transaction.id.as_deref(),
        transaction.name.as_deref(),
        transaction.extended_name.as_deref(),
        payee,
        transaction.memo.as_deref(),
        transaction.check_number.as_deref(),
        transaction.reference_number.as_deref(),
    ];
    // The day only, and no trailing zeros: a bank's other formats differ in these.
    let (year, month, day) = transaction.posted.or(transaction.initiated).map_or((0, 0, 0), |moment| moment.date());
    format!("{year:04}{month:02}{day:02}:{}:{:016x}", transaction.amount.without_trailing_zeros(), hash(&texts))
}

/// FNV-1a in 64 bits: the standard library promises no stable hash.
fn hash(texts: &[Option<&str>]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    for text in texts {
        // Bytes that are in no text keep the texts apart.
        add(if text.is_some() { 0xff } else { 0xfe });
        text.unwrap_or_default().bytes().for_each(&mut add);
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TransactionKind;

    fn row(id: Option<&str>, amount: &str, name: &str) -> Transaction {
        let day = Moment::new(2024, 1, 2).expect("a day");
        let amount = Decimal::parse(amount).expect("an amount");
        let row = Transaction::new("", TransactionKind::Debit, day, amount);
        Transaction { id: id.map(str::to_owned), name: Some(name.to_owned()), ..row }
    }

    fn identities(rows: Vec<Transaction>) -> Vec<String> {
        let account = Account::card("1");
        Statement { transactions: rows, ..Statement::new(StatementKind::Card, account, "USD") }.identities()
    }

    #[test]
    fn the_bank_s_id_is_used_where_it_is_unique() {
        let names = identities(vec![row(Some("a"), "-1", "x"), row(Some("b"), "-1", "x")]);
        assert_eq!(names, ["id:a", "id:b"]);
    }

    #[test]
    fn content_is_used_where_it_is_not() {
        let names = identities(vec![
            row(Some("a"), "-1.00", "x"),
            row(Some("a"), "-2.00", "x"),
            row(None, "-1.00", "x"),
            row(None, "-1.00", "x"),
        ]);
        // Written down: a change would make every stored identity another one.
        assert_eq!(names[0], "row:20240102:-1:4ccebb656d9be3c4:1");
        assert!(names[3].ends_with(":2"));
        let distinct: std::collections::HashSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), 4);
    }

    #[test]
    fn identities_do_not_depend_on_other_rows() {
        let alone = identities(vec![row(None, "-1.00", "x")]);
        let among = identities(vec![row(None, "-3", "y"), row(None, "-1", "x")]);
        assert_eq!(alone[0], among[1]);
    }
}
