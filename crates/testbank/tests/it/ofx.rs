//! OFX Direct Connect, as a client of the crate `ofx` sees it.

use http::{StatusCode, header};
use ofx::{
    Account, AccountKind, Ask, AskContent, BankAccountKind, ChallengeAnswer, Content, Credentials, Document, Format, Institution,
    Moment, Period, Request, Secret, SignOn, SignOnRequest, Statement,
};
use serde_json::Value;

use super::support::*;

const TEST: &str = "test-non-oauth";
const BANK: &str = "bank-non-oauth";

fn moment(seconds: i64) -> Moment {
    Moment::from_unix_seconds(seconds).expect("a moment")
}

fn request(slug: &str, user: &str, password: &str, asks: Vec<AskContent>) -> Request {
    let credentials = Credentials::Password { user: user.to_owned(), password: Secret::new(password) };
    let mut sign_on = SignOnRequest::new(moment(START), credentials);
    sign_on.institution = Some(Institution { organization: Some("TESTBANK".to_owned()), id: Some(slug.to_owned()) });
    sign_on.client_id = Some("world-1".to_owned());
    let asks = asks.into_iter().enumerate().map(|(place, content)| Ask::new(format!("t{place}"), content)).collect();
    Request { format: Format::V211, sign_on, asks }
}

fn accounts() -> AskContent {
    AskContent::Accounts { since: Moment::EPOCH }
}

async fn send(world: &World, slug: &str, request: &Request) -> Document {
    let answer = post_ofx(world, slug, ofx::write_request(request)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/x-ofx");
    let reading = ofx::read(answer.text.as_bytes()).expect("an answer");
    assert!(reading.warnings.is_empty(), "{:?}", reading.warnings);
    assert_eq!(reading.value.format, request.format);
    reading.value
}

fn sign_on(document: &Document) -> &SignOn {
    document.sign_on.as_ref().expect("a sign-on")
}

/// The status of the sign-on, or else of the first answer.
fn code(document: &Document) -> u32 {
    let status = document.failure();
    let first = || document.answers.first().and_then(|answer| answer.status.as_ref());
    status.or_else(first).or(sign_on(document).status.as_ref()).expect("a status").code.0
}

async fn attempt(world: &World, password: &str) -> u32 {
    code(&send(world, BANK, &request(BANK, "jane", password, vec![accounts()])).await)
}

/// Someone who is signing on at the bank with a script.
struct Person<'a> {
    world: &'a World,
    password: &'static str,
    last: Document,
}

impl Person<'_> {
    async fn begin<'a>(world: &'a World, password: &'static str) -> Person<'a> {
        let last = send(world, BANK, &request(BANK, "jane", password, vec![accounts()])).await;
        Person { world, password, last }
    }

    fn next(&self, asks: Vec<AskContent>) -> Request {
        let mut request = request(BANK, "jane", self.password, asks);
        request.sign_on.session_cookie = sign_on(&self.last).session_cookie.clone();
        request
    }

    /// Asks for the question.
    async fn question(&mut self) -> (String, String) {
        let request = self.next(vec![AskContent::Challenges { client_time: Some(moment(START)) }]);
        self.last = send(self.world, BANK, &request).await;
        assert_eq!(code(&self.last), 0);
        let Content::Challenges(challenges) = &self.last.answers[0].content else {
            panic!("no questions: {:?}", self.last);
        };
        assert_eq!(challenges.len(), 1);
        let label = challenges[0].question.clone().expect("a label");
        assert!(label.chars().count() <= 64, "{label}");
        (challenges[0].id.clone(), label)
    }

    async fn answer(&mut self, phrase: &str, answer: &str) -> u32 {
        let mut request = self.next(vec![accounts()]);
        request.sign_on.challenge_answers = vec![ChallengeAnswer { id: phrase.to_owned(), answer: Secret::new(answer) }];
        self.last = send(self.world, BANK, &request).await;
        code(&self.last)
    }

    async fn token(&mut self, token: &str) -> u32 {
        let mut request = self.next(vec![accounts()]);
        request.sign_on.auth_token = Some(Secret::new(token));
        self.last = send(self.world, BANK, &request).await;
        code(&self.last)
    }
}

