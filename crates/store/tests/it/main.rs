//! The store on real databases: SQLite always, PostgreSQL when `DRAWBRIDGE_TEST_POSTGRES` names a server.

mod groups;
mod opening;
mod statements;
mod transactions;

use std::future::Future;
use std::pin::Pin;

use store::testing::TestDatabase;
use store::{BoxFuture, Row, Store, StoreError, Tx, Value};

/// Every engine that is there, each with an empty database and one more table.
async fn stores(create: &'static str) -> Vec<(TestDatabase, Store)> {
    let mut stores = Vec::new();
    for database in TestDatabase::each().await {
        let store = database.open().await;
        execute(&store, create).await.expect("the table is created");
        stores.push((database, store));
    }
    stores
}

async fn execute(store: &Store, sql: &'static str) -> Result<u64, StoreError> {
    store.write(move |tx| Box::pin(async move { tx.execute(sql, &[]).await })).await
}

async fn query(store: &Store, sql: &'static str, params: Vec<Value<'static>>) -> Result<Vec<Row>, StoreError> {
    store.read(move |tx| Box::pin(async move { tx.query(sql, &params).await })).await
}

/// The one number that a query gives.
async fn number(store: &Store, sql: &'static str) -> i64 {
    let rows = query(store, sql, Vec::new()).await.expect("the query runs");
    rows[0].int(0).expect("a number")
}

/// A closure for `Store::write` that inserts one row into `t (id)`.
fn insert(id: &'static str) -> impl for<'a> Fn(&'a mut Tx) -> BoxFuture<'a, Result<u64, StoreError>> {
    move |tx| Box::pin(async move { tx.execute("insert into t (id) values ($1)", &[id.into()]).await })
}

/// Polls a future once, which starts it, and tells whether it has no result yet.
async fn is_waiting<F: Future>(mut future: Pin<&mut F>) -> bool {
    std::future::poll_fn(|context| std::task::Poll::Ready(future.as_mut().poll(context).is_pending())).await
}
