use kernel::jobs::Job;
use kernel::{ApiError, ApiResult};

use super::mailer::{Letter, MailerError};
use super::object::{Mail, MailStatus};
use super::ops::sealed_name;
use crate::App;
use crate::connections::bank;

/// The job that sends a mail.
pub(crate) const SEND: &str = "send_mail";
/// How often it is tried, with doubling waits between.
const TRIES: i64 = 8;

/// Sends a mail of live mode. A server that stops between sending and writing that down sends it again under the same message
/// id.
pub(crate) async fn send(app: App, job: Job) -> ApiResult<()> {
    let Some(letter) = load(&app, &job).await? else { return Ok(()) };
    let outcome = match app.mailer() {
        Some(mailer) => mailer.send(letter).await,
        None => Err(MailerError::Refused("this server is not set up to send mail".into())),
    };
    match outcome {
        Ok(()) => settle(&app, &job, MailStatus::Sent).await,
        Err(MailerError::Later(why)) if job.attempts < TRIES => Err(ApiError::unavailable(why)),
        Err(error) => {
            tracing::warn!(mail = job.key, %error, "a mail was not sent");
            settle(&app, &job, MailStatus::Failed).await
        }
    }
}

async fn load(app: &App, job: &Job) -> ApiResult<Option<Letter>> {
    let id = job.key.clone();
    app.core
        .read(&job.tenant, move |cx| {
            Box::pin(async move {
                let Some(mail) = cx.find::<Mail>(&id).await? else { return Ok(None) };
                let sealed = bank::read_sealed::<String>(cx, &sealed_name(&id)).await?;
                let Mail { to, subject, .. } = mail.value;
                Ok(sealed.map(|(text, _)| Letter { message_id: id.clone(), to, subject, text }))
            })
        })
        .await
}

async fn settle(app: &App, job: &Job, status: MailStatus) -> ApiResult<()> {
    let id = job.key.clone();
    app.core
        .write(&job.tenant, move |cx| {
            let id = id.clone();
            Box::pin(async move {
                if let Some(mut mail) = cx.find::<Mail>(&id).await? {
                    mail.status = status;
                    cx.update(&mut mail).await?;
                }
                bank::forget(cx, &sealed_name(&id)).await
            })
        })
        .await
}
