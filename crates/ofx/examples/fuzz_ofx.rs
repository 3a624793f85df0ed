//! Feeds mutated files to the readers until the time is over or one of them breaks a promise.
//!
//! `cargo run -p ofx --example fuzz_ofx -- 60` runs for 60 seconds, a second number repeats a run. Files
//! of the directory that the variable `DRAWBRIDGE_SHARED` names are used as well, if it is there.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use ofx::{AskContent, Content};

/// What mutation starts from.
const SEEDS: &[&str] = &[
    "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nENCODING:USASCII\r\nCHARSET:1252\r\n\r\n<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0\
     <SEVERITY>INFO</STATUS><DTSERVER>20240101120000.000[-5:EST]<LANGUAGE>ENG<FI><ORG>B<FID>1</FI><INTU.BID>9</SONRS></SIGNONMSGSRSV1>\
     <BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>1<ACCTID>2\
     <ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST><DTSTART>20240101<DTEND>20240131<STMTTRN><TRNTYPE>POS<DTPOSTED>20240105<TRNAMT>-1.234,56\
     <FITID>a<NAME>X & Y<MEMO>m<CURRENCY><CURRATE>1,5<CURSYM>EUR</CURRENCY></STMTTRN><STMTTRN><TRNAMT>5<FITID>b<PAYEE><NAME>n<CITY>c</PAYEE>\
     </STMTTRN></BANKTRANLIST><LEDGERBAL><BALAMT>1<DTASOF>20240131</LEDGERBAL><AVAILBAL><BALAMT>2</AVAILBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>",
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><?OFX OFXHEADER=\"200\" VERSION=\"211\"?><OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>3000</CODE>\
     <SEVERITY>ERROR</SEVERITY></STATUS></SONRS><MFACHALLENGETRNRS><TRNUID>1</TRNUID><MFACHALLENGERS><MFACHALLENGE><MFAPHRASEID>MFA1</MFAPHRASEID>\
     <MFAPHRASELABEL>Q?</MFAPHRASELABEL></MFACHALLENGE></MFACHALLENGERS></MFACHALLENGETRNRS></SIGNONMSGSRSV1><SIGNUPMSGSRSV1><ACCTINFOTRNRS>\
     <TRNUID>2</TRNUID><ACCTINFORS><DTACCTUP>20240101</DTACCTUP><ACCTINFO><DESC>D</DESC><CCACCTINFO><CCACCTFROM><ACCTID>4</ACCTID></CCACCTFROM>\
     <SUPTXDL>Y</SUPTXDL><SVCSTATUS>ACTIVE</SVCSTATUS></CCACCTINFO></ACCTINFO></ACCTINFORS></ACCTINFOTRNRS></SIGNUPMSGSRSV1></OFX>",
    "OFXHEADER:100 VERSION:103\n<OFX><SIGNONMSGSRQV1><SONRQ><DTCLIENT>20240101<USERID>u<USERPASS>p<GENUSERKEY>N<LANGUAGE>ENG<FI><ORG>o</FI>\
     <APPID>QWIN<APPVER>2700<CLIENTUID>c<MFACHALLENGEA><MFAPHRASEID>MFA1<MFAPHRASEA>a</MFACHALLENGEA></SONRQ><MFACHALLENGETRNRQ><TRNUID>1\
     <MFACHALLENGERQ><DTCLIENT>20240101</MFACHALLENGERQ></MFACHALLENGETRNRQ></SIGNONMSGSRQV1><PROFMSGSRQV1><PROFTRNRQ><TRNUID>2<PROFRQ>\
     <CLIENTROUTING>NONE<DTPROFUP>19900101</PROFRQ></PROFTRNRQ></PROFMSGSRQV1><BANKMSGSRQV1><STMTTRNRQ><TRNUID>3<STMTRQ><BANKACCTFROM>\
     <BANKID>1<ACCTID>2<ACCTTYPE>SAVINGS</BANKACCTFROM><INCTRAN><DTSTART>20240101<INCLUDE>Y</INCTRAN></STMTRQ></STMTTRNRQ></BANKMSGSRQV1></OFX>",
    "<OFX><INVSTMTMSGSRSV1><INVSTMTTRNRS><TRNUID>0<INVSTMTRS><DTASOF>20240101<CURDEF>USD<INVACCTFROM><BROKERID>b<ACCTID>1</INVACCTFROM><INVTRANLIST>\
     <INVBANKTRAN><STMTTRN><TRNAMT>1<FITID>1</STMTTRN><SUBACCTFUND>CASH</INVBANKTRAN></INVTRANLIST><INVBAL><AVAILCASH>1.00</INVBAL></INVSTMTRS>\
     </INVSTMTTRNRS></INVSTMTMSGSRSV1><PROFMSGSRSV1><PROFTRNRS><PROFRS><MSGSETLIST><BANKMSGSET><BANKMSGSETV1><MSGSETCORE><URL>u</MSGSETCORE>\
     </BANKMSGSETV1></BANKMSGSET></MSGSETLIST><SIGNONINFOLIST><SIGNONINFO><MIN>1<CASESEN>Y</SIGNONINFO></SIGNONINFOLIST><FINAME>F</PROFRS>\
     </PROFTRNRS></PROFMSGSRSV1></OFX>",
];

