//! Files of the ACH network: what goes out, what comes back, and that each of them counts once.

use kernel::jobs::NewJob;
use nacha::{Addenda, Batch, BatchHeader, Change, Entry, EntryClass, File, FileHeader, LineEnd, Options, Return, Severity};
use nacha::{ServiceClass, TransactionCode};
use serde_json::{Value, json};
use testkit::{Sandbox, each, on_postgres};

use super::{MANDATE, id, linked_method};

const URL: &str = "/drawbridge/v1/ach/files";
pub(super) const INTENTS: &str = "/v1/payment_intents";

/// A payment method of a linked account that its customer keeps, so that it can be used again.
async fn kept_method(sandbox: &Sandbox) -> String {
    let (method, customer) = (linked_method(sandbox).await, sandbox.customer("Jane").await);
    sandbox.post(&format!("/v1/payment_methods/{method}/attach"), &[("customer", &customer)]).await.ok();
    method
}

/// A debit of a verified account; answers the intent.
async fn debit(sandbox: &Sandbox, method: &str, amount: &str) -> Value {
    let shown = sandbox.get(&format!("/v1/payment_methods/{method}")).await.ok();
    let customer = text(&shown, "customer");
    let params =
        [("amount", amount), ("currency", "usd"), ("confirm", "true"), ("payment_method", method), ("customer", customer)];
    let made = sandbox.post(INTENTS, &[&params[..], &MANDATE].concat()).await.ok();
    assert_eq!(made["status"], json!("processing"), "{made}");
    made
}

pub(super) async fn status(sandbox: &Sandbox, intent: &Value) -> String {
    let shown = sandbox.get(&format!("{INTENTS}/{}", id(intent))).await.ok();
    shown["status"].as_str().expect("a status").to_owned()
}

pub(super) async fn files(sandbox: &Sandbox, direction: &str) -> Vec<Value> {
    let list = sandbox.find(URL, &[("direction", direction), ("limit", "100")]).await.ok();
    list["data"].as_array().expect("a list").clone()
}

async fn entries(sandbox: &Sandbox, file: &Value) -> Vec<Value> {
    let list = sandbox.get(&format!("{URL}/{}/entries", id(file))).await.ok();
    list["data"].as_array().expect("a list").clone()
}

/// The only file that went out, and its only entry.
async fn the_entry(sandbox: &Sandbox) -> (Value, Value) {
    let (files, only) = (files(sandbox, "out").await, "one file, one entry");
    assert_eq!(files.len(), 1, "{only}: {files:?}");
    let mut entries = entries(sandbox, &files[0]).await;
    assert_eq!(entries.len(), 1, "{only}: {entries:?}");
    (files[0].clone(), entries.remove(0))
}

/// What a bank sends about entries of ours: the trace number, the amount, and the answer to each.
pub(super) fn from_bank(answers: &[(&str, u64, Addenda)], first_trace: u32) -> String {
    let mut file = File::new(FileHeader {
        destination: "061000146".into(),
        origin: "110000000".into(),
        creation_date: "261119".into(),
        ..FileHeader::default()
    });
    for (number, (trace, amount, answer)) in (first_trace..).zip(answers) {
        let change = matches!(answer, Addenda::Change(_));
        let mut batch = Batch::new(BatchHeader {
            service_class: ServiceClass::Debits,
            company_name: "ROCKET RIDES".into(),
            company_identification: "9000000001".into(),
            entry_class: if change { EntryClass::Cor } else { EntryClass::Web },
            entry_description: "PAYMENT".into(),
            effective_date: "261119".into(),
            odfi: "11000000".into(),
            ..BatchHeader::default()
        });
        let sent = Entry {
            transaction_code: TransactionCode::CHECKING_DEBIT,
            routing: "110000000".into(),
            account: "000123456789".into(),
            amount: *amount,
            name: "JANE SMITH".into(),
            trace: (*trace).into(),
            ..Entry::default()
        };
        batch.entries.push(sent.answered(answer.clone(), "061000146", format!("11000000{number:07}")));
        file.push(batch);
    }
    let mut bytes = Vec::new();
    file.write(&mut bytes, LineEnd::Lf).expect("a file");
    String::from_utf8(bytes).expect("plain characters")
}

