//! Whatever happens to payments, the books are right afterwards; and the check sees each posting that is not.

use std::sync::Arc;

use kernel::{ApiResult, Core, Cx, ManualClock, SystemEntropy, Tenant, Vault};
use ledger::{Fees, movement};
use money::{Amount, Currency};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value as Json, json};
use store::Value;
use store::testing::TestDatabase;

use super::check::{Wrong, check_tenant};
use super::{Line, move_between, post};

/// Something that happens to one of the payments so far; what does not fit its state does not happen.
#[derive(Debug, Clone)]
enum Step {
    Pay(i64),
    Settle(usize),
    Fail(usize),
    Refund(usize, i64),
    RefundSettles(usize),
    RefundFails(usize),
    Dispute(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let which = || 0_usize..8;
    prop_oneof![
        3 => (50_i64..1_000_000).prop_map(Step::Pay),
        3 => which().prop_map(Step::Settle),
        1 => which().prop_map(Step::Fail),
        3 => (which(), 1_i64..500_000).prop_map(|(which, amount)| Step::Refund(which, amount)),
        2 => which().prop_map(Step::RefundSettles),
        1 => which().prop_map(Step::RefundFails),
        1 => which().prop_map(Step::Dispute),
    ]
}

/// What exists so far, as documents.
#[derive(Default)]
struct World {
    charges: Vec<Json>,
    refunds: Vec<Json>,
    disputes: Vec<Json>,
}

fn usd(minor: i64) -> Amount {
    Amount::new(minor, Currency::USD)
}

fn text(doc: &Json, name: &str) -> String {
    doc[name].as_str().unwrap_or_default().to_owned()
}

fn amount(doc: &Json) -> Amount {
    usd(doc["amount"].as_i64().unwrap_or_default())
}

/// A place among what there is; none if there is nothing.
fn place(which: usize, among: &[Json]) -> Option<usize> {
    which.checked_rem(among.len())
}

impl World {
    async fn take(&mut self, cx: &mut Cx<'_>, step: Step) -> ApiResult<()> {
        match step {
            Step::Pay(minor) => self.pay(cx, minor).await,
            Step::Settle(which) => self.settle(cx, which).await,
            Step::Fail(which) => self.fail(cx, which).await,
            Step::Refund(which, minor) => self.refund(cx, which, minor).await,
            Step::RefundSettles(which) => self.end_refund(cx, which, true).await,
            Step::RefundFails(which) => self.end_refund(cx, which, false).await,
            Step::Dispute(which) => self.dispute(cx, which).await,
        }
    }

    async fn pay(&mut self, cx: &mut Cx<'_>, minor: i64) -> ApiResult<()> {
        let id = cx.id("py_", 24);
        let moved = movement::payment(usd(minor), Fees::default().of_payment(usd(minor)).unwrap()).unwrap();
        let line = book(cx, &moved, &id, 100).await?;
        self.charges.push(json!({
            "id": id, "amount": minor, "amount_refunded": 0, "status": "pending", "balance_transaction": line,
            "failure_balance_transaction": null, "disputed": false,
        }));
        Ok(())
    }

    async fn settle(&mut self, cx: &mut Cx<'_>, which: usize) -> ApiResult<()> {
        let Some(at) = place(which, &self.charges).filter(|at| self.charges[*at]["status"] == "pending") else { return Ok(()) };
        let charge = &mut self.charges[at];
        move_between(cx, &movement::debit_settled(amount(charge)).unwrap(), &text(charge, "id")).await?;
        charge["status"] = "succeeded".into();
        Ok(())
    }

    async fn fail(&mut self, cx: &mut Cx<'_>, which: usize) -> ApiResult<()> {
        let Some(at) = place(which, &self.charges).filter(|at| self.charges[*at]["status"] == "pending") else { return Ok(()) };
        let charge = &mut self.charges[at];
        let fees = Fees::default();
        let (taken, costs) = (fees.of_payment(amount(charge)).unwrap(), usd(fees.failed_payment.fixed));
        let moved = movement::payment_failed(amount(charge), taken, costs).unwrap();
        charge["failure_balance_transaction"] = book(cx, &moved, &text(charge, "id"), 0).await?.into();
        charge["status"] = "failed".into();
        Ok(())
    }

