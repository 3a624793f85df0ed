//! What stands between a tenant and its banks: registrations and grants, sealed in the vault, and their renewal.

use std::sync::Arc;
use std::time::Duration;

use banks::{BankConnector, BankError, BoxFuture, CallContext, ClientRegistration, Grant, RedirectSignIn};
use kernel::{ApiError, ApiResult, Cx, Tenant, Vault};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use store::Value;

use super::institutions::Institution;
use crate::App;

/// How often, and how long each time, a renewal under way elsewhere is waited for.
const RENEWAL_WAITS: u32 = 100;
const RENEWAL_WAIT: Duration = Duration::from_millis(200);
/// A renewal whose holder died is free again after this.
const RENEWAL_HELD_MS: i64 = 30_000;

/// Hands the product's random bytes to the connectors.
struct Randomness(Arc<dyn kernel::Entropy>);

impl banks::Entropy for Randomness {
    fn fill(&self, buffer: &mut [u8]) {
        self.0.fill(buffer);
    }
}

/// The surroundings of a call to a bank.
pub(crate) fn context(app: &App, institution: &Institution, user_present: bool) -> CallContext {
    CallContext {
        now: app.core.clock.now(),
        policy: institution.policy.clone(),
        user_present,
        entropy: Arc::new(Randomness(Arc::clone(&app.core.entropy))),
    }
}

/// Where banks send people back to.
pub(crate) fn redirect_uri(app: &App) -> String {
    format!("{}/connections/return", app.settings.base_url)
}

/// A sealed value of the vault, with its version.
pub(crate) async fn read_sealed<T: DeserializeOwned>(cx: &mut Cx<'_>, name: &str) -> ApiResult<Option<(T, i64)>> {
    let row = cx.row("select sealed, version from vault where tenant = $1 and name = $2", &[Value::from(name)]).await?;
    let Some(row) = row else { return Ok(None) };
    let plain = cx.core.vault.open(&cx.tenant, name, row.blob(0)?).map_err(|error| ApiError::internal(error.to_string()))?;
    Ok(Some((serde_json::from_slice(&plain)?, row.int(1)?)))
}

/// Seals a value in the vault, whatever was there.
pub(crate) async fn write_sealed<T: Serialize>(cx: &mut Cx<'_>, name: &str, value: &T) -> ApiResult<()> {
    let sealed = cx.core.vault.seal(&cx.tenant, name, &serde_json::to_vec(value)?);
    let sql = "insert into vault (tenant, name, version, sealed) values ($1, $2, 1, $3) \
               on conflict (tenant, name) do update set sealed = excluded.sealed, version = vault.version + 1";
    cx.run(sql, &[Value::from(name), Value::from(sealed)]).await?;
    Ok(())
}

/// Seals a value in the vault over the one of this version; false if that is gone.
async fn replace_sealed<T: Serialize>(cx: &mut Cx<'_>, name: &str, version: i64, value: &T) -> ApiResult<bool> {
    let sealed = cx.core.vault.seal(&cx.tenant, name, &serde_json::to_vec(value)?);
    let sql = "update vault set sealed = $3, version = version + 1 where tenant = $1 and name = $2 and version = $4";
    Ok(cx.run(sql, &[Value::from(name), Value::from(sealed), Value::from(version)]).await? == 1)
}

/// Forgets a value of the vault.
pub(crate) async fn forget(cx: &mut Cx<'_>, name: &str) -> ApiResult<()> {
    cx.run("delete from vault where tenant = $1 and name = $2", &[Value::from(name)]).await?;
    Ok(())
}

/// A grant and the registration that it was given to: a bank takes it from no other client.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct StoredGrant {
    /// The vault's name of the registration; none at banks where programs do not register.
    pub client: Option<String>,
    /// The tokens.
    pub grant: Grant,
}

/// The vault's name of a grant.
pub(crate) fn grant_name(authorization: &str) -> String {
    format!("grant/{authorization}")
}

