use std::sync::Arc;

use store::{Row, Tx, Value};

use crate::{ApiResult, ApiVersion, Core, Tenant};

/// The request that causes a change, as events name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRef {
    /// `req_…`
    pub id: String,
    /// The caller's idempotency key.
    pub idempotency_key: Option<String>,
}

/// One call: whose data, when, at which version, in which transaction. Everything that reads or writes gets one.
pub struct Cx<'a> {
    /// The transaction; prefer the typed methods.
    pub tx: &'a mut Tx,
    /// What all calls share.
    pub core: Arc<Core>,
    /// Whose data.
    pub tenant: Tenant,
    /// The version that the caller speaks.
    pub version: ApiVersion,
    /// The causing request; none in background work.
    pub request: Option<RequestRef>,
    real_us: i64,
    offset_ms: i64,
    made: i64,
    reads_only: bool,
}

impl<'a> Cx<'a> {
    /// A context at this moment of the tenant's clock.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn start(tx: &'a mut Tx, core: Arc<Core>, tenant: Tenant, version: ApiVersion) -> ApiResult<Cx<'a>> {
        let offset_ms = core.offset_ms(tx, &tenant).await?;
        let real_us = core.clock.now_us();
        Ok(Cx { tx, core, tenant, version, request: None, real_us, offset_ms, made: 0, reads_only: false })
    }

    /// The same for a call that only reads: what it finds is not locked.
    #[must_use]
    pub fn reading(mut self) -> Self {
        self.reads_only = true;
        self
    }

    /// Whether what is found stays free for others.
    pub(crate) fn reads_only(&self) -> bool {
        self.reads_only
    }

    /// Unix seconds on the tenant's clock.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.now_ms() / 1_000
    }

    /// Unix milliseconds on the tenant's clock.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.real_us / 1_000 + self.offset_ms
    }

    /// Unix seconds of real time, for what leaves this world: tokens, retention.
    #[must_use]
    pub fn real_now(&self) -> i64 {
        self.real_us / 1_000_000
    }

    /// Unix milliseconds of real time.
    #[must_use]
    pub fn real_now_ms(&self) -> i64 {
        self.real_us / 1_000
    }

    /// Milliseconds that the tenant's clock is ahead.
    #[must_use]
    pub fn offset_ms(&self) -> i64 {
        self.offset_ms
    }

    /// A new id for something made now; ids of one call keep their order.
    pub fn id(&mut self, prefix: &str, length: usize) -> String {
        self.made += 1;
        self.core.ids().id(prefix, length, self.real_us + self.offset_ms * 1_000 + self.made - 1)
    }

    /// A new id for something whose `created` is not now, such as an object on a test clock.
    pub fn id_at(&mut self, prefix: &str, length: usize, created: i64) -> String {
        self.made += 1;
        let fraction = (self.real_us + self.made) % 1_000_000;
        self.core.ids().id(prefix, length, created * 1_000_000 + fraction)
    }

    /// Runs a query whose first parameter is the tenant.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn rows(&mut self, sql: &str, rest: &[Value<'_>]) -> ApiResult<Vec<Row>> {
        Ok(self.tx.query(sql, &with_tenant(self.tenant.key(), rest)).await?)
    }

    /// The first row of a query whose first parameter is the tenant.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn row(&mut self, sql: &str, rest: &[Value<'_>]) -> ApiResult<Option<Row>> {
        Ok(self.tx.query_opt(sql, &with_tenant(self.tenant.key(), rest)).await?)
    }

    /// Runs a statement whose first parameter is the tenant; answers how many rows it touched.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn run(&mut self, sql: &str, rest: &[Value<'_>]) -> ApiResult<u64> {
        Ok(self.tx.execute(sql, &with_tenant(self.tenant.key(), rest)).await?)
    }
}

fn with_tenant<'v>(tenant: &'v str, rest: &'v [Value<'_>]) -> Vec<Value<'v>> {
    let mut params = Vec::with_capacity(rest.len() + 1);
    params.push(Value::from(tenant));
    params.extend(rest.iter().map(Value::borrowed));
    params
}
