use form::{FormError, Patch};
use kernel::{Access, ApiError, ApiResult, Cx};

use super::object::{CustomerAcceptance, Nothing, Online};
use crate::Call;
use crate::payments::confirmation_tokens::MandateData as OnPage;
use crate::payments::intents::params::{AcceptanceType, MandateData};

/// How a payer agreed, as checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Acceptance(pub(super) CustomerAcceptance);

impl Acceptance {
    /// What a page wrote down for its confirmation token.
    pub(crate) fn on_page(cx: &Cx<'_>, sent: OnPage) -> Acceptance {
        let online = sent.customer_acceptance.online.unwrap_or_default();
        Acceptance(CustomerAcceptance {
            accepted_at: Some(cx.now()),
            offline: None,
            online: Some(Online { ip_address: online.ip_address, user_agent: online.user_agent }),
            r#type: AcceptanceType::Online.as_str().into(),
        })
    }
}

const PARAM: &str = "mandate_data[customer_acceptance]";

/// The acceptance that was sent. Confirming on a page with a publishable key is one: the page showed the words, and who
/// confirmed is the program that calls.
///
/// # Errors
/// 400 for what is missing or lies ahead.
pub(crate) fn accepted<P>(cx: &Cx<'_>, call: &Call<P>, sent: Patch<MandateData>) -> ApiResult<Option<Acceptance>> {
    let on_page = call.caller.access == Access::Publishable;
    let client = || Online { ip_address: call.client.ip.map(|ip| ip.to_string()), user_agent: call.client.user_agent.clone() };
    let Patch::Set(sent) = sent else {
        let here = CustomerAcceptance {
            accepted_at: Some(cx.now()),
            offline: None,
            online: Some(client()),
            r#type: AcceptanceType::Online.as_str().into(),
        };
        return Ok(on_page.then_some(Acceptance(here)));
    };
    let sent = sent.customer_acceptance;
    if on_page && sent.r#type == AcceptanceType::Offline {
        let message = "Whoever confirms on a page agrees online. Use a secret key for what was agreed otherwise.";
        return Err(ApiError::invalid_param(format!("{PARAM}[type]"), message));
    }
    if sent.accepted_at.is_some_and(|at| at > cx.now()) {
        let message = "The time of acceptance cannot lie in the future.";
        return Err(ApiError::invalid_param(format!("{PARAM}[accepted_at]"), message));
    }
    let mut kept = CustomerAcceptance {
        accepted_at: Some(sent.accepted_at.unwrap_or(cx.now())),
        offline: None,
        online: None,
        r#type: sent.r#type.as_str().into(),
    };
    match sent.r#type {
        AcceptanceType::Offline => kept.offline = Some(Nothing {}),
        AcceptanceType::Online => {
            let online = sent.online.unwrap_or_default();
            for (name, value) in [("ip_address", &online.ip_address), ("user_agent", &online.user_agent)] {
                if value.is_none() && !on_page {
                    return Err(FormError::missing(format!("{PARAM}[online][{name}]")).into());
                }
            }
            let client = if on_page { client() } else { Online::default() };
            kept.online = Some(Online {
                ip_address: online.ip_address.or(client.ip_address),
                user_agent: online.user_agent.or(client.user_agent),
            });
        }
    }
    Ok(Some(Acceptance(kept)))
}