/// The vault's name of this tenant's registration at a bank for this server's present address; made on first use. A server
/// that moves to another address registers anew, and keeps the old registration for the grants that were given to it.
pub(crate) async fn register(
    app: &App,
    tenant: &Tenant,
    institution: &Institution,
    bank: &dyn RedirectSignIn,
) -> Result<String, Failure> {
    let redirect = redirect_uri(app);
    let hash: String = Vault::secret_hash(&redirect).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let name = format!("client/{}/{hash}", institution.id);
    let wanted = name.clone();
    let known: Option<(ClientRegistration, i64)> =
        app.core.read(tenant, move |cx| Box::pin(async move { read_sealed(cx, &wanted).await })).await?;
    if known.is_some() {
        return Ok(name);
    }
    let ctx = context(app, institution, true);
    // The bank keeps the customers of different tenants apart by the tenant's key.
    let fresh = bank.register(&ctx, &redirect, tenant.key(), "Drawbridge").await?;
    let kept = name.clone();
    app.core
        .write(tenant, move |cx| {
            let (name, fresh) = (kept.clone(), fresh.clone());
            Box::pin(async move {
                let sealed = cx.core.vault.seal(&cx.tenant, &name, &serde_json::to_vec(&fresh)?);
                // Of two first logins at once, one registration stays and both use it.
                let sql = "insert into vault (tenant, name, version, sealed) values ($1, $2, 1, $3) on conflict (tenant, name) do nothing";
                cx.run(sql, &[Value::from(name), Value::from(sealed)]).await?;
                Ok(())
            })
        })
        .await?;
    Ok(name)
}

/// A registration that [`register`] named.
pub(crate) async fn registration(app: &App, tenant: &Tenant, name: &str) -> ApiResult<ClientRegistration> {
    let name = name.to_owned();
    let found = app.core.read(tenant, move |cx| Box::pin(async move { read_sealed(cx, &name).await })).await?;
    found.map(|(registration, _)| registration).ok_or_else(|| ApiError::internal("a grant's client registration is gone"))
}

/// Why a bank could not be asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The bank's answer.
    Bank(BankError),
    /// Ours.
    Own(ApiError),
}

impl From<BankError> for Failure {
    fn from(error: BankError) -> Self {
        Failure::Bank(error)
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Failure::Own(error)
    }
}

/// A grant at work: asks a bank in a person's name and keeps the tokens fresh.
pub(crate) struct Access<'a> {
    app: &'a App,
    tenant: Tenant,
    institution: &'a Institution,
    authorization: String,
    registration: Option<ClientRegistration>,
    stored: StoredGrant,
    version: i64,
    ctx: CallContext,
}