pub(super) fn back(trace: &str, code: &str) -> Addenda {
    let code = code.parse().expect("a return code");
    Return { code, original_trace: trace.into(), original_rdfi: "11000000".into(), ..Return::default() }.into()
}

fn change(trace: &str, code: &str, data: &str) -> Addenda {
    let code = code.parse().expect("a change code");
    Change { code, original_trace: trace.into(), original_rdfi: "11000000".into(), corrected_data: data.into() }.into()
}

async fn hand_in(sandbox: &Sandbox, content: &str) -> Value {
    sandbox.post(URL, &[("content", content), ("name", "RETURNS.TXT")]).await.ok()
}

/// The outcomes of a file's entries.
async fn outcomes(sandbox: &Sandbox, file: &Value) -> Vec<String> {
    let items = entries(sandbox, file).await;
    items.iter().map(|item| item["outcome"].as_str().expect("an outcome").to_owned()).collect()
}

pub(super) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}

#[tokio::test]
async fn a_payment_is_an_entry_of_a_file_that_a_bank_takes() {
    each(async |server| {
        let sandbox = server.sandbox();
        let method = kept_method(&sandbox).await;
        let made = debit(&sandbox, &method, "2000").await;
        assert!(files(&sandbox, "out").await.is_empty());
        sandbox.advance(1).await;
        let (file, entry) = the_entry(&sandbox).await;
        let shown = (&file["status"], &file["debit_total"], &file["credit_total"], &file["entry_count"], &file["batch_count"]);
        assert_eq!(shown, (&json!("sent"), &json!(2000), &json!(0), &json!(1), &json!(1)));
        assert_eq!(sandbox.get(&format!("{URL}/{}", id(&file))).await.ok(), file);
        let shown = (&entry["status"], &entry["amount"], &entry["purpose"], &entry["source"], &entry["entry_class"]);
        assert_eq!(shown, (&json!("sent"), &json!(2000), &json!("charge"), &made["latest_charge"], &json!("WEB")));
        let content = sandbox.get(&format!("{URL}/{}/content", id(&file))).await.ok();
        let (read, findings) = File::read(text(&content, "content").as_bytes(), &Options::strict()).expect("read");
        assert!(findings.iter().all(|own| own.severity != Severity::Error), "{findings:?}");
        let written = &read.batches[0].entries[0];
        assert_eq!((written.amount, written.trace.as_str()), (2000, text(&entry, "trace_number")));
        let account = sandbox.get(&format!("/v1/payment_methods/{method}")).await.ok();
        let last4 = text(&account["us_bank_account"], "last4").to_owned();
        assert!(written.account.starts_with('*') && written.account.ends_with(&last4), "{}", written.account);
        assert_eq!(status(&sandbox, &made).await, "processing");
        sandbox.advance(2).await;
        let (_, entry) = the_entry(&sandbox).await;
        assert_eq!((&entry["status"], &entry["settled_at"]), (&json!("settled"), &entry["settles_at"]));
        assert_eq!(status(&sandbox, &made).await, "succeeded");
    })
    .await;
}

#[tokio::test]
async fn what_is_confirmed_in_one_second_is_one_file_and_numbers_go_on() {
    each(async |server| {
        let sandbox = server.sandbox();
        let method = kept_method(&sandbox).await;
        for amount in ["1000", "1100", "1200"] {
            debit(&sandbox, &method, amount).await;
        }
        sandbox.advance(10).await;
        debit(&sandbox, &method, "1300").await;
        sandbox.advance(10).await;
        let all = files(&sandbox, "out").await;
        assert_eq!(all.iter().map(|file| file["debit_total"].as_i64()).collect::<Vec<_>>(), [Some(1300), Some(3300)]);
        let mut traces = Vec::new();
        for file in all.iter().rev() {
            traces.extend(entries(&sandbox, file).await.iter().map(|entry| text(entry, "trace_number").to_owned()));
        }
        let sequences: Vec<&str> = traces.iter().map(|trace| &trace[8..]).collect();
        assert_eq!(sequences, ["0000001", "0000002", "0000003", "0000004"]);
        // Pages of entries go forward.
        let path = format!("{URL}/{}/entries", id(&all[1]));
        let first = sandbox.find(&path, &[("limit", "2")]).await.ok();
        assert_eq!(first["has_more"], json!(true));
        let after = text(&first["data"][1], "id").to_owned();
        let rest = sandbox.find(&path, &[("limit", "2"), ("starting_after", &after)]).await.ok();
        assert_eq!((rest["data"][0]["amount"].as_i64(), &rest["has_more"]), (Some(1200), &json!(false)));
    })
    .await;
}

