//! A blocking HTTP/1.1 client with one kept connection, for everything that is not measured.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// No answer takes this long; a server that hangs is an error like any other.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, as text.
    pub body: String,
}

impl Answer {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON; null if it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }
}

/// A caller with one key and one connection.
#[derive(Debug)]
pub struct Client {
    address: SocketAddr,
    key: String,
    connection: Option<BufReader<TcpStream>>,
}

impl Client {
    /// Connects at the first call.
    #[must_use]
    pub fn new(address: SocketAddr, key: &str) -> Client {
        Client { address, key: key.to_owned(), connection: None }
    }

    /// Sends a request once and waits for the whole answer. After an error nobody knows whether it was carried out.
    ///
    /// # Errors
    /// If the connection breaks or the answer is not HTTP.
    pub fn call(&mut self, method: &str, path: &str, form: &str, idempotency_key: Option<&str>) -> Result<Answer, String> {
        let mut headers = format!("Authorization: Bearer {}\r\n", self.key);
        if let Some(key) = idempotency_key {
            headers.push_str(&format!("Idempotency-Key: {key}\r\n"));
        }
        self.send(method, path, &headers, form)
    }

    /// [`Client::call`] with headers of the caller's making, each ending in CRLF, and without the key.
    ///
    /// # Errors
    /// If the connection breaks or the answer is not HTTP.
    pub fn send(&mut self, method: &str, path: &str, headers: &str, form: &str) -> Result<Answer, String> {
        let outcome = self.exchange(method, path, headers, form);
        if outcome.is_err() {
            self.connection = None;
        }
        outcome.map_err(|error| format!("{method} {path}: {error}"))
    }

    fn exchange(&mut self, method: &str, path: &str, headers: &str, form: &str) -> std::io::Result<Answer> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(connect(self.address)?),
        };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\n{headers}Content-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{form}",
            self.address,
            form.len()
        );
        connection.get_mut().write_all(request.as_bytes())?;
        read_answer(connection)
    }

    /// GET whose answer must be 200, as JSON.
    ///
    /// # Errors
    /// In words, with the body of another answer.
    pub fn get(&mut self, path: &str) -> Result<Value, String> {
        accepted(&self.call("GET", path, "", None)?, path)
    }

    /// POST whose answer must be 200, as JSON.
    ///
    /// # Errors
    /// In words, with the body of another answer.
    pub fn post(&mut self, path: &str, form: &str) -> Result<Value, String> {
        accepted(&self.call("POST", path, form, None)?, path)
    }

    /// Every object of a list, newest first, page by page. `query` is put before the paging parameters.
    ///
    /// # Errors
    /// In words, if a page is not answered.
    pub fn all(&mut self, path: &str, query: &str) -> Result<Vec<Value>, String> {
        let mut found: Vec<Value> = Vec::new();
        loop {
            let after = found.last().and_then(|last| last["id"].as_str()).map(|id| format!("&starting_after={id}"));
            let mut page = self.get(&format!("{path}?{query}limit=100{}", after.unwrap_or_default()))?;
            let more = page["has_more"] == true;
            match page["data"].take() {
                Value::Array(rows) => found.extend(rows),
                _ => return Err(format!("{path} is not a list")),
            }
            if !more {
                return Ok(found);
            }
        }
    }
}

fn accepted(answer: &Answer, path: &str) -> Result<Value, String> {
    if answer.status == 200 { Ok(answer.json()) } else { Err(format!("{path} answered {}: {}", answer.status, answer.body)) }
}

fn connect(address: SocketAddr) -> std::io::Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(BufReader::with_capacity(64 * 1024, stream))
}

fn read_answer(connection: &mut impl BufRead) -> std::io::Result<Answer> {
    let broken = |what: &str| std::io::Error::new(std::io::ErrorKind::InvalidData, what.to_owned());
    let mut line = String::new();
    connection.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|text| text.parse().ok()).ok_or_else(|| broken("no status line"))?;
    let mut headers = Vec::new();
    loop {
        line.clear();
        connection.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => headers.push((name.to_ascii_lowercase(), value.trim().to_owned())),
            None if line == "\r\n" => break,
            None => return Err(broken("the connection ended within the headers")),
        }
    }
    let answer = Answer { status, headers, body: String::new() };
    let length: usize = answer.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    connection.read_exact(&mut body)?;
    let body = String::from_utf8(body).map_err(|_| broken("the body is not UTF-8"))?;
    Ok(Answer { body, ..answer })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_an_answer_is_an_error() {
        let whole = "HTTP/1.1 200 OK\r\nRequest-Id: req_1\r\ncontent-length: 2\r\n\r\n{}";
        let answer = read_answer(&mut whole.as_bytes()).expect("it is whole");
        assert_eq!((answer.status, answer.body.as_str(), answer.header("request-id")), (200, "{}", Some("req_1")));
        for length in 0..whole.len() {
            assert!(read_answer(&mut &whole.as_bytes()[..length]).is_err(), "{length} bytes");
        }
    }
}
