//! Accounts, balances, numbers and transactions.

use ::ofx::{
    Answer, Ask, AskContent, Balance, Content, Decimal, Moment, Request, Statement, StatementKind, Status, StatusCode,
    Transaction, TransactionKind,
};
use banks::{BankConnector, BankError, Category, DataKind, Grant, Subcategory, TransactionWindow};

use super::{CARD, CHECKING, OfxBank, SAVINGS, VERSIONS, listed, respond, signed_on};

fn money(text: &str) -> Decimal {
    Decimal::parse(text).unwrap()
}

fn day(day: u8) -> Moment {
    Moment::new(2026, 1, day).unwrap()
}

/// The account number of a request for a statement, and whether it asks for transactions.
fn statement_of(ask: &Ask) -> Option<(&str, bool)> {
    match &ask.content {
        AskContent::BankStatement { account: Some(account), transactions }
        | AskContent::CardStatement { account: Some(account), transactions } => Some((&account.number, transactions.is_some())),
        _ => None,
    }
}

fn statement(ask: &Ask) -> Option<Answer> {
    let (number, with_rows) = statement_of(ask)?;
    let (kind, account, ledger) = match &ask.content {
        AskContent::CardStatement { account, .. } => (StatementKind::Card, account, "-250.00"),
        AskContent::BankStatement { account, .. } if number == CHECKING => (StatementKind::Bank, account, "1234.56"),
        AskContent::BankStatement { account, .. } => (StatementKind::Bank, account, "10.00"),
        _ => return None,
    };
    let mut statement = Statement::new(kind, account.clone()?, "USD");
    statement.ledger = Some(Balance { amount: money(ledger), as_of: Some(day(2)) });
    statement.available = Some(Balance { amount: money("750.00"), as_of: None });
    if with_rows {
        let row = |id: &str, amount, name: &str| {
            let mut row = Transaction::new(id, TransactionKind::PointOfSale, day(1), money(amount));
            row.name = Some(name.to_owned());
            row
        };
        let mut pending = row("p1", "-9.99", "Not yet");
        pending.pending = true;
        statement.transactions =
            vec![row("t1", "-4.50", "Coffee \u{202e}& more"), row("t2", "-1.00", "Bus"), row("t2", "-2.00", "Bus"), pending];
    }
    Some(Answer::ok(ask.transaction_id.clone(), Content::Statements(kind, vec![statement])))
}

/// Everything that was asked for.
fn whole(request: &Request) -> Vec<Answer> {
    let statements = request.asks.iter().filter_map(statement);
    listed(request).into_iter().chain(statements).collect()
}

async fn opened(version: u16) -> (OfxBank, Grant) {
    let bank = OfxBank::open(version, |request, _| respond(request, signed_on(), whole(request))).await;
    let grant = bank.grant().await;
    // What is sealed and stored comes back as it was.
    let stored = serde_json::to_vec(&grant).unwrap();
    (bank, serde_json::from_slice(&stored).unwrap())
}

fn window(bank: &OfxBank) -> TransactionWindow {
    TransactionWindow { from: bank.ctx.now - 30 * 86_400, to: bank.ctx.now }
}

