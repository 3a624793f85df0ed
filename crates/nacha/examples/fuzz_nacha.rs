//! Mutates files until the time is over, or a file makes the crate panic or lose something.
//!
//! `cargo run --release -p nacha --example fuzz_nacha -- [seconds] [seed] [directory with further files to start from]`

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use nacha::{File, LineEnd, Options, Rule, report};

/// What mutation starts from: a file of payments and one of answers.
const CORPUS: [&str; 3] = [
    "\
101 061000146 8888888842611230915A094101FEDERAL RESERVE BANK   EXAMPLE ODFI                   
5200EXAMPLE PLATFORM                    1234567890PPDACCTVERIFY      261124   1888888880000001
622999999992000123456789     0000000032ba_1           JENNY ROSEN             0888888880000001
627999999992000123456789     0000000032ba_1           JENNY ROSEN             0888888880000003
820000000200199999998000000000320000000000321234567890                         888888880000001
5225EXAMPLE PLATFORM                    1234567890CTXPURCHASE        261124   1888888880000002
627999999992000123456789     0000150000py_1           0001JENNY ROSEN         1888888880000004
705INVOICE 42                                                                      00010000004
822500000200999999990000001500000000000000001234567890                         888888880000002
9000002000002000000040299999997000000150032000000000032                                       
",
    "\
101 888888884 0610001462611250830A094101EXAMPLE ODFI           FEDERAL RESERVE BANK           
5225EXAMPLE PLATFORM                    1234567890WEBPURCHASE        2611243291999999990000001
626888888884000123456789     0000150000py_1           JENNY ROSEN           S 1999999990000101
799R01888888880000004      99999999                                            999999990000101
822500000200888888880000001500000000000000001234567890                         999999990000001
5220EXAMPLE PLATFORM                    1234567890CORACCTVERIFY      2611243291999999990000002
621888888884000123456789     0000000000ba_1           JENNY ROSEN             1999999990000102
798C03888888880000001      99999999999999992   000987654321                    999999990000102
822000000200888888880000000000000000000000001234567890                         999999990000002
9000002000001000000040177777776000000150000000000000000                                       
",
    "\
5220                FF3               US123456789 IATTRADEPAYMTCADUSD181219   1231380100000001
6221210428820009             0000100000123456789                              1231380100000001
710ANN000000000000100000928383-23938          BEK Enterprises                          0000001
713Wells Fargo                        01231380104                         US           0000001
716LetterTown*AB\\                     CA*80014\\                                        0000001
717This is an international payment                                                00010000001
718Bank of France                     01456456456987987                   FR       00010000001
799R68059999990000301      12391871   12391871000000117901Untimely Return      059999990000001
799R71059999990000301000167123918711647799999900003011650188999999000030116667 123918710000001
5280Company Name, In                    121042882 ADVAccounting      181114   0121042880000001
681231380104744-5678-99    00000005000012104288211131 Name                    0011000010500001
828000000200462760200000000000000025000000000000000000050000Company Name, Inc  121042880000001
",
];

/// Pieces that mean something.
const TOKENS: [&str; 30] = [
    "101",
    "5200",
    "5225",
    "622",
    "627",
    "681",
    "702",
    "705",
    "710",
    "717",
    "718",
    "798",
    "799",
    "8200",
    "9000001",
    "PPD",
    "IAT",
    "ADV",
    "CTX",
    "COR",
    "IATCOR",
    "R69",
    "R71",
    "C65",
    "\n",
    "\r\n",
    "\u{17c}",
    "9999999999999999999999",
    "0000000000",
    "          ",
];

/// A small generator of numbers (xorshift), so that a run can be repeated by its seed.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() >> 16).unwrap_or_default() % limit.max(1)
    }
}

