//! Stating a world: what is taken, what contradicts itself, and what comes of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use form::{Form, Limits};
use serde_json::{Value, json};
use testbank::{BoxFuture, Command, Config, ControlError, MemoryShelf, Shelf, Stated, TestBank, WorldClock};
use url::form_urlencoded;

const START: i64 = 1_795_000_000;
const DAY: i64 = 86_400;

struct Clock(AtomicI64);

impl WorldClock for Clock {
    fn now(&self, _world: &str) -> BoxFuture<'_, i64> {
        let now = self.real_now();
        Box::pin(async move { now })
    }

    fn real_now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// A bank in which one world is stated.
struct Desk {
    bank: TestBank,
    clock: Arc<Clock>,
    shelf: Arc<MemoryShelf>,
}

type Sent<'a> = &'a [(&'a str, &'a str)];

impl Desk {
    fn new() -> Desk {
        let clock = Arc::new(Clock(AtomicI64::new(START)));
        let shelf = Arc::new(MemoryShelf::new());
        Desk { bank: Desk::open(&shelf, &clock), clock, shelf }
    }

    fn open(shelf: &Arc<MemoryShelf>, clock: &Arc<Clock>) -> TestBank {
        let config = Config { base_url: "http://bank.test".to_owned(), secret: [7; 32], ach_key: "key".to_owned() };
        TestBank::new(config, shelf.clone(), clock.clone())
    }

    fn advance(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
    }

    async fn run(&self, world: &str, method: &str, path: &str, ids: &[&str], sent: Sent<'_>) -> Result<Value, ControlError> {
        let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(sent).finish();
        let params = Form::parse(text.as_bytes(), &Limits::default()).expect("a form").into();
        let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        self.bank.control(world, Command { method, path, ids: &ids, params }).await
    }

    async fn post(&self, path: &str, ids: &[&str], sent: Sent<'_>) -> Value {
        self.run("w", "POST", path, ids, sent).await.unwrap_or_else(|error| panic!("{path} {sent:?}: {error}"))
    }

    async fn get(&self, path: &str, ids: &[&str]) -> Value {
        self.run("w", "GET", path, ids, &[]).await.unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// The parameter of the error that a command ends with.
    async fn refused(&self, path: &str, ids: &[&str], sent: Sent<'_>) -> String {
        match self.run("w", "POST", path, ids, sent).await {
            Err(ControlError::Invalid(error)) => error.param.unwrap_or_default(),
            Err(ControlError::NoSuch { param, .. }) => param,
            other => panic!("{path} {sent:?}: {other:?}"),
        }
    }

    /// The institutions of a world as they lie on the shelf.
    async fn stated(&self, world: &str) -> Vec<Stated> {
        let found = self.shelf.scan(&Stated::keys_prefix(world)).await.expect("the shelf");
        found.iter().rev().map(|(key, value)| Stated::read(key, value).expect("an institution")).collect()
    }

    async fn institution(&self) -> String {
        id(&self.post("/institutions", &[], &[("name", "Riverside Bank")]).await)
    }

    async fn person(&self, institution: &str, username: &str) -> String {
        let sent = [("institution", institution), ("username", username), ("name", "Ada King Lovelace")];
        id(&self.post("/people", &[], &sent).await)
    }

    async fn account(&self, more: Sent<'_>) -> String {
        let institution = self.institution().await;
        let person = self.person(&institution, "ada").await;
        let mut sent = vec![("institution", institution.as_str()), ("owners[]", person.as_str()), ("name", "Household")];
        if !more.iter().any(|(name, _)| *name == "type") {
            sent.push(("type", "checking"));
        }
        sent.extend_from_slice(more);
        id(&self.post("/accounts", &[], &sent).await)
    }

    async fn balances(&self, account: &str) -> (Value, Value) {
        let account = self.get("/accounts/:id", &[account]).await;
        (account["balance"].clone(), account["available_balance"].clone())
    }
}

fn id(object: &Value) -> String {
    object["id"].as_str().expect("an id").to_owned()
}

const ROWS: &str = "/accounts/:id/transactions";
const ROW: &str = "/accounts/:id/transactions/:transaction";
/// An amount that no address takes, and a date from before there were such accounts.
const FAR: &str = "<OFX><STMTRS><CURDEF>USD<STMTTRN><DTPOSTED>20261101<TRNAMT>10000000000.01<FITID>1</STMTTRN></STMTRS></OFX>";
const OLD: &str = "<OFX><STMTRS><CURDEF>USD<STMTTRN><DTPOSTED>19011101<TRNAMT>1.00<FITID>1</STMTTRN></STMTRS></OFX>";
const IMPORT: &str = "/accounts/:id/transactions/import";

#[tokio::test]
async fn a_balance_is_the_opening_balance_and_what_has_posted() {
    let desk = Desk::new();
    let account = desk.account(&[("balance", "100000")]).await;
    let later = (START + DAY).to_string();
    desk.post(ROWS, &[&account], &[("amount", "-2500"), ("description", "Tea")]).await;
    let pending = [("amount", "-700"), ("description", "Cake"), ("status", "pending")];
    let pending = id(&desk.post(ROWS, &[&account], &pending).await);
    desk.post(ROWS, &[&account], &[("amount", "9900"), ("description", "Wages"), ("transacted_at", &later)]).await;
    assert_eq!(desk.balances(&account).await, (json!(97_500), json!(96_800)));
    desk.advance(DAY);
    assert_eq!(desk.balances(&account).await, (json!(107_400), json!(106_700)), "the future has come");
    desk.advance(DAY);
    assert_eq!(desk.balances(&account).await, (json!(106_700), json!(106_700)), "what was pending has posted");
    assert_eq!(desk.get(ROW, &[&account, &pending]).await["status"], "posted");
    desk.post(ROW, &[&account, &pending], &[("status", "void")]).await;
    assert_eq!(desk.balances(&account).await, (json!(107_400), json!(107_400)));
    // A balance that is stated later moves the opening balance, not the transactions.
    let changed = desk.post("/accounts/:id", &[&account], &[("balance", "0")]).await;
    assert_eq!((&changed["opening_balance"], &changed["balance"]), (&json!(-7_400), &json!(0)));
    // Another process sees the same.
    let other = Desk { bank: Desk::open(&desk.shelf, &desk.clock), clock: desk.clock.clone(), shelf: desk.shelf.clone() };
    assert_eq!(other.get("/accounts/:id", &[&account]).await, changed);
    let list = other.get(ROWS, &[&account]).await;
    let words: Vec<&str> = list["data"].as_array().expect("rows").iter().filter_map(|row| row["description"].as_str()).collect();
    assert_eq!(words[0], "Wages", "{words:?}");
}

/// A checking account with more said about it.
fn new<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all = vec![("type", "checking"), ("name", "Other")];
    all.extend_from_slice(more);
    all
}

