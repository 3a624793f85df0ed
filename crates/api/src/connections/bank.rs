//! What stands between a tenant and its banks: registrations and grants, sealed in the vault, and their renewal.

use std::sync::Arc;

use banks::{BankConnector, BankError, BoxFuture, CallContext, ClientRegistration, Grant};
use kernel::{ApiError, ApiResult, Cx, Tenant};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::Value;

use super::institutions::Institution;
use crate::App;

/// Hands the product's random bytes to the connectors.
struct Randomness(Arc<dyn kernel::Entropy>);

impl banks::Entropy for Randomness {
    fn fill(&self, buffer: &mut [u8]) {
        self.0.fill(buffer);
    }
}

/// The surroundings of a call to a bank.
pub(crate) fn context(app: &App, tenant: &Tenant, user_present: bool) -> CallContext {
    CallContext {
        now: app.core.clock.now(),
        policy: app.egress_policy(tenant.livemode()),
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

/// Forgets a value of the vault.
pub(crate) async fn forget(cx: &mut Cx<'_>, name: &str) -> ApiResult<()> {
    cx.run("delete from vault where tenant = $1 and name = $2", &[Value::from(name)]).await?;
    Ok(())
}

/// The vault's name of a grant.
pub(crate) fn grant_name(authorization: &str) -> String {
    format!("grant/{authorization}")
}

/// The vault's name of an account's numbers.
pub(crate) fn numbers_name(account: &str) -> String {
    format!("numbers/{account}")
}

/// This tenant's registration at a bank; made on first use.
pub(crate) async fn registration(app: &App, tenant: &Tenant, institution: &Institution) -> Result<ClientRegistration, Failure> {
    let redirect = redirect_uri(app);
    let name = format!("client/{}", institution.id);
    let wanted = name.clone();
    let known: Option<(ClientRegistration, i64)> =
        app.core.read(tenant, move |cx| Box::pin(async move { read_sealed(cx, &wanted).await })).await?;
    if let Some((known, _)) = known
        && known.redirect_uri == redirect
    {
        return Ok(known);
    }
    let ctx = context(app, tenant, true);
    // The bank keeps the customers of different tenants apart by this name.
    let fresh = institution.connector.register(&ctx, &redirect, tenant.key(), "Drawbridge").await?;
    let kept = fresh.clone();
    app.core
        .write(tenant, move |cx| {
            let (name, fresh) = (name.clone(), fresh.clone());
            Box::pin(async move { write_sealed(cx, &name, &fresh).await })
        })
        .await?;
    Ok(kept)
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
    registration: ClientRegistration,
    grant: Grant,
    version: i64,
    /// The surroundings of its calls.
    pub ctx: CallContext,
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
        let registration = registration(app, tenant, institution).await?;
        let (grant, version) = stored_grant(app, tenant, authorization).await?.ok_or(BankError::GrantRevoked)?;
        Ok(Access {
            app,
            tenant: tenant.clone(),
            institution,
            authorization: authorization.to_owned(),
            registration,
            grant,
            version,
            ctx: context(app, tenant, user_present),
        })
    }

    /// Asks the bank about one of its accounts; with an expired token it renews the grant and asks once more.
    pub(crate) async fn ask<T, F>(&mut self, account: Subject<'_>, question: F) -> Result<T, Failure>
    where
        F: for<'q> Fn(&'q Question<'q>) -> BoxFuture<'q, Result<T, BankError>>,
    {
        if self.grant.needs_renewal(self.ctx.now) {
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
            registration: &self.registration,
            grant: &self.grant,
            account,
        }
    }

    /// Renews the grant and stores it before use. If another node renewed it meanwhile, its grant is used.
    async fn renew(&mut self) -> Result<(), Failure> {
        let renewed = self.institution.connector.renew(&self.ctx, &self.registration, &self.grant).await;
        match renewed {
            Ok(grant) => {
                let (name, seen, fresh) = (grant_name(&self.authorization), self.version, grant.clone());
                let mine = self
                    .app
                    .core
                    .write(&self.tenant, move |cx| {
                        let (name, fresh) = (name.clone(), fresh.clone());
                        Box::pin(async move { replace_grant(cx, &name, &fresh, seen).await })
                    })
                    .await?;
                if mine {
                    self.grant = grant;
                    self.version += 1;
                    return Ok(());
                }
                self.reload().await.map(|_| ())
            }
            Err(BankError::GrantRevoked) if self.reload().await? => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes over a newer stored grant; false if there is none.
    async fn reload(&mut self) -> Result<bool, Failure> {
        match stored_grant(self.app, &self.tenant, &self.authorization).await? {
            Some((grant, version)) if version != self.version => {
                (self.grant, self.version) = (grant, version);
                Ok(true)
            }
            _ => Ok(false),
        }
    }
}

/// What a question to a bank is asked with.
pub(crate) struct Question<'q> {
    pub ctx: &'q CallContext,
    pub connector: &'q dyn BankConnector,
    pub registration: &'q ClientRegistration,
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

async fn stored_grant(app: &App, tenant: &Tenant, authorization: &str) -> ApiResult<Option<(Grant, i64)>> {
    let name = grant_name(authorization);
    app.core.read(tenant, move |cx| Box::pin(async move { read_sealed(cx, &name).await })).await
}

async fn replace_grant(cx: &mut Cx<'_>, name: &str, grant: &Grant, seen: i64) -> ApiResult<bool> {
    let sealed = cx.core.vault.seal(&cx.tenant, name, &serde_json::to_vec(grant)?);
    let sql = "update vault set sealed = $3, version = version + 1 where tenant = $1 and name = $2 and version = $4";
    Ok(cx.run(sql, &[Value::from(name), Value::from(sealed), Value::from(seen)]).await? == 1)
}
