use super::*;
use crate::testing::TestDatabase;
use crate::{Row, Store};

/// The whole schema as one file, for people to read; never run outside this test.
const FRESH: &[Migration] = &[Migration { version: 1, name: "fresh", sql: include_str!("../../schema.sql") }];

/// Everything that shapes a SQLite schema, except the order of columns and the layout of the text.
const SQLITE_SHAPE: &[&str] = &[
    "select 'column', m.name, x.name, x.type, x.\"notnull\", x.dflt_value, x.pk from sqlite_master m \
     join pragma_table_xinfo(m.name) x where m.type = 'table'",
    "select 'index', m.name, l.name, l.\"unique\", l.origin, l.partial, x.seqno, x.name, x.\"desc\", x.coll \
     from sqlite_master m join pragma_index_list(m.name) l join pragma_index_xinfo(l.name) x \
     where m.type = 'table'",
    "select 'text', name, sql from sqlite_master where type <> 'table' and sql is not null",
    "select 'reference', m.name, k.\"from\", k.\"table\", k.\"to\", k.on_update, k.on_delete \
     from sqlite_master m join pragma_foreign_key_list(m.name) k where m.type = 'table'",
    "select 'checks', name, case when instr(lower(sql), 'check') > 0 then substr(sql, instr(lower(sql), 'check')) \
     end from sqlite_master where type = 'table'",
];

const POSTGRES_SHAPE: &[&str] = &[
    "select 'column', table_name::text, column_name::text, data_type::text, is_nullable::text, \
     column_default::text, collation_name::text \
     from information_schema.columns where table_schema = current_schema()",
    "select 'index', tablename::text, indexname::text, replace(indexdef, current_schema() || '.', '') \
     from pg_indexes where schemaname = current_schema()",
    "select 'constraint', conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) \
     from pg_constraint where connamespace = current_schema()::regnamespace",
];

async fn rows(store: &Store, sql: &'static str) -> Vec<Row> {
    store.read(move |tx| Box::pin(async move { tx.query(sql, &[]).await })).await.unwrap_or_else(|error| panic!("{sql}: {error}"))
}

async fn shape(store: &Store) -> Vec<String> {
    let queries = match store.engine() {
        Engine::Sqlite => SQLITE_SHAPE,
        Engine::Postgres => POSTGRES_SHAPE,
    };
    let mut shape = Vec::new();
    for sql in queries {
        for row in rows(store, sql).await {
            let text = format!("{row:?}").replace("\\n", " ");
            shape.push(text.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    shape.sort();
    shape
}

#[tokio::test]
async fn the_schema_file_is_the_sum_of_all_migrations() {
    for (migrated, fresh) in TestDatabase::each().await.into_iter().zip(TestDatabase::each().await) {
        let migrated = migrated.open().await;
        let fresh = Store::open_with(fresh.config(), FRESH).await.expect("schema.sql runs");
        let (migrated, fresh) = (shape(&migrated).await, shape(&fresh).await);
        assert!(migrated.len() > 10, "the shape is empty");
        assert_eq!(migrated, fresh);
    }
}

#[tokio::test]
async fn text_columns_compare_bytes_on_postgres() {
    let Some(database) = TestDatabase::postgres().await else {
        return;
    };
    let store = database.open().await;
    let others = rows(
        &store,
        "select table_name::text, column_name::text from information_schema.columns \
         where table_schema = current_schema() and data_type <> 'bigint' and data_type <> 'bytea' \
         and collation_name is distinct from 'C'",
    )
    .await;
    assert_eq!(others, []);
}

#[test]
fn migrations_count_upwards_and_use_portable_words_only() {
    for (index, migration) in MIGRATIONS.iter().enumerate() {
        assert_eq!(migration.version, index as i64 + 1);
        let text = migration.sql.to_lowercase();
        for word in ["deferr", "without rowid", "serial", "now(", "jsonb", "boolean", " integer"] {
            assert!(!text.contains(word), "{} has {word}", migration.name);
        }
    }
}

#[test]
fn postgres_gets_a_collation_on_each_text_column() {
    let sql = "-- text here\ncreate table t (\n  a text not null, b text,\n  context text);\ncreate index t_text on t (a);\n";
    assert_eq!(
        for_engine(Engine::Postgres, sql),
        "create table t (\n  a text collate \"C\" not null, b text collate \"C\",\n  \
         context text collate \"C\");\ncreate index t_text on t (a);\n"
    );
    assert_eq!(for_engine(Engine::Sqlite, sql), sql);
}

const FIRST: Migration = Migration { version: 1, name: "first", sql: "create table a (x text);" };
const SECOND: Migration = Migration { version: 2, name: "second", sql: "create table b (x text); alter table a add y bigint;" };

#[tokio::test]
async fn a_later_start_runs_only_what_is_missing() {
    for database in TestDatabase::each().await {
        let store = Store::open_with(database.config(), &[FIRST]).await.expect("opens");
        store
            .write(|tx| Box::pin(async move { tx.execute("insert into a (x) values ('kept')", &[]).await }))
            .await
            .expect("inserts");
        store.close().await;
        let store = Store::open_with(database.config(), &[FIRST, SECOND]).await.expect("upgrades");
        assert_eq!(rows(&store, "select x from a where y is null").await[0].text(0), Ok("kept"));
        let versions = rows(&store, "select version from schema_migrations order by version").await;
        assert_eq!(versions.iter().map(|row| row.int(0)).collect::<Vec<_>>(), [Ok(1), Ok(2)]);
        store.close().await;
        Store::open_with(database.config(), &[FIRST, SECOND]).await.expect("opens again");
        let refused = Store::open_with(database.config(), &[FIRST]).await.err();
        assert_eq!(refused, Some(StoreError::NewerSchema { found: 2, known: 1 }));
    }
}

#[tokio::test]
async fn a_failing_migration_leaves_nothing_behind() {
    const BROKEN: Migration = Migration { version: 2, name: "broken", sql: "create table b (x text);\nno such statement;" };
    for database in TestDatabase::each().await {
        let error = Store::open_with(database.config(), &[FIRST, BROKEN]).await.err();
        assert!(matches!(error, Some(StoreError::Database(_))), "{error:?}");
        Store::open_with(database.config(), &[FIRST, SECOND]).await.expect("table b is not there");
    }
}

#[tokio::test]
async fn an_edited_migration_is_refused() {
    const EDITED: Migration = Migration { version: 1, name: "first", sql: "create table a (x bigint);" };
    for database in TestDatabase::each().await {
        Store::open_with(database.config(), &[FIRST]).await.expect("opens");
        let error = Store::open_with(database.config(), &[EDITED]).await.err();
        assert!(matches!(error, Some(StoreError::Corrupt(_))), "{error:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nodes_that_start_at_once_migrate_once() {
    for database in TestDatabase::each().await {
        let starts = (0..6).map(|_| {
            let config = database.config().clone();
            tokio::spawn(async move { Store::open(&config).await })
        });
        for start in futures_util::future::join_all(starts).await {
            start.expect("no panic").expect("each node opens");
        }
    }
}
