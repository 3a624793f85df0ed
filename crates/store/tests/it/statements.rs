//! One text, one meaning on both engines.

use store::{Engine, StoreError, Value};

use crate::{execute, number, query, stores};

const TABLE: &str = "create table t (id text not null, n bigint, b bytea, primary key (id))";

#[tokio::test]
async fn values_come_back_as_they_went_in() {
    for (_database, store) in stores(TABLE).await {
        store
            .write(|tx| {
                Box::pin(async move {
                    let sql = "insert into t (id, n, b) values ($1, $2, $3)";
                    let bytes = [0_u8, 255, 49];
                    tx.execute(sql, &["é\u{1f4b0}".into(), i64::MIN.into(), (&bytes).into()]).await?;
                    // Bytes that look like a number stay bytes.
                    tx.execute(sql, &["digits".into(), true.into(), b"12".into()]).await?;
                    let none: Option<i64> = None;
                    tx.execute(sql, &["null".into(), none.into(), Value::Null]).await
                })
            })
            .await
            .expect("inserts");
        let sql = "select id, n, b from t where id = $1";
        let rows = query(&store, sql, vec!["é\u{1f4b0}".into()]).await.expect("finds");
        assert_eq!(rows[0].text(0), Ok("é\u{1f4b0}"));
        assert_eq!(rows[0].int(1), Ok(i64::MIN));
        assert_eq!(rows[0].blob(2), Ok(&[0, 255, 49][..]));
        let rows = query(&store, sql, vec!["digits".into()]).await.expect("finds");
        assert_eq!((rows[0].int(1), rows[0].blob(2)), (Ok(1), Ok(&b"12"[..])));
        let rows = query(&store, sql, vec!["null".into()]).await.expect("finds");
        assert_eq!((rows[0].int_opt(1), rows[0].blob_opt(2)), (Ok(None), Ok(None)));
        assert!(matches!(rows[0].int(1), Err(StoreError::Corrupt(_))));
    }
}

#[tokio::test]
async fn parameters_are_numbers_not_positions() {
    for (_database, store) in stores(TABLE).await {
        let sql = "select cast($2 as text) || cast($1 as text) || cast($1 as text)";
        let rows = query(&store, sql, vec!["a".into(), "b".into()]).await.expect("runs");
        assert_eq!(rows[0].text(0), Ok("baa"));
        execute(&store, "insert into t (id, n) values ('$1', 1), ('x', 2)").await.expect("inserts");
        let sql = "select n from t where id = '$1' and n < $2 and n <= $1 and n <= $1";
        let rows = query(&store, sql, vec![1.into(), 5.into()]).await.expect("runs");
        assert_eq!(rows.len(), 1, "a parameter in a string is text");
    }
}

#[tokio::test]
async fn a_wrong_number_of_parameters_is_an_error() {
    for (_database, store) in stores(TABLE).await {
        for params in [vec![], vec!["a".into(), "b".into()]] {
            let error = query(&store, "select n from t where id = $1", params).await.err();
            assert!(matches!(error, Some(StoreError::Database(_))), "{error:?}");
        }
    }
}

#[tokio::test]
async fn a_lock_at_the_end_is_accepted_and_a_string_like_it_kept() {
    for (_database, store) in stores(TABLE).await {
        execute(&store, "insert into t (id, n) values ('a for update', 7)").await.expect("inserts");
        for sql in [
            "select n from t where id = $1 for update",
            "select n from t where id = $1 limit 1 for update skip locked",
            "select n from t where n = 7 and id = $1 and id = 'a for update'",
        ] {
            let rows = store.write(move |tx| Box::pin(async move { tx.query(sql, &["a for update".into()]).await })).await;
            assert_eq!(rows.expect(sql)[0].int(0), Ok(7), "{sql}");
        }
    }
}

#[tokio::test]
async fn counts_and_returned_rows() {
    for (_database, store) in stores(TABLE).await {
        execute(&store, "insert into t (id, n) values ('a', 1), ('b', 2)").await.expect("inserts");
        assert_eq!(execute(&store, "update t set n = 2").await, Ok(2), "matched rows count");
        assert_eq!(execute(&store, "delete from t where id = 'z'").await, Ok(0));
        let rows = store
            .write(|tx| Box::pin(async move { tx.query("update t set n = n + 1 where id = 'a' returning id, n", &[]).await }))
            .await
            .expect("updates");
        assert_eq!((rows[0].text(0), rows[0].int(1)), (Ok("a"), Ok(3)));
        assert_eq!(number(&store, "select cast(sum(n) as bigint) from t").await, 5);
        assert_eq!(number(&store, "select count(*) from t").await, 2);
    }
}

#[tokio::test]
async fn query_opt_gives_one_row_or_none() {
    for (_database, store) in stores(TABLE).await {
        execute(&store, "insert into t (id, n) values ('a', 1), ('b', 1)").await.expect("inserts");
        let find = |n: i64| {
            store.read(move |tx| Box::pin(async move { tx.query_opt("select id from t where n = $1", &[n.into()]).await }))
        };
        assert_eq!(find(2).await, Ok(None));
        assert!(matches!(find(1).await, Err(StoreError::Corrupt(_))));
    }
}

#[tokio::test]
async fn a_read_cannot_write() {
    for (_database, store) in stores(TABLE).await {
        let error = store.read(|tx| Box::pin(async move { tx.execute("delete from t", &[]).await })).await.err();
        assert!(matches!(error, Some(StoreError::Database(_))), "{error:?}");
        if store.engine() == Engine::Sqlite {
            let error = query(&store, "delete from t returning id", Vec::new()).await.err();
            assert!(matches!(error, Some(StoreError::ReadOnly(_))), "{error:?}");
        }
    }
}

#[tokio::test]
async fn a_violated_key_names_its_columns() {
    let table = "create table t (a text not null, b bigint not null, c bigint, primary key (a, b), unique (c))";
    for (_database, store) in stores(table).await {
        execute(&store, "insert into t (a, b, c) values ('x', 1, 1)").await.expect("inserts");
        for (sql, constraint) in
            [("insert into t (a, b, c) values ('x', 1, 2)", "t.a, t.b"), ("insert into t (a, b, c) values ('y', 1, 1)", "t.c")]
        {
            let expected = StoreError::Unique { constraint: constraint.into() };
            assert_eq!(execute(&store, sql).await, Err(expected));
        }
        let error = execute(&store, "insert into t (a, b) values (null, 1)").await.err();
        assert!(matches!(error, Some(StoreError::Database(_))), "{error:?}");
    }
}
