//! Who calls: API keys, restricted rights, the account headers.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use kernel::{Access, ApiError, ApiResult, Caller, Permissions, Right, Tenant, Vault};
use store::{Row, Tx, Value};

use crate::App;
use crate::core::sandboxes;
use crate::route::{Keys, Route};

/// A key is looked up again after this long, so that a key revoked on another node stops working soon.
const KEPT_MS: i64 = 2_000;
/// More keys than this are not kept at once.
const KEPT_MAX: usize = 10_000;

/// Keys seen lately, by the hash of their text.
#[derive(Default)]
pub(crate) struct KeyRing(RwLock<HashMap<Vec<u8>, Known>>);

#[derive(Clone)]
struct Known {
    caller: Arc<Caller>,
    expires_at: Option<i64>,
    seen_ms: i64,
}

impl KeyRing {
    fn get(&self, hash: &[u8], now_ms: i64) -> Option<Known> {
        let known = self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        known.get(hash).filter(|key| now_ms - key.seen_ms < KEPT_MS).cloned()
    }

    fn put(&self, hash: Vec<u8>, key: Known) {
        let mut known = self.0.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        if known.len() >= KEPT_MAX {
            known.clear();
        }
        known.insert(hash, key);
    }

    /// Forgets every key, after one was made or revoked here.
    pub(crate) fn forget(&self) {
        self.0.write().unwrap_or_else(std::sync::PoisonError::into_inner).clear();
    }
}

/// The caller behind the headers.
///
/// # Errors
/// 401 without a key that is known and valid; 403 for an account that the key does not reach.
pub(crate) async fn authenticate(app: &App, headers: &HeaderMap) -> ApiResult<Arc<Caller>> {
    let key = presented_key(headers)?;
    let caller = caller_of(app, &key).await?;
    check_account(headers, &caller, &key)?;
    Ok(caller)
}

/// Whether the caller may use the route.
///
/// # Errors
/// 401 `secret_key_required` for a publishable key, 403 for a restricted key without the right.
pub(crate) fn authorize(route: &Route, caller: &Caller) -> ApiResult<()> {
    match (&caller.access, route.keys) {
        (Access::Ephemeral(_), Keys::Customer(_)) => Ok(()),
        (Access::Ephemeral(_), _) => {
            let message = "An ephemeral key reaches the payment methods of its customer and nothing else.";
            Err(ApiError::forbidden(None, message))
        }
        (Access::Secret, _) | (_, Keys::Publishable) | (Access::Publishable, Keys::Either(_)) => Ok(()),
        (Access::Publishable, Keys::Secret(_) | Keys::Customer(_)) => {
            let message = "This API call cannot be made with a publishable API key. Please use a secret API key.";
            Err(ApiError::secret_key_required(message))
        }
        (Access::Restricted(permissions), Keys::Secret(resource) | Keys::Either(resource) | Keys::Customer(resource)) => {
            let has = permissions.get(resource).copied().unwrap_or(Right::None);
            if has >= route.right() {
                return Ok(());
            }
            let message = format!(
                "The provided key does not have the required permissions for this endpoint on account '{}'. It needs '{}' on '{resource}'.",
                caller.tenant.account(),
                route.right().as_str(),
            );
            Err(ApiError::forbidden(None, message))
        }
    }
}

fn presented_key(headers: &HeaderMap) -> ApiResult<String> {
    const NO_KEY: &str = "You did not provide an API key. Send it in the Authorization header: 'Authorization: Bearer YOUR_SECRET_KEY', or as the user name of HTTP basic auth.";
    let value = headers.get(http::header::AUTHORIZATION).ok_or_else(|| ApiError::unauthenticated(NO_KEY))?;
    let text = value.to_str().map_err(|_| ApiError::unauthenticated(NO_KEY))?.trim();
    let (scheme, rest) = text.split_once(' ').unwrap_or((text, ""));
    let key = match scheme.to_ascii_lowercase().as_str() {
        "bearer" => rest.trim().to_owned(),
        "basic" => {
            let plain = STANDARD.decode(rest.trim()).ok().and_then(|plain| String::from_utf8(plain).ok());
            let plain = plain.ok_or_else(|| ApiError::unauthenticated(NO_KEY))?;
            plain.split(':').next().unwrap_or("").to_owned()
        }
        _ => String::new(),
    };
    if key.is_empty() || key.len() > 255 { Err(ApiError::unauthenticated(NO_KEY)) } else { Ok(key) }
}

