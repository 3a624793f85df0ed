use kernel::jobs::{Job, NewJob};
use kernel::{ApiResult, Cx};

use super::answer::fail;
use super::object::{Failure, Microdeposit, State};
use super::subject::Subject;
use crate::App;
use crate::payments::letters::{self, Moment};
use crate::payments::payment_methods::PaymentMethod;

/// The job that ends deposits whose time is over.
pub(crate) const EXPIRE: &str = "expire_microdeposit";

/// The job that reminds people of deposits that nobody has answered.
pub(crate) const REMIND: &str = "remind_of_microdeposit";
/// Between the day of arrival and the first reminder, and between the second and the end, in seconds.
const REMINDER_SECONDS: i64 = 2 * 86_400;
/// What a reminder's key ends in, and what it says.
const REMINDERS: [(&str, Moment); 2] = [("/arrived", Moment::Arrived), ("/ending", Moment::Ending)];

/// Plans the reminders of deposits whose time is over at `end`, in unix seconds.
pub(super) async fn plan_reminders(cx: &mut Cx<'_>, deposit: &Microdeposit, end: i64) -> ApiResult<()> {
    let times = [deposit.arrival_date + REMINDER_SECONDS, end - REMINDER_SECONDS];
    for ((ending, _), at) in REMINDERS.into_iter().zip(times) {
        let key = format!("{}{ending}", deposit.id);
        let job = NewJob { kind: REMIND, key: &key, lane: &deposit.id, run_at_ms: at * 1_000, payload: "" };
        cx.enqueue(&job).await?;
    }
    Ok(())
}

/// Takes the reminders of deposits back.
pub(super) async fn drop_reminders(cx: &mut Cx<'_>, id: &str) -> ApiResult<()> {
    for (ending, _) in REMINDERS {
        cx.dequeue(REMIND, &format!("{id}{ending}")).await?;
    }
    Ok(())
}

/// Writes a reminder if an answer is still waited for.
pub(crate) async fn remind(cx: &mut Cx<'_>, key: String) -> ApiResult<()> {
    let named = REMINDERS.into_iter().find_map(|(ending, moment)| Some((key.strip_suffix(ending)?, moment)));
    let Some((id, moment)) = named else { return Ok(()) };
    let found = cx.find::<Microdeposit>(id).await?.filter(|deposit| deposit.state == State::Pending);
    let Some(deposit) = found else { return Ok(()) };
    match cx.find::<PaymentMethod>(&deposit.payment_method).await? {
        Some(method) => {
            let customer = Subject::of(&deposit.subject).customer(cx).await?;
            letters::deposits(cx, &deposit, &method, customer.as_deref(), moment).await
        }
        None => Ok(()),
    }
}

/// Ends deposits that nobody has answered.
pub(crate) async fn expire(app: App, job: Job) -> ApiResult<()> {
    let (own, id) = (app.clone(), job.key.clone());
    app.core
        .write(&job.tenant, move |cx| {
            let (app, id) = (own.clone(), id.clone());
            Box::pin(async move {
                let found = cx.find::<Microdeposit>(&id).await?.filter(|deposit| deposit.state == State::Pending);
                let Some(mut deposit) = found else { return Ok(()) };
                fail(cx, &app, &mut deposit, Failure::TimedOut).await.map(|_| ())
            })
        })
        .await
}
