use form::{Decode, FormError, Node, Params, Path, Range, scalar};
use jiff::Timestamp;

/// A moment as `/v2` shows it: RFC 3339 in UTC with milliseconds. `ms` are Unix milliseconds.
#[must_use]
pub(crate) fn rfc3339(ms: i64) -> String {
    format!("{:.3}", Timestamp::from_millisecond(ms).unwrap_or_default())
}

/// A moment as callers of `/v2` send it: RFC 3339, or Unix seconds, which is what the SDKs make of a date. To the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(i64);

impl Decode for Moment {
    fn decode(node: Option<Node>, at: &Path<'_>) -> Result<Moment, FormError> {
        let text = scalar(node, at, "time")?;
        let seconds = text.parse().ok().or_else(|| text.parse::<Timestamp>().ok().map(Timestamp::as_second));
        let wrong = || FormError::invalid(at, "Invalid time: send RFC 3339 such as 2026-01-31T12:00:00Z, or Unix seconds");
        seconds.map(Moment).ok_or_else(wrong)
    }
}

/// A range of moments.
#[derive(Debug, Clone, Params)]
pub struct MomentRange {
    pub gt: Option<Moment>,
    pub gte: Option<Moment>,
    pub lt: Option<Moment>,
    pub lte: Option<Moment>,
}

impl MomentRange {
    /// The same in Unix seconds.
    pub(crate) fn seconds(&self) -> Range {
        let of = |moment: Option<Moment>| moment.map(|Moment(seconds)| seconds);
        Range::Between { gt: of(self.gt), gte: of(self.gte), lt: of(self.lt), lte: of(self.lte) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_and_reads_times() {
        assert_eq!(rfc3339(1_726_554_052_246), "2024-09-17T06:20:52.246Z");
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00.000Z");
        let read = |text: &str| Moment::decode(Some(Node::Text(text.into())), &Path::root()).ok();
        for good in ["2024-09-17T06:20:52.246Z", "2024-09-17T08:20:52+02:00", "1726554052"] {
            assert_eq!(read(good), Some(Moment(1_726_554_052)), "{good}");
        }
        for bad in ["yesterday", "2024-09-17", "2024-09-17T06:20:52", "1726554052.5", ""] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