/// Texts that mean something to the readers.
const TOKENS: &[&str] = &[
    "<OFX>",
    "</OFX>",
    "<STMTTRN>",
    "</STMTTRN>",
    "<STMTRS>",
    "<CCSTMTRS>",
    "<BANKTRANLIST>",
    "<BANKTRANLISTP>",
    "<STMTTRNP>",
    "<LEDGERBAL>",
    "<BALAMT>",
    "<TRNAMT>",
    "<FITID>",
    "<DTPOSTED>",
    "<NAME>",
    "<MEMO>",
    "<STATUS>",
    "<CODE>",
    "<SONRS>",
    "<SONRQ>",
    "<X>",
    "</X>",
    "<NS:X A=\"1\"/>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?x?>",
    "&amp;",
    "&lt;",
    "&#10;",
    "&#x20;",
    "&#0;",
    "&",
    "<",
    ">",
    "\r\n",
    " ",
    "\u{a0}",
    "\u{feff}",
    "é",
    "-1.234,56",
    "1,234",
    "(5)",
    "20240229",
    "20240101000000.000[-3:GMT]",
    "[-:EST]",
    "[+5.30]",
    "00000000",
    "VERSION:203",
    "OFXHEADER:200",
    "\0",
    "<CURRENCY>",
    "<PAYEE>",
    "<BANKACCTFROM>",
    "<ACCTID>",
    "<ACCTINFO>",
    "<MSGSETLIST>",
    "<INVSTMTRS>",
    "<BANKMSGSRSV1>",
    "<STMTTRNRS>",
    "<PROFRS>",
];

const LENGTH_LIMIT: usize = 16_384;

/// A small generator of pseudorandom numbers (xorshift).
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `limit`, which is at least 1.
    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.bits() % limit.max(1) as u64).unwrap_or(0)
    }
}

fn mutate(random: &mut Random, bytes: &mut Vec<u8>, pool: &[Vec<u8>]) {
    let at = random.below(bytes.len() + 1);
    match random.below(9) {
        0 => bytes.truncate(at),
        1 => bytes.insert(at, random.bits().to_le_bytes()[0]),
        2 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
        3 if at < bytes.len() => drop(bytes.drain(at..(at + 1 + random.below(20)).min(bytes.len()))),
        4 => {
            let other = &pool[random.below(pool.len())];
            bytes.truncate(at);
            bytes.extend_from_slice(&other[random.below(other.len() + 1)..]);
        }
        5 if at < bytes.len() => {
            let end = at + random.below(bytes.len() - at);
            let piece = bytes[at..end].to_vec();
            for _ in 0..=random.below(4) {
                bytes.extend_from_slice(&piece);
            }
        }
        6 => {
            let tag = TOKENS[random.below(TOKENS.len())];
            let many = tag.repeat(random.below(120));
            drop(bytes.splice(at..at, many.bytes()));
        }
        _ => drop(bytes.splice(at..at, TOKENS[random.below(TOKENS.len())].bytes())),
    }
    bytes.truncate(LENGTH_LIMIT);
}