#[tokio::test]
async fn any_credentials_open_the_test_institution_in_both_syntaxes() {
    let world = World::new();
    for format in [Format::V103, Format::V211, Format { version: 160, ..Format::V103 }, Format { version: 220, ..Format::V211 }] {
        let asked = Request { format, ..request(TEST, "jane", "incorrect", vec![accounts()]) };
        let document = send(&world, TEST, &asked).await;
        assert_eq!(code(&document), 0);
        let names: Vec<&str> = document.accounts().filter_map(|info| info.description.as_deref()).collect();
        assert_eq!((names.len(), names[0], names[1]), (12, "Success", "Insufficient Funds"));
        let first = &document.accounts().next().expect("an account").account;
        assert_eq!(*first, Account::bank("110000000", "000123456789", BankAccountKind::Checking));
    }
    let text = post_ofx(&world, TEST, ofx::write_request(&Request { format: Format::V103, ..request(TEST, "a", "b", vec![]) }))
        .await
        .text;
    assert!(text.starts_with("OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:103"), "{text}");
}

#[tokio::test]
async fn the_script_asks_what_its_words_say() {
    let world = World::new();
    let cases = [("secret", 0), ("options", 3000), ("mfa", 15512), ("confirm_mfa", 3000), ("security_question", 3000)];
    for (password, expected) in cases.into_iter().chain([("error", 2000), ("incorrect", 15500), ("locked", 15502)]) {
        assert_eq!(attempt(&world, password).await, expected, "{password}");
    }
    for (user, expected) in [("error", 2000), ("incorrect", 15500), ("locked", 15502), ("options", 0)] {
        let document = send(&world, BANK, &request(BANK, user, "x", vec![accounts()])).await;
        assert_eq!(code(&document), expected, "{user}");
        assert_eq!(document.answers[0].status, sign_on(&document).status, "no answer of a sign-on that failed holds anything");
    }
}

#[tokio::test]
async fn a_list_leads_to_a_code() {
    let world = World::new();
    let mut person = Person::begin(&world, "options").await;
    let (phrase, label) = person.question().await;
    assert_eq!(phrase, "MFA_CHOICE");
    let lines: Vec<&str> = label.lines().collect();
    assert!(lines[0].starts_with("(1) Text message to ••") && lines[1].starts_with("(2) Email to "), "{label}");
    assert_eq!(lines.len(), 2);
    for wrong in ["0", "3", "one"] {
        assert_eq!(person.answer(&phrase, wrong).await, 3001, "{wrong}");
    }
    assert_eq!(person.answer(&phrase, "2").await, 15512);
    assert_eq!(person.token("incorrect").await, 15513);
    assert_eq!(person.token("123456").await, 0);
    assert_eq!(person.last.accounts().count(), 6);
}

#[tokio::test]
async fn a_code_is_confirmed_and_a_question_answered() {
    let world = World::new();
    let mut person = Person::begin(&world, "confirm_mfa").await;
    let (phrase, label) = person.question().await;
    assert_eq!(phrase, "MFA_CONFIRM");
    let digits = label.chars().filter(char::is_ascii_digit).count();
    assert_eq!(digits, 6, "{label}");
    assert_eq!(person.answer(&phrase, "CONFIRMED").await, 0);

    let mut person = Person::begin(&world, "security_question").await;
    let (phrase, label) = person.question().await;
    assert_eq!((phrase.as_str(), label.as_str()), ("MFA_QUESTION", "What was the name of your first pet?"));
    assert_eq!(person.answer(&phrase, "incorrect").await, 3001);
    assert_eq!(person.answer("MFA_CONFIRM", "Rex").await, 3000, "the answer to another question is none");
    assert_eq!(person.answer(&phrase, "Rex").await, 0);
}

