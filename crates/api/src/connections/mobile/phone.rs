//! The flow as an app reaches it.

use kernel::{ApiError, ApiResult, Core, Cx, Tenant, Vault};
use store::Value;

use super::auth_session::{self, AuthSession};
use super::texts::Texts;
use crate::App;
use crate::connections::institutions::{Directory, Institution};
use crate::connections::linking::{self, Flow, FlowError, Stage};
use crate::connections::sessions::{self, Session};
use crate::core::account::business_name;

/// A session that an app opened, as it stands.
pub(super) struct Phone {
    pub app: App,
    pub tenant: Tenant,
    pub session: Session,
    pub flow: Flow,
    /// The banks of the sandbox or account.
    pub directory: Directory,
    /// The business that asks.
    pub business: String,
    /// The last login that the app asked for.
    login: Option<AuthSession>,
    expired: bool,
}

impl Phone {
    /// The flow behind a client secret.
    ///
    /// # Errors
    /// 400 for a secret that opens nothing, or a session that was not opened yet.
    pub async fn of(app: &App, tenant: &Tenant, secret: &str) -> ApiResult<Phone> {
        let (own, secret) = (app.clone(), secret.to_owned());
        app.core.read(tenant, move |cx| Box::pin(async move { Phone::within(cx, &own, &secret).await })).await
    }

    /// [`of`](Self::of), in a transaction that is open.
    pub async fn within(cx: &mut Cx<'_>, app: &App, secret: &str) -> ApiResult<Phone> {
        let session = linking::session_of(cx, secret).await?;
        let flow = cx.find::<Flow>(&session.id).await?.ok_or_else(|| {
            let message = "This session was not opened yet: synchronize it first.";
            ApiError::invalid_param("client_secret", message)
        })?;
        let login = auth_session::latest(cx, &session.id).await?;
        let expired = flow.expires_at <= cx.now();
        let (tenant, business) = (cx.tenant.clone(), business_name(cx).await?);
        let directory = app.directory.within(cx).await?;
        Ok(Phone { app: app.clone(), tenant, session, flow: flow.value, directory, business, login, expired })
    }

    /// The same after a step.
    pub async fn again(&self) -> ApiResult<Phone> {
        Phone::of(&self.app, &self.tenant, &self.session.client_secret).await
    }

    /// Refuses steps once the session's time is over; what was linked can be read for longer.
    ///
    /// # Errors
    /// 400 `session_expired`.
    pub fn still_open(&self) -> ApiResult<()> {
        if self.expired { Err(expired()) } else { Ok(()) }
    }

    /// The token of the flow for pages that this app opens to sign in at a bank, and is called back from.
    pub fn login_token(&self) -> String {
        token(&self.app.core, &self.tenant, &self.session.id, Use::Login)
    }

    /// The token of the flow for apps that show all of it as pages.
    pub fn pages_token(&self) -> String {
        token(&self.app.core, &self.tenant, &self.session.id, Use::Pages)
    }

    pub fn texts(&self) -> &'static Texts {
        Texts::choose(self.flow.locale.as_deref())
    }

    /// The bank that the flow is at.
    pub fn institution(&self) -> Option<&Institution> {
        let id = self.flow.institution.as_deref()?;
        self.directory.get(id, self.tenant.livemode())
    }

    /// The login under way: the last one, as long as the flow is at its bank.
    pub fn current_login(&self) -> Option<&AuthSession> {
        self.login.as_ref().filter(|login| Some(&login.institution) == self.flow.institution.as_ref())
    }

    /// A login of this session.
    ///
    /// # Errors
    /// 400 if there is none of this id.
    pub async fn login(&self, cx: &mut Cx<'_>, id: &str) -> ApiResult<AuthSession> {
        let found = cx.find::<AuthSession>(id).await?.filter(|login| login.session == self.session.id);
        let shown: String = id.chars().take(100).collect();
        found.map(|login| login.value).ok_or_else(|| ApiError::missing("auth_session", &shown, "id").as_bad_request())
    }

    /// How many more accounts may be linked; none means any number.
    pub fn remaining(&self) -> Option<u32> {
        linking::remaining(&self.flow, &self.session)
    }

    /// Whether one account is chosen, not several.
    pub fn single_account(&self) -> bool {
        self.session.limits.as_ref().is_some_and(|limits| limits.accounts == 1) || self.remaining() == Some(1)
    }

    /// Whether the person signs in at the bank, or was just there.
    pub fn is_at_bank(&self) -> bool {
        matches!(self.flow.stage, Stage::BankLogin { .. } | Stage::SignIn { .. } | Stage::Accounts { .. } | Stage::Problem { .. })
    }
}

/// What a token is for.
#[derive(Clone, Copy)]
pub(super) enum Use {
    Login,
    Pages,
}

/// The flow's token for an app: always the same, so that nothing but the client secret has to be kept.
pub(super) fn token(core: &Core, tenant: &Tenant, session: &str, used: Use) -> String {
    let purpose = match used {
        Use::Login => "app's token to sign in",
        Use::Pages => "app's token of pages",
    };
    let digest = core.vault.recognise(purpose, format!("{}\n{session}", tenant.key()).as_bytes());
    let text: String = digest.iter().take(20).map(|byte| format!("{byte:02x}")).collect();
    format!("flow_{text}")
}

/// Opens the doors of an app's tokens; they stay open as long as a session lives.
pub(super) async fn open_doors(cx: &mut Cx<'_>, session: &str) -> ApiResult<()> {
    for used in [Use::Login, Use::Pages] {
        let token = token(&cx.core, &cx.tenant, session, used);
        let sql = "insert into doors (hash, tenant, kind, target, expires_at) values ($2, $1, 'flow', $3, $4) \
                   on conflict (hash) do update set expires_at = excluded.expires_at";
        let until = cx.real_now() + sessions::LIFE_SECONDS;
        cx.run(sql, &[Value::from(Vault::secret_hash(&token)), Value::from(session), Value::from(until)]).await?;
    }
    Ok(())
}

/// Whether a step was taken; if not, the flow says why.
///
/// # Errors
/// 400 once the session's time is over, 503 if nothing can be stored.
pub(super) fn taken(step: Result<(), FlowError>) -> ApiResult<bool> {
    match step {
        Ok(()) => Ok(true),
        Err(FlowError::Wrong | FlowError::Problem) => Ok(false),
        Err(FlowError::NotFound) => Err(expired()),
        Err(FlowError::Unavailable) => Err(ApiError::unavailable("a step of a linking flow could not be stored")),
    }
}

fn expired() -> ApiError {
    let message = "This session has expired. Create a new one to link accounts.";
    ApiError::coded("session_expired", message).with_param("client_secret")
}
