//! How an institution misbehaves in one world, as a test states it: outages, slowness, wrong data, failing questions.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::seal;
use crate::world::Line;

/// How long an answer that shall never come is held back before the connection ends.
const NEVER: Duration = Duration::from_secs(30);
/// How long the product may wait for an institution if nothing else is stated, in milliseconds.
pub const USUAL_TIMEOUT_MS: u64 = 15_000;

/// An outage. Nothing but the public metadata is answered during it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Downtime {
    /// A maintenance that ends by itself.
    Planned {
        /// When, in the world's unix seconds.
        until: i64,
    },
    /// Nothing is known about its end.
    Unplanned,
    /// Answers that no client can make sense of.
    Error,
}

/// A kind of question that can be made to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, form::ParamEnum)]
#[serde(rename_all = "snake_case")]
pub enum DataKind {
    /// The list of accounts, which linking asks for.
    Accounts,
    /// One account with its balances.
    Balances,
    /// The holders of an account.
    Ownership,
    /// Its transactions.
    Transactions,
    /// Its number and networks.
    PaymentNumbers,
}

/// How a question fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, form::ParamEnum)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// 401: as if the person had ended the consent.
    Revoked,
    /// 500.
    Error,
    /// 503 that names no end.
    Unavailable,
    /// No answer.
    Timeout,
}

/// A way in which data is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, form::ParamEnum)]
#[serde(rename_all = "snake_case")]
pub enum WrongData {
    /// Every transaction comes twice.
    RepeatedRows,
    /// Transactions have other identifiers at each moment.
    ChangedIds,
    /// After the last page of transactions the first one comes again.
    EndlessPages,
    /// JSON that breaks off in the middle.
    MalformedJson,
    /// Amounts as texts in place of numbers.
    AmountsAsText,
}

/// How an institution behaves in one world.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conduct {
    /// An outage, if there is one.
    pub downtime: Option<Downtime>,
    /// How long every answer is held back, in milliseconds.
    pub delay_ms: u64,
    /// How long the product waits for an answer, in milliseconds.
    pub timeout_ms: u64,
    /// What is wrong with the data.
    pub wrong_data: Vec<WrongData>,
    /// Which questions fail, and how.
    pub failures: BTreeMap<DataKind, Failure>,
}

impl Default for Conduct {
    fn default() -> Conduct {
        Conduct { downtime: None, delay_ms: 0, timeout_ms: USUAL_TIMEOUT_MS, wrong_data: Vec::new(), failures: BTreeMap::new() }
    }
}

impl Conduct {
    /// The outage at a moment of the world.
    pub fn outage(&self, now: i64) -> Option<Downtime> {
        self.downtime.filter(|downtime| !matches!(downtime, Downtime::Planned { until } if *until <= now))
    }

    /// Whether the data is wrong in this way.
    pub fn has(&self, wrong: WrongData) -> bool {
        self.wrong_data.contains(&wrong)
    }

    /// Waits as long as every answer takes.
    pub async fn wait(&self) {
        if self.delay_ms > 0 {
            tokio::time::sleep(Duration::from_millis(self.delay_ms)).await;
        }
    }

    /// How a question of this kind fails, if it shall; one that shall never be answered is held back first.
    pub async fn failure(&self, kind: DataKind) -> Option<Failure> {
        let failure = self.failures.get(&kind).copied();
        if failure == Some(Failure::Timeout) {
            tokio::time::sleep(NEVER).await;
        }
        failure
    }

    /// Transactions as they come out at `as_of`, for every protocol.
    pub fn spoil(&self, mut lines: Vec<Line>, as_of: i64) -> Vec<Line> {
        if self.has(WrongData::ChangedIds) {
            let moment = as_of.to_string();
            for line in &mut lines {
                line.id = seal::identifier(&["changed id", &line.id, &moment]);
                line.reference = None;
            }
        }
        if self.has(WrongData::RepeatedRows) {
            lines = lines.into_iter().flat_map(|line| [line.clone(), line]).collect();
        }
        lines
    }

    /// A JSON answer as it comes out.
    pub fn spoil_json(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        if self.has(WrongData::AmountsAsText) {
            bytes = quote_decimals(&bytes);
        }
        if self.has(WrongData::MalformedJson) {
            bytes.truncate(bytes.len() / 2);
        }
        bytes
    }
}

/// Puts quotation marks around every number with a decimal point, which only amounts and rates have.
fn quote_decimals(json: &[u8]) -> Vec<u8> {
    let is_number = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    let mut out = Vec::with_capacity(json.len() + json.len() / 8);
    let (mut at, mut in_text) = (0, false);
    while at < json.len() {
        let byte = json[at];
        let length = if in_text { 0 } else { json[at..].iter().take_while(|byte| is_number(byte)).count() };
        if length > 0 {
            let number = &json[at..at + length];
            let mark: &[u8] = if number.contains(&b'.') { b"\"" } else { b"" };
            out.extend([mark, number, mark].concat());
            at += length;
            continue;
        }
        let escaped = in_text && byte == b'\\';
        in_text ^= byte == b'"';
        out.push(byte);
        at += 1;
        if escaped && at < json.len() {
            out.push(json[at]);
            at += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_decimals_outside_of_texts_are_quoted() {
        let json = br#"{"a":-12.30,"b":5,"c":"1.5 \"2.5","d":[0.00,{"e":1.10}]}"#;
        let quoted = r#"{"a":"-12.30","b":5,"c":"1.5 \"2.5","d":["0.00",{"e":"1.10"}]}"#;
        assert_eq!(String::from_utf8(quote_decimals(json)).as_deref(), Ok(quoted));
    }

    #[test]
    fn a_planned_outage_ends_by_itself() {
        let conduct = Conduct { downtime: Some(Downtime::Planned { until: 100 }), ..Conduct::default() };
        assert_eq!(conduct.outage(99), conduct.downtime);
        assert_eq!(conduct.outage(100), None);
        let conduct = Conduct { downtime: Some(Downtime::Unplanned), ..Conduct::default() };
        assert_eq!(conduct.outage(i64::MAX), Some(Downtime::Unplanned));
    }
}