async fn caller_of(app: &App, key: &str) -> ApiResult<Arc<Caller>> {
    let hash = Vault::secret_hash(key);
    let now_ms = app.core.clock.now_ms();
    let known = match app.keys.get(&hash, now_ms) {
        Some(known) => known,
        None => {
            let found = match stored_key(app, hash.clone(), now_ms).await? {
                Some(found) => found,
                None => open_sandbox(app, key, now_ms).await?,
            };
            app.keys.put(hash, found.clone());
            found
        }
    };
    match known.expires_at {
        Some(at) if at * 1_000 <= now_ms => Err(ApiError::key_expired()),
        _ => Ok(known.caller),
    }
}

async fn stored_key(app: &App, hash: Vec<u8>, now_ms: i64) -> ApiResult<Option<Known>> {
    let row = app
        .core
        .store
        .read(move |tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<Option<Row>>> {
            Box::pin(async move {
                let sql = "select id, tenant, kind, permissions, expires_at from api_keys where hash = $1";
                Ok(tx.query_opt(sql, &[Value::from(hash)]).await?)
            })
        })
        .await?;
    row.map(|row| read_key(&row, now_ms)).transpose()
}

fn read_key(row: &Row, now_ms: i64) -> ApiResult<Known> {
    let tenant = Tenant::from_key(row.text(1)?).ok_or_else(|| ApiError::internal("a key's tenant does not read"))?;
    let access = match row.text(2)? {
        "secret" => Access::Secret,
        "publishable" => Access::Publishable,
        "ephemeral" => Access::Ephemeral(row.text_opt(3)?.unwrap_or_default().to_owned()),
        _ => Access::Restricted(read_permissions(row.text_opt(3)?.unwrap_or("{}"))?),
    };
    let caller = Arc::new(Caller { tenant, key_id: row.text(0)?.to_owned(), access });
    Ok(Known { caller, expires_at: row.int_opt(4)?, seen_ms: now_ms })
}

fn read_permissions(text: &str) -> ApiResult<Permissions> {
    let named: std::collections::BTreeMap<String, String> = serde_json::from_str(text)?;
    Ok(named.into_iter().filter_map(|(name, right)| Some((name, Right::parse(&right)?))).collect())
}

async fn open_sandbox(app: &App, key: &str, now_ms: i64) -> ApiResult<Known> {
    let rest = key.strip_prefix("sk_test_").filter(|rest| sandboxes::opens(rest));
    match rest {
        Some(rest) if app.settings.open_sandboxes && !sandboxes::has_live_accounts(&app.core).await? => {
            let caller = Arc::new(sandboxes::open(app, rest).await?);
            Ok(Known { caller, expires_at: None, seen_ms: now_ms })
        }
        _ => Err(ApiError::unauthenticated(format!("Invalid API Key provided: {}", masked(key)))),
    }
}

/// A key as messages may show it: its kind and its last four characters.
fn masked(key: &str) -> String {
    let visible: String = key.chars().filter(char::is_ascii_graphic).collect();
    let prefix: String = visible.match_indices('_').nth(1).map_or(String::new(), |(at, _)| visible[..=at].to_owned());
    let prefix = if prefix.len() <= 8 { prefix } else { String::new() };
    let tail: String = visible.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
    if visible.len() < 16 { format!("{prefix}****") } else { format!("{prefix}****{tail}") }
}

fn check_account(headers: &HeaderMap, caller: &Caller, key: &str) -> ApiResult<()> {
    for name in ["stripe-account", "stripe-context"] {
        let Some(value) = headers.get(name) else { continue };
        let asked = value.to_str().unwrap_or("").rsplit('/').next().unwrap_or("").trim();
        if asked.is_empty() || asked == caller.tenant.account() {
            continue;
        }
        let shown: String = asked.chars().take(100).collect();
        let message = format!(
            "The provided key '{}' does not have access to account '{shown}' (or that account does not exist).",
            masked(key)
        );
        return Err(ApiError::forbidden(Some("account_invalid"), message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_never_show_a_key() {
        assert_eq!(masked("sk_test_abcdefghijklmnop"), "sk_test_****mnop");
        assert_eq!(masked("sk_test_short"), "sk_test_****");
        assert_eq!(masked("nonsense"), "****");
    }
}
