//! Accounts and transactions, in as few calls as possible.

use std::sync::{Arc, PoisonError};

use egress::{HeaderValue, Method, Request, Url, header};

use super::SimpleFin;
use super::account_set::{AccountSet, Row};
use super::claim::Access;
use crate::account::BankAccount;
use crate::connector::CallContext;
use crate::error::BankError;
use crate::rows::Rows;
use crate::transaction::{TransactionPull, TransactionWindow};
use crate::transport::{self, fingerprint};

/// Accounts without their transactions.
const BALANCES: [(&str, &str); 1] = [("balances-only", "1")];
const DAY_S: i64 = 86_400;
/// Longest span of one call: servers refuse or cut longer ones.
const SPAN_S: i64 = 60 * DAY_S;
/// Calls of one pull; what lies further back is not asked for. Almost seven years.
const SPANS_MAX: usize = 42;
/// Rows may lie this far after the window; what claims to be later is a mistake. One year.
const FUTURE_S: i64 = 366 * DAY_S;

impl SimpleFin {
    pub(super) async fn list_accounts(&self, ctx: &CallContext, access: &Access) -> Result<Vec<BankAccount>, BankError> {
        let set = self.fetch(ctx, access, &BALANCES).await?;
        Ok(set.accounts.into_iter().map(|listed| listed.account).collect())
    }

    pub(super) async fn find_account(&self, ctx: &CallContext, access: &Access, id: &str) -> Result<BankAccount, BankError> {
        let set = self.fetch(ctx, access, &BALANCES).await?;
        let missing = missing(!set.errors.is_empty());
        set.accounts.into_iter().map(|listed| listed.account).find(|account| account.bank_account_id == id).ok_or(missing)
    }

    /// Asks for all accounts at once, because the answer serves the others as well.
    pub(super) async fn pull_transactions(
        &self,
        ctx: &CallContext,
        access: &Access,
        bank_account_id: &str,
        currency: &str,
        window: TransactionWindow,
    ) -> Result<TransactionPull, BankError> {
        let latest = window.to.max(ctx.now).saturating_add(FUTURE_S);
        let (spans, mut complete) = spans(window);
        let mut rows = Rows::default();
        let (mut found, mut reports_errors) = (false, false);
        for (start, end) in spans {
            let (start, end) = (start.to_string(), end.to_string());
            let query = [("start-date", start.as_str()), ("end-date", end.as_str()), ("pending", "1")];
            let set = self.fetch(ctx, access, &query).await?;
            // Something is old or missing, and the server does not say what.
            complete &= set.errors.is_empty();
            reports_errors |= !set.errors.is_empty();
            let Some(listed) = set.accounts.iter().find(|listed| listed.account.bank_account_id == bank_account_id) else {
                continue;
            };
            found = true;
            if listed.account.currency != currency {
                return Err(BankError::Protocol("the account's currency has changed".to_owned()));
            }
            for row in listed.rows(latest) {
                match row {
                    Row::Kept(row) => complete &= rows.add(row),
                    Row::Undated => {}
                    Row::Nonsense => complete = false,
                }
            }
        }
        if found { Ok(TransactionPull { rows: rows.kept, complete }) } else { Err(missing(reports_errors)) }
    }

    async fn fetch(&self, ctx: &CallContext, access: &Access, query: &[(&str, &str)]) -> Result<AccountSet, BankError> {
        let mut url = Url::parse(&format!("{}/accounts", access.base))
            .map_err(|_| BankError::Protocol("the access address is none".to_owned()))?;
        url.query_pairs_mut().extend_pairs(query);
        let key = fingerprint(&[&access.user, access.password.expose(), url.as_str()]);
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner).get(&key, ctx.now, self.config.reuse_s);
        if let Some(body) = recent {
            return AccountSet::parse(&body, &access.base, ctx.now);
        }
        let guard = self.servers.guard(&url);
        let body = Arc::new(guard.repeat(ctx, || self.get(ctx, access, &url)).await?);
        let set = AccountSet::parse(&body, &access.base, ctx.now)?;
        if !set.errors.is_empty() {
            // Their words may say what nobody should read in a log.
            tracing::warn!(errors = set.errors.len(), "a SimpleFIN server reports errors");
        }
        if self.config.reuse_s > 0 {
            self.recent.lock().unwrap_or_else(PoisonError::into_inner).put(key, ctx.now, &body);
        }
        Ok(set)
    }

    async fn get(&self, ctx: &CallContext, access: &Access, url: &Url) -> Result<Vec<u8>, BankError> {
        let mut request = Request::new(Method::GET, url.clone());
        request.headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        request.headers.insert(header::AUTHORIZATION, access.authorization()?);
        let answer = transport::exchange(&self.http, ctx, request, self.config.timeout_ms).await?;
        match answer.status {
            200 => Ok(answer.body),
            // The person has to pay the server; the access itself stands.
            402 => Err(BankError::AccountLocked),
            401 | 403 => Err(BankError::GrantRevoked),
            status => Err(BankError::Protocol(format!("the accounts were answered with status {status}"))),
        }
    }
}

/// What it means that an account is missing: beside errors it may be the one that they are about, and come back.
fn missing(beside_errors: bool) -> BankError {
    if beside_errors { BankError::Unavailable { expected_at: None } } else { BankError::NotFound }
}

/// The spans to ask for, oldest first, and whether they cover the window. Whole days with one more on
/// both sides, so that all accounts ask the same; the end is exclusive, as the protocol has it.
fn spans(window: TransactionWindow) -> (Vec<(i64, i64)>, bool) {
    let day = |seconds: i64| seconds.div_euclid(DAY_S).saturating_mul(DAY_S);
    let start = day(window.from).saturating_sub(DAY_S);
    let mut end = day(window.to).saturating_add(2 * DAY_S);
    let mut spans = Vec::new();
    while end > start && spans.len() < SPANS_MAX {
        let begin = start.max(end.saturating_sub(SPAN_S));
        spans.push((begin, end));
        end = begin;
    }
    spans.reverse();
    (spans, end <= start)
}

#[cfg(test)]
mod tests {
    use super::{DAY_S, SPAN_S, SPANS_MAX, spans};
    use crate::transaction::TransactionWindow;

    #[test]
    fn spans_join_without_gaps() {
        let now = 1_767_323_045;
        let (spans, covered) = spans(TransactionWindow { from: now - 180 * DAY_S, to: now });
        assert!(covered);
        assert_eq!(spans.len(), 4);
        assert!(spans.iter().all(|(start, end)| end - start <= SPAN_S && start < end));
        assert!(spans.windows(2).all(|pair| pair[0].1 == pair[1].0));
        assert!(spans[0].0 < now - 180 * DAY_S && spans[3].1 > now + DAY_S / 2);
    }

    #[test]
    fn endless_and_empty_windows_are_bounded() {
        let (endless, covered) = spans(TransactionWindow { from: i64::MIN, to: i64::MAX });
        assert_eq!((endless.len(), covered), (SPANS_MAX, false));
        let (none, _) = spans(TransactionWindow { from: i64::MAX, to: i64::MIN });
        assert!(none.is_empty());
    }
}
