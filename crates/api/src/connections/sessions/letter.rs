//! The mail by which the holder of accounts is asked to link them again.

use kernel::{ApiError, ApiResult, Cx};

use super::object::{AccountHolder, Session};
use super::params::DeliveryMethod;
use crate::core::account::business_name;
use crate::core::customers::Customer;
use crate::core::mails::{self, NewMail};

/// Writes to the holder if the session is to be delivered so.
///
/// # Errors
/// 400 if the holder has no address; those of the database.
pub(super) async fn deliver(cx: &mut Cx<'_>, session: &Session) -> ApiResult<()> {
    let by_mail = session.hosted.as_ref().is_some_and(|hosted| hosted.delivery_method == DeliveryMethod::Email.as_str());
    let (true, Some(url)) = (by_mail, &session.url) else { return Ok(()) };
    let to = address(cx, &session.account_holder).await?.ok_or_else(|| {
        let message = "The account holder has no email. Set the email of the customer, or use 'url'.";
        ApiError::invalid_param("hosted[delivery_method]", message)
    })?;
    let business = business_name(cx).await?;
    let subject = format!("Connect your bank account to {business} again");
    let text = format!(
        "The connection between {business} and your bank has ended. To go on sharing your account, open this page and sign in at \
         your bank:\n\n{url}\n\nIf you do not want to share it any more, you need not do anything.\n"
    );
    mails::write(cx, NewMail { to: &to, about: Some(&session.id), subject, text }).await
}

async fn address(cx: &mut Cx<'_>, holder: &AccountHolder) -> ApiResult<Option<String>> {
    let Some(id) = &holder.customer else { return Ok(None) };
    Ok(cx.find::<Customer>(id).await?.and_then(|customer| customer.value.email))
}