/// Tests begin on Wednesday, 18 November 2026, at 06:06 in the east.
#[tokio::test]
async fn banking_days_are_kept() {
    each(async |server| {
        let sandbox = server.sandbox();
        sandbox.post("/drawbridge/v1/settings", &[("settlement", "banking_days")]).await.ok();
        let method = kept_method(&sandbox).await;
        let made = debit(&sandbox, &method, "2000").await;
        let until = async |day: i64, hour: i64, minute: i64| {
            // Midnight of 18 November in the east.
            let midnight = 1_794_978_000;
            let target = midnight + (day - 18) * 86_400 + hour * 3_600 + minute * 60;
            sandbox.advance(target - sandbox.now().await).await;
        };
        until(18, 20, 59).await;
        assert!(files(&sandbox, "out").await.is_empty());
        until(18, 21, 1).await;
        let (file, entry) = the_entry(&sandbox).await;
        assert_eq!((&file["status"], &file["effective_date"]), (&json!("sent"), &json!("2026-11-19")));
        let charge = sandbox.get(&format!("/v1/charges/{}", text(&made, "latest_charge"))).await.ok();
        let expected = &charge["payment_method_details"]["us_bank_account"]["expected_debit_date"];
        assert_eq!((expected, &entry["effective_date"]), (&json!("2026-11-19"), &json!("2026-11-19")));
        until(24, 8, 29).await;
        assert_eq!(status(&sandbox, &made).await, "processing");
        until(24, 8, 31).await;
        assert_eq!(status(&sandbox, &made).await, "succeeded");
    })
    .await;
}

#[tokio::test]
async fn returns_count_once_and_leave_a_record() {
    each(async |server| {
        let sandbox = server.sandbox();
        let method = kept_method(&sandbox).await;
        let made = debit(&sandbox, &method, "2000").await;
        sandbox.advance(1).await;
        let (_, entry) = the_entry(&sandbox).await;
        let trace = text(&entry, "trace_number").to_owned();
        // Half a file, and one about another amount, change nothing.
        let good = from_bank(&[(&trace, 2000, back(&trace, "R01"))], 1);
        let half: String = good.lines().take(4).map(|line| format!("{line}\n")).collect();
        let unreadable = hand_in(&sandbox, &half).await;
        assert_eq!(unreadable["status"], json!("unreadable"));
        assert!(unreadable["findings"].as_array().is_some_and(|all| !all.is_empty()), "{unreadable}");
        let other = hand_in(&sandbox, &from_bank(&[(&trace, 2100, back(&trace, "R01"))], 1)).await;
        assert_eq!(outcomes(&sandbox, &other).await, ["refused"]);
        assert_eq!(status(&sandbox, &made).await, "processing");
        let first = hand_in(&sandbox, &good).await;
        assert_eq!((&first["status"], &first["duplicate_of"]), (&json!("applied"), &Value::Null));
        let items = entries(&sandbox, &first).await;
        let shown = (&items[0]["type"], &items[0]["code"], &items[0]["outcome"], &items[0]["entry"], &items[0]["source"]);
        assert_eq!(shown, (&json!("return"), &json!("R01"), &json!("applied"), &entry["id"], &made["latest_charge"]));
        assert_eq!(status(&sandbox, &made).await, "requires_payment_method");
        let booked = sandbox.get("/v1/balance_transactions").await.ok();
        // The same file, and the same return in another file.
        let again = hand_in(&sandbox, &good).await;
        assert_eq!((&again["status"], &again["duplicate_of"]), (&json!("duplicate"), &first["id"]));
        assert!(entries(&sandbox, &again).await.is_empty());
        let unknown = "061000149999999";
        let answers = [(&*trace, 2000, back(&trace, "R01")), (unknown, 5, back(unknown, "R03"))];
        let mixed = hand_in(&sandbox, &from_bank(&answers, 7)).await;
        assert_eq!(outcomes(&sandbox, &mixed).await, ["duplicate", "unknown"]);
        assert_eq!(sandbox.get("/v1/balance_transactions").await.ok(), booked);
        let (_, entry) = the_entry(&sandbox).await;
        assert_eq!((&entry["status"], &entry["return"]["code"]), (&json!("returned"), &json!("R01")));
        assert_eq!(files(&sandbox, "in").await.len(), 5);
        sandbox.advance(60).await;
        assert_eq!(status(&sandbox, &made).await, "requires_payment_method");
    })
    .await;
}

