use kernel::jobs::NewJob;
use kernel::{ApiResult, Cx, Filter, Resource, Slot};

use super::jobs;
use super::object::{Mail, MailStatus};
use super::params::List;
use crate::connections::bank;
use crate::{Call, Nothing, Reply};

pub(super) const PREFIX: &str = "mail_";
const URL: &str = "/drawbridge/v1/mails";

/// A mail to be written.
#[derive(Debug, Clone)]
pub(crate) struct NewMail<'a> {
    pub to: &'a str,
    pub about: Option<&'a str>,
    pub subject: String,
    pub text: String,
}

/// Writes a mail: into the folder of a sandbox, or out to its reader.
pub(crate) async fn write(cx: &mut Cx<'_>, new: NewMail<'_>) -> ApiResult<()> {
    let livemode = cx.tenant.livemode();
    let id = cx.id(PREFIX, 24);
    let mail = Mail {
        id: id.clone(),
        object: Mail::KIND.into(),
        about: new.about.map(str::to_owned),
        created: cx.now(),
        livemode,
        status: if livemode { MailStatus::Queued } else { MailStatus::Kept },
        subject: new.subject,
        text: (!livemode).then(|| new.text.clone()),
        to: new.to.to_owned(),
    };
    cx.insert(&mail).await?;
    if livemode {
        bank::write_sealed(cx, &sealed_name(&id), &new.text).await?;
        let run_at_ms = cx.now_ms();
        cx.enqueue(&NewJob { kind: jobs::SEND, key: &id, lane: "mail", run_at_ms, payload: "" }).await?;
    }
    Ok(())
}

/// The vault's name of what a mail says.
pub(super) fn sealed_name(id: &str) -> String {
    format!("mail/{id}")
}

/// Shows a mail.
///
/// # Errors
/// 404 if there is none.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    Ok(Reply::text(cx.raw_or_missing::<Mail>(call.id(), "mail").await?))
}

/// Lists mails, newest first; to one address and about one object if asked for.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let p = call.params;
    let filter = Filter::default().with(Slot::F1, p.to.as_deref()).with(Slot::F2, p.about.as_deref());
    Ok(Reply::list(URL, &cx.list::<Mail>(PREFIX, &filter, &p.page).await?))
}
