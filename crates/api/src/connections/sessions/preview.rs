//! What only preview versions may send: hosted pages, one bank alone, and linking again.

use form::FormError;
use kernel::{ApiError, ApiResult, Cx};

use super::object::{AccountHolder, Hosted, RelinkOptions};
use super::ops::checked_return_url;
use super::params::{AccountHolderParams, Create, DeliveryMethod, HostedParams, Prefetch, UiMode};
use crate::App;
use crate::connections::accounts::Account;
use crate::connections::authorizations::Authorization;

/// What is linked again, for whom.
pub(super) struct Relink {
    pub options: RelinkOptions,
    pub holder: AccountHolder,
}

/// To general versions these parameters and values are unknown.
pub(super) fn check_general(cx: &Cx<'_>, p: &Create) -> ApiResult<()> {
    if cx.version.is_preview() {
        return Ok(());
    }
    let institution = p.filters.as_ref().and_then(|filters| filters.institution.as_ref());
    let sent = [
        ("filters[institution]", institution.is_some()),
        ("hosted", p.hosted.is_some()),
        ("relink_options", p.relink_options.is_some()),
        ("ui_mode", p.ui_mode.is_some()),
    ];
    if let Some((name, _)) = sent.iter().find(|(_, sent)| *sent) {
        return Err(FormError::unknown(name).into());
    }
    if let Some(index) = p.prefetch.iter().position(|wanted| *wanted == Prefetch::InferredBalances) {
        let param = format!("prefetch[{index}]");
        let message = format!("Invalid {param}: must be one of balances, ownership, transactions");
        return Err(FormError::invalid(param, message).into());
    }
    Ok(())
}

/// The authorization, and the account of it, that are to be linked again.
pub(super) async fn checked_relink(cx: &mut Cx<'_>, app: &App, p: &Create) -> ApiResult<Option<Relink>> {
    const AUTHORIZATION: &str = "relink_options[authorization]";
    const ACCOUNT: &str = "relink_options[account]";
    let Some(sent) = &p.relink_options else { return Ok(None) };
    let authorization = cx.get_named::<Authorization>(&sent.authorization, AUTHORIZATION).await?.value;
    let directory = app.directory.within(cx).await?;
    let institution = authorization.institution.as_deref().and_then(|id| directory.get(id, cx.tenant.livemode()));
    let (Some(holder), false) = (authorization.account_holder, authorization.status == "disconnected") else {
        let message = "This authorization was disconnected. Link the accounts in a new session.";
        return Err(ApiError::invalid_param(AUTHORIZATION, message));
    };
    if institution.is_none() {
        let message = "The institution of this authorization can no longer be reached.";
        return Err(ApiError::coded("financial_connections_institution_unavailable", message).with_param(AUTHORIZATION));
    }
    if let Some(id) = &sent.account {
        let account = cx.get_named::<Account>(id, ACCOUNT).await?;
        if account.authorization.as_ref() != Some(&sent.authorization) || account.status == "disconnected" {
            let message = "This account is not covered by the authorization.";
            return Err(ApiError::invalid_param(ACCOUNT, message));
        }
    }
    let options = RelinkOptions { account: sent.account.clone(), authorization: sent.authorization.clone() };
    Ok(Some(Relink { options, holder }))
}

/// Whoever holds the authorization is the holder; another one may not be named.
pub(super) fn checked_same_holder(sent: Option<AccountHolderParams>, relink: &Relink) -> ApiResult<AccountHolder> {
    let own = &relink.holder;
    let same = |sent: &AccountHolderParams| {
        sent.r#type.as_str() == own.r#type && sent.customer == own.customer && sent.account == own.account
    };
    if sent.as_ref().is_none_or(same) {
        return Ok(own.clone());
    }
    let message = "The authorization to link again belongs to another account holder. Leave account_holder out.";
    Err(ApiError::invalid_param("account_holder", message))
}

/// Whether people are sent to a page, and how.
pub(super) fn checked_hosted(
    mode: Option<UiMode>,
    sent: Option<HostedParams>,
    relinks: bool,
) -> ApiResult<(UiMode, Option<Hosted>)> {
    const DELIVERY: &str = "hosted[delivery_method]";
    let mode = mode.unwrap_or(UiMode::Modal);
    if mode == UiMode::Modal {
        return match sent {
            Some(_) => Err(ApiError::invalid_param("hosted", "You may only specify hosted when ui_mode is 'hosted'.")),
            None => Ok((mode, None)),
        };
    }
    let (delivery, return_url) = sent.map_or((None, None), |sent| (sent.delivery_method, sent.return_url));
    match delivery {
        Some(_) if !relinks => {
            let message = format!("You may only specify {DELIVERY} together with relink_options.");
            Err(ApiError::invalid_param(DELIVERY, message))
        }
        sent => {
            let return_url = return_url.map(|url| checked_return_url(url, "hosted[return_url]")).transpose()?;
            let delivery_method = sent.unwrap_or(DeliveryMethod::Url).as_str().into();
            Ok((mode, Some(Hosted { delivery_method, return_url })))
        }
    }
}

/// The only bank of a session.
pub(super) async fn checked_institution(cx: &mut Cx<'_>, app: &App, id: String, relinks: bool) -> ApiResult<String> {
    const PARAM: &str = "filters[institution]";
    if relinks {
        let message = "You may only specify one of these parameters: filters[institution], relink_options.";
        return Err(FormError::exclusive(PARAM, message).into());
    }
    if app.directory.within(cx).await?.get(&id, cx.tenant.livemode()).is_some() {
        return Ok(id);
    }
    let shown: String = id.chars().take(100).collect();
    let message = format!("No such financial_connections.institution: '{shown}'");
    Err(ApiError::coded("resource_missing", message).with_param(PARAM))
}