/// Reads, writes and reads again. The text says which promise was broken.
fn check(bytes: &[u8]) -> Result<(), String> {
    let started = Instant::now();
    let document = ofx::read(bytes);
    let request = ofx::read_request(bytes);
    let elapsed = started.elapsed();
    // 16 KiB take a few milliseconds without optimisation; the rest is for a busy machine.
    if elapsed > Duration::from_secs(3) {
        return Err(format!("{elapsed:?} for {} bytes", bytes.len()));
    }
    if let Ok(reading) = document {
        let mut expected = reading.value;
        expected.answers.retain(|answer| !matches!(answer.content, Content::Other(_)));
        if expected.sign_on.is_some() || !expected.answers.is_empty() {
            let found = ofx::read(&ofx::write(&expected)).map_err(|error| format!("written answers: {error}"))?;
            if found.value != expected {
                return Err(format!("read {expected:?}\nafter writing {:?}", found.value));
            }
        }
        for statement in expected.answers.iter().flat_map(|answer| match &answer.content {
            Content::Statements(_, statements) => statements.as_slice(),
            _ => &[],
        }) {
            let identities = statement.identities();
            let distinct: std::collections::HashSet<_> = identities.iter().collect();
            if distinct.len() != statement.transactions.len() {
                return Err(format!("identities {identities:?}"));
            }
        }
    }
    if let Ok(reading) = request {
        let mut expected = reading.value;
        expected.asks.retain(|ask| !matches!(ask.content, AskContent::Other(_)));
        let found = ofx::read_request(&ofx::write_request(&expected)).map_err(|error| format!("written requests: {error}"))?;
        if found.value != expected {
            return Err(format!("read {expected:?}\nafter writing {:?}", found.value));
        }
    }
    Ok(())
}

fn samples() -> Vec<Vec<u8>> {
    let shared = std::env::var_os("DRAWBRIDGE_SHARED").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"));
    let entries = std::fs::read_dir(shared.join("samples/ofx")).into_iter().flatten().flatten();
    let ofx = entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "ofx"));
    ofx.filter_map(|path| std::fs::read(path).ok())
        .map(|mut bytes| {
            bytes.truncate(LENGTH_LIMIT);
            bytes
        })
        .collect()
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>());
    let seconds = arguments.next().and_then(Result::ok).unwrap_or(60);
    let seed = arguments.next().and_then(Result::ok).unwrap_or(u64::from(std::process::id()) + 1);
    let mut pool: Vec<Vec<u8>> = SEEDS.iter().map(|text| text.as_bytes().to_vec()).collect();
    pool.extend(samples());
    let seeds = pool.len();
    println!("fuzz: {seconds} s, seed {seed}, {seeds} files to begin with");
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut inputs = 0_u64;
    while Instant::now() < end {
        let mut bytes = pool[random.below(pool.len())].clone();
        for _ in 0..=random.below(6) {
            mutate(&mut random, &mut bytes, &pool);
        }
        let problem = match std::panic::catch_unwind(|| check(&bytes)) {
            Ok(Ok(())) => None,
            Ok(Err(problem)) => Some(problem),
            Err(_) => Some("a panic".to_owned()),
        };
        if let Some(problem) = problem {
            println!("fuzz: {problem}\ninput: b\"{}\"", bytes.escape_ascii());
            return ExitCode::FAILURE;
        }
        inputs += 1;
        // Some descendants stay, so that mutations add up; the pool stays small.
        if pool.len() < 2_048 {
            pool.push(bytes);
        } else {
            let place = seeds + random.below(2_048 - seeds);
            pool[place] = bytes;
        }
    }
    println!("fuzz: {inputs} inputs, nothing found");
    ExitCode::SUCCESS
}