fn mutate(numbers: &mut Numbers, pool: &[Vec<u8>], bytes: &mut Vec<u8>) {
    let at = numbers.below(bytes.len() + 1);
    match numbers.below(9) {
        0 => bytes.truncate(at),
        1 => bytes.insert(at, numbers.next().to_le_bytes()[0]),
        2 if at < bytes.len() => bytes[at] = b' ' + numbers.next().to_le_bytes()[0] % 95,
        3 if at < bytes.len() => drop(bytes.remove(at)),
        4 if at < bytes.len() => bytes[at] = b'0' + numbers.next().to_le_bytes()[0] % 10,
        5 => {
            // A line of another file.
            let other = &pool[numbers.below(pool.len())];
            let lines: Vec<&[u8]> = other.split_inclusive(|byte| *byte == b'\n').collect();
            let line = lines.get(numbers.below(lines.len())).copied().unwrap_or_default();
            let start = bytes[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |place| place + 1);
            bytes.splice(start..start, line.iter().copied());
        }
        6 if at < bytes.len() => {
            // A line twice, or gone.
            let start = bytes[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |place| place + 1);
            let end = bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |place| at + place + 1);
            let line = bytes[start..end].to_vec();
            let again = if numbers.below(2) == 0 { line.repeat(2) } else { Vec::new() };
            bytes.splice(start..end, again);
        }
        7 if numbers.below(20) == 0 => bytes.retain(|byte| *byte != b'\n'),
        _ => {
            let token = TOKENS[numbers.below(TOKENS.len())].as_bytes();
            let end = (at + token.len()).min(bytes.len());
            bytes.splice(at..end, token.iter().copied());
        }
    }
    bytes.truncate(20_000);
}

/// What must hold of any bytes: reading ends, and what can be written again is read as the same file, with right sums.
fn check(bytes: &[u8]) -> Result<(), String> {
    let (file, _) = File::read(bytes, &Options::lenient()).map_err(|error| error.to_string())?;
    report::show(bytes, std::io::sink(), &Options::strict(), report::Accounts::Masked).map_err(|error| error.to_string())?;
    let mut json = Vec::new();
    report::to_json(bytes, &mut json, &Options::strict()).map_err(|error| error.to_string())?;
    serde_json::from_slice::<serde_json::Value>(&json).map_err(|error| format!("no JSON: {error}"))?;
    let mut written = Vec::new();
    if file.write(&mut written, LineEnd::CrLf).is_err() {
        return Ok(());
    }
    let (again, findings) = File::read(written.as_slice(), &Options::strict()).map_err(|error| error.to_string())?;
    if again != file {
        return Err(format!("read again it differs:\n{file:?}\n{again:?}"));
    }
    let computed = [Rule::EntryCount, Rule::EntryHash, Rule::DebitTotal, Rule::CreditTotal, Rule::BatchCount, Rule::Blocking];
    match findings.iter().find(|finding| computed.contains(&finding.rule)) {
        Some(finding) => Err(format!("written wrongly: {finding}")),
        None => Ok(()),
    }
}

fn seeds(directory: Option<String>) -> Vec<Vec<u8>> {
    let mut pool: Vec<Vec<u8>> = CORPUS.iter().map(|text| text.as_bytes().to_vec()).collect();
    let files = directory.and_then(|directory| std::fs::read_dir(directory).ok());
    for file in files.into_iter().flatten().flatten() {
        pool.extend(std::fs::read(file.path()).ok().filter(|bytes| bytes.len() < 20_000));
    }
    pool
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (seconds, seed) = (number(60), number(0x2545_F491_4F6C_DD1D));
    let mut numbers = Numbers(seed.max(1));
    let mut pool = seeds(std::env::args().nth(3));
    let first = pool.len();
    println!("fuzz: seed {seed}, {seconds} s, {first} files to start from");
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut inputs: u64 = 0;
    while Instant::now() < end {
        let mut bytes = pool[numbers.below(pool.len())].clone();
        for _ in 0..=numbers.below(6) {
            mutate(&mut numbers, &pool, &mut bytes);
        }
        inputs += 1;
        let failure = match catch_unwind(AssertUnwindSafe(|| check(&bytes))) {
            Ok(Ok(())) => None,
            Ok(Err(failure)) => Some(failure),
            Err(_) => Some("panic".to_owned()),
        };
        if let Some(failure) = failure {
            println!("fuzz: {failure}\nb\"{}\"", bytes.escape_ascii());
            return ExitCode::FAILURE;
        }
        // Some descendants stay, so that mutations add up; the pool stays small.
        if pool.len() < first + 1_000 {
            pool.push(bytes);
        } else {
            let place = first + numbers.below(1_000);
            pool[place] = bytes;
        }
    }
    println!("fuzz: {inputs} inputs, nothing found");
    ExitCode::SUCCESS
}
