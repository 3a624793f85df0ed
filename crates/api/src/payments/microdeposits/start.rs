use calendar::{Speed, eastern_date, instant, plan};
use jiff::Timestamp;
use kernel::jobs::NewJob;
use kernel::{ApiResult, Cx, Resource, Stored};
use nacha::EntryClass;

use super::jobs::{self, EXPIRE};
use super::object::{Kind, Microdeposit, NextAction, State};
use super::page::DOOR;
use super::subject::Subject;
use crate::App;
use crate::connections::bank;
use crate::connections::linking::make_door;
use crate::payments::letters::{self, Moment};
use crate::payments::payment_methods::PaymentMethod;
use crate::payments::rails::{self, Direction, NewEntry, Purpose};
use crate::payments::surroundings::Deposits;

const DAY: i64 = 86_400;
/// How long an answer is waited for.
const LIFE_DAYS: i64 = 10;
/// The page still says how it ended for so long, in seconds of real time.
const PAGE_SECONDS: i64 = 90 * DAY;
/// The reserved entry description of such deposits.
const DESCRIPTION: &str = "ACCTVERIFY";

/// Sends deposits to the account of a payment method; those under way for the same subject no longer count. Answers what its
/// holder has to do next.
///
/// No debit takes the cents back: the rules allow one, and it would need the holder's permission.
///
/// # Errors
/// 400 in live mode if the operator has named no originating bank; those of the database.
pub(crate) async fn start(cx: &mut Cx<'_>, app: &App, subject: Subject<'_>, method: &PaymentMethod) -> ApiResult<NextAction> {
    rails::require_originator(app, &cx.tenant)?;
    withdraw(cx, subject).await?;
    let kind = subject.kind();
    let token = cx.core.ids().secret("", 40);
    let deposit = Microdeposit {
        id: cx.id("mdep_", 24),
        subject: subject.id().to_owned(),
        payment_method: method.id.clone(),
        kind,
        state: State::Pending,
        attempts: 0,
        arrival_date: arrival(cx.now()),
        created: cx.now(),
        failure: None,
        url: format!("{}/verify/{token}", app.settings.base_url),
    };
    let drawn = app.surroundings.of(cx.tenant.livemode()).draw_deposits(cx.core.entropy.as_ref());
    send(cx, &deposit, method, &drawn).await?;
    bank::write_sealed(cx, &deposit.sealed_name(), &as_sent(kind, drawn)).await?;
    cx.insert(&deposit).await?;
    let run_at_ms = (deposit.created + LIFE_DAYS * DAY) * 1_000;
    cx.enqueue(&NewJob { kind: EXPIRE, key: &deposit.id, lane: &deposit.id, run_at_ms, payload: "" }).await?;
    make_door(cx, DOOR, &token, &deposit.id, PAGE_SECONDS).await?;
    let customer = subject.customer(cx).await?;
    letters::deposits(cx, &deposit, method, customer.as_deref(), Moment::Sent).await?;
    jobs::plan_reminders(cx, &deposit, deposit.created + LIFE_DAYS * DAY).await?;
    Ok(NextAction::new(&deposit))
}

/// What an answer is compared with: what was not sent cannot be answered.
fn as_sent(kind: Kind, drawn: Deposits) -> Deposits {
    match kind {
        Kind::DescriptorCode => Deposits { amounts: [0, 0], ..drawn },
        Kind::Amounts => Deposits { descriptor_code: String::new(), ..drawn },
    }
}

async fn send(cx: &mut Cx<'_>, deposit: &Microdeposit, method: &PaymentMethod, drawn: &Deposits) -> ApiResult<()> {
    let (amounts, descriptor) = match deposit.kind {
        Kind::DescriptorCode => (vec![1], drawn.descriptor_code.as_str()),
        Kind::Amounts => (drawn.amounts.to_vec(), DESCRIPTION),
    };
    let account = &method.us_bank_account;
    let company = account.account_holder_type.as_deref() == Some("company");
    for amount in amounts {
        let entry = NewEntry {
            purpose: Purpose::Microdeposit,
            object: &deposit.id,
            numbers: &method.id,
            direction: Direction::Credit,
            amount,
            class: if company { EntryClass::Ccd } else { EntryClass::Ppd },
            account_type: account.account_type.as_deref().unwrap_or("checking"),
            description: DESCRIPTION,
            name: method.billing_details.name.as_deref().unwrap_or("ACCOUNT HOLDER"),
            descriptor,
            not_before: None,
            held: false,
        };
        rails::queue(cx, &entry).await?;
    }
    Ok(())
}

/// The start of the day on which a credit that is sent today arrives, in unix seconds.
fn arrival(now: i64) -> i64 {
    let at = Timestamp::from_second(now).unwrap_or(Timestamp::UNIX_EPOCH);
    let day = plan(at, Speed::Standard).settlement.max(eastern_date(at));
    instant(day.at(0, 0, 0, 0)).as_second()
}

/// Gives up the deposits under way for a subject, if there are any: what is not sent yet never will be.
pub(crate) async fn withdraw(cx: &mut Cx<'_>, subject: Subject<'_>) -> ApiResult<()> {
    if let Some(mut deposit) = pending(cx, subject).await? {
        rails::withdraw(cx, &deposit.id).await?;
        close(cx, &mut deposit, State::Withdrawn).await?;
    }
    Ok(())
}

/// The deposits that a subject waits for.
pub(super) async fn pending(cx: &mut Cx<'_>, subject: Subject<'_>) -> ApiResult<Option<Stored<Microdeposit>>> {
    let sql = "select id from objects where tenant = $1 and kind = $2 and f1 = $3 and f2 = 'pending' order by id desc";
    match cx.row(sql, &[Microdeposit::KIND.into(), subject.id().into()]).await? {
        Some(row) => cx.find::<Microdeposit>(row.text(0)?).await,
        None => Ok(None),
    }
}

/// Ends deposits: what was sent is forgotten.
pub(super) async fn close(cx: &mut Cx<'_>, deposit: &mut Stored<Microdeposit>, state: State) -> ApiResult<()> {
    deposit.state = state;
    cx.update(deposit).await?;
    cx.dequeue(EXPIRE, &deposit.id).await?;
    jobs::drop_reminders(cx, &deposit.id).await?;
    bank::forget(cx, &deposit.sealed_name()).await
}

#[cfg(test)]
mod tests {
    use super::arrival;
    use calendar::eastern;
    use jiff::Timestamp;
    use jiff::civil::{Date, date};

    /// What is sent before the night's cut-off of a banking day arrives on the next one; weekends and holidays wait.
    #[test]
    fn deposits_arrive_on_banking_days() {
        let sent = |day: Date, hour: i8| {
            let now = calendar::instant(day.at(hour, 0, 0, 0)).as_second();
            eastern(Timestamp::from_second(arrival(now)).unwrap())
        };
        assert_eq!(sent(date(2026, 11, 18), 12), date(2026, 11, 19).at(0, 0, 0, 0));
        assert_eq!(sent(date(2026, 11, 20), 12), date(2026, 11, 23).at(0, 0, 0, 0), "over a weekend");
        assert_eq!(sent(date(2026, 11, 25), 12), date(2026, 11, 27).at(0, 0, 0, 0), "over Thanksgiving");
    }
}