#[tokio::test]
async fn one_request_brings_every_balance() {
    for version in VERSIONS {
        let (bank, grant) = opened(version).await;
        let accounts = bank.ofx.accounts(&bank.ctx, &grant).await.unwrap();
        let requests = bank.requests();
        assert_eq!((requests.len(), requests[1].asks.len()), (2, 4), "{version}");
        assert!(requests[1].asks.iter().filter_map(statement_of).all(|(_, with_rows)| !with_rows));
        let shown: Vec<(Category, Subcategory, Option<&str>, i64)> = accounts
            .iter()
            .map(|account| {
                let balance = account.balance.as_ref().unwrap();
                (account.category, account.subcategory, account.last4.as_deref(), balance.current_minor)
            })
            .collect();
        let expected = [
            (Category::Cash, Subcategory::Checking, Some("6789"), 123_456),
            (Category::Cash, Subcategory::Savings, Some("4321"), 1_000),
            (Category::Credit, Subcategory::CreditCard, Some("4242"), -25_000),
        ];
        assert_eq!(shown, expected);
        assert_eq!(accounts[0].balance.as_ref().unwrap().available_minor, Some(75_000));
        assert_eq!(accounts[2].balance.as_ref().unwrap().credit_used_minor, Some(-25_000));
        assert!(accounts.iter().all(|account| account.open && account.currency == "usd"));
        for account in &accounts {
            for number in [CHECKING, SAVINGS, CARD] {
                assert!(!account.bank_account_id.contains(number));
            }
            let fresh = bank.ofx.account(&bank.ctx, &grant, &account.bank_account_id).await.unwrap();
            assert_eq!(fresh, *account);
            assert!(bank.ofx.owners(&bank.ctx, &grant, &account.bank_account_id).await.unwrap().is_empty());
        }
        let again = bank.ofx.accounts(&bank.ctx, &bank.grant().await).await.unwrap();
        assert_eq!(again, accounts, "ids last beyond a sign-in");
    }
}

#[tokio::test]
async fn numbers_are_those_of_the_list() {
    let (bank, grant) = opened(103).await;
    let accounts = bank.ofx.accounts(&bank.ctx, &grant).await.unwrap();
    let numbers = |at: usize| bank.ofx.payment_numbers(&bank.ctx, &grant, &accounts[at].bank_account_id);
    let checking = numbers(0).await.unwrap().unwrap();
    assert_eq!((checking.routing.as_str(), checking.account.expose()), ("110000000", CHECKING));
    assert!(checking.can_debit && checking.can_credit && !checking.tokenized);
    let savings = numbers(1).await.unwrap().unwrap();
    assert_eq!((savings.can_debit, savings.can_credit), (false, true));
    assert_eq!(numbers(2).await.unwrap(), None, "a card has none");
    for kind in [DataKind::Accounts, DataKind::Balances, DataKind::Transactions, DataKind::PaymentNumbers] {
        assert!(bank.ofx.shares(kind));
    }
    assert!(!bank.ofx.shares(DataKind::Ownership));
}

#[tokio::test]
async fn transactions_are_booked_and_told_apart() {
    for version in VERSIONS {
        let (bank, grant) = opened(version).await;
        let accounts = bank.ofx.accounts(&bank.ctx, &grant).await.unwrap();
        let id = &accounts[0].bank_account_id;
        let pull = bank.ofx.transactions(&bank.ctx, &grant, id, "usd", window(&bank)).await.unwrap();
        assert!(pull.complete);
        let rows: Vec<(i64, &str)> = pull.rows.iter().map(|row| (row.amount_minor, row.description.as_str())).collect();
        assert_eq!(rows, [(-450, "Coffee & more"), (-100, "Bus"), (-200, "Bus")], "{version}");
        assert_eq!(pull.rows[0].bank_transaction_id, "t1");
        assert_ne!(pull.rows[1].bank_transaction_id, pull.rows[2].bank_transaction_id);
        let asked = bank.requests().pop().unwrap().asks.remove(0).content;
        let AskContent::BankStatement { transactions: Some(period), .. } = asked else { panic!("no statement") };
        assert!(period.start.unwrap().unix_seconds() < window(&bank).from);
        assert_eq!(period.end, None, "up to now");
    }
}

