//! What a bank's answer about an authorization changes, with the events that tell of it.

use banks::PaymentNumbers;
use kernel::events::changed;
use kernel::{ApiResult, Cx, Stored};

use super::jobs::{self, Answer};
use super::object::{Authorization, AuthorizationDetails, ExpectedEnd};
use super::ops;
use crate::connections::accounts::{self, Account, ActiveDetails, Link, StatusDetails, numbers};
use crate::connections::bank;
use crate::connections::consents;
use crate::connections::linking::CONSENT_DAYS;
use crate::numbers::Numbers;

const DAY_SECONDS: i64 = 86_400;
/// Ends are told of this long ahead.
const NOTICE_SECONDS: i64 = 30 * DAY_SECONDS;

/// Writes down a bank's answer, and when to ask next.
pub(super) async fn settle(cx: &mut Cx<'_>, id: &str, institution: &str, answer: &Answer) -> ApiResult<()> {
    let Some(mut own) = cx.find::<Authorization>(id).await?.filter(|own| own.is_active()) else { return Ok(()) };
    let now = cx.now();
    let mut next = now + DAY_SECONDS;
    let Some(consent) = answer.consent else { return jobs::schedule(cx, id, institution, next).await };
    if bank::grant_version(cx, id).await? != answer.version {
        // Linked again or renewed meanwhile: the answer is about a grant that no longer counts.
        return jobs::schedule(cx, id, institution, now).await;
    }
    if !consent.active || consent.ends_at.is_some_and(|at| at <= now) {
        return ops::end(cx, id, consent.ends_at).await;
    }
    expect_end(cx, &mut own, consent.ends_at).await?;
    next = sooner(next, now, consent.ends_at);
    for (account, found) in &answer.numbers {
        let expires_at = take_numbers(cx, account, found.as_ref()).await?;
        next = sooner(next, now, expires_at);
    }
    jobs::schedule(cx, id, institution, next).await
}

/// When to look next if something ends: at its end, and when its end is to be told of.
fn sooner(next: i64, now: i64, end: Option<i64>) -> i64 {
    let times = end.map(|end| [end, end - NOTICE_SECONDS]).into_iter().flatten();
    times.filter(|at| *at > now).fold(next, i64::min)
}

/// Whether an end is near and was not told of.
fn is_to_tell(now: i64, end: Option<i64>, told: Option<i64>) -> Option<i64> {
    end.filter(|end| *end > now && end - NOTICE_SECONDS <= now && told != Some(*end))
}

async fn expect_end(cx: &mut Cx<'_>, own: &mut Stored<Authorization>, end: Option<i64>) -> ApiResult<()> {
    if own.expected_end() != end {
        let before = serde_json::to_value(&own.value)?;
        let active = end.map(|at| ExpectedEnd { action: "relink_required".into(), expected_deactivation_date: at });
        own.status_details = AuthorizationDetails { active, inactive: None };
        let doc = cx.update(own).await?;
        let previous = changed(&before, &serde_json::to_value(&own.value)?);
        cx.emit("financial_connections.authorization.expected_deactivation_date_updated", &doc, previous.as_ref()).await?;
    }
    let told = is_to_tell(cx.now(), end, own.told);
    if told.is_some() {
        own.told = told;
        let doc = cx.update(own).await?;
        cx.emit("financial_connections.authorization.upcoming_deactivation", &doc, None).await?;
    }
    for account in ops::accounts_of(cx, &own.id).await? {
        let Some(mut account) = cx.find::<Account>(&account).await?.filter(|account| account.is_active()) else { continue };
        expect_account_end(cx, &mut account, end).await?;
        if told.is_some() {
            let doc = serde_json::to_string(&account.value)?;
            cx.emit("financial_connections.account.upcoming_deactivation", &doc, None).await?;
        }
    }
    Ok(())
}

/// Why an account ends: its time is over, or its bank gives less time than was asked for.
fn cause(end: i64, agreed_at: Option<i64>) -> &'static str {
    match agreed_at {
        None => "unspecified",
        Some(agreed_at) if end + DAY_SECONDS < agreed_at + i64::from(CONSENT_DAYS) * DAY_SECONDS => "institution_requirement",
        Some(_) => "access_expired",
    }
}

