//! Files for people and other programs: shown, validated, as JSON, merged.

mod json;
mod merge;
mod show;

use std::io::{self, BufRead};

pub use json::to_json;
pub use merge::{MergeError, MergeOptions, merge};
pub use show::{Accounts, show, show_text};

use crate::{Event, Finding, Options, Reader};

/// Everything that is wrong with a file, in the order of its lines.
///
/// The file may be of any size; the findings are kept. To stop early, go through a [`Reader`].
///
/// ```
/// use nacha::{Options, report};
///
/// let findings = report::validate(b"101".as_slice(), &Options::strict())?;
/// let first = findings.first().map(|finding| finding.to_string());
/// assert_eq!(
///     first.as_deref(),
///     Some("line 1: error in file, record: found 3 characters, should be 94, filled up with blanks [short-line]")
/// );
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// Those of `source`.
pub fn validate(source: impl BufRead, options: &Options) -> io::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for event in Reader::new(source, options.clone()) {
        if let Event::Finding(finding) = event? {
            findings.push(finding);
        }
    }
    Ok(findings)
}
