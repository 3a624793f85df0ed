//! How stated parameters become a transaction, and which ones contradict themselves.

use form::FormError;

use super::params::{FIRST_SECOND, LAST_SECOND, MOST_CENTS, RowParams, StatedStatus, UpdateRow};
use crate::seal;
use crate::world::{DAY_SECONDS, Row, RowStatus};

/// A pending transaction that names no time posts after this many seconds.
const USUAL_PENDING: i64 = 2 * DAY_SECONDS;

/// What was said about the times of a transaction.
struct Times {
    status: Option<StatedStatus>,
    transacted_at: i64,
    posted_at: Option<i64>,
    void_at: Option<i64>,
}

/// A new transaction. `at` is how a parameter is named in errors: `posted_at`, or `transactions[3][posted_at]`.
pub fn create(params: RowParams, now: i64, at: &dyn Fn(&str) -> String) -> Result<Row, FormError> {
    check(&params, at)?;
    let transacted_at = params.transacted_at.unwrap_or_else(|| params.posted_at.map_or(now, |posted| posted.min(now)));
    let times = Times { status: params.status, transacted_at, posted_at: params.posted_at, void_at: params.void_at };
    let (posted_at, void_at) = settle(&times, now, at)?;
    let id = params.id.unwrap_or_else(|| format!("txn_{}", &seal::identifier(&[&seal::random_text(16)])[..20]));
    Ok(Row { id, amount: params.amount, description: params.description.trim().to_owned(), transacted_at, posted_at, void_at })
}

/// What files bring has the limits of parameters.
fn check(params: &RowParams, at: &dyn Fn(&str) -> String) -> Result<(), FormError> {
    if params.amount.unsigned_abs() > MOST_CENTS.unsigned_abs() {
        let message = format!("The amount {} is further than {MOST_CENTS} cents from zero.", params.amount);
        return Err(FormError::invalid(at("amount"), message));
    }
    let times = [("transacted_at", params.transacted_at), ("posted_at", params.posted_at), ("void_at", params.void_at)];
    match times.into_iter().find(|(_, time)| time.is_some_and(|time| !(FIRST_SECOND..=LAST_SECOND).contains(&time))) {
        Some((name, _)) => Err(FormError::invalid(at(name), "The date is before 1990 or after 2099.")),
        None => Ok(()),
    }
}

/// A transaction after a change. Times that are not sent stay, unless the status is sent and they do not fit it.
pub fn update(row: &Row, params: UpdateRow, now: i64) -> Result<Row, FormError> {
    let at = |name: &str| name.to_owned();
    let transacted_at = params.transacted_at.unwrap_or(row.transacted_at);
    let times = match params.status {
        None => {
            let status = match (params.posted_at, params.void_at) {
                (None, None) if row.void_at.is_some() => Some(StatedStatus::Void),
                _ => None,
            };
            let posted_at = params.posted_at.or(if params.void_at.is_none() { row.posted_at } else { None });
            let void_at = params.void_at.or(if params.posted_at.is_none() { row.void_at } else { None });
            Times { status, transacted_at, posted_at, void_at }
        }
        Some(StatedStatus::Posted) => {
            // What is pending posts now.
            let kept = row.posted_at.filter(|_| row.status(now) == RowStatus::Posted);
            let posted_at = params.posted_at.or(kept).or(Some(now.max(transacted_at)));
            Times { status: params.status, transacted_at, posted_at, void_at: params.void_at }
        }
        Some(_) => Times { status: params.status, transacted_at, posted_at: params.posted_at, void_at: params.void_at },
    };
    let (posted_at, void_at) = settle(&times, now, &at)?;
    Ok(Row {
        id: row.id.clone(),
        amount: params.amount.unwrap_or(row.amount),
        description: params.description.map_or_else(|| row.description.clone(), |text| text.trim().to_owned()),
        transacted_at,
        posted_at,
        void_at,
    })
}

