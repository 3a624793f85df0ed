//! Pages of random lists, on the kernel alone: whatever was written and however it is cut, everything shows exactly once.

use std::sync::Arc;

use kernel::{Columns, Core, Filter, ListParams, ManualClock, Resource, Slot, SystemEntropy, Tenant, Vault};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde::{Deserialize, Serialize};
use testkit::TestDatabase;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Thing {
    id: String,
    colour: u8,
}

impl Resource for Thing {
    const KIND: &'static str = "thing";
    const NOUN: &'static str = "thing";

    fn id(&self) -> &str {
        &self.id
    }

    fn columns(&self) -> Columns {
        [Some(self.colour.to_string()), None, None, None]
    }
}

/// Writes things of these colours, each in the same second or the next, and answers their ids, newest first.
async fn insert(core: &Arc<Core>, tenant: &Tenant, things: &[(u8, bool)]) -> Vec<(String, u8)> {
    let things = things.to_vec();
    let write = core.write(tenant, move |cx| {
        let things = things.clone();
        Box::pin(async move {
            let (mut out, mut created) = (Vec::new(), 1_700_000_000);
            for (colour, later) in things {
                created += i64::from(later);
                let thing = Thing { id: cx.id_at("thing_", 24, created), colour };
                cx.insert(&thing).await?;
                out.push((thing.id, colour));
            }
            Ok(out)
        })
    });
    let mut written = write.await.expect("things are written");
    written.sort_by(|one, next| next.cmp(one));
    written
}

async fn page(core: &Arc<Core>, tenant: &Tenant, colour: Option<u8>, params: ListParams) -> (Vec<String>, bool) {
    let read = core.read(tenant, move |cx| {
        Box::pin(async move {
            let colour = colour.map(|colour| colour.to_string());
            cx.list::<Thing>("thing_", &Filter::default().with(Slot::F1, colour.as_deref()), &params).await
        })
    });
    let page = read.await.expect("a page");
    let id = |doc: &String| serde_json::from_str::<Thing>(doc).expect("a thing").id;
    (page.rows.iter().map(id).collect(), page.has_more)
}

async fn check(core: &Arc<Core>, tenant: &Tenant, things: &[(u8, bool)], colour: Option<u8>, limit: i64) {
    let written = insert(core, tenant, things).await;
    let expected: Vec<String> =
        written.into_iter().filter(|(_, own)| colour.is_none_or(|colour| colour == *own)).map(|(id, _)| id).collect();
    let mut forward: Vec<String> = Vec::new();
    loop {
        let params = ListParams { limit: Some(limit), starting_after: forward.last().cloned(), ending_before: None };
        let (rows, more) = page(core, tenant, colour, params).await;
        assert!(!more || rows.len() == usize::try_from(limit).unwrap(), "only the last page is short");
        forward.extend(rows);
        assert_eq!(more, forward.len() < expected.len());
        if !more {
            break;
        }
    }
    assert_eq!(forward, expected);
    let mut backward: Vec<String> = expected.last().cloned().into_iter().collect();
    while let Some(first) = backward.first().cloned() {
        let params = ListParams { limit: Some(limit), starting_after: None, ending_before: Some(first) };
        let (rows, more) = page(core, tenant, colour, params).await;
        backward.splice(0..0, rows);
        assert_eq!(more, backward.len() < expected.len());
        if !more {
            break;
        }
    }
    assert_eq!(backward, expected);
}

#[test]
fn every_row_is_on_exactly_one_page() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    for database in runtime.block_on(TestDatabase::each()) {
        let entropy = Arc::new(SystemEntropy);
        let store = runtime.block_on(database.open());
        let clock = Arc::new(ManualClock::at(testkit::START));
        let vault = Arc::new(Vault::new(&[1; 32], Arc::clone(&entropy) as _));
        let core = Arc::new(Core::new(store, clock, entropy, vault));
        let case = std::cell::Cell::new(0);
        let things = proptest::collection::vec((0..3_u8, any::<bool>()), 0..40);
        let strategy = (things, proptest::option::of(0..3_u8), 1..12_i64);
        let result = TestRunner::new(Config::with_cases(40)).run(&strategy, |(things, colour, limit)| {
            case.set(case.get() + 1);
            let tenant = Tenant::new(&format!("acct_{}", case.get()), false);
            runtime.block_on(check(&core, &tenant, &things, colour, limit));
            Ok(())
        });
        result.unwrap();
        runtime.block_on(core.store.close());
    }
}