#[tokio::test]
async fn words_work_as_later_answers() {
    let world = World::new();
    let mut person = Person::begin(&world, "mfa").await;
    assert_eq!(person.token("security_question").await, 3000);
    let (phrase, _) = person.question().await;
    assert_eq!(person.answer(&phrase, "options").await, 3000);
    let (phrase, _) = person.question().await;
    assert_eq!((phrase.as_str(), person.answer(&phrase, "confirm_mfa").await), ("MFA_CHOICE", 3000));
    let (phrase, _) = person.question().await;
    assert_eq!((phrase.as_str(), person.answer(&phrase, "mfa").await), ("MFA_CONFIRM", 15512));
    assert_eq!(person.token("error").await, 2000);
    assert_eq!(sign_on(&person.last).session_cookie, None, "the sign-on has ended");
    let mut person = Person::begin(&world, "mfa").await;
    assert_eq!(person.token("locked").await, 15502);
}

#[tokio::test]
async fn an_access_key_spares_its_owner_the_questions() {
    let world = World::new();
    let mut person = Person::begin(&world, "mfa").await;
    assert_eq!(person.token("123456").await, 0);
    let key = sign_on(&person.last).access_key.clone();
    assert!(key.is_some());
    let with_key = |user: &str, password: &str, client: &str| {
        let mut request = request(BANK, user, password, vec![accounts()]);
        request.sign_on.access_key = key.clone();
        request.sign_on.client_id = Some(client.to_owned());
        request
    };
    world.clock.advance_real(400 * 86_400);
    let cases = [
        ("Jane ", "mfa", "world-1", 0),
        ("john", "mfa", "world-1", 15512),
        ("jane", "mfa", "world-2", 15512),
        ("jane", "incorrect", "world-1", 15500),
    ];
    for (user, password, client, expected) in cases {
        let document = send(&world.reopen(), BANK, &with_key(user, password, client)).await;
        assert_eq!(code(&document), expected, "{user} {password} {client}");
    }
}

#[tokio::test]
async fn a_sign_on_that_takes_too_long_begins_again() {
    let world = World::new();
    let mut person = Person::begin(&world, "security_question").await;
    let (phrase, _) = person.question().await;
    assert_eq!(person.answer(&phrase, "mfa").await, 15512);
    world.clock.advance_real(901);
    assert_eq!(person.token("123456").await, 3000);
}

#[tokio::test]
async fn requests_that_do_not_fit_are_refused() {
    let world = World::new();
    let good = request(TEST, "jane", "x", vec![accounts()]);
    let change = |change: &dyn Fn(&mut Request)| {
        let mut request = good.clone();
        change(&mut request);
        request
    };
    let cases = [
        (change(&|request| request.sign_on.institution = None), 13504),
        (
            change(&|request| {
                request.sign_on.institution =
                    Some(Institution { organization: Some("TESTBANK".to_owned()), id: Some(BANK.to_owned()) })
            }),
            13504,
        ),
        (change(&|request| request.sign_on.client_id = None), 15510),
        (change(&|request| request.sign_on.client_id = Some("x".repeat(37))), 15510),
        (change(&|request| request.sign_on.credentials = Credentials::anonymous()), 15500),
        (change(&|request| request.sign_on.credentials = Credentials::UserKey(Secret::new("k"))), 15500),
        (
            change(&|request| {
                request.sign_on.credentials = Credentials::Password { user: "jane".to_owned(), password: Secret::new("") }
            }),
            15500,
        ),
    ];
    for (request, expected) in cases {
        assert_eq!(code(&send(&world, TEST, &request).await), expected, "{request:?}");
    }
    let strange = change(&|request| request.format = Format { version: 299, ..Format::V211 });
    let answer = post_ofx(&world, TEST, ofx::write_request(&strange)).await;
    let document = ofx::read(answer.text.as_bytes()).expect("an answer").value;
    assert_eq!((code(&document), document.format), (2021, Format::V211));
    let answer = post_ofx(&world, TEST, b"hello".to_vec()).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    for slug in ["test-oauth", "down-scheduled", "nowhere"] {
        assert_eq!(post_ofx(&world, slug, ofx::write_request(&good)).await.status, StatusCode::NOT_FOUND, "{slug}");
    }
    let metadata = world.get(&format!("{BASE}/{TEST}/.well-known/oauth-authorization-server")).await;
    assert_eq!(metadata.status, StatusCode::NOT_FOUND, "it has no pages");
}

