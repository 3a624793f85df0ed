//! ACH files by SFTP, with a bank's server on loopback. Needs the feature `sftp`.
#![cfg(feature = "sftp")]

mod bank;

use std::fs;
use std::sync::Arc;

use api::payments::rails::transport::{Pace, Transport, TransportError};
use kernel::{SystemEntropy, Tenant};
use server::sftp::{Settings, Sftp};

use bank::{Bank, When};

fn sftp(bank: &Bank) -> Sftp {
    with(bank, |_| {})
}

fn with(bank: &Bank, change: impl FnOnce(&mut Settings)) -> Sftp {
    let mut settings = Settings {
        host: "127.0.0.1".into(),
        port: bank.port,
        user: "rocket".into(),
        private_key_file: Some(bank.private_key_file()),
        password_env: None,
        host_key: bank.fingerprint(),
        outbound: "/out".into(),
        inbound: "/in".into(),
        timeout_s: 60,
    };
    change(&mut settings);
    Sftp::open(&settings, Arc::new(SystemEntropy)).expect("settings")
}

fn tenant() -> Tenant {
    Tenant::new("acct_a", true)
}

async fn send(sftp: &Sftp, name: &str, content: &[u8]) -> Result<(), TransportError> {
    sftp.send(&tenant(), name, Pace::BankingDays, content).await
}

#[tokio::test]
async fn a_file_comes_once_although_the_bank_takes_it_away() {
    let bank = Bank::open("once").await;
    let sftp = sftp(&bank);
    let content = vec![b'9'; 300_000];
    send(&sftp, "a.ach", &content).await.expect("sent");
    assert_eq!(bank.take(), [("a.ach".to_owned(), content.clone())]);
    send(&sftp, "a.ach", &content).await.expect("sent before");
    assert!(bank.take().is_empty());
    assert!(matches!(send(&sftp, "a.ach", b"two").await, Err(TransportError::Refused(_))));
    assert!(matches!(send(&sftp, "../a.ach", b"two").await, Err(TransportError::Refused(_))));
    assert!(bank.names("out/.staging").is_empty(), "nothing is left behind");
}

/// The connection breaks at each request in turn, before or after it took effect; the bank takes away what it finds.
#[tokio::test]
async fn a_connection_that_breaks_anywhere_is_made_good() {
    for when in [When::Before, When::After] {
        let bank = Bank::open(if when == When::Before { "before" } else { "after" }).await;
        let sftp = sftp(&bank);
        for count in 1.. {
            let name = format!("{count}.ach");
            bank.break_at(count, when);
            let first = send(&sftp, &name, b"one").await;
            let mut found = bank.take();
            if bank.mend() {
                first.expect("sent: fewer requests than that were made");
                assert!(count > 10, "requests are counted");
                break;
            }
            // The server may be told goodbye by a request that breaks.
            assert!(matches!(first, Ok(()) | Err(TransportError::Later(_))), "{first:?}");
            assert!(first.is_err() || count > 10, "a broken connection is seen");
            send(&sftp, &name, b"one").await.expect("sent");
            found.extend(bank.take());
            assert_eq!(found, [(name, b"one".to_vec())], "broken {when:?} request {count}");
        }
    }
}

#[tokio::test]
async fn of_two_who_send_at_once_one_does() {
    let bank = Bank::open("race").await;
    let sftp = sftp(&bank);
    let (one, other) = tokio::join!(send(&sftp, "a.ach", b"one"), send(&sftp, "a.ach", b"one"));
    one.and(other).expect("sent");
    assert_eq!(bank.take(), [("a.ach".to_owned(), b"one".to_vec())]);
    assert!(bank.names("out/.staging").is_empty());
}

#[tokio::test]
async fn another_host_key_gets_nothing() {
    let bank = Bank::open("key").await;
    let sftp = with(&bank, |settings| settings.host_key = bank::OTHER_FINGERPRINT.into());
    let Err(TransportError::Later(said)) = send(&sftp, "a.ach", b"one").await else { panic!("it must not be sent") };
    assert!(said.contains(&bank.fingerprint()), "{said}");
    assert_eq!(bank.logins(), 0);
    assert!(bank.take().is_empty());
}

#[tokio::test]
async fn another_user_is_told_so() {
    let bank = Bank::open("user").await;
    let sftp = with(&bank, |settings| settings.user = "mallory".into());
    let Err(TransportError::Later(said)) = send(&sftp, "a.ach", b"one").await else { panic!("it must not be sent") };
    assert!(said.contains("does not accept"), "{said}");
}

#[tokio::test]
async fn files_of_the_bank_are_fetched_and_put_away() {
    let bank = Bank::open("in").await;
    let (sftp, tenant) = (sftp(&bank), tenant());
    for name in ["RETURNS.TXT", ".hidden", "half.part"] {
        fs::write(bank.path("in").join(name), name).expect("written");
    }
    for _ in 0..2 {
        assert_eq!(sftp.list(&tenant, None).await.expect("names"), ["RETURNS.TXT"]);
        assert_eq!(sftp.fetch(&tenant, "RETURNS.TXT").await.expect("content"), b"RETURNS.TXT");
        sftp.taken(&tenant, "RETURNS.TXT").await.expect("put away");
        sftp.taken(&tenant, "RETURNS.TXT").await.expect("put away before");
        assert!(sftp.list(&tenant, None).await.expect("names").is_empty());
        // The next day's has the same name.
        fs::write(bank.path("in/RETURNS.TXT"), "RETURNS.TXT").expect("written");
    }
    assert_eq!(bank.names("in/done"), ["RETURNS.TXT", "RETURNS.TXT.2"]);
    assert!(matches!(sftp.fetch(&tenant, "../out/x").await, Err(TransportError::Refused(_))));
}

/// Some banks let nobody change their directory.
#[tokio::test]
async fn files_that_cannot_be_moved_are_remembered() {
    let bank = Bank::open("fixed").await;
    let (sftp, tenant) = (sftp(&bank), tenant());
    bank.forbid("/in/");
    fs::write(bank.path("in/RETURNS.TXT"), "one").expect("written");
    sftp.taken(&tenant, "RETURNS.TXT").await.expect("remembered");
    assert!(sftp.list(&tenant, None).await.expect("names").is_empty());
    fs::write(bank.path("in/RETURNS.TXT"), "two, and longer").expect("written");
    assert_eq!(sftp.list(&tenant, None).await.expect("names"), ["RETURNS.TXT"]);
    assert!(bank.path("in/RETURNS.TXT").exists());
}