impl<'a> Access<'a> {
    /// The stored grant of an authorization.
    pub(crate) async fn open(
        app: &'a App,
        tenant: &Tenant,
        institution: &'a Institution,
        authorization: &str,
        user_present: bool,
    ) -> Result<Access<'a>, Failure> {
        let (stored, version) = stored_grant(app, tenant, authorization).await?.ok_or(BankError::GrantRevoked)?;
        let registration = match &stored.client {
            Some(name) => Some(registration(app, tenant, name).await?),
            None => None,
        };
        Ok(Access {
            app,
            tenant: tenant.clone(),
            institution,
            authorization: authorization.to_owned(),
            registration,
            stored,
            version,
            ctx: context(app, institution, user_present),
        })
    }

    /// The version of the grant that was asked by last.
    pub(crate) fn version(&self) -> i64 {
        self.version
    }

    /// Asks the bank about one of its accounts; with an expired token it renews the grant and asks once more.
    pub(crate) async fn ask<T, F>(&mut self, account: Subject<'_>, question: F) -> Result<T, Failure>
    where
        F: for<'q> Fn(&'q Question<'q>) -> BoxFuture<'q, Result<T, BankError>>,
    {
        if self.stored.grant.needs_renewal(self.ctx.now) {
            self.renew().await?;
        }
        match question(&self.question(account)).await {
            Err(BankError::TokenExpired) => {
                self.renew().await?;
                match question(&self.question(account)).await {
                    // A fresh token that is refused again means that the bank ended the consent.
                    Err(BankError::TokenExpired) => Err(BankError::GrantRevoked.into()),
                    other => Ok(other?),
                }
            }
            other => Ok(other?),
        }
    }

    fn question<'q>(&'q self, account: Subject<'q>) -> Question<'q> {
        Question {
            ctx: &self.ctx,
            connector: self.institution.connector.as_ref(),
            registration: self.registration.as_ref(),
            grant: &self.stored.grant,
            account,
        }
    }

    /// Renews the grant, one caller at a time on all nodes: a bank that hands out a new refresh token each time would take
    /// a second use of the old one for theft.
    async fn renew(&mut self) -> Result<(), Failure> {
        for _ in 0..RENEWAL_WAITS {
            if self.reload().await? {
                return Ok(());
            }
            if self.claim_renewal().await? {
                let outcome = self.renew_alone().await;
                self.end_renewal().await?;
                return outcome;
            }
            tokio::time::sleep(RENEWAL_WAIT).await;
        }
        Err(BankError::Timeout.into())
    }

    async fn renew_alone(&mut self) -> Result<(), Failure> {
        // Somebody may have renewed it between the last look and the claim.
        if self.reload().await? {
            return Ok(());
        }
        let grant = self.institution.connector.renew(&self.ctx, self.registration.as_ref(), &self.stored.grant).await?;
        let fresh = StoredGrant { client: self.stored.client.clone(), grant };
        let (name, kept, version) = (grant_name(&self.authorization), fresh.clone(), self.version);
        let written = self.app.core.write(&self.tenant, move |cx| {
            let (name, kept) = (name.clone(), kept.clone());
            Box::pin(async move { replace_sealed(cx, &name, version, &kept).await })
        });
        if !written.await? {
            // Linked again or ended meanwhile: what was renewed no longer counts.
            return if self.reload().await? { Ok(()) } else { Err(BankError::GrantRevoked.into()) };
        }
        self.stored = fresh;
        self.version += 1;
        Ok(())
    }

    /// Takes over a grant that somebody else renewed; false if there is none.
    async fn reload(&mut self) -> Result<bool, Failure> {
        match stored_grant(self.app, &self.tenant, &self.authorization).await? {
            Some((stored, version)) if version != self.version => {
                (self.stored, self.version) = (stored, version);
                Ok(true)
            }
            Some(_) => Ok(false),
            None => Err(BankError::GrantRevoked.into()),
        }
    }

    /// Takes the right to renew; false if somebody has it. It ends by itself, should its holder die.
    async fn claim_renewal(&self) -> ApiResult<bool> {
        let name = format!("renewing/{}", self.authorization);
        self.app
            .core
            .write(&self.tenant, move |cx| {
                let name = name.clone();
                Box::pin(async move {
                    let now_ms = cx.real_now_ms();
                    let sql = "insert into vault (tenant, name, version, sealed) values ($1, $2, $3, $4) on conflict (tenant, name) \
                               do update set version = excluded.version where vault.version < $5";
                    let until_ms = now_ms + RENEWAL_HELD_MS;
                    let params =
                        [Value::from(name.as_str()), Value::from(until_ms), Value::from(Vec::new()), Value::from(now_ms)];
                    Ok(cx.run(sql, &params).await? == 1)
                })
            })
            .await
    }

    async fn end_renewal(&self) -> ApiResult<()> {
        let name = format!("renewing/{}", self.authorization);
        self.app
            .core
            .write(&self.tenant, move |cx| {
                let name = name.clone();
                Box::pin(async move { forget(cx, &name).await })
            })
            .await
    }
}

/// What a question to a bank is asked with.
pub(crate) struct Question<'q> {
    pub ctx: &'q CallContext,
    pub connector: &'q dyn BankConnector,
    pub registration: Option<&'q ClientRegistration>,
    pub grant: &'q Grant,
    pub account: Subject<'q>,
}

/// The account that a question is about.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Subject<'q> {
    /// The bank's own id of it; empty for the grant as a whole.
    pub id: &'q str,
    /// Its currency.
    pub currency: &'q str,
}

/// The version of an authorization's grant, if it has one.
pub(crate) async fn grant_version(cx: &mut Cx<'_>, authorization: &str) -> ApiResult<Option<i64>> {
    let name = grant_name(authorization);
    let row = cx.row("select version from vault where tenant = $1 and name = $2", &[Value::from(name)]).await?;
    row.map(|row| Ok(row.int(0)?)).transpose()
}

async fn stored_grant(app: &App, tenant: &Tenant, authorization: &str) -> ApiResult<Option<(StoredGrant, i64)>> {
    let name = grant_name(authorization);
    app.core.read(tenant, move |cx| Box::pin(async move { read_sealed(cx, &name).await })).await
}