#[tokio::test]
async fn contradictions_name_the_parameter() {
    let desk = Desk::new();
    let account = desk.account(&[("opening_balance", "500")]).await;
    let institution = desk.get("/accounts/:id", &[&account]).await["institution"].as_str().expect("an id").to_owned();
    let ada = desk.get("/people", &[]).await["data"][0]["id"].as_str().expect("an id").to_owned();
    let elsewhere = desk.institution().await;
    let bob = desk.person(&elsewhere, "bob").await;
    desk.post(ROWS, &[&account], &[("id", "r1"), ("amount", "-100"), ("description", "Tea")]).await;
    let accounts: &[(Vec<(&str, &str)>, &str)] = &[
        (new(&[("opening_balance", "1"), ("balance", "2")]), "balance"),
        (new(&[("number", "12x4")]), "number"),
        (new(&[("routing_number", "110000001")]), "routing_number"),
        (new(&[("currency", "jpy")]), "currency"),
        (new(&[("currency", "xxx")]), "currency"),
        (new(&[("credit_limit", "5")]), "credit_limit"),
        (new(&[("status", "closed"), ("balance", "5")]), "status"),
        (new(&[("colour", "red")]), "colour"),
        (new(&[("owners[1]", "person_none")]), "owners[1]"),
        (new(&[("owners[1]", &bob)]), "owners[1]"),
        (new(&[("owners[1]", &ada)]), "owners[1]"),
        (vec![("type", "credit_card"), ("name", "Card"), ("payments", "full")], "payments"),
        (vec![("type", "piggy_bank"), ("name", "Pig")], "type"),
    ];
    for (sent, param) in accounts {
        let mut all = vec![("institution", institution.as_str()), ("owners[0]", ada.as_str())];
        all.extend_from_slice(sent);
        assert_eq!(desk.refused("/accounts", &[], &all).await, *param, "{sent:?}");
    }
    let (now, before) = (START.to_string(), (START - 10).to_string());
    let rows: &[(Sent<'_>, &str)] = &[
        (&[("amount", "1"), ("description", "x"), ("id", "r1")], "id"),
        (&[("amount", "1.5"), ("description", "x")], "amount"),
        (&[("amount", "1"), ("description", " ")], "description"),
        (&[("amount", "1"), ("description", "x"), ("status", "pending"), ("posted_at", &before)], "posted_at"),
        (&[("amount", "1"), ("description", "x"), ("transacted_at", &now), ("posted_at", &before)], "posted_at"),
        (&[("amount", "1"), ("description", "x"), ("transacted_at", "5")], "transacted_at"),
    ];
    for (sent, param) in rows {
        assert_eq!(desk.refused(ROWS, &[&account], sent).await, *param, "{sent:?}");
    }
    let institutions: &[(Sent<'_>, &str)] = &[
        (&[("name", "")], "name"),
        (&[("name", "B"), ("protocol", "fax")], "protocol"),
        (&[("name", "B"), ("downtime[type]", "planned")], "downtime[until]"),
        (&[("name", "B"), ("downtime[type]", "planned"), ("downtime[until]", &now)], "downtime[until]"),
        (&[("name", "B"), ("downtime[type]", "unplanned"), ("downtime[until]", "1900000000")], "downtime[until]"),
        (&[("name", "B"), ("wrong_data[]", "nonsense")], "wrong_data[0]"),
        (&[("name", "B"), ("failures[weather]", "error")], "failures[weather]"),
        (&[("name", "B"), ("failures[balances]", "rain")], "failures[balances]"),
    ];
    for (sent, param) in institutions {
        assert_eq!(desk.refused("/institutions", &[], sent).await, *param, "{sent:?}");
    }
    assert_eq!(desk.refused("/institutions/:id", &["test-oauth"], &[("name", "Mine")]).await, "name");
    let again = [("institution", institution.as_str()), ("username", "ADA "), ("name", "A")];
    assert_eq!(desk.refused("/people", &[], &again).await, "username");
    let there = [("institution", "test-oauth"), ("username", "x"), ("name", "A")];
    assert_eq!(desk.refused("/people", &[], &there).await, "institution");
    assert_eq!(desk.refused("/accounts/:id", &[&account], &[("opening_balance", "500"), ("balance", "500")]).await, "balance");
    assert_eq!(desk.balances(&account).await, (json!(400), json!(400)), "nothing was changed by any of them");
    let held = desk.run("w", "DELETE", "/people/:id", &[&ada], &[]).await;
    assert!(matches!(held, Err(ControlError::Invalid(_))), "{held:?}");
}

const CSV: &str = "Date,Amount,Description,Status,Id\n2026-11-01,-12.34,\"Tea, two cups\",,a\n2026-11-02,1500,Wages,posted,b\n";

const OFX: &str = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD\
<BANKACCTFROM><BANKID>110000000<ACCTID>1234<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST>\
<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20261101<TRNAMT>-10.00<FITID>f1<NAME>Tea</STMTTRN>\
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20261102<TRNAMT>25.50<FITID>f2<NAME>Wages</STMTTRN></BANKTRANLIST>\
<LEDGERBAL><BALAMT>115.50<DTASOF>20261103</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>";

#[tokio::test]
async fn files_are_taken_whole_or_not_at_all() {
    let desk = Desk::new();
    let account = desk.account(&[]).await;
    let done = desk.post(IMPORT, &[&account], &[("format", "ofx"), ("data", OFX)]).await;
    assert_eq!((&done["added"], &done["unchanged"]), (&json!(2), &json!(0)));
    assert_eq!(done["account"]["balance"], 11_550, "the statement's balance decides where nothing was stated: {done}");
    assert_eq!(done["account"]["opening_balance"], 10_000);
    let again = desk.post(IMPORT, &[&account], &[("format", "ofx"), ("data", OFX)]).await;
    assert_eq!((&again["added"], &again["unchanged"]), (&json!(0), &json!(2)), "the same file adds nothing");
    let done = desk.post(IMPORT, &[&account], &[("format", "csv"), ("data", CSV)]).await;
    assert_eq!((&done["added"], &done["account"]["balance"]), (&json!(2), &json!(11_550 - 1_234 + 150_000)));
    let rows =
        r#"[{"id": "j1", "amount": -5, "description": "Gum", "transacted_at": 1794900000}, {"amount": 5, "description": "Gum"}]"#;
    desk.post(IMPORT, &[&account], &[("format", "json"), ("data", rows)]).await;
    let list = [("transactions[0][amount]", "7"), ("transactions[0][description]", "Found"), ("balance", "1")];
    let done = desk.post(IMPORT, &[&account], &list).await;
    assert_eq!((&done["account"]["balance"], &done["account"]["transaction_count"]), (&json!(1), &json!(7)));

    let csv = |text: &'static str| vec![("format", "csv"), ("data", text)];
    let json = |text: &'static str| vec![("format", "json"), ("data", text)];
    let wrong: &[(Vec<(&str, &str)>, &str)] = &[
        (vec![], "transactions"),
        (vec![("data", "x")], "format"),
        (vec![("format", "csv")], "data"),
        (vec![("format", "ofx"), ("data", "no file")], "data"),
        (csv("date,amount\n2026-11-01,1\n"), "data"),
        (csv("date,amount,description,sum\n"), "data"),
        (csv("date,amount,description\n2026-11-01,1.005,x\n"), "data"),
        (csv("date,amount,description\nsoon,1,x\n"), "data"),
        (csv("date,amount,description\n2026-11-01,10000000000.01,x\n"), "data"),
        (csv("date,amount,description\n2026-11-01,-10000000000.01,x\n"), "data"),
        (vec![("format", "ofx"), ("data", FAR)], "data"),
        (vec![("format", "ofx"), ("data", OLD)], "data"),
        (csv("date,amount,description,id\n2026-11-01,1,x,c\n2026-11-01,1,x,c\n"), "data[1][id]"),
        (csv("date,amount,description,id\n2026-11-01,1,another,a\n"), "data[0][id]"),
        (json("{"), "data"),
        (json("{}"), "data"),
        (json("[3]"), "data[0]"),
        (json(r#"[{"amount": 1, "description": "x"}, {"amount": 1.5, "description": "x"}]"#), "data[1][amount]"),
        (json(r#"[{"amount": 1, "description": "x", "color": "red"}]"#), "data[0][color]"),
        (json(r#"[{"amount": 1}]"#), "data[0][description]"),
        (vec![("format", "csv"), ("data", CSV), ("transactions[0][amount]", "1"), ("transactions[0][description]", "x")], "data"),
    ];
    for (sent, param) in wrong {
        assert_eq!(desk.refused(IMPORT, &[&account], sent).await, *param, "{sent:?}");
    }
    let count = desk.get("/accounts/:id", &[&account]).await["transaction_count"].clone();
    assert_eq!(count, 7, "nothing of them was taken");
    let anchored = desk.account(&[("opening_balance", "100"), ("number", "1234")]).await;
    let sent = [("format", "ofx"), ("data", OFX), ("balance", "5")];
    assert_eq!(desk.refused(IMPORT, &[&anchored], &sent).await, "balance");
    let done = desk.post(IMPORT, &[&anchored], &sent[..2]).await;
    assert_eq!(done["account"]["balance"], 100 - 1_000 + 2_550, "a stated opening balance stays");
}

#[tokio::test]
async fn thousands_of_transactions_fit() {
    let desk = Desk::new();
    let account = desk.account(&[]).await;
    let mut csv = String::from("date,amount,description\n");
    for number in 0..6_000 {
        csv.push_str(&format!("{},-0.01,Row {number}\n", START - 200 * DAY + number * 2_000));
    }
    let done = desk.post(IMPORT, &[&account], &[("format", "csv"), ("data", &csv)]).await;
    assert_eq!((&done["added"], &done["account"]["balance"]), (&json!(6_000), &json!(-6_000)));
    let mut full = String::from("date,amount,description\n");
    for number in 0..2_001 {
        full.push_str(&format!("{},-0.01,Row {number}\n", START + 40 * DAY));
    }
    assert_eq!(desk.refused(IMPORT, &[&account], &[("format", "csv"), ("data", &full)]).await, "data");
}

#[tokio::test]
async fn worlds_do_not_see_each_other_and_can_be_forgotten() {
    let desk = Desk::new();
    let account = desk.account(&[]).await;
    desk.post("/institutions/:id", &["test-oauth"], &[("delay_ms", "5")]).await;
    let institution = desk.get("/accounts/:id", &[&account]).await["institution"].as_str().expect("an id").to_owned();
    let stranger = desk.run("other", "GET", "/accounts/:id", &[&account], &[]).await;
    assert!(matches!(stranger, Err(ControlError::Missing { .. })), "{stranger:?}");
    let stranger =
        desk.run("other", "POST", "/people", &[], &[("institution", &institution), ("username", "x"), ("name", "X")]).await;
    assert!(matches!(stranger, Err(ControlError::NoSuch { .. })), "{stranger:?}");
    assert_eq!(desk.stated("other").await, []);
    let stated = desk.stated("w").await;
    assert_eq!(
        stated.iter().map(|one| (one.slug.as_str(), one.built_in)).collect::<Vec<_>>(),
        [("test-oauth", true), (&*institution, false)]
    );
    desk.run("w", "DELETE", "", &[], &[]).await.expect("is forgotten");
    assert_eq!(desk.stated("w").await, []);
    let gone = desk.run("w", "GET", "/accounts/:id", &[&account], &[]).await;
    assert!(matches!(gone, Err(ControlError::Missing { .. })), "{gone:?}");
    let list = desk.get("/institutions", &[]).await;
    assert!(list["data"].as_array().expect("a list").iter().all(|one| one["built_in"] == true), "{list}");
}

#[tokio::test]
async fn changes_at_the_same_time_all_count() {
    let desk = Desk::new();
    let account = desk.account(&[]).await;
    let row = [("amount", "-1"), ("description", "Tea")];
    let ids = [account.as_str()];
    let one = || desk.post(ROWS, &ids, &row);
    let _ = tokio::join!(one(), one(), one(), one(), one());
    assert_eq!(desk.balances(&account).await.0, -5);
}
