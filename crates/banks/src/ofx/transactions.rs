//! Transactions of an account.

use ::ofx::{Moment, Period};
use money::Currency;

use super::accounts::{SignedOn, refuses_dates, statements_at};
use super::{Ofx, statement};
use crate::connector::{CallContext, DataKind};
use crate::error::BankError;
use crate::rows::Rows;
use crate::transaction::{TransactionPull, TransactionWindow};

const DAY_S: i64 = 86_400;
/// Rows may lie this far after the window; what claims to be later is a mistake. One year.
const FUTURE_S: i64 = 366 * DAY_S;

impl Ofx {
    pub(super) async fn pull_transactions(
        &self,
        ctx: &CallContext,
        grant: &SignedOn,
        bank_account_id: &str,
        currency: &str,
        window: TransactionWindow,
    ) -> Result<TransactionPull, BankError> {
        Currency::parse(currency).map_err(|_| BankError::Protocol("the account's currency is unknown".to_owned()))?;
        let account = grant.account(bank_account_id)?;
        let bank_id = self.config.bank_id.as_deref();
        let request =
            |period| account.statement_request(bank_id, Some(period)).ok_or(BankError::NotPermitted(DataKind::Transactions));
        let mut exchange = self.ask(ctx, &grant.credentials, &[request(period(window, ctx.now))?]).await?;
        if refuses_dates(&exchange, 0) {
            // The bank does not reach back so far: whatever it has.
            exchange = self.ask(ctx, &grant.credentials, &[request(Period::default())?]).await?;
        }
        let latest = window.to.max(ctx.now).saturating_add(FUTURE_S);
        let mut rows = Rows::default();
        let mut complete = !exchange.lost_rows();
        for statement in account.own(statements_at(&exchange, 0, DataKind::Transactions)?)? {
            let (read, all) = statement::rows(statement, currency, latest);
            complete &= all;
            // Months overlap by a day in some banks' statements.
            for row in read {
                complete &= rows.add(row);
            }
        }
        Ok(TransactionPull { rows: rows.kept, complete })
    }
}

/// A day more on both sides, because banks cut at days of their own time zone. A window that
/// reaches the present has no end: banks refuse days to come.
fn period(window: TransactionWindow, now: i64) -> Period {
    let end = (window.to < now.saturating_sub(DAY_S)).then(|| window.to.saturating_add(DAY_S));
    Period { start: Moment::from_unix_seconds(window.from.saturating_sub(DAY_S)), end: end.and_then(Moment::from_unix_seconds) }
}

#[cfg(test)]
mod tests {
    use super::period;
    use crate::transaction::TransactionWindow;

    #[test]
    fn periods_are_wider_than_windows_and_end_before_now() {
        let now = 1_767_323_045;
        let text = |from, to| {
            let period = period(TransactionWindow { from, to }, now);
            (period.start.unwrap().to_string(), period.end.map(|end| end.to_string()))
        };
        assert_eq!(text(1_767_225_600, now), ("20251231000000".to_owned(), None));
        let ended = text(1_735_689_600, 1_736_000_000);
        assert_eq!(ended, ("20241231000000".to_owned(), Some("20250105141320".to_owned())));
    }
}
