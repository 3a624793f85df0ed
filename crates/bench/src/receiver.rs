//! A receiver of webhooks that remembers what it got.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// How it treats its callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Answers 200 at once.
    Answers,
    /// Takes the request and never answers.
    Silent,
}

/// A path that was called and the event that came with it.
pub type Receipt = (String, String);

/// A receiver on a free port of loopback. Its threads live as long as the process.
#[derive(Debug, Clone)]
pub struct Receiver {
    /// Where it listens.
    pub address: SocketAddr,
    got: Arc<Mutex<HashSet<Receipt>>>,
    count: Arc<AtomicU64>,
}

impl Receiver {
    /// Starts it.
    ///
    /// # Errors
    /// In words, if there is no free port.
    pub fn start(manner: Manner) -> Result<Receiver, String> {
        let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        let receiver = Receiver { address, got: Arc::default(), count: Arc::default() };
        let shared = receiver.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = shared.clone();
                // A caller that was killed in the middle of a request is no event.
                std::thread::spawn(move || shared.serve(stream, manner).is_ok());
            }
        });
        Ok(receiver)
    }

    /// Whether an event arrived at a path.
    #[must_use]
    pub fn has(&self, receipt: &Receipt) -> bool {
        self.got.lock().unwrap_or_else(PoisonError::into_inner).contains(receipt)
    }

    /// Requests taken, repeated ones included.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    fn serve(&self, stream: TcpStream, manner: Manner) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream);
        while let Some((path, body)) = read_request(&mut reader)? {
            let event = body.split_once("\"id\":\"").and_then(|(_, rest)| rest.split_once('"')).map_or("", |(id, _)| id);
            self.got.lock().unwrap_or_else(PoisonError::into_inner).insert((path, event.to_owned()));
            self.count.fetch_add(1, Ordering::Relaxed);
            if manner == Manner::Answers {
                reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")?;
            }
        }
        Ok(())
    }
}

/// The path and the body; none at the end of the connection.
fn read_request(reader: &mut impl BufRead) -> std::io::Result<Option<(String, String)>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let path = line.split(' ').nth(1).unwrap_or("").to_owned();
    let mut length = 0;
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.trim().parse().unwrap_or(0),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some((path, String::from_utf8_lossy(&body).into_owned())))
}