    async fn refund(&mut self, cx: &mut Cx<'_>, which: usize, minor: i64) -> ApiResult<()> {
        let fits = |at: &usize| {
            let charge = &self.charges[*at];
            let left = charge["amount"].as_i64().unwrap() - charge["amount_refunded"].as_i64().unwrap();
            charge["status"] == "succeeded" && charge["disputed"] == false && minor <= left
        };
        let Some(at) = place(which, &self.charges).filter(fits) else { return Ok(()) };
        let charge = &mut self.charges[at];
        let id = cx.id("pyr_", 24);
        let line = book(cx, &movement::refund(usd(minor)).unwrap(), &id, 0).await?;
        charge["amount_refunded"] = (charge["amount_refunded"].as_i64().unwrap() + minor).into();
        self.refunds.push(json!({
            "id": id, "amount": minor, "charge": charge["id"], "status": "pending", "balance_transaction": line,
        }));
        Ok(())
    }

    async fn end_refund(&mut self, cx: &mut Cx<'_>, which: usize, well: bool) -> ApiResult<()> {
        let Some(at) = place(which, &self.refunds) else { return Ok(()) };
        let refund = &mut self.refunds[at];
        let settled = movement::credit_settled(amount(refund)).unwrap();
        match (text(refund, "status").as_str(), well) {
            ("pending", true) => {
                move_between(cx, &settled, &text(refund, "id")).await?;
                refund["status"] = "succeeded".into();
                return Ok(());
            }
            ("pending", false) => {}
            ("succeeded", false) => move_between(cx, &settled.reversed().unwrap(), &text(refund, "id")).await?,
            _ => return Ok(()),
        }
        let moved = movement::refund_failed(amount(refund)).unwrap();
        refund["failure_balance_transaction"] = book(cx, &moved, &text(refund, "id"), 0).await?.into();
        refund["status"] = "failed".into();
        let charge = self.charges.iter_mut().find(|charge| charge["id"] == refund["charge"]).unwrap();
        charge["amount_refunded"] = (charge["amount_refunded"].as_i64().unwrap() - refund["amount"].as_i64().unwrap()).into();
        Ok(())
    }

    async fn dispute(&mut self, cx: &mut Cx<'_>, which: usize) -> ApiResult<()> {
        let fits = |at: &usize| self.charges[*at]["status"] == "succeeded" && self.charges[*at]["disputed"] == false;
        let Some(at) = place(which, &self.charges).filter(fits) else { return Ok(()) };
        let charge = &mut self.charges[at];
        let id = cx.id("du_", 24);
        book(cx, &movement::dispute(amount(charge), usd(1_500)).unwrap(), &id, 0).await?;
        move_between(cx, &movement::returned_late(amount(charge)).unwrap(), &id).await?;
        charge["disputed"] = true.into();
        self.disputes.push(json!({"id": id, "amount": charge["amount"], "charge": charge["id"], "status": "lost"}));
        Ok(())
    }

