//! Feeds mutated inputs to the form decoder until the time is over or it panics.
#![allow(clippy::disallowed_methods, reason = "a tool for people: it measures wall-clock time")]

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bench::random::{Random, fresh_seed};
use clap::Parser;

/// Fuzzes the form decoder
#[derive(Parser)]
struct Options {
    /// For how long
    #[arg(long, default_value_t = 600)]
    seconds: u64,
    /// Repeats a run
    #[arg(long)]
    seed: Option<u64>,
    /// Threads
    #[arg(long, default_value_t = 1)]
    threads: u64,
}

/// What mutation starts from: the shapes that callers send, well and badly.
const CORPUS: &[&str] = &[
    "limit=10&starting_after=a&expand[]=data.customer&expand[]=x",
    "kind=account&items[0][price]=a&items[0][quantity]=3&items[1][price]=b&items[1][tags][]=x&items[1][tags][]=",
    "grid[0][]=true&grid[0][]=false&grid[1][0]=true",
    "address[city]=Berlin&address[line1]=&description=&metadata[a]=b&metadata[c]=",
    "metadata=&address=&name=%20&raw[deep][er][0][x]=1",
    "created[gte]=1700000000&created[lt]=1800000000&kinds[]=customer",
    "created=5&a=1&a=2&b[]=1&b[1]=2&b[x]=3",
    "a[b=1&[]=2&]x[=3&a[]]=4&%5B%5D=5&=6&&==&a%00b=%ff%fe&x=%zz&+=+",
    "items[9999999999]=1&items[-1]=2&items[01]=3&items[2]=4",
    "quantity=99999999999999999999&limit=-9223372036854775808&limit=1e3",
];

/// Bytes that mean something to the decoder.
const TOKENS: &[&str] = &[
    "[",
    "]",
    "[]",
    "[0]",
    "[1]",
    "[x]",
    "&",
    "=",
    "%",
    "%5B",
    "%5D",
    "%26",
    "+",
    "%00",
    "%ff",
    "%C3%A9",
    "metadata",
    "items",
    "limit",
    "created",
    "[gte]",
    "address",
    "grid",
    "expand",
    "kind",
    "account",
    "true",
    "9223372036854775807",
    "-1",
    "\u{e9}",
    "\0",
];

fn mutate(random: &mut Random, bytes: &mut Vec<u8>) {
    let at = random.index(bytes.len() + 1);
    match random.below(8) {
        0 => bytes.truncate(at),
        1 => bytes.insert(at, random.bits().to_le_bytes()[0]),
        2 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
        3 if at < bytes.len() => drop(bytes.remove(at)),
        4 => {
            let other = CORPUS[random.index(CORPUS.len())].as_bytes();
            let from = random.index(other.len());
            bytes.truncate(at);
            bytes.extend_from_slice(&other[from..]);
        }
        5 if at < bytes.len() => {
            let end = at + random.index(bytes.len() - at);
            let piece = bytes[at..end].to_vec();
            for _ in 0..=random.below(4) {
                bytes.extend_from_slice(&piece);
            }
        }
        6 => {
            let depth = random.below(24);
            for _ in 0..depth {
                bytes.splice(at..at, b"[x]".iter().copied());
            }
        }
        _ => {
            let token = TOKENS[random.index(TOKENS.len())];
            bytes.splice(at..at, token.bytes());
        }
    }
    bytes.truncate(4_096);
}

/// Runs until the end; an input that panics is shown in a form that a test can take over.
fn hunt(seed: u64, end: Instant, inputs: &AtomicU64, found: &AtomicBool) {
    let mut random = Random::new(seed);
    let mut pool: Vec<Vec<u8>> = CORPUS.iter().map(|text| text.as_bytes().to_vec()).collect();
    while Instant::now() < end && !found.load(Ordering::Relaxed) {
        let mut bytes = pool[random.index(pool.len())].clone();
        for _ in 0..=random.below(6) {
            mutate(&mut random, &mut bytes);
        }
        if std::panic::catch_unwind(|| form::fuzz_one(&bytes)).is_err() {
            found.store(true, Ordering::Relaxed);
            println!("panic: b\"{}\"", bytes.escape_ascii());
            return;
        }
        inputs.fetch_add(1, Ordering::Relaxed);
        // Some descendants stay, so that mutations add up; the pool stays small.
        if pool.len() < 4_096 {
            pool.push(bytes);
        } else {
            let place = CORPUS.len() + random.index(4_096 - CORPUS.len());
            pool[place] = bytes;
        }
    }
}

fn main() -> ExitCode {
    let options = Options::parse();
    let seed = options.seed.unwrap_or_else(fresh_seed);
    println!("fuzz-form: seed {seed}, {} s, {} threads", options.seconds, options.threads);
    let end = Instant::now() + Duration::from_secs(options.seconds);
    let shared = Arc::new((AtomicU64::new(0), AtomicBool::new(false)));
    let threads: Vec<_> = (0..options.threads)
        .map(|number| {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || hunt(seed.wrapping_add(number), end, &shared.0, &shared.1))
        })
        .collect();
    let joined = threads.into_iter().all(|thread| thread.join().is_ok());
    let panics = u32::from(shared.1.load(Ordering::Relaxed));
    println!("fuzz-form: {} inputs, {panics} panics", shared.0.load(Ordering::Relaxed));
    if joined && panics == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