#[tokio::test]
async fn the_profile_is_for_everybody() {
    let world = World::new();
    let mut asked = request(BANK, "", "", vec![AskContent::Profile { since: Moment::EPOCH }]);
    asked.sign_on.credentials = Credentials::anonymous();
    asked.sign_on.client_id = None;
    let document = send(&world, BANK, &asked).await;
    assert_eq!(code(&document), 0);
    let Content::Profile(Some(profile)) = &document.answers[0].content else {
        panic!("no profile");
    };
    assert_eq!(profile.name.as_deref(), Some("Bank (Non-OAuth)"));
    assert_eq!(profile.url_of(ofx::MessageSetKind::Bank), Some(format!("{BASE}/{BANK}/ofx").as_str()));
    let info = &profile.sign_ons[0];
    assert_eq!((info.client_id_required, info.challenges), (Some(true), Some(true)));
    assert_eq!(info.auth_token_label.as_deref(), Some("One-time code"));
}

/// The statement of an account, from `start` on if transactions are asked for.
async fn statement(world: &World, account: &Account, period: Option<Period>) -> Result<Statement, u32> {
    let account = Some(account.clone());
    let ask = match account.as_ref().map(|account| &account.kind) {
        Some(AccountKind::Card) => AskContent::CardStatement { account, transactions: period },
        _ => AskContent::BankStatement { account, transactions: period },
    };
    let document = send(world, BANK, &request(BANK, "jane", "x", vec![ask])).await;
    match document.statements().next() {
        Some(statement) => Ok(statement.clone()),
        None => Err(code(&document)),
    }
}

fn cents(value: &Value) -> i64 {
    (value.as_f64().expect("a number") * 100.0).round() as i64
}

#[tokio::test]
async fn figures_are_those_of_the_same_bank_over_fdx() {
    let world = World::new();
    let client = Client::register(&world, "bank-oauth").await;
    let tokens = client.connect(&world, ALL_CLUSTERS).await;
    let token = access_token(&tokens);
    world.clock.advance_world(40 * 86_400 + 5_000);
    let listed = send(&world, BANK, &request(BANK, "jane", "x", vec![accounts()])).await;
    let fdx = world.fdx("bank-oauth", "/accounts?resultType=details", token).await.json();
    let mut kinds = Vec::new();
    for (info, account) in listed.accounts().zip(fdx["accounts"].as_array().expect("accounts")) {
        assert_eq!(info.description.as_deref(), account["productName"].as_str());
        assert!(account["accountNumberDisplay"].as_str().expect("digits").ends_with(&info.account.number[8..]));
        let whole = Some(Period { start: None, end: None });
        let statement = statement(&world, &info.account, whole).await.expect("a statement");
        assert_eq!(statement.account.as_ref(), Some(&info.account));
        let deposit = account["accountCategory"] == "DEPOSIT_ACCOUNT";
        let ledger = statement.ledger.as_ref().and_then(|balance| balance.amount.minor_units(2)).expect("a balance");
        let expected = [&account["currentBalance"], &account["principalBalance"]].into_iter().find(|value| value.is_number());
        assert_eq!(ledger, cents(expected.expect("a balance")) * if deposit { 1 } else { -1 });
        let available = [&account["availableBalance"], &account["availableCredit"]].into_iter().find(|value| value.is_number());
        assert_eq!(
            statement.available.as_ref().map(|balance| balance.amount.minor_units(2)),
            available.map(|value| Some(cents(value)))
        );
        let sum: i64 = statement.transactions.iter().filter_map(|row| row.amount.minor_units(2)).sum();
        assert_eq!(sum, ledger, "transactions make the balance");
        assert_eq!(posted(&world, token, account).await, rows(&statement));
        kinds.push(info.account.kind.clone());
    }
    let bank = |kind| AccountKind::Bank(Some(kind));
    let checking = || bank(BankAccountKind::Checking);
    let mortgage = bank(BankAccountKind::Other("MORTGAGE".to_owned()));
    let expected =
        [checking(), bank(BankAccountKind::Savings), checking(), AccountKind::Card, bank(BankAccountKind::CreditLine), mortgage];
    assert_eq!(kinds, expected);
}