#[tokio::test]
async fn corrections_change_where_the_next_payment_goes() {
    each(async |server| {
        let sandbox = server.sandbox();
        let method = kept_method(&sandbox).await;
        debit(&sandbox, &method, "2000").await;
        sandbox.advance(1).await;
        let (_, entry) = the_entry(&sandbox).await;
        let trace = text(&entry, "trace_number").to_owned();
        let answer = |code, data| change(&trace, code, data);
        let answers = [
            (&*trace, 0, answer("C03", "021000021   000987654321")),
            (&*trace, 0, answer("C05", "37")),
            (&*trace, 0, answer("C05", "37")),
            (&*trace, 0, answer("C01", "12-34-AB")),
            (&*trace, 0, answer("C04", "JANE DOE")),
        ];
        let file = hand_in(&sandbox, &from_bank(&answers, 1)).await;
        assert_eq!(outcomes(&sandbox, &file).await, ["applied", "applied", "duplicate", "refused", "recorded"]);
        let items = entries(&sandbox, &file).await;
        assert_eq!(items[0]["information"], json!("routing number 021000021, account number ending in 4321"));
        let shown = sandbox.get(&format!("/v1/payment_methods/{method}")).await.ok();
        let account = &shown["us_bank_account"];
        let found = (&account["routing_number"], &account["last4"], &account["account_type"]);
        assert_eq!(found, (&json!("021000021"), &json!("4321"), &json!("savings")));
        assert_eq!(sandbox.events("payment_method.automatically_updated").await.len(), 2);
        let content = sandbox.get(&format!("{URL}/{}/content", id(&file))).await.ok();
        assert!(!text(&content, "content").contains("00098765"), "{content}");
        debit(&sandbox, &method, "2100").await;
        sandbox.advance(1).await;
        let next = &files(&sandbox, "out").await[0];
        let content = sandbox.get(&format!("{URL}/{}/content", id(next))).await.ok();
        let (read, _) = File::read(text(&content, "content").as_bytes(), &Options::strict()).expect("read");
        let written = &read.batches[0].entries[0];
        assert_eq!((written.transaction_code, written.routing.as_str()), (TransactionCode::SAVINGS_DEBIT, "021000021"));
        assert!(written.account.ends_with("4321"));
    })
    .await;
}

/// Puts a file back to where a crash between the bank's yes and our writing it down leaves it, and runs the job again.
async fn forget_that_it_was_sent(sandbox: &Sandbox, file: &Value) {
    let (tenant, file) = (sandbox.tenant().await, id(file));
    let undo = sandbox.app.core.write(&tenant, move |cx| {
        let file = file.clone();
        Box::pin(async move {
            cx.run(
                "update ach_files set state = 'sending', handed_at = null where tenant = $1 and id = $2",
                &[file.as_str().into()],
            )
            .await?;
            cx.run("update ach_entries set state = 'cut' where tenant = $1 and file = $2", &[file.as_str().into()]).await?;
            let run_at_ms = cx.now_ms();
            cx.enqueue(&NewJob { kind: "send_ach_file", key: &file, lane: "ach", run_at_ms, payload: "" }).await
        })
    });
    undo.await.expect("written");
}