    /// Stores the documents, as the resources would.
    async fn store(&self, cx: &mut Cx<'_>) -> ApiResult<()> {
        for (kind, docs) in [("charge", &self.charges), ("refund", &self.refunds), ("dispute", &self.disputes)] {
            for doc in docs {
                let sql = "insert into objects (tenant, kind, id, version, deleted, f1, doc) values ($1, $2, $3, 1, 0, $4, $5)";
                let own = doc["charge"].as_str().map(str::to_owned);
                let params = [Value::from(kind), Value::from(text(doc, "id")), Value::from(own), Value::from(doc.to_string())];
                cx.run(sql, &params).await?;
            }
        }
        Ok(())
    }
}

async fn book(cx: &mut Cx<'_>, moved: &movement::Movement, source: &str, later: i64) -> ApiResult<String> {
    post(cx, moved, &Line { source, description: None, available_on: cx.now() + later }).await
}

/// Tells a story in the books of a new account; answers what is wrong after it, and what after one posting was changed.
async fn tell(core: &Arc<Core>, tenant: &Tenant, story: Vec<Step>, broken: usize) -> (Wrong, Option<Wrong>) {
    let written = core.write(tenant, move |cx| {
        let story = story.clone();
        Box::pin(async move {
            let mut world = World::default();
            for step in story {
                world.take(cx, step).await?;
            }
            world.store(cx).await?;
            let right = check_tenant(cx).await?;
            let postings = cx.rows("select entry, account from ledger_postings where tenant = $1 order by 1, 2", &[]).await?;
            let Some(at) = broken.checked_rem(postings.len()) else { return Ok((right, None)) };
            let sql = "update ledger_postings set amount = amount * 3 where tenant = $1 and entry = $2 and account = $3";
            cx.run(sql, &[Value::from(postings[at].text(0)?), Value::from(postings[at].text(1)?)]).await?;
            Ok((right, Some(check_tenant(cx).await?)))
        })
    });
    written.await.expect("the story is told")
}

async fn core(database: &TestDatabase) -> Arc<Core> {
    let vault = Vault::new(&[7; 32], Arc::new(SystemEntropy));
    let clock = Arc::new(ManualClock::at(1_795_000_000));
    Arc::new(Core::new(database.open().await, clock, Arc::new(SystemEntropy), Arc::new(vault)))
}

#[test]
fn after_any_story_the_books_are_right_and_a_changed_posting_is_seen() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    for database in runtime.block_on(TestDatabase::each()) {
        let core = runtime.block_on(core(&database));
        let number = std::cell::Cell::new(0);
        let stories = (prop::collection::vec(step(), 0..40), any::<usize>());
        let told = TestRunner::new(Config::with_cases(48)).run(&stories, |(story, broken)| {
            number.set(number.get() + 1);
            let tenant = Tenant::new(&format!("acct_{}", number.get()), false);
            let (right, wrong) = runtime.block_on(tell(&core, &tenant, story, broken));
            prop_assert_eq!(right, Wrong::new());
            prop_assert!(wrong.is_none_or(|wrong| !wrong.is_empty()), "a changed posting was not seen");
            Ok(())
        });
        told.unwrap();
        runtime.block_on(core.store.close());
    }
}

/// What a posting alone does not show: objects that say something else, and lines that are missing.
#[tokio::test]
async fn objects_and_lines_that_disagree_are_named() {
    for database in TestDatabase::each().await {
        let core = core(&database).await;
        let story = || vec![Step::Pay(10_000), Step::Settle(0), Step::Refund(0, 2_500)];
        for (number, (sql, told)) in [
            ("update objects set doc = replace(doc, '10000', '10001') where tenant = $1 and kind = 'charge'", "has to be posted"),
            ("update objects set doc = replace(doc, '2500', '2400') where tenant = $1 and kind = 'charge'", "amount_refunded"),
            ("delete from objects where tenant = $1 and kind = 'refund'", "does not exist"),
            ("delete from balance_transactions where tenant = $1 and type = 'payment'", "no balance transaction"),
            ("update balance_transactions set net = net + 1, amount = amount + 1 where tenant = $1", "was posted to the holder"),
            ("update balance_transactions set available_on = 1 where tenant = $1", "its days"),
            ("delete from ledger_postings where tenant = $1 and account = 'fees'", "and not to zero"),
        ]
        .into_iter()
        .enumerate()
        {
            let tenant = Tenant::new(&format!("acct_{number}"), false);
            let found = core.write(&tenant, move |cx| {
                Box::pin(async move {
                    let mut world = World::default();
                    for step in story() {
                        world.take(cx, step).await?;
                    }
                    world.store(cx).await?;
                    assert_eq!(check_tenant(cx).await?, Wrong::new());
                    assert!(cx.run(sql, &[]).await? > 0, "{sql}");
                    check_tenant(cx).await
                })
            });
            let found = found.await.expect("the check runs");
            assert!(found.iter().any(|(_, what)| what.contains(told)), "{sql}: {found:?}");
        }
        core.store.close().await;
    }
}
