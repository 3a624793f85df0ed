//! A freshly started `drawbridge serve` with data of its own, and the checking proxy before it.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

use crate::{process, workspace};

/// How long the server or the proxy may take to listen.
const START: Duration = Duration::from_secs(60);

/// A running server. Dropping it stops it and removes its data; its log stays.
pub struct Server {
    child: Child,
    data: PathBuf,
    /// Where it listens, such as `http://127.0.0.1:40123`.
    pub address: String,
    /// What it printed.
    pub log: PathBuf,
}

impl Server {
    /// Starts the binary that `cargo build` made, on a port of the system's choice.
    ///
    /// # Errors
    /// In words, with the log, when it does not say where it listens.
    pub fn start(name: &str) -> Result<Server, String> {
        let data = workspace::temporary(name)?;
        let log = workspace::scratch("logs")?.join(format!("{name}.log"));
        let binary = workspace::target().join("debug").join("drawbridge");
        let mut child = Command::new(&binary)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(&data)
            .current_dir(&data)
            .env_remove("DRAWBRIDGE_DATABASE")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", binary.display()))?;
        let file = File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let file = Arc::new(Mutex::new(file));
        let (found, addresses) = channel();
        watch(child.stdout.take(), &file, found.clone());
        watch(child.stderr.take(), &file, found);
        let address = addresses.recv_timeout(START).ok();
        let mut server = Server { child, data, address: String::new(), log };
        match address {
            Some(address) => server.address = address,
            None => return Err(format!("the server did not start:\n{}", tail(&server.log))),
        }
        Ok(server)
    }

    /// Ends the server as an operator would; false when it had to be killed.
    pub fn stop(&mut self) -> bool {
        process::stop(&mut self.child, "TERM", Duration::from_secs(20))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
        let _ = std::fs::remove_dir_all(&self.data);
    }
}

/// The last lines of a log file.
pub fn tail(log: &Path) -> String {
    let text = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}

/// Copies a stream into the log and reports the first address on loopback that it names.
fn watch(stream: Option<impl Read + Send + 'static>, log: &Arc<Mutex<File>>, found: Sender<String>) {
    let (Some(stream), log) = (stream, Arc::clone(log)) else {
        return;
    };
    std::thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            if let Some(address) = address_in(&line) {
                // Nobody waits any more once the first address is known.
                let _ = found.send(address);
            }
            if let Ok(mut file) = log.lock() {
                let _ = writeln!(file, "{line}");
            }
        }
    });
}

fn address_in(line: &str) -> Option<String> {
    let start = line.find("http://127.0.0.1:")?;
    let rest = &line[start + "http://127.0.0.1:".len()..];
    let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
    let port: u16 = rest[..end].parse().ok()?;
    Some(format!("http://127.0.0.1:{port}"))
}

/// The contract proxy before a server. Dropping it stops it.
pub struct Proxy {
    child: Child,
    port: u16,
}

impl Proxy {
    /// Starts the proxy's script.
    ///
    /// # Errors
    /// In words, when it does not listen.
    pub fn start(node: &Path, script: &Path, target: &str) -> Result<Proxy, String> {
        for _ in 0..3 {
            // Someone may take the port between asking and starting, hence more than one try.
            let port = workspace::free_port()?;
            let mut child = Command::new(node)
                .arg(script)
                .args(["--listen", &port.to_string(), "--target", target])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .map_err(|error| format!("{}: {error}", node.display()))?;
            let listens = process::until(START, || {
                if matches!(child.try_wait(), Ok(Some(_))) {
                    return Some(false);
                }
                get(port, "/__report").is_ok().then_some(true)
            });
            let proxy = Proxy { child, port };
            if listens == Some(true) {
                return Ok(proxy);
            }
        }
        Err(format!("{} did not start", script.display()))
    }

    /// Where clients connect.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What it has seen so far.
    ///
    /// # Errors
    /// In words, when the proxy does not answer JSON.
    pub fn report(&self) -> Result<Value, String> {
        let body = get(self.port, "/__report").map_err(|error| format!("proxy: {error}"))?;
        serde_json::from_str(&body).map_err(|error| format!("proxy report: {error}"))
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The body of a GET on loopback. HTTP/1.0, so that the answer ends with the connection.
fn get(port: u16, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_in_any_line_that_names_it() {
        let found = |line| address_in(line);
        assert_eq!(found("INFO listening on http://127.0.0.1:4821/ now").as_deref(), Some("http://127.0.0.1:4821"));
        assert_eq!(found("http://127.0.0.1:9").as_deref(), Some("http://127.0.0.1:9"));
        assert_eq!(found("http://127.0.0.1:99999"), None);
        assert_eq!(found("opening the database"), None);
    }
}
