//! The measuring client: one thread, non-blocking sockets, connections that are kept, one request at a time on each.
//!
//! It does as little as can be done, so that the server is what limits; how busy it was is reported beside each figure.

use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use crate::server::processor_time;

/// The largest answer that is read.
const ANSWER_MAX: usize = 256 * 1024;

/// What to send.
pub struct Load<'a> {
    /// To whom.
    pub address: SocketAddr,
    /// On how many connections at once.
    pub connections: usize,
    /// Not counted.
    pub warm_up: Duration,
    /// Counted.
    pub duration: Duration,
    /// Puts the whole request with this number into the empty buffer.
    pub request: &'a mut dyn FnMut(u64, &mut Vec<u8>),
}

/// What was measured.
#[derive(Debug, Clone, Copy, Default)]
pub struct Figures {
    /// Answers per second.
    pub rate: f64,
    /// Half of the answers came within this time.
    pub p50: Duration,
    /// 99 of 100 answers came within this time.
    pub p99: Duration,
    /// Answers counted.
    pub answers: u64,
    /// How much of its core the client used, 0 to 1. Close to 1, the client is what limits.
    pub client_busy: f64,
}

struct Connection {
    stream: TcpStream,
    request: Vec<u8>,
    answer: Vec<u8>,
    filled: usize,
    sent_at: Instant,
}

/// Sends, waits, counts.
///
/// # Errors
/// In words: a broken connection, or an answer other than 200.
pub fn run(load: Load<'_>) -> Result<Figures, String> {
    let failed = |error: std::io::Error| format!("the measured connection broke: {error}");
    let mut poll = Poll::new().map_err(failed)?;
    let mut events = Events::with_capacity(load.connections.max(1));
    let mut number = 0;
    let mut connections = Vec::with_capacity(load.connections);
    for index in 0..load.connections {
        let stream = std::net::TcpStream::connect(load.address).map_err(failed)?;
        stream.set_nodelay(true).and_then(|()| stream.set_nonblocking(true)).map_err(failed)?;
        let mut stream = TcpStream::from_std(stream);
        poll.registry().register(&mut stream, Token(index), Interest::READABLE).map_err(failed)?;
        connections.push(Connection {
            stream,
            request: Vec::with_capacity(2_048),
            answer: vec![0; ANSWER_MAX],
            filled: 0,
            sent_at: Instant::now(),
        });
    }
    let begin = Instant::now() + load.warm_up;
    let end = begin + load.duration;
    let mut latencies: Vec<u32> = Vec::with_capacity(1 << 20);
    for connection in &mut connections {
        connection.send(&mut number, load.request).map_err(failed)?;
    }
    let mut used_before = Duration::ZERO;
    let mut counting = false;
    loop {
        poll.poll(&mut events, Some(Duration::from_secs(30))).map_err(failed)?;
        if events.is_empty() {
            return Err("no answer for 30 seconds".to_owned());
        }
        for event in &events {
            let connection = &mut connections[event.token().0];
            if !connection.receive()? {
                continue;
            }
            let now = Instant::now();
            if !counting && now >= begin {
                counting = true;
                used_before = processor_time("self");
            }
            if now >= end {
                let busy = (processor_time("self") - used_before).as_secs_f64() / load.duration.as_secs_f64();
                return Ok(figures(latencies, load.duration, busy));
            }
            if counting {
                latencies.push(u32::try_from((now - connection.sent_at).as_nanos() / 100).unwrap_or(u32::MAX));
            }
            connection.send(&mut number, load.request).map_err(failed)?;
        }
    }
}

/// Latencies are in tenths of microseconds.
fn figures(mut latencies: Vec<u32>, duration: Duration, client_busy: f64) -> Figures {
    latencies.sort_unstable();
    let at = |share: f64| {
        let index = (latencies.len() as f64 * share) as usize;
        let tenths = latencies.get(index).or(latencies.last()).copied().unwrap_or(0);
        Duration::from_nanos(u64::from(tenths) * 100)
    };
    Figures {
        rate: latencies.len() as f64 / duration.as_secs_f64(),
        p50: at(0.50),
        p99: at(0.99),
        answers: latencies.len() as u64,
        client_busy,
    }
}

impl Connection {
    fn send(&mut self, number: &mut u64, request: &mut dyn FnMut(u64, &mut Vec<u8>)) -> std::io::Result<()> {
        self.request.clear();
        request(*number, &mut self.request);
        *number += 1;
        self.filled = 0;
        self.sent_at = Instant::now();
        // Requests are smaller than an empty socket buffer, so they always go out whole.
        self.stream.write_all(&self.request)
    }

    /// Reads what there is; true when the answer is whole.
    fn receive(&mut self) -> Result<bool, String> {
        loop {
            match self.stream.read(&mut self.answer[self.filled..]) {
                Ok(0) => return Err("the server closed the connection".to_owned()),
                Ok(count) => self.filled += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(format!("the measured connection broke: {error}")),
            }
            let answer = &self.answer[..self.filled];
            if let Some(length) = whole_length(answer)
                && answer.len() >= length
            {
                if answer.get(9..12) == Some(b"200") {
                    return Ok(true);
                }
                return Err(format!("an answer other than 200: {}", String::from_utf8_lossy(answer)));
            }
        }
    }
}

/// The length of the answer that begins here, once its head is there.
fn whole_length(answer: &[u8]) -> Option<usize> {
    let head = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let mut length = 0;
    for line in answer[..head].split(|byte| *byte == b'\n') {
        if line.len() > 15 && line[..15].eq_ignore_ascii_case(b"content-length:") {
            length = std::str::from_utf8(&line[15..]).ok()?.trim().parse().ok()?;
        }
    }
    Some(head + 4 + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_ends_where_it_says() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
        assert_eq!(whole_length(answer), Some(answer.len()));
        assert_eq!(whole_length(&answer[..30]), None);
        assert_eq!(whole_length(b"HTTP/1.1 204 No Content\r\n\r\n"), Some(27));
    }

    #[test]
    fn percentiles_are_of_the_sorted_latencies() {
        let figures = figures((0..1_000).rev().collect(), Duration::from_secs(2), 0.5);
        assert_eq!(figures.p50, Duration::from_micros(50));
        assert_eq!(figures.p99, Duration::from_micros(99));
        assert!((figures.rate - 500.0).abs() < f64::EPSILON);
    }
}
