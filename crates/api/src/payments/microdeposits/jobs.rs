use kernel::ApiResult;
use kernel::jobs::Job;

use super::answer::{Failure, fail};
use super::object::{Microdeposit, State};
use crate::App;

/// The job that ends deposits whose time is over.
pub(crate) const EXPIRE: &str = "expire_microdeposit";

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
