use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use store::{BoxFuture, Engine, Store, Tx, Value};
use tokio::sync::Notify;

use crate::{ApiResult, ApiVersion, Clock, Cx, Entropy, Ids, Tenant, Vault};

/// What every call shares: the database, time, randomness, the vault, and the bell that wakes workers.
pub struct Core {
    /// The database.
    pub store: Store,
    /// Real time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// Seals secrets.
    pub vault: Arc<Vault>,
    /// Rung after a commit that left work to do.
    pub bell: Notify,
    /// Offsets of sandbox clocks. Only this process writes an SQLite database, so there a copy is always true.
    offsets: RwLock<HashMap<String, i64>>,
}

impl Core {
    /// Puts the parts together.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>, vault: Arc<Vault>) -> Self {
        Core { store, clock, entropy, vault, bell: Notify::new(), offsets: RwLock::default() }
    }

    /// The maker of ids and secrets.
    #[must_use]
    pub fn ids(&self) -> Ids<'_> {
        Ids(self.entropy.as_ref())
    }

    /// Milliseconds that a tenant's clock is ahead of real time; live tenants have real time.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn offset_ms(&self, tx: &mut Tx, tenant: &Tenant) -> ApiResult<i64> {
        if tenant.livemode() {
            return Ok(0);
        }
        let copied = tx.engine() == Engine::Sqlite;
        if copied && let Some(offset) = self.copied_offset(tenant) {
            return Ok(offset);
        }
        let sql = "select offset_ms from sandbox_clocks where tenant = $1";
        let row = tx.query_opt(sql, &[Value::from(tenant.key())]).await?;
        let offset = row.map_or(Ok(0), |row| row.int(0))?;
        if copied {
            // A slow reader must not put an old offset over a newer one.
            let mut offsets = self.offsets.write().unwrap_or_else(std::sync::PoisonError::into_inner);
            offsets.entry(tenant.key().to_owned()).or_insert(offset);
        }
        Ok(offset)
    }

    /// Keeps the copy of an offset true; called within the transaction that changes it, so that those behind it see it.
    pub(crate) fn remember_offset(&self, tenant: &Tenant, offset_ms: i64) {
        let mut offsets = self.offsets.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        offsets.insert(tenant.key().to_owned(), offset_ms);
    }

    /// Drops the copy of an offset whose change was not committed.
    pub(crate) fn forget_offset(&self, tenant: &Tenant) {
        self.offsets.write().unwrap_or_else(std::sync::PoisonError::into_inner).remove(tenant.key());
    }

    fn copied_offset(&self, tenant: &Tenant) -> Option<i64> {
        let offsets = self.offsets.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        offsets.get(tenant.key()).copied()
    }

    /// Runs `work` in a write transaction of a tenant, on behalf of no request (jobs, pages), and rings the bell after it.
    ///
    /// # Errors
    /// Those of `work`, and those of the commit.
    pub async fn write<T, F>(self: &Arc<Self>, tenant: &Tenant, work: F) -> ApiResult<T>
    where
        T: Send + 'static,
        F: for<'a, 'b> Fn(&'a mut Cx<'b>) -> BoxFuture<'a, ApiResult<T>> + Send + Sync + 'static,
    {
        let core = Arc::clone(self);
        let tenant = tenant.clone();
        let work = Arc::new(work);
        let result = self
            .store
            .write(move |tx: &mut Tx| {
                let (core, tenant, work) = (Arc::clone(&core), tenant.clone(), Arc::clone(&work));
                Box::pin(async move {
                    let mut cx = Cx::start(tx, core, tenant, ApiVersion::latest()).await?;
                    work(&mut cx).await
                })
            })
            .await;
        self.bell.notify_waiters();
        result
    }

    /// Runs `work` on a read connection of a tenant.
    ///
    /// # Errors
    /// Those of `work`.
    pub async fn read<T, F>(self: &Arc<Self>, tenant: &Tenant, work: F) -> ApiResult<T>
    where
        T: Send + 'static,
        F: for<'a, 'b> FnOnce(&'a mut Cx<'b>) -> BoxFuture<'a, ApiResult<T>> + Send + 'static,
    {
        let core = Arc::clone(self);
        let tenant = tenant.clone();
        self.store
            .read(move |tx: &mut Tx| {
                Box::pin(async move {
                    let mut cx = Cx::start(tx, core, tenant, ApiVersion::latest()).await?.reading();
                    work(&mut cx).await
                })
            })
            .await
    }
}