/// When it posts or lapses.
fn settle(times: &Times, now: i64, at: &dyn Fn(&str) -> String) -> Result<(Option<i64>, Option<i64>), FormError> {
    let wrong = |name: &str, message: &str| Err(FormError::invalid(at(name), message));
    let first = times.transacted_at;
    let void = times.status == Some(StatedStatus::Void) || (times.status.is_none() && times.void_at.is_some());
    if void {
        if times.posted_at.is_some() {
            return wrong("posted_at", "What is void never posts: leave out posted_at.");
        }
        let void_at = times.void_at.unwrap_or(now.max(first));
        return if void_at < first { wrong("void_at", "It lapses before it was transacted.") } else { Ok((None, Some(void_at))) };
    }
    if times.void_at.is_some() {
        return wrong("void_at", "Only what is void lapses: leave out void_at.");
    }
    if times.status == Some(StatedStatus::Pending) {
        let posted_at = times.posted_at.unwrap_or(now.max(first) + USUAL_PENDING);
        return match posted_at > now.max(first) {
            true => Ok((Some(posted_at), None)),
            false => wrong("posted_at", "What is pending posts in the future, and after it was transacted."),
        };
    }
    let posted_at = times.posted_at.unwrap_or(first);
    if posted_at < first { wrong("posted_at", "It posts before it was transacted.") } else { Ok((Some(posted_at), None)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_000_000;

    fn stated(status: Option<StatedStatus>, transacted: Option<i64>, posted: Option<i64>, void: Option<i64>) -> RowParams {
        RowParams {
            id: Some("r".to_owned()),
            amount: -5,
            description: "Tea".to_owned(),
            status,
            transacted_at: transacted,
            posted_at: posted,
            void_at: void,
        }
    }

    #[test]
    fn times_follow_from_what_is_said() {
        use StatedStatus::{Pending, Posted, Void};
        let (past, future, usual) = (NOW - 100, NOW + 100, NOW + USUAL_PENDING);
        type Case =
            (Option<StatedStatus>, Option<i64>, Option<i64>, Option<i64>, Result<(i64, Option<i64>, Option<i64>), &'static str>);
        let cases: &[Case] = &[
            (None, None, None, None, Ok((NOW, Some(NOW), None))),
            (Some(Posted), Some(past), None, None, Ok((past, Some(past), None))),
            (None, None, Some(past), None, Ok((past, Some(past), None))),
            (None, Some(past), Some(future), None, Ok((past, Some(future), None))),
            (None, Some(future), None, None, Ok((future, Some(future), None))),
            (Some(Pending), None, None, None, Ok((NOW, Some(usual), None))),
            (Some(Pending), Some(past), None, None, Ok((past, Some(usual), None))),
            (Some(Pending), Some(future), None, None, Ok((future, Some(future + USUAL_PENDING), None))),
            (Some(Pending), Some(past), Some(past), None, Err("posted_at")),
            (Some(Void), None, None, None, Ok((NOW, None, Some(NOW)))),
            (None, Some(past), None, Some(future), Ok((past, None, Some(future)))),
            (Some(Void), None, Some(future), None, Err("posted_at")),
            (Some(Void), None, None, Some(past), Err("void_at")),
            (Some(Posted), None, None, Some(future), Err("void_at")),
            (None, Some(NOW), Some(past), None, Err("posted_at")),
        ];
        for (status, transacted, posted, void, expected) in cases {
            let row = create(stated(*status, *transacted, *posted, *void), NOW, &|name| name.to_owned());
            let seen = row.map(|row| (row.transacted_at, row.posted_at, row.void_at));
            let seen = seen.map_err(|error| error.param.unwrap_or_default());
            assert_eq!(seen, expected.map_err(str::to_owned), "{status:?} {transacted:?} {posted:?} {void:?}");
        }
    }

    #[test]
    fn a_change_of_status_moves_what_does_not_fit() {
        let pending = create(stated(Some(StatedStatus::Pending), None, None, None), NOW, &|name| name.to_owned());
        let pending = pending.expect("a row");
        let nothing =
            || UpdateRow { amount: None, description: None, status: None, transacted_at: None, posted_at: None, void_at: None };
        let later = NOW + 50;
        let change = |params| update(&pending, params, later).map(|row| (row.status(later), row.posted_at, row.void_at));
        let posted = UpdateRow { status: Some(StatedStatus::Posted), ..nothing() };
        assert_eq!(change(posted), Ok((RowStatus::Posted, Some(later), None)));
        let void = UpdateRow { status: Some(StatedStatus::Void), ..nothing() };
        assert_eq!(change(void), Ok((RowStatus::Void, None, Some(later))));
        let amount = UpdateRow { amount: Some(-7), ..nothing() };
        assert_eq!(change(amount), Ok((RowStatus::Pending, pending.posted_at, None)));
    }
}
