//! Filters on times: `created=1` or `created[gte]=1&created[lt]=2`.

use form_derive::Params;

use crate::{Decode, FormError, Node, Path, Unknown, find_unknown};

/// A filter on a whole number, mostly a time in unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    /// Equal to this.
    Exact(i64),
    /// Within every bound that is given.
    Between {
        /// Greater than this.
        gt: Option<i64>,
        /// Greater than or equal to this.
        gte: Option<i64>,
        /// Less than this.
        lt: Option<i64>,
        /// Less than or equal to this.
        lte: Option<i64>,
    },
}

#[derive(Params)]
struct Bounds {
    gt: Option<i64>,
    gte: Option<i64>,
    lt: Option<i64>,
    lte: Option<i64>,
}

impl Range {
    /// Whether the filter lets `value` through.
    pub fn contains(&self, value: i64) -> bool {
        match *self {
            Range::Exact(exact) => value == exact,
            Range::Between { gt, gte, lt, lte } => {
                gt.is_none_or(|bound| value > bound)
                    && gte.is_none_or(|bound| value >= bound)
                    && lt.is_none_or(|bound| value < bound)
                    && lte.is_none_or(|bound| value <= bound)
            }
        }
    }

    /// The smallest and the largest value that pass, both inclusive. Where nothing passes, the
    /// first is greater than the second.
    ///
    /// ```
    /// let range = form::Range::Between { gt: Some(5), gte: None, lt: None, lte: Some(9) };
    /// assert_eq!(range.inclusive(), (6, 9));
    /// ```
    pub fn inclusive(&self) -> (i64, i64) {
        const NOTHING: (i64, i64) = (i64::MAX, i64::MIN);
        let (gt, gte, lt, lte) = match *self {
            Range::Exact(exact) => return (exact, exact),
            Range::Between { gt, gte, lt, lte } => (gt, gte, lt, lte),
        };
        let after = match gt.map(|bound| bound.checked_add(1)) {
            None => i64::MIN,
            Some(None) => return NOTHING,
            Some(Some(bound)) => bound,
        };
        let before = match lt.map(|bound| bound.checked_sub(1)) {
            None => i64::MAX,
            Some(None) => return NOTHING,
            Some(Some(bound)) => bound,
        };
        (after.max(gte.unwrap_or(i64::MIN)), before.min(lte.unwrap_or(i64::MAX)))
    }
}

impl Decode for Range {
    const NESTED: bool = true;

    fn decode(node: Option<Node>, at: &Path<'_>) -> Result<Range, FormError> {
        match node {
            Some(Node::Map(_)) => {
                let Bounds { gt, gte, lt, lte } = Bounds::decode(node, at)?;
                Ok(Range::Between { gt, gte, lt, lte })
            }
            other => i64::decode(other, at).map(Range::Exact),
        }
    }

    fn unknown(node: &Node, at: &Path<'_>, found: &mut Unknown) {
        find_unknown::<Bounds>(node, at, found);
    }
}