async fn expect_account_end(cx: &mut Cx<'_>, account: &mut Stored<Account>, end: Option<i64>) -> ApiResult<()> {
    let agreed_at = consents::agreed_at(cx, account).await?;
    let active = end.map(|at| ActiveDetails {
        action: "relink_required".into(),
        cause: cause(at, agreed_at).into(),
        expected_deactivation_date: at,
    });
    if account.status_details.active == active {
        return Ok(());
    }
    let before = serde_json::to_value(&account.value)?;
    account.status_details = StatusDetails { active, inactive: None };
    cx.update(account).await?;
    accounts::emit_change(cx, "financial_connections.account.expected_deactivation_date_updated", &before, account).await
}

/// Takes over what the bank says about the numbers of an account; answers when they end.
async fn take_numbers(cx: &mut Cx<'_>, id: &str, found: Option<&PaymentNumbers>) -> ApiResult<Option<i64>> {
    let Some(mut account) = cx.find::<Account>(id).await?.filter(|account| account.is_active()) else { return Ok(None) };
    let Some(shown) = account.account_numbers.clone() else { return Ok(None) };
    // Numbers that cannot be debited are of no use unless they could be once.
    let found = found.filter(|numbers| numbers.can_debit || !shown.is_empty());
    let now = cx.now();
    let numbers: Vec<_> = found.map(|found| numbers::shown(found, now)).into_iter().collect();
    if shown != numbers {
        let before = serde_json::to_value(&account.value)?;
        account.account_numbers = Some(numbers);
        cx.update(&mut account).await?;
        accounts::emit_change(cx, "financial_connections.account.account_numbers_updated", &before, &account).await?;
    }
    if let Some(found) = found {
        // A bank may give out new digits at any time; the ones that count are the last.
        Numbers::from_bank(found).keep_if_new(cx, id).await?;
    }
    let types = numbers::payment_method_types(found.is_some_and(|found| found.can_debit));
    if account.supported_payment_method_types != types {
        let before = serde_json::to_value(&account.value)?;
        account.supported_payment_method_types = types;
        cx.update(&mut account).await?;
        let kind = "financial_connections.account.supported_payment_method_types_updated";
        accounts::emit_change(cx, kind, &before, &account).await?;
    }
    let expires_at = found.and_then(|found| found.expires_at);
    tell_of_expiry(cx, &account, expires_at).await?;
    Ok(expires_at)
}

async fn tell_of_expiry(cx: &mut Cx<'_>, account: &Account, expires_at: Option<i64>) -> ApiResult<()> {
    let Some(mut link) = cx.find::<Link>(&account.id).await? else { return Ok(()) };
    let usable = account.account_numbers.iter().flatten().any(|one| matches!(one.status.as_str(), "pending" | "transactable"));
    let told = is_to_tell(cx.now(), expires_at, link.told_expiry).filter(|_| usable);
    if told.is_none() {
        return Ok(());
    }
    link.told_expiry = told;
    cx.update(&mut link).await?;
    cx.emit("financial_connections.account.upcoming_account_number_expiry", &serde_json::to_string(account)?, None).await
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_000_000_000;

    #[test]
    fn looks_again_daily_and_when_something_ends() {
        let next = NOW + DAY_SECONDS;
        let far = NOW + NOTICE_SECONDS + 2 * DAY_SECONDS;
        let cases = [(None, next), (Some(far), next), (Some(NOW + NOTICE_SECONDS + 60), NOW + 60), (Some(NOW + 5), NOW + 5)];
        for (end, expected) in cases {
            assert_eq!(sooner(next, NOW, end), expected, "{end:?}");
        }
        assert_eq!(sooner(next, NOW, Some(NOW)), next, "what is over is not waited for");
    }

    #[test]
    fn a_bank_that_gives_less_time_requires_the_end() {
        let year = NOW + 365 * DAY_SECONDS;
        for (end, agreed_at, expected) in [
            (year, Some(NOW), "access_expired"),
            (year - DAY_SECONDS, Some(NOW), "access_expired"),
            (NOW + 90 * DAY_SECONDS, Some(NOW), "institution_requirement"),
            (year, None, "unspecified"),
        ] {
            assert_eq!(cause(end, agreed_at), expected, "{end} {agreed_at:?}");
        }
    }

    #[test]
    fn an_end_is_told_of_once_thirty_days_ahead() {
        let (near, far) = (Some(NOW + NOTICE_SECONDS), Some(NOW + NOTICE_SECONDS + 1));
        assert_eq!(is_to_tell(NOW, near, None), near);
        assert_eq!(is_to_tell(NOW, near, near), None);
        assert_eq!(is_to_tell(NOW, near, far), near, "another end is told of anew");
        assert_eq!(is_to_tell(NOW, far, None), None);
        assert_eq!(is_to_tell(NOW, Some(NOW), None), None, "it is over");
    }
}
