use std::collections::HashSet;
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use kernel::jobs::{Handler, Runner};
use kernel::{ApiResult, Core, Tenant};

use crate::auth::KeyRing;
use crate::connections::institutions::Directory;
use crate::core::mails::Mailer;
use crate::extension::Extension;
use crate::payments::rails::originator::Originators;
use crate::payments::surroundings::Modes;

/// How this server runs.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where browsers and banks reach it, without a slash at the end.
    pub base_url: String,
    /// Unknown test keys open private sandboxes.
    pub open_sandboxes: bool,
    /// It listens on a loopback address: sandboxes may then reach loopback too.
    pub loopback: bool,
    /// What is taken for payments, returns and disputes.
    pub fees: ledger::Fees,
}

/// Everything a call needs; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// See [`App`].
pub struct Inner {
    /// Database, clock, vault.
    pub core: Arc<Core>,
    /// How this server runs.
    pub settings: Settings,
    /// The banks that can be linked.
    pub directory: Directory,
    /// Outgoing calls.
    pub http: egress::Client,
    /// What decides about payments beside us.
    pub surroundings: Modes,
    /// Who sends ACH files.
    pub originators: Arc<dyn Originators>,
    pub(crate) keys: KeyRing,
    in_flight: Mutex<HashSet<(String, String)>>,
    runner: OnceLock<Arc<Runner>>,
    extension: OnceLock<Arc<dyn Extension>>,
    mailer: OnceLock<Arc<dyn Mailer>>,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    /// Puts the product together. Jobs run once [`App::runner`] is put to work.
    #[must_use]
    pub fn new(
        core: Arc<Core>,
        settings: Settings,
        directory: Directory,
        http: egress::Client,
        surroundings: Modes,
        originators: Arc<dyn Originators>,
    ) -> App {
        let app = App(Arc::new(Inner {
            core: Arc::clone(&core),
            settings,
            directory,
            http,
            surroundings,
            originators,
            keys: KeyRing::default(),
            in_flight: Mutex::default(),
            runner: OnceLock::new(),
            extension: OnceLock::new(),
            mailer: OnceLock::new(),
        }));
        let handlers: Vec<Arc<dyn Handler>> = crate::routes::jobs(&app);
        let _ = app.runner.set(Runner::new(core, handlers));
        app
    }

    /// The runner of this app's jobs.
    #[must_use]
    pub fn runner(&self) -> &Arc<Runner> {
        self.runner.get().expect("set when the app is made")
    }

    /// The banks that a tenant sees, as they are now; within a transaction there is [`Directory::within`].
    ///
    /// # Errors
    /// Those of the database.
    pub async fn banks(&self, tenant: &Tenant) -> ApiResult<Directory> {
        let directory = self.directory.clone();
        self.core.read(tenant, move |cx| Box::pin(async move { directory.within(cx).await })).await
    }

    /// Gives the rows of the extension something that answers them; the first one stays.
    pub fn extend(&self, extension: Arc<dyn Extension>) {
        let _ = self.extension.set(extension);
    }

    pub(crate) fn extension(&self) -> Option<&Arc<dyn Extension>> {
        self.extension.get()
    }

    /// Says who sends the mails of live mode; the first one stays.
    pub fn send_mail_by(&self, mailer: Arc<dyn Mailer>) {
        let _ = self.mailer.set(mailer);
    }

    pub(crate) fn mailer(&self) -> Option<&Arc<dyn Mailer>> {
        self.mailer.get()
    }

    /// Which addresses outgoing calls of a tenant may reach.
    #[must_use]
    pub fn egress_policy(&self, livemode: bool) -> egress::Policy {
        let allow_loopback = self.settings.loopback && !livemode;
        egress::Policy { allow_loopback, require_https: livemode, ..egress::Policy::default() }
    }

    /// Marks an idempotency key as at work; none if it is already.
    pub(crate) fn enter_flight(&self, tenant: &str, key: &str) -> Option<Flight> {
        let name = (tenant.to_owned(), key.to_owned());
        let fresh = self.in_flight.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone());
        fresh.then(|| Flight { app: self.clone(), name })
    }
}

/// An idempotency key at work in this process; dropped when the answer is known.
pub(crate) struct Flight {
    app: App,
    name: (String, String),
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.app.in_flight.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}
