//! Statements and their transactions.

use super::Writer;
use crate::transaction::{Address, CorrectionAction, OtherCurrency, Payee};
use crate::{AccountKind, Balance, Statement, StatementKind, Transaction};

pub(super) fn statement(out: &mut Writer, statement: &Statement) {
    let name = match statement.kind {
        StatementKind::Bank => "STMTRS",
        StatementKind::Card => "CCSTMTRS",
        StatementKind::Investment => "INVSTMTRS",
    };
    let is_investment = statement.kind == StatementKind::Investment;
    out.aggregate(name, |out| {
        if is_investment {
            out.date("DTASOF", statement.available.as_ref().and_then(|cash| cash.as_of));
        }
        out.optional("CURDEF", statement.currency.as_deref());
        if let Some(account) = &statement.account {
            out.account_from(account);
        }
        booked(out, statement, is_investment);
        pending(out, statement);
        balance(out, "LEDGERBAL", statement.ledger.as_ref());
        match &statement.available {
            Some(cash) if is_investment => out.aggregate("INVBAL", |out| out.amount("AVAILCASH", cash.amount)),
            available => balance(out, "AVAILBAL", available.as_ref()),
        }
    });
}

fn balance(out: &mut Writer, name: &'static str, balance: Option<&Balance>) {
    if let Some(balance) = balance {
        out.aggregate(name, |out| {
            out.amount("BALAMT", balance.amount);
            out.date("DTASOF", balance.as_of);
        });
    }
}

fn booked(out: &mut Writer, statement: &Statement, is_investment: bool) {
    let mut rows = statement.transactions.iter().filter(|row| !row.pending).peekable();
    if rows.peek().is_none() && statement.start.is_none() && statement.end.is_none() {
        return;
    }
    let list = if is_investment { "INVTRANLIST" } else { "BANKTRANLIST" };
    out.aggregate(list, |out| {
        out.date("DTSTART", statement.start);
        out.date("DTEND", statement.end);
        for row in rows {
            if is_investment {
                out.aggregate("INVBANKTRAN", |out| {
                    transaction(out, row);
                    out.text("SUBACCTFUND", "CASH");
                });
            } else {
                transaction(out, row);
            }
        }
    });
}

fn pending(out: &mut Writer, statement: &Statement) {
    let mut rows = statement.transactions.iter().filter(|row| row.pending).peekable();
    if rows.peek().is_some() {
        out.aggregate("BANKTRANLISTP", |out| {
            let balance = statement.available.as_ref().or(statement.ledger.as_ref());
            out.date("DTASOF", balance.and_then(|balance| balance.as_of));
            rows.for_each(|row| transaction(out, row));
        });
    }
}

fn transaction(out: &mut Writer, row: &Transaction) {
    out.aggregate(if row.pending { "STMTTRNP" } else { "STMTTRN" }, |out| {
        out.optional("TRNTYPE", row.kind.as_ref().map(|kind| kind.code()));
        out.date("DTPOSTED", row.posted);
        out.date(if row.pending { "DTTRAN" } else { "DTUSER" }, row.initiated);
        out.date("DTAVAIL", row.available);
        out.amount("TRNAMT", row.amount);
        out.optional("FITID", row.id.as_deref());
        if let Some(correction) = &row.correction {
            out.optional("CORRECTFITID", Some(&correction.id));
            let action = correction.action.map(|action| match action {
                CorrectionAction::Replace => "REPLACE",
                CorrectionAction::Delete => "DELETE",
            });
            out.optional("CORRECTACTION", action);
        }
        out.optional("SRVRTID", row.server_id.as_deref());
        out.optional("CHECKNUM", row.check_number.as_deref());
        out.optional("REFNUM", row.reference_number.as_deref());
        out.optional("SIC", row.industry_code.as_deref());
        out.optional("PAYEEID", row.payee_id.as_deref());
        out.optional("NAME", row.name.as_deref());
        payee(out, row.payee.as_ref());
        out.optional("EXTDNAME", row.extended_name.as_deref());
        if let Some(account) = &row.counterparty {
            let name = if account.kind == AccountKind::Card { "CCACCTTO" } else { "BANKACCTTO" };
            out.account(name, account);
        }
        out.optional("MEMO", row.memo.as_deref());
        currency(out, row.currency.as_ref());
    });
}

fn payee(out: &mut Writer, payee: Option<&Payee>) {
    if let Some(payee) = payee {
        out.aggregate("PAYEE", |out| {
            out.optional("NAME", payee.name.as_deref());
            address(out, &payee.address);
            out.optional("PHONE", payee.phone.as_deref());
        });
    }
}

pub(super) fn address(out: &mut Writer, address: &Address) {
    for (name, line) in ["ADDR1", "ADDR2", "ADDR3"].into_iter().zip(&address.lines) {
        out.optional(name, Some(line));
    }
    out.optional("CITY", address.city.as_deref());
    out.optional("STATE", address.state.as_deref());
    out.optional("POSTALCODE", address.postal_code.as_deref());
    out.optional("COUNTRY", address.country.as_deref());
}

fn currency(out: &mut Writer, currency: Option<&OtherCurrency>) {
    if let Some(currency) = currency {
        out.aggregate(if currency.original { "ORIGCURRENCY" } else { "CURRENCY" }, |out| {
            if let Some(rate) = currency.rate {
                out.amount("CURRATE", rate);
            }
            out.optional("CURSYM", Some(&currency.code));
        });
    }
}