/// Id and amount of every posted transaction over FDX; money that leaves is negative.
async fn posted(world: &World, token: &str, account: &Value) -> Vec<(String, i64)> {
    let id = account["accountId"].as_str().expect("an id");
    let first = format!("/accounts/{id}/transactions?startTime=2020-01-01&limit=500");
    let mut answer = world.fdx("bank-oauth", &first, token).await.json();
    let mut rows = Vec::new();
    loop {
        for row in answer["transactions"].as_array().expect("rows") {
            let sign = if row["debitCreditMemo"] == "CREDIT" { 1 } else { -1 };
            if row["status"] == "POSTED" {
                rows.push((row["transactionId"].as_str().expect("an id").to_owned(), sign * cents(&row["amount"])));
            }
        }
        let Some(key) = answer["page"]["nextPageKey"].as_str() else {
            return rows;
        };
        answer = world.fdx("bank-oauth", &format!("/accounts/{id}/transactions?limit=500&pageKey={key}"), token).await.json();
    }
}

fn rows(statement: &Statement) -> Vec<(String, i64)> {
    let row = |row: &ofx::Transaction| (row.id.clone().expect("an id"), row.amount.minor_units(2).expect("cents"));
    statement.transactions.iter().map(row).collect()
}

#[tokio::test]
async fn statements_hold_the_time_that_is_asked_for() {
    let world = World::new();
    let listed = send(&world, BANK, &request(BANK, "jane", "x", vec![accounts()])).await;
    let account = listed.accounts().next().expect("an account").account.clone();
    let day = |month, day| Moment::new(2026, month, day);
    let october = statement(&world, &account, Some(Period { start: day(10, 1), end: day(10, 31) })).await.expect("a statement");
    let dates: Vec<(u16, u8, u8)> = october.transactions.iter().filter_map(|row| row.posted).map(|at| at.date()).collect();
    assert!(!dates.is_empty() && dates.iter().all(|date| (date.0, date.1) == (2026, 10)), "{dates:?}");
    assert_eq!(october.start.map(|at| at.date()), Some((2026, 10, 1)));

    let second = october.transactions[0].posted.expect("a time");
    let exact = statement(&world, &account, Some(Period { start: Some(second), end: Some(second) })).await.expect("a statement");
    assert!(exact.transactions.iter().all(|row| row.posted == Some(second)) && !exact.transactions.is_empty());

    let balances = statement(&world, &account, None).await.expect("a statement");
    assert!(balances.transactions.is_empty() && balances.ledger == october.ledger);
    let future = statement(&world, &account, Some(Period { start: day(12, 24), end: None })).await.expect("a statement");
    assert!(future.transactions.is_empty());

    world.clock.advance_world(20 * 86_400);
    let again = statement(&world, &account, Some(Period { start: day(10, 1), end: day(10, 31) })).await.expect("a statement");
    assert_eq!(again.transactions, october.transactions, "what has posted never changes");

    let backwards = statement(&world, &account, Some(Period { start: day(10, 31), end: day(10, 1) })).await;
    assert_eq!(backwards, Err(2027));
    assert_eq!(statement(&world, &Account { number: "1".to_owned(), ..account.clone() }, None).await, Err(2003));
    assert_eq!(statement(&world, &Account { bank: Some("021000021".to_owned()), ..account.clone() }, None).await, Err(2003));
    assert_eq!(statement(&world, &Account::card(account.number), None).await, Err(2003));
}
