//! Reads and checks a file of 100,000 entries, and compares with a bare search for line ends in the same bytes.
//!
//! `cargo run --release -p nacha --example bench -- [file]`; a name ending in `.gz` is unpacked first.

use std::error::Error;
use std::io::{BufReader, Read};
use std::time::{Duration, Instant};

use nacha::{
    Batch, BatchHeader, Entry, EntryClass, Event, File, FileHeader, LineEnd, Options, Reader, RoutingNumber, ServiceClass,
    TransactionCode,
};

const ROUNDS: usize = 15;

/// 200 batches of 500 entries.
fn synthetic() -> Result<Vec<u8>, nacha::WriteError> {
    let mut file = File::new(FileHeader {
        destination: "061000146".into(),
        origin: "888888884".into(),
        creation_date: "261123".into(),
        creation_time: "0915".into(),
        destination_name: "FEDERAL RESERVE BANK".into(),
        origin_name: "EXAMPLE ODFI".into(),
        ..FileHeader::default()
    });
    for number in 0..200_u32 {
        let mut batch = Batch::new(BatchHeader {
            service_class: ServiceClass::Mixed,
            company_name: "EXAMPLE PLATFORM".into(),
            company_identification: "1234567890".into(),
            entry_class: EntryClass::Web,
            entry_description: "PURCHASE".into(),
            effective_date: "261124".into(),
            odfi: "88888888".into(),
            ..BatchHeader::default()
        });
        batch.entries.extend((0..500_u32).map(|index| {
            let sequence = number * 500 + index + 1;
            let bank = RoutingNumber::from_dfi(10_000_000 + sequence * 7).map(|bank| bank.to_string()).unwrap_or_default();
            Entry {
                transaction_code: if index % 3 == 0 { TransactionCode::SAVINGS_CREDIT } else { TransactionCode::CHECKING_DEBIT },
                routing: bank.into(),
                account: format!("{:012}", u64::from(sequence) * 7_919).into(),
                amount: u64::from(sequence) * 13 + 1,
                identification: format!("py_{sequence:08}").into(),
                name: "JENNY ROSEN".into(),
                discretionary: "S".into(),
                trace: format!("88888888{sequence:07}").into(),
                ..Entry::default()
            }
        }));
        file.push(batch);
    }
    let mut bytes = Vec::new();
    file.write(&mut bytes, LineEnd::Lf)?;
    Ok(bytes)
}

fn load() -> Result<Vec<u8>, Box<dyn Error>> {
    let Some(name) = std::env::args().nth(1) else { return Ok(synthetic()?) };
    let bytes = std::fs::read(&name)?;
    if !name.ends_with(".gz") {
        return Ok(bytes);
    }
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut unpacked)?;
    Ok(unpacked)
}

/// The bare scan: finds every line with memchr and looks at nothing but its length.
fn longest_line(bytes: &[u8]) -> usize {
    let (mut start, mut longest) = (0, 0);
    for end in memchr::memchr_iter(b'\n', bytes) {
        longest = longest.max(end - start);
        start = end + 1;
    }
    longest
}

/// Reads and checks, and looks at every entry: how many entries, how many findings.
fn stream(bytes: &[u8]) -> std::io::Result<(u64, u64)> {
    let (mut entries, mut findings) = (0, 0);
    for event in Reader::new(BufReader::with_capacity(64 * 1024, bytes), Options::strict()) {
        match event? {
            Event::Entry(entry) => entries += u64::from(!entry.trace.is_empty()),
            Event::Finding(_) => findings += 1,
            _ => {}
        }
    }
    Ok((entries, findings))
}

/// The median time of some rounds, and what the last one gave.
fn time<T>(mut work: impl FnMut() -> T) -> Option<(Duration, T)> {
    let mut rounds: Vec<(Duration, T)> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            let result = work();
            (start.elapsed(), result)
        })
        .collect();
    rounds.sort_by_key(|(time, _)| *time);
    rounds.into_iter().nth(ROUNDS / 2)
}

/// Peak memory of this process in KiB since the last call, where the system tells.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default();
    // Linux: forget the peak. Elsewhere the peak stays, and the difference is too small.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    peak
}

fn main() -> Result<(), Box<dyn Error>> {
    let bytes = load()?;
    let megabytes = f64::from(u32::try_from(bytes.len())?) / 1e6;
    let speed = |time: Duration| megabytes / time.as_secs_f64();
    println!("{megabytes:.1} MB, median of {ROUNDS} rounds");

    // Counting alone is a special case of memchr, which no reader of lines can use.
    let Some((count, _)) = time(|| memchr::memchr_iter(b'\n', &bytes).count()) else { return Ok(()) };
    println!("counting line ends:    {:>8.0} MB/s", speed(count));
    let Some((scan, longest)) = time(|| longest_line(&bytes)) else { return Ok(()) };
    println!("finding line ends:     {:>8.0} MB/s, longest line {longest}", speed(scan));

    peak();
    let before = peak();
    let Some((stream, counts)) = time(|| stream(&bytes)) else { return Ok(()) };
    let (entries, findings) = counts?;
    let share = scan.as_secs_f64() / stream.as_secs_f64();
    println!("read and checked:      {:>8.0} MB/s, {entries} entries, {findings} findings", speed(stream));
    println!("  1/{:.1} of finding line ends; goal 1/20; {} KiB more memory at most", 1.0 / share, peak().saturating_sub(before));

    let Some((whole, kept)) = time(|| File::read(bytes.as_slice(), &Options::strict()).map(|(file, _)| file.batches.len()))
    else {
        return Ok(());
    };
    println!("kept in memory:        {:>8.0} MB/s, {} batches", speed(whole), kept?);
    Ok(())
}
