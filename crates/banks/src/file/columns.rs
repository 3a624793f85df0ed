//! Which column of a CSV file is what, by the names that banks give them.

use money::Currency;

/// Where to find what. Columns are counted from 0.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Columns {
    /// When it was booked.
    pub(super) date: usize,
    /// When it happened, where both are given.
    pub(super) transacted: Option<usize>,
    pub(super) amount: AmountColumns,
    /// The best one first; the next is used where it is empty.
    pub(super) description: Vec<usize>,
    pub(super) balance: Option<usize>,
    pub(super) id: Option<usize>,
    pub(super) currency: Option<usize>,
    /// The currency in the name of the amount's column: `Amount (EUR)`.
    pub(super) named_currency: Option<Currency>,
    pub(super) account: Option<usize>,
    pub(super) status: Option<usize>,
}

/// How amounts are written.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum AmountColumns {
    /// One column, negative for money out. The other column, where there is one, says "debit" or
    /// "credit" in files whose amounts have no sign.
    Signed { amount: usize, direction: Option<usize> },
    /// One column for money out, one for money in, without signs.
    Split { out: usize, into: usize },
}

const POSTED: &[&str] = &[
    "posted date",
    "posting date",
    "post date",
    "date posted",
    "booking date",
    "booked date",
    "completed date",
    "settlement date",
];
const TRANSACTED: &[&str] =
    &["transaction date", "trans date", "date of transaction", "transaction datetime", "started date", "effective date"];
const DATE: &[&str] = &["date", "datetime", "value date", "fecha", "fecha de operación", "fecha operación", "fecha valor"];
const AMOUNT: &[&str] = &["amount", "transaction amount", "net amount", "importe", "cantidad", "monto"];
const OUT: &[&str] = &[
    "debit",
    "debits",
    "debit amount",
    "amount debit",
    "withdrawal",
    "withdrawals",
    "withdrawal amount",
    "money out",
    "paid out",
    "outflow",
    "cargo",
    "cargos",
];
const INTO: &[&str] = &[
    "credit",
    "credits",
    "credit amount",
    "amount credit",
    "deposit",
    "deposits",
    "deposit amount",
    "money in",
    "paid in",
    "inflow",
    "abono",
    "abonos",
];
const DIRECTION: &[&str] =
    &["credit debit indicator", "debit credit", "credit debit", "debit or credit", "transaction type", "type", "dr cr"];
const DESCRIPTION: &[&str] = &[
    "description",
    "transaction description",
    "original description",
    "statement description",
    "descripción",
    "concepto",
    "payee",
    "merchant",
    "merchant name",
    "name",
    "narrative",
    "details",
    "transaction details",
    "memo",
    "reference",
];
const BALANCE: &[&str] =
    &["balance", "running balance", "running bal", "account balance", "balance after", "ending balance", "saldo"];
const ID: &[&str] = &["transaction id", "id", "fitid", "reference number", "transaction number", "confirmation number"];
const CURRENCY: &[&str] = &["currency", "currency code", "moneda", "divisa"];
const ACCOUNT: &[&str] = &["account", "account name", "account number", "account id", "cuenta"];
const STATUS: &[&str] = &["status", "state", "transaction status"];

impl Columns {
    /// Reads a line as the header of a table; none if it is not one.
    pub(super) fn find<'a>(cells: impl Iterator<Item = &'a str>) -> Option<Columns> {
        let names: Vec<String> = cells.map(plain).collect();
        let find = |wanted: &[&str]| wanted.iter().find_map(|one| names.iter().position(|name| name == one));
        let (posted, transacted) = (find(POSTED), find(TRANSACTED));
        let date = posted.or(find(DATE)).or(transacted)?;
        let (signed, named_currency) = match find(AMOUNT) {
            Some(column) => (Some(column), None),
            None => amount_in_currency(&names).map_or((None, None), |(column, currency)| (Some(column), Some(currency))),
        };
        let amount = match (signed, find(OUT), find(INTO)) {
            (_, Some(out), Some(into)) => AmountColumns::Split { out, into },
            (Some(amount), _, _) => AmountColumns::Signed { amount, direction: find(DIRECTION) },
            _ => return None,
        };
        let position = |wanted: &&str| names.iter().position(|name| name == wanted);
        Some(Columns {
            date,
            transacted: transacted.filter(|column| *column != date),
            amount,
            description: DESCRIPTION.iter().filter_map(position).collect(),
            balance: find(BALANCE),
            id: find(ID),
            currency: find(CURRENCY),
            named_currency,
            account: find(ACCOUNT),
            status: find(STATUS),
        })
    }
}

/// Lower case, with single spaces for everything but letters and digits.
fn plain(cell: &str) -> String {
    let lower = cell.to_lowercase();
    let words: Vec<&str> = lower.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// `Amount (USD)`.
fn amount_in_currency(names: &[String]) -> Option<(usize, Currency)> {
    names.iter().enumerate().find_map(|(column, name)| {
        let (amount, code) = name.rsplit_once(' ')?;
        let currency = Currency::parse(code).ok()?;
        AMOUNT.contains(&amount).then_some((column, currency))
    })
}

#[cfg(test)]
mod tests {
    use super::{AmountColumns, Columns};

    fn find(header: &str) -> Option<Columns> {
        Columns::find(header.split(','))
    }

    #[test]
    fn headers_of_many_banks() {
        let signed = |amount, direction| AmountColumns::Signed { amount, direction };
        let table = [
            ("Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #", 1, signed(3, Some(4))),
            ("Transaction Date,Post Date,Description,Category,Type,Amount,Memo", 1, signed(5, Some(4))),
            ("Date,Description,Amount,Running Bal.", 0, signed(2, None)),
            (
                "Transaction Date,Posted Date,Card No.,Description,Category,Debit,Credit",
                1,
                AmountColumns::Split { out: 5, into: 6 },
            ),
            ("Date,Payee,Outflow,Inflow", 0, AmountColumns::Split { out: 2, into: 3 }),
            ("\"Date\",AMOUNT (EUR)", 0, signed(1, None)),
            ("Fecha,Concepto,Importe,Saldo", 0, signed(2, None)),
        ];
        for (header, date, amount) in table {
            let columns = find(header).unwrap();
            assert_eq!((columns.date, &columns.amount), (date, &amount), "{header}");
        }
        assert_eq!(find("Date,AMOUNT (EUR)").unwrap().named_currency.unwrap().code(), "eur");
        let both = find("Transaction Date,Post Date,Description,Amount,Memo").unwrap();
        assert_eq!((both.transacted, both.description), (Some(0), vec![2, 4]));
    }

    #[test]
    fn other_lines_are_no_header() {
        for line in
            ["", "Account,Checking ...1234", "Date,Description", "Amount,Balance", "Date,Debit", "01/05/2026,Coffee,-4.50"]
        {
            assert_eq!(find(line), None, "{line}");
        }
    }
}
