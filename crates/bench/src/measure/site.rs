//! A server of ours with a sandbox, and the requests that are measured.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::{Connection, OpenFlags};

use super::{Plan, SERVER_CORE};
use crate::client::{Answer, Client};
use crate::limits::scattered;
use crate::load::{Figures, Load};
use crate::receiver::{Manner, Receiver};
use crate::server::{Program, Server};

/// The key of every sandbox here.
pub(super) const KEY: &str = "sk_test_bench0123456789abcdef";
/// The publishable key of the same sandbox.
pub(super) const PUBLISHABLE_KEY: &str = "pk_test_bench0123456789abcdef";

/// Whether somebody listens to events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Endpoint {
    /// Nobody.
    None,
    /// An endpoint that takes events and never answers: deliveries are written and stay due.
    Silent,
    /// An endpoint that answers 200 at once.
    Answering,
}

/// A data directory and its server.
pub(super) struct Site {
    pub directory: PathBuf,
    pub server: Server,
}

impl Site {
    /// A new directory, with a sandbox and perhaps an endpoint.
    pub(super) fn new(plan: &Plan, name: &str, endpoint: Endpoint) -> Result<Site, String> {
        let directory = plan.work.join(name);
        std::fs::create_dir_all(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
        let site = Site::open(plan, &directory)?;
        let manner = match endpoint {
            Endpoint::None => return Ok(site),
            Endpoint::Silent => Manner::Silent,
            Endpoint::Answering => Manner::Answers,
        };
        let receiver = Receiver::start(manner)?;
        let form = format!("url=http://{}/hook&enabled_events[]=*", receiver.address);
        site.client().post("/v1/webhook_endpoints", &form)?;
        Ok(site)
    }

    /// The server on a directory that exists.
    pub(super) fn open(plan: &Plan, directory: &Path) -> Result<Site, String> {
        let server = Program::drawbridge(&plan.server, directory, None, Some(SERVER_CORE)).start()?;
        Ok(Site { directory: directory.to_owned(), server })
    }

    /// The server on a directory that was just filled, once the disk has it all.
    pub(super) fn open_filled(plan: &Plan, directory: &Path) -> Result<Site, String> {
        // Otherwise the first measured commits wait for gigabytes that are still on their way.
        let synced = std::process::Command::new("sync").status().map_err(|error| format!("sync: {error}"))?;
        if synced.success() { Site::open(plan, directory) } else { Err("sync failed".to_owned()) }
    }

    /// Ends the server.
    pub(super) fn close(self) -> Result<PathBuf, String> {
        self.server.stop()?;
        Ok(self.directory)
    }

    pub(super) fn client(&self) -> Client {
        Client::new(self.server.address, KEY)
    }

    pub(super) fn database(&self) -> PathBuf {
        database(&self.directory)
    }
}

pub(super) fn database(directory: &Path) -> PathBuf {
    directory.join("drawbridge.db")
}

/// The tenant of the sandbox.
pub(super) fn tenant(database: &Path) -> Result<String, String> {
    let failed = |error: rusqlite::Error| format!("{}: {error}", database.display());
    let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(failed)?;
    let sql = "select tenant from api_keys where sealed is null order by created desc limit 1";
    connection.query_row(sql, [], |row| row.get(0)).map_err(failed)
}

/// A customer's form and its idempotency key; each number makes another one.
pub(super) struct Post {
    pub form: String,
    pub key: String,
    pub email: String,
}

impl Post {
    /// One that was not made before.
    pub(super) fn next() -> Post {
        static NUMBER: AtomicU64 = AtomicU64::new(50_000_000);
        let word = scattered(NUMBER.fetch_add(1, Ordering::Relaxed));
        let email = format!("{word:08}@example.com");
        let form = format!(
            "email={email}&name=Jenny%20Rosen&description=A%20customer%20to%20measure&phone=%2B15555550100&metadata[order]=6735\
             &address[line1]=510%20Townsend%20St&address[city]=San%20Francisco&address[state]=CA&address[postal_code]=94103&address[country]=US"
        );
        Post { form, key: format!("{word:08}-6d1e-4f0b-9c1a-5b7f2d3c4e5f"), email }
    }

    fn write(&self, into: &mut Vec<u8>) {
        let text = format!(
            "POST /v1/customers HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {KEY}\r\nIdempotency-Key: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{}",
            self.key,
            self.form.len(),
            self.form
        );
        into.extend_from_slice(text.as_bytes());
    }

    /// Makes it, outside of any measurement.
    pub(super) fn make(&self, client: &mut Client) -> Result<Answer, String> {
        let answer = client.call("POST", "/v1/customers", &self.form, Some(&self.key))?;
        if answer.status == 200 { Ok(answer) } else { Err(answer.body) }
    }
}

/// POST of a new customer.
pub(super) fn post() -> impl FnMut(u64, &mut Vec<u8>) {
    |_, into| Post::next().write(into)
}

/// GET of paths in turn.
pub(super) fn get(paths: &[String]) -> impl FnMut(u64, &mut Vec<u8>) {
    let requests: Vec<Vec<u8>> = paths
        .iter()
        .map(|path| format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {KEY}\r\n\r\n").into_bytes())
        .collect();
    move |number, into| into.extend_from_slice(&requests[usize::try_from(number).unwrap_or(0) % requests.len()])
}

/// One measurement.
pub(super) fn measure(
    plan: &Plan,
    server: &Server,
    connections: usize,
    request: &mut dyn FnMut(u64, &mut Vec<u8>),
) -> Result<Figures, String> {
    let Plan { sizes, .. } = plan;
    crate::load::run(Load { address: server.address, connections, warm_up: sizes.warm_up, duration: sizes.duration, request })
}

/// The median by rate.
pub(super) fn median(mut rounds: Vec<Figures>) -> Figures {
    rounds.sort_by(|one, other| one.rate.total_cmp(&other.rate));
    rounds.get(rounds.len() / 2).copied().unwrap_or_default()
}

/// Starts a limit's server.
pub(super) fn limit(plan: &Plan, arguments: &[&str]) -> Result<Server, String> {
    let arguments = arguments.iter().map(|text| (*text).to_owned()).collect();
    let log = plan.work.join("limits.log");
    Program { binary: plan.limits.clone(), arguments, core: Some(SERVER_CORE), log }.start()
}

/// Keeps an answer for a limit to repeat; the path of the file.
pub(super) fn record(plan: &Plan, name: &str, answer: &Answer) -> Result<String, String> {
    let mut text = String::from("HTTP/1.1 200 OK\r\n");
    for (name, value) in &answer.headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    text.push_str(&answer.body);
    let path = plan.work.join(name);
    std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path.display().to_string())
}