#[tokio::test]
async fn a_crash_while_sending_sends_nothing_twice() {
    each(async |server| {
        let sandbox = server.sandbox();
        let method = kept_method(&sandbox).await;
        let made = debit(&sandbox, &method, "2000").await;
        sandbox.advance(1).await;
        let (file, _) = the_entry(&sandbox).await;
        forget_that_it_was_sent(&sandbox, &file).await;
        sandbox.settle().await;
        let (file, entry) = the_entry(&sandbox).await;
        assert_eq!((&file["status"], &entry["status"]), (&json!("sent"), &json!("sent")));
        sandbox.advance(60).await;
        assert_eq!(status(&sandbox, &made).await, "succeeded");
        let taken = sandbox.get("/drawbridge/v1/testbank/ach_entries").await.ok();
        assert_eq!(taken["data"].as_array().map(Vec::len), Some(1), "{taken}");
        assert_eq!(sandbox.events("charge.updated").await.len(), 1);
        assert_eq!(sandbox.events("charge.succeeded").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn two_nodes_send_and_settle_once() {
    on_postgres(async |one, other| {
        let sandbox = one.sandbox();
        let method = kept_method(&sandbox).await;
        let made = debit(&sandbox, &method, "2000").await;
        sandbox.advance(1).await;
        let (file, _) = the_entry(&sandbox).await;
        forget_that_it_was_sent(&sandbox, &file).await;
        let elsewhere = sandbox.on(other);
        tokio::join!(sandbox.advance(60), elsewhere.advance(60));
        assert_eq!(status(&elsewhere, &made).await, "succeeded");
        let taken = sandbox.get("/drawbridge/v1/testbank/ach_entries").await.ok();
        assert_eq!(taken["data"].as_array().map(Vec::len), Some(1), "{taken}");
        assert_eq!(sandbox.events("charge.succeeded").await.len(), 1);
        other.run_due().await;
    })
    .await;
}

#[tokio::test]
async fn account_numbers_of_a_file_are_shown_nowhere() {
    each(async |server| {
        let sandbox = server.sandbox();
        let trace = "110000009999999";
        let lines = from_bank(&[(trace, 0, change(trace, "C03", "021000021   000987654321"))], 1);
        let blocks = lines.replace('\n', "");
        for content in [&lines, &blocks] {
            let file = hand_in(&sandbox, content).await;
            assert_eq!(file["status"], json!("applied"), "{file}");
            let shown = sandbox.get(&format!("{URL}/{}/content", id(&file))).await.ok();
            let logged = sandbox.get("/drawbridge/v1/request_logs").await.ok();
            assert!(logged.to_string().contains("RETURNS.TXT"), "{logged}");
            for text in [shown.to_string(), logged.to_string()] {
                assert!(!text.contains("00098765") && !text.contains("00012345"), "{text}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn more_entries_than_a_text_has_are_handed_in() {
    each(async |server| {
        let sandbox = server.sandbox();
        let traces: Vec<String> = (1..60).map(|number| format!("110000009{number:06}")).collect();
        let answers: Vec<_> = traces.iter().map(|trace| (trace.as_str(), 100, back(trace, "R01"))).collect();
        let file = hand_in(&sandbox, &from_bank(&answers, 1)).await;
        assert_eq!((&file["status"], &file["entry_count"]), (&json!("applied"), &json!(59)));
    })
    .await;
}

#[tokio::test]
async fn a_correction_is_told_of_both_views_of_a_bank_account() {
    each(async |server| {
        let sandbox = server.sandbox();
        let customer = sandbox.customer("Jane").await;
        let sources = format!("/v1/customers/{customer}/sources");
        let account = id(&sandbox.post(&sources, &[("source", "btok_us_verified")]).await.ok());
        debit(&sandbox, &account, "2000").await;
        sandbox.advance(1).await;
        let (_, entry) = the_entry(&sandbox).await;
        let trace = text(&entry, "trace_number").to_owned();
        let answer = change(&trace, "C03", "021000021   000987654321");
        hand_in(&sandbox, &from_bank(&[(&trace, 0, answer)], 1)).await;
        let method = sandbox.get(&format!("/v1/payment_methods/{account}")).await.ok();
        let source = sandbox.get(&format!("{sources}/{account}")).await.ok();
        assert_eq!((&source["routing_number"], &source["last4"]), (&json!("021000021"), &json!("4321")));
        assert_eq!(source["fingerprint"], method["us_bank_account"]["fingerprint"]);
        assert_eq!(sandbox.events("customer.source.updated").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_comes_back_early_is_not_taken_from_other_payments() {
    each(async |server| {
        let sandbox = server.sandbox();
        sandbox.post("/drawbridge/v1/settings", &[("settlement", "banking_days")]).await.ok();
        let method = kept_method(&sandbox).await;
        debit(&sandbox, &method, "2000").await;
        sandbox.advance(86_400).await;
        let (_, entry) = the_entry(&sandbox).await;
        let trace = text(&entry, "trace_number").to_owned();
        hand_in(&sandbox, &from_bank(&[(&trace, 2000, back(&trace, "R01"))], 1)).await;
        let balance = async || {
            let shown = sandbox.get("/v1/balance").await.ok();
            ["available", "pending"].map(|name| shown[name][0]["amount"].clone())
        };
        // The fee of the failure is what is left of both.
        assert_eq!(balance().await, [json!(0), json!(-400)]);
        sandbox.advance(7 * 86_400).await;
        assert_eq!(balance().await, [json!(-400), json!(0)]);
    })
    .await;
}

/// Puts the only file and its entry into these states, as a crash leaves them.
async fn put_back(sandbox: &Sandbox, file: &'static str, entry: &'static str) {
    let tenant = sandbox.tenant().await;
    let done = sandbox.app.core.write(&tenant, move |cx| {
        Box::pin(async move {
            cx.run("update ach_files set state = $2 where tenant = $1 and direction = 'out'", &[file.into()]).await?;
            cx.run("update ach_entries set state = $2 where tenant = $1", &[entry.into()]).await
        })
    });
    done.await.expect("written");
}

#[tokio::test]
async fn a_return_is_never_too_early() {
    each(async |server| {
        let sandbox = server.sandbox();
        let method = kept_method(&sandbox).await;
        let made = debit(&sandbox, &method, "2000").await;
        sandbox.advance(1).await;
        let (_, entry) = the_entry(&sandbox).await;
        let trace = text(&entry, "trace_number").to_owned();
        let hand_in = async |first| hand_in(&sandbox, &from_bank(&[(&trace, 2000, back(&trace, "R01"))], first)).await;
        put_back(&sandbox, "cut", "cut").await;
        assert_eq!(outcomes(&sandbox, &hand_in(1).await).await, ["refused"], "no bank has it");
        put_back(&sandbox, "sent", "cut").await;
        assert_eq!(outcomes(&sandbox, &hand_in(2).await).await, ["applied"], "it was not told yet that the bank has it");
        assert_eq!(status(&sandbox, &made).await, "requires_payment_method");
        sandbox.advance(60).await;
        assert_eq!(status(&sandbox, &made).await, "requires_payment_method");
    })
    .await;
}

#[tokio::test]
async fn the_fee_that_was_taken_is_given_back() {
    each(async |server| {
        let sandbox = server.sandbox();
        let method = kept_method(&sandbox).await;
        debit(&sandbox, &method, "2000").await;
        sandbox.advance(1).await;
        // The operator took another fee then.
        let tenant = sandbox.tenant().await;
        let changed = sandbox.app.core.write(&tenant, |cx| {
            Box::pin(async move {
                cx.run("update balance_transactions set fee = 100, net = 1900 where tenant = $1", &[]).await?;
                cx.run("update ledger_postings set amount = 1900 where tenant = $1 and account = 'holder'", &[]).await?;
                cx.run("update ledger_postings set amount = 100 where tenant = $1 and account = 'fees'", &[]).await
            })
        });
        changed.await.expect("written");
        let (_, entry) = the_entry(&sandbox).await;
        let trace = text(&entry, "trace_number").to_owned();
        hand_in(&sandbox, &from_bank(&[(&trace, 2000, back(&trace, "R01"))], 1)).await;
        let lines = sandbox.get("/v1/balance_transactions").await.ok();
        assert_eq!((&lines["data"][0]["fee"], &lines["data"][1]["fee"]), (&json!(300), &json!(100)));
        let wrong = api::payments::book::check(&server.app.core).await.expect("the books are read");
        assert!(wrong.is_empty(), "{wrong:?}");
    })
    .await;
}