/// Statuses of a statement, and what they mean.
#[tokio::test]
async fn refused_statements_say_why() {
    for (code, expected) in [
        (2000, BankError::InternalFailure),
        (2002, BankError::InternalFailure),
        (2003, BankError::NotFound),
        (2004, BankError::AccountClosed),
        (2005, BankError::NotPermitted(DataKind::Transactions)),
        (15_508, BankError::NotPermitted(DataKind::Transactions)),
        (15_500, BankError::GrantRevoked),
    ] {
        let bank = OfxBank::open(103, move |request, number| {
            if number == 1 {
                return respond(request, signed_on(), whole(request));
            }
            let refuse = |ask: &Ask| {
                let status = Status::error(StatusCode(code), "No.");
                Answer::new(ask.transaction_id.clone(), status, Content::Statements(StatementKind::Bank, Vec::new()))
            };
            let statements = request.asks.iter().filter(|ask| statement_of(ask).is_some()).map(refuse);
            respond(request, signed_on(), listed(request).into_iter().chain(statements).collect())
        })
        .await;
        let grant = bank.grant().await;
        let accounts = bank.ofx.accounts(&bank.ctx, &grant).await.unwrap();
        assert_eq!(accounts.len(), 3, "what cannot be read is listed all the same");
        assert!(accounts.iter().all(|account| account.balance.is_none()));
        assert_eq!(accounts[0].open, !matches!(code, 2003 | 2004), "{code}");
        let id = &accounts[0].bank_account_id;
        let pull = bank.ofx.transactions(&bank.ctx, &grant, id, "usd", window(&bank)).await;
        assert_eq!(pull.unwrap_err(), expected, "{code}");
    }
}

#[tokio::test]
async fn accounts_that_are_gone_are_closed_and_unknown_ones_not_found() {
    let bank = OfxBank::open(203, |request, number| {
        let mut answers = whole(request);
        if number > 1 {
            for answer in &mut answers {
                if let Content::Accounts(Some(list)) = &mut answer.content {
                    list.accounts.remove(0);
                }
            }
        }
        respond(request, signed_on(), answers)
    })
    .await;
    let grant = bank.grant().await;
    let accounts = bank.ofx.accounts(&bank.ctx, &grant).await.unwrap();
    let open: Vec<bool> = accounts.iter().map(|account| account.open).collect();
    assert_eq!(open, [false, true, true]);
    let gone = bank.ofx.payment_numbers(&bank.ctx, &grant, &accounts[0].bank_account_id).await;
    assert_eq!(gone.unwrap_err(), BankError::NotFound);
    let before = bank.requests().len();
    assert_eq!(bank.ofx.account(&bank.ctx, &grant, CHECKING).await.unwrap_err(), BankError::NotFound);
    let unknown = bank.ofx.transactions(&bank.ctx, &grant, "x", "usd", window(&bank)).await;
    assert_eq!(unknown.unwrap_err(), BankError::NotFound);
    assert_eq!(bank.requests().len(), before, "nothing is asked for an account of somebody else");
}

#[tokio::test]
async fn a_bank_that_reaches_less_far_back_gives_what_it_has() {
    let bank = OfxBank::open(103, |request, _| {
        let early = |ask: &Ask| {
            matches!(&ask.content, AskContent::BankStatement { transactions: Some(period), .. } if period.start.is_some())
        };
        let mut answers = whole(request);
        if request.asks.iter().any(early) {
            answers[0].status = Some(Status::error(StatusCode(2027), "Too early."));
            answers[0].content = Content::Statements(StatementKind::Bank, Vec::new());
        }
        respond(request, signed_on(), answers)
    })
    .await;
    let grant = bank.grant().await;
    let accounts = bank.ofx.accounts(&bank.ctx, &grant).await.unwrap();
    let pull = bank.ofx.transactions(&bank.ctx, &grant, &accounts[0].bank_account_id, "usd", window(&bank)).await.unwrap();
    assert_eq!(pull.rows.len(), 3);
}

#[tokio::test]
async fn banks_that_forget_whose_answer_is_whose() {
    let bank = OfxBank::open(103, |request, _| {
        let mut answers = whole(request);
        answers.iter_mut().for_each(|answer| answer.transaction_id = "0".to_owned());
        respond(request, signed_on(), answers)
    })
    .await;
    let accounts = bank.ofx.accounts(&bank.ctx, &bank.grant().await).await.unwrap();
    let balances: Vec<i64> = accounts.iter().map(|account| account.balance.as_ref().unwrap().current_minor).collect();
    assert_eq!(balances, [123_456, 1_000, -25_000]);
}

