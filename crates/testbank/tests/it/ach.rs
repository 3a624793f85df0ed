//! The ACH side over HTTP: files go in, what comes back is read from the outbox, and accounts show what was posted.

use axum::body::Body;
use form::{Form, Limits};
use http::{StatusCode, header};
use nacha::{Addenda, Batch, BatchHeader, Entry, EntryClass, File, FileHeader, LineEnd, Options, ServiceClass, TransactionCode};
use serde_json::{Value, json};
use testbank::{Command, ControlError};
use url::form_urlencoded;

use crate::support::{ACH_KEY, ALL_CLUSTERS, Answer, BASE, Client, World, access_token, request};

const WORLD: &str = "world-1";
const BANK: &str = "110000000";
const DAY: i64 = 86_400;
const DEBIT: TransactionCode = TransactionCode::CHECKING_DEBIT;
const CREDIT: TransactionCode = TransactionCode::CHECKING_CREDIT;

/// A payment in a file: code, routing number, account number, cents.
type Payment<'a> = (TransactionCode, &'a str, &'a str, u64);

/// A file of payments; their trace numbers go on from `first`.
fn file(description: &str, effective: &str, first: u64, payments: &[Payment<'_>]) -> Vec<u8> {
    let mut batch = Batch::new(BatchHeader {
        service_class: ServiceClass::Mixed,
        company_name: "ROCKET RIDES".into(),
        company_identification: "9000000001".into(),
        entry_class: EntryClass::Ppd,
        entry_description: description.into(),
        effective_date: effective.into(),
        odfi: "99000000".into(),
        ..BatchHeader::default()
    });
    for (at, (code, routing, account, amount)) in payments.iter().enumerate() {
        batch.entries.push(Entry {
            transaction_code: *code,
            routing: (*routing).into(),
            account: (*account).into(),
            amount: *amount,
            identification: "SM11AA".into(),
            name: "JENNY ROSEN".into(),
            trace: trace(first + at as u64).into(),
            ..Entry::default()
        });
    }
    let mut file = File::new(FileHeader {
        destination: "990000000".into(),
        origin: "9000000001".into(),
        creation_date: "261118".into(),
        creation_time: "1050".into(),
        ..FileHeader::default()
    });
    file.push(batch);
    let mut bytes = Vec::new();
    file.write(&mut bytes, LineEnd::Lf).expect("a file");
    bytes
}

fn trace(number: u64) -> String {
    format!("99000000{number:07}")
}

async fn send(world: &World, name: &str, pace: &str, content: Vec<u8>) -> Answer {
    let url = format!("{BASE}/ach/{WORLD}/files/{name}?pace={pace}");
    world.send(request("POST", &url, Some(ACH_KEY)).body(Body::from(content)).expect("a request")).await
}

async fn accept(world: &World, name: &str, pace: &str, content: Vec<u8>) {
    let answer = send(world, name, pace, content).await;
    assert_eq!((answer.status, answer.json()), (StatusCode::OK, json!({"accepted": true})), "{}", answer.text);
}

async fn get(world: &World, path: &str) -> Answer {
    let url = format!("{BASE}/ach/{WORLD}/{path}");
    world.send(request("GET", &url, Some(ACH_KEY)).body(Body::empty()).expect("a request")).await
}

/// The names of the released files after one of them.
async fn outbox(world: &World, after: &str) -> Vec<String> {
    let answer = get(world, &format!("outbox?after={after}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let files = answer.json()["files"].as_array().expect("files").clone();
    files.iter().map(|file| file["name"].as_str().expect("a name").to_owned()).collect()
}

/// What a file of the bank answers: trace numbers without the sender's digits, and codes with what is written beside them.
async fn answers(world: &World, name: &str) -> Vec<(u64, String)> {
    let answer = get(world, &format!("outbox/{name}")).await;
    assert_eq!(answer.status, StatusCode::OK);
    let (file, findings) = File::read(answer.text.as_bytes(), &Options::strict()).expect("a file");
    assert_eq!(findings, vec![], "{}", answer.text);
    let said = file.batches.iter().flat_map(|batch| &batch.entries).map(|entry| {
        let (trace, code, text) = match &entry.addenda[..] {
            [Addenda::Return(back)] => (&back.original_trace, back.code.to_string(), &back.information),
            [Addenda::Change(change)] => (&change.original_trace, change.code.to_string(), &change.corrected_data),
            other => panic!("{other:?}"),
        };
        let number = trace[8..].parse().expect("a number");
        (number, if text.is_empty() { code } else { format!("{code} {text}") })
    });
    let mut said: Vec<(u64, String)> = said.collect();
    said.sort();
    said
}

/// Everything that comes back from now on, file by file.
async fn all_answers(world: &World) -> Vec<Vec<(u64, String)>> {
    let mut all = Vec::new();
    for name in outbox(world, "").await {
        all.push(answers(world, &name).await);
    }
    all
}

fn said(rows: &[(u64, &str)]) -> Vec<(u64, String)> {
    rows.iter().map(|(number, code)| (*number, (*code).to_owned())).collect()
}

async fn run(world: &World, method: &str, path: &str, ids: &[&str], sent: &[(&str, &str)]) -> Result<Value, ControlError> {
    let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(sent).finish();
    let params = Form::parse(text.as_bytes(), &Limits::default()).expect("a form").into();
    let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
    world.bank.control(WORLD, Command { method, path, ids: &ids, params }).await
}

async fn state(world: &World, path: &str, ids: &[&str], sent: &[(&str, &str)]) -> Value {
    run(world, "POST", path, ids, sent).await.unwrap_or_else(|error| panic!("{path} {sent:?}: {error}"))
}

/// An account that a test states, with this much on it.
async fn account(world: &World, number: &str, more: &[(&str, &str)]) -> String {
    let id = |object: Value| object["id"].as_str().expect("an id").to_owned();
    let institution = id(state(world, "/institutions", &[], &[("name", "Riverside Bank")]).await);
    let person = [("institution", institution.as_str()), ("username", "ada"), ("name", "Ada Lovelace")];
    let person = id(state(world, "/people", &[], &person).await);
    let sent = [
        ("institution", institution.as_str()),
        ("owners[]", &person),
        ("type", "checking"),
        ("name", "Household"),
        ("number", number),
        ("routing_number", "021000021"),
    ];
    id(state(world, "/accounts", &[], &[&sent[..], more].concat()).await)
}

async fn balances(world: &World, account: &str) -> (Value, Value) {
    let account = run(world, "GET", "/accounts/:id", &[account], &[]).await.expect("an account");
    (account["balance"].clone(), account["available_balance"].clone())
}

#[tokio::test]
async fn files_are_taken_once_and_only_if_a_bank_would_take_them() {
    let world = World::new();
    let content = file("PAYMENT", "261119", 1, &[(DEBIT, BANK, "000123456789", 500)]);
    accept(&world, "a", "instant", content.clone()).await;
    accept(&world, "a", "instant", content.clone()).await;
    let other = file("PAYMENT", "261119", 2, &[(DEBIT, BANK, "000123456789", 500)]);
    assert_eq!(send(&world, "a", "instant", other).await.status, StatusCode::CONFLICT);
    let mut broken = content.clone();
    broken[95 * 2 + 30] = b'X';
    let refused = send(&world, "b", "instant", broken).await;
    assert_eq!((refused.status, refused.json()["accepted"].clone()), (StatusCode::UNPROCESSABLE_ENTITY, json!(false)));
    assert!(refused.json()["errors"][0].as_str().is_some_and(|error| error.starts_with("line 3")), "{}", refused.text);
    // What was refused leaves its name free.
    accept(&world, "b", "banking_days", content.clone()).await;
    assert_eq!(send(&world, "c", "soon", content.clone()).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(send(&world, "c%2Fd", "instant", content).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(outbox(&world, "").await, Vec::<String>::new());
}

#[tokio::test]
async fn nobody_gets_in_without_the_key() {
    let world = World::new();
    for path in ["files/a?pace=instant", "outbox", "outbox/a"] {
        let method = if path.starts_with("files") { "POST" } else { "GET" };
        for key in [None, Some(""), Some("another key")] {
            let request = request(method, &format!("{BASE}/ach/{WORLD}/{path}"), key).body(Body::empty());
            assert_eq!(world.send(request.expect("a request")).await.status, StatusCode::UNAUTHORIZED, "{path} {key:?}");
        }
    }
    assert_eq!(get(&world, "outbox/a").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn published_numbers_come_back_in_seconds_at_the_instant_pace() {
    let world = World::new();
    let numbers = ["000123456789", "000111111113", "000111111116", "000222222227", "000333333335", "000444444440"];
    let more = ["000555555559", "000888888885", "000666666661"];
    let payments: Vec<Payment<'_>> = numbers.iter().chain(&more).map(|number| (DEBIT, BANK, *number, 700)).collect();
    accept(&world, "a", "instant", file("PAYMENT", "261119", 1, &payments)).await;
    let first = outbox(&world, "").await;
    let codes = [(2, "R02"), (3, "R03"), (4, "R01"), (5, "R10"), (6, "R83"), (8, "R04 TOKENIZED NUMBER DEACTIVATED")];
    assert_eq!(all_answers(&world).await, [said(&codes)]);
    world.clock.advance_world(6);
    assert_eq!(outbox(&world, &first[0]).await, Vec::<String>::new());
    world.clock.advance_world(1);
    let late = outbox(&world, &first[0]).await;
    assert_eq!((late.len(), answers(&world, &late[0]).await), (1, said(&[(7, "R10")])));
    // Another process knows the same, and nothing is released twice.
    assert_eq!(outbox(&world.reopen(), "").await, [first, late].concat());
}

#[tokio::test]
async fn small_deposits_arrive_and_can_be_read() {
    let world = World::new();
    let client = Client::register(&world, "test-oauth").await;
    let tokens = client.connect(&world, ALL_CLUSTERS).await;
    let payments = [(CREDIT, BANK, "000123456789", 1), (CREDIT, BANK, "000666666661", 1), (CREDIT, BANK, "000111111113", 1)];
    accept(&world, "a", "instant", file("ACCTVERIFY", "261119", 1, &payments)).await;
    assert_eq!(all_answers(&world).await, [said(&[(2, "R04")])]);
    let token = access_token(&tokens);
    let accounts = world.fdx("test-oauth", "/accounts", token).await.json();
    for (name, expected) in [("Success", 1), ("Account Closed", 1), ("Failed Microdeposits", 0), ("Dispute", 0)] {
        let own = accounts["accounts"].as_array().expect("accounts").iter().find(|account| account["productName"] == name);
        let own = own.unwrap_or_else(|| panic!("no {name} in {accounts}"))["accountId"].as_str().expect("an id").to_owned();
        let rows = world.fdx("test-oauth", &format!("/accounts/{own}/transactions"), token).await.json();
        let rows = rows["transactions"].as_array().expect("transactions").clone();
        let seen = rows.iter().filter(|row| row["description"] == "ROCKET RIDES ACCTVERIFY SM11AA").count();
        assert_eq!(seen, expected, "{name}");
    }
}

#[tokio::test]
async fn banking_days_are_those_of_the_calendar() {
    let world = World::new();
    // The world begins on Wednesday, 18 November 2026, at six in the morning in New York.
    let payments = [(DEBIT, BANK, "000222222227", 700), (DEBIT, BANK, "000555555559", 700)];
    accept(&world, "a", "banking_days", file("PAYMENT", "261119", 1, &payments)).await;
    let at = |text: &str| text.parse::<jiff::Timestamp>().expect("a time").as_second() - crate::support::START;
    let mut moved = 0;
    for (until, files) in
        [("2026-11-20T13:29:59Z", 0), ("2026-11-20T13:30:00Z", 1), ("2026-12-04T13:29:59Z", 1), ("2026-12-04T13:30:00Z", 2)]
    {
        world.clock.advance_world(at(until) - moved);
        moved = at(until);
        assert_eq!(outbox(&world, "").await.len(), files, "{until}");
    }
    assert_eq!(all_answers(&world).await, [said(&[(1, "R01")]), said(&[(2, "R10")])]);
}

#[tokio::test]
async fn stated_accounts_have_what_they_have() {
    let world = World::new();
    let account = account(&world, "000987654321", &[("balance", "10000")]).await;
    let debit = |amount| (DEBIT, "021000021", "000987654321", amount);
    accept(&world, "a", "instant", file("PAYMENT", "261119", 1, &[debit(6_000), debit(6_000), debit(4_000)])).await;
    assert_eq!(all_answers(&world).await, [said(&[(2, "R01")])]);
    assert_eq!(balances(&world, &account).await, (json!(0), json!(0)));
    let rows = run(&world, "GET", "/accounts/:id/transactions", &[&account], &[]).await.expect("rows");
    let rows: Vec<(Value, Value)> =
        rows["data"].as_array().expect("rows").iter().map(|row| (row["amount"].clone(), row["description"].clone())).collect();
    let text = json!("ROCKET RIDES PAYMENT SM11AA");
    assert_eq!(rows, [(json!(-4_000), text.clone()), (json!(-6_000), text)]);
    // At the pace of banks an entry is pending until it settles.
    accept(&world, "b", "banking_days", file("REFUND", "261119", 9, &[(CREDIT, "021000021", "000987654321", 2_500)])).await;
    assert_eq!(balances(&world, &account).await, (json!(0), json!(2_500)));
    world.clock.advance_world(DAY + 3 * 3_600);
    assert_eq!(balances(&world, &account).await, (json!(2_500), json!(2_500)));
    // What was posted belongs to the account: with it, it goes.
    let gone = run(&world, "DELETE", "/accounts/:id", &[&account], &[]).await.expect("a deletion");
    assert_eq!(gone["deleted"], json!(true));
}

#[tokio::test]
async fn a_number_ends_with_the_consent_that_it_was_told_under() {
    let world = World::new();
    let client = Client::register(&world, "tokenized-account-number").await;
    let tokens = client.connect(&world, ALL_CLUSTERS).await;
    let token = access_token(&tokens);
    let accounts = world.fdx(client.slug, "/accounts", token).await.json();
    let lasting = accounts["accounts"]
        .as_array()
        .expect("accounts")
        .iter()
        .find(|account| account["productName"].as_str().is_some_and(|name| name.starts_with("Eventually")));
    let id = lasting.expect("an account")["accountId"].as_str().expect("an id").to_owned();
    let networks = world.fdx(client.slug, &format!("/accounts/{id}/payment-networks"), token).await.json();
    let number = networks["paymentNetworks"][0]["identifier"].as_str().expect("a number").to_owned();
    let debit = |first| file("PAYMENT", "261119", first, &[(DEBIT, BANK, number.as_str(), 700)]);
    accept(&world, "a", "instant", debit(1)).await;
    assert_eq!(outbox(&world, "").await, Vec::<String>::new());
    let rows = world.fdx(client.slug, &format!("/accounts/{id}/transactions"), token).await.json();
    assert!(rows["transactions"].as_array().expect("rows").iter().any(|row| row["description"] == "ROCKET RIDES PAYMENT SM11AA"));
    let revoked = client.call(&world, "revoke", &[("token", tokens["refresh_token"].as_str().expect("a token"))]).await;
    assert_eq!(revoked.status, StatusCode::OK);
    accept(&world, "b", "instant", debit(2)).await;
    assert_eq!(all_answers(&world).await, [said(&[(2, "R04 TOKENIZED NUMBER DEACTIVATED")])]);
}

#[tokio::test]
async fn tests_say_what_comes_back() {
    let world = World::new();
    let account = account(&world, "000987654321", &[("balance", "10000")]).await;
    let debits =
        [("account_number", "000987654321"), ("direction", "debit"), ("code", "R29"), ("information", "ASK"), ("late", "true")];
    let made = state(&world, "/ach_returns", &[], &debits).await;
    assert_eq!((&made["code"], &made["late"], &made["direction"]), (&json!("R29"), &json!(true), &json!("debit")));
    let change = [
        ("account_number", "200000000001"),
        ("code", "C03"),
        ("correction[routing_number]", "021000021"),
        ("correction[account_number]", "555"),
    ];
    assert_eq!(state(&world, "/ach_returns", &[], &change).await["corrected_data"], json!("021000021   555"));
    let payments = [
        (DEBIT, "021000021", "000987654321", 7_000),
        (CREDIT, "021000021", "000987654321", 30),
        (DEBIT, BANK, "200000000001", 5),
    ];
    accept(&world, "a", "instant", file("PAYMENT", "261119", 1, &payments)).await;
    assert_eq!(balances(&world, &account).await.0, json!(3_030));
    world.clock.advance_world(7);
    assert_eq!(all_answers(&world).await, [said(&[(3, "C03 021000021   555")]), said(&[(1, "R29 ASK")])]);
    // What comes back late was there, and is there no longer.
    assert_eq!(balances(&world, &account).await.0, json!(10_030));
    let id = made["id"].as_str().expect("an id");
    run(&world, "DELETE", "/ach_returns/:id", &[id], &[]).await.expect("a deletion");
    accept(&world, "b", "instant", file("PAYMENT", "261119", 5, &payments[..1])).await;
    assert_eq!(outbox(&world, "").await.len(), 2);
    // An entry that was taken comes back at once, whatever it is posted on.
    let entry = state(&world, "/ach_entries/:id/return", &[&trace(5)], &[("code", "R08"), ("information", "STOPPED")]).await;
    assert_eq!((&entry["answers"][0]["code"], &entry["amount"]), (&json!("R08"), &json!(7_000)));
    assert_eq!(all_answers(&world).await[2], said(&[(5, "R08 STOPPED")]));
    assert_eq!(balances(&world, &account).await.0, json!(10_030));
    let again = run(&world, "POST", "/ach_entries/:id/return", &[&trace(5)], &[("code", "R08")]).await;
    assert!(matches!(again, Err(ControlError::Invalid(_))), "{again:?}");
}

#[tokio::test]
async fn entries_can_be_looked_at() {
    let world = World::new();
    let payment = |number| (DEBIT, BANK, number, 700);
    accept(&world, "a", "instant", file("PAYMENT", "261119", 1, &[payment("1"), payment("2")])).await;
    accept(&world, "b", "instant", file("PAYMENT", "261119", 3, &[payment("000222222227"), payment("1")])).await;
    let list = async |sent: &[(&str, &str)]| {
        let list = run(&world, "GET", "/ach_entries", &[], sent).await.expect("a list");
        let ids: Vec<String> = list["data"]
            .as_array()
            .expect("data")
            .iter()
            .map(|entry| entry["id"].as_str().expect("an id")[8..].trim_start_matches('0').to_owned())
            .collect();
        (ids.join(" "), list["has_more"] == json!(true))
    };
    assert_eq!(list(&[]).await, ("4 3 2 1".to_owned(), false));
    assert_eq!(list(&[("limit", "2"), ("starting_after", &trace(4))]).await, ("3 2".to_owned(), true));
    assert_eq!(list(&[("account_number", "1")]).await, ("4 1".to_owned(), false));
    let entry = run(&world, "GET", "/ach_entries/:id", &[&trace(3)], &[]).await.expect("an entry");
    assert_eq!((&entry["answers"][0]["code"], &entry["file"]), (&json!("R01"), &json!("b")));
    assert_eq!((&entry["effective_date"], &entry["direction"]), (&json!("2026-11-19"), &json!("debit")));
    for (path, ids, sent) in [("/ach_entries/:id", &["x"][..], &[][..]), ("/ach_entries", &[], &[("starting_after", "x")])] {
        let error = run(&world, "GET", path, ids, sent).await;
        assert!(matches!(error, Err(ControlError::Missing { .. } | ControlError::NoSuch { .. })), "{error:?}");
    }
}

#[tokio::test]
async fn what_contradicts_itself_is_refused() {
    let world = World::new();
    state(&world, "/ach_returns", &[], &[("account_number", "1"), ("direction", "credit"), ("code", "R23")]).await;
    let table: &[(&[(&str, &str)], &str)] = &[
        (&[("account_number", "1"), ("code", "R01")], "account_number"),
        (&[("account_number", "2"), ("code", "R61")], "code"),
        (&[("account_number", "2"), ("code", "R48")], "code"),
        (&[("account_number", "2"), ("code", "X")], "code"),
        (&[("account_number", "2"), ("code", "R01"), ("routing_number", "021000022")], "routing_number"),
        (&[("account_number", "2"), ("code", "R01"), ("correction[name]", "A")], "correction"),
        (&[("account_number", "2"), ("code", "C01")], "correction"),
        (&[("account_number", "2"), ("code", "C61")], "correction"),
        (&[("account_number", "2"), ("code", "C04"), ("correction[name]", "A"), ("late", "true")], "late"),
        (&[("account_number", "2"), ("code", "C04"), ("correction[name]", "A"), ("information", "x")], "information"),
    ];
    for (sent, param) in table {
        match run(&world, "POST", "/ach_returns", &[], sent).await {
            Err(ControlError::Invalid(error)) => assert_eq!(error.param.as_deref(), Some(*param), "{sent:?}"),
            other => panic!("{sent:?}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_large_file_passes() {
    let world = World::new();
    let numbers: Vec<String> = (0..10_000_u64).map(|number| format!("2{number:011}")).collect();
    let mut payments: Vec<Payment<'_>> = numbers.iter().map(|number| (DEBIT, BANK, number.as_str(), 700)).collect();
    payments[9_999].2 = "000222222227";
    accept(&world, "a", "instant", file("PAYMENT", "261119", 1, &payments)).await;
    assert_eq!(all_answers(&world).await, [said(&[(10_000, "R01")])]);
}

#[tokio::test]
async fn answers_are_as_text() {
    let world = World::new();
    accept(&world, "a", "instant", file("PAYMENT", "261119", 1, &[(DEBIT, BANK, "000222222227", 700)])).await;
    let name = outbox(&world, "").await.remove(0);
    let answer = get(&world, &format!("outbox/{name}")).await;
    assert!(answer.headers[header::CONTENT_TYPE].to_str().expect("text").starts_with("text/plain"));
}