#[tokio::test]
async fn rows_lost_on_the_way_are_said() {
    let bank = OfxBank::open(103, |request, number| {
        if number == 1 {
            return respond(request, signed_on(), whole(request));
        }
        let id = &request.asks[0].transaction_id;
        let body = format!(
            "OFXHEADER:100\nVERSION:103\n\n<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS></SONRS>\
             </SIGNONMSGSRSV1><BANKMSGSRSV1><STMTTRNRS><TRNUID>{id}<STATUS><CODE>0<SEVERITY>INFO</STATUS><STMTRS><CURDEF>USD\
             <BANKTRANLIST><STMTTRN><DTPOSTED>20260101<TRNAMT>1.00<FITID>1</STMTTRN>\
             <STMTTRN><DTPOSTED>20260101<TRNAMT>lots<FITID>2</STMTTRN></BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
        );
        axum::response::IntoResponse::into_response(body)
    })
    .await;
    let grant = bank.grant().await;
    let stored: serde_json::Value = serde_json::to_value(&grant).unwrap();
    let content: serde_json::Value = serde_json::from_str(stored["secret"].as_str().unwrap()).unwrap();
    let id = content["accounts"][0]["id"].as_str().unwrap();
    let pull = bank.ofx.transactions(&bank.ctx, &grant, id, "usd", window(&bank)).await.unwrap();
    assert_eq!((pull.rows.len(), pull.complete), (1, false));
}

#[tokio::test]
async fn grants_hide_what_they_hold_and_do_not_end() {
    let (bank, grant) = opened(103).await;
    let shown = format!("{grant:?}");
    assert!(!shown.contains(CHECKING) && !shown.contains("ada"), "{shown}");
    assert!(!grant.needs_renewal(i64::MAX - 60));
    let renewed = bank.ofx.renew(&bank.ctx, None, &grant).await.unwrap();
    assert_eq!(serde_json::to_string(&renewed).unwrap(), serde_json::to_string(&grant).unwrap());
    bank.ofx.revoke(&bank.ctx, None, &grant).await.unwrap();
    let consent = bank.ofx.consent(&bank.ctx, &grant).await.unwrap();
    assert_eq!((consent.active, consent.ends_at), (true, None));
    assert_eq!(bank.requests().len(), 1, "nothing of this bothers the bank");
}

/// Some banks answer one question with a statement for each month: all rows count, and the latest balance.
#[tokio::test]
async fn an_answer_may_have_several_statements() {
    let bank = OfxBank::open(103, |request, _| {
        let mut answers = whole(request);
        for answer in &mut answers {
            let Content::Statements(kind, statements) = &mut answer.content else { continue };
            let mut second = statements[0].clone();
            second.ledger = Some(Balance { amount: money("7.00"), as_of: Some(day(3)) });
            let mut row = Transaction::new("t3", TransactionKind::PointOfSale, day(3), money("-5.00"));
            row.name = Some("Lunch".to_owned());
            second.transactions.truncate(1);
            second.transactions.push(row);
            let mut strangers = Statement::new(*kind, ::ofx::Account::card("5555"), "USD");
            strangers.ledger = Some(Balance { amount: money("9999.00"), as_of: Some(day(4)) });
            strangers.transactions.push(Transaction::new("x", TransactionKind::Credit, day(4), money("9999.00")));
            statements.extend([second, strangers]);
        }
        respond(request, signed_on(), answers)
    })
    .await;
    let grant = bank.grant().await;
    let accounts = bank.ofx.accounts(&bank.ctx, &grant).await.unwrap();
    assert_eq!(accounts[0].balance.as_ref().unwrap().current_minor, 700);
    let id = &accounts[0].bank_account_id;
    assert_eq!(bank.ofx.account(&bank.ctx, &grant, id).await.unwrap(), accounts[0]);
    let pull = bank.ofx.transactions(&bank.ctx, &grant, id, "usd", window(&bank)).await.unwrap();
    let amounts: Vec<i64> = pull.rows.iter().map(|row| row.amount_minor).collect();
    assert_eq!((amounts, pull.complete), (vec![-450, -100, -200, -500], true));
}
