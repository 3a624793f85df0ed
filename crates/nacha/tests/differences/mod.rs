//! Where our verdict differs from the list of the samples. The same table stands in README.md.

/// A file about which we say more, or other things, than the list.
pub struct Difference {
    pub file: &'static str,
    /// What the list's checker found.
    pub theirs: &'static str,
    /// Rules that we find broken beyond that.
    pub more: &'static [&'static str],
    /// Rules that the list's words stand for and that we do not find broken.
    pub less: &'static [&'static str],
    pub why: &'static str,
}

impl Difference {
    /// The row in README.md.
    pub fn row(&self) -> String {
        let theirs = if self.theirs.is_empty() { "nothing" } else { self.theirs };
        let mut more = if self.more.is_empty() { "nothing more".to_owned() } else { self.more.join(", ") };
        if !self.less.is_empty() {
            more.push_str(&format!("; not {}", self.less.join(", ")));
        }
        format!("| `{}` | {theirs} | {more} | {} |", self.file, self.why)
    }
}

pub const DIFFERENCES: &[Difference] = &[
    Difference {
        file: "jach-ach-payrol.txt",
        theirs: "not blocked to 10",
        more: &["destination"],
        less: &[],
        why: "The immediate destination 202881066 is no routing number: its check digit would be 0. The list does not check headers.",
    },
    Difference {
        file: "jach-ach-return.txt",
        theirs: "trace not ascending; batch count 2!=10; batch hash 12228732!=61143660; batch debit total 5687!=585365",
        more: &["batch-count", "batch-number-match", "block-count", "blocking"],
        less: &[],
        why: "An excerpt of a bigger file: control records and batch number belong to that one. The list stops at the batch.",
    },
    Difference {
        file: "jach-ach-cor.txt",
        theirs: "check digit; batch hash 6400001!=6400011; not blocked to 10",
        more: &["odfi-match"],
        less: &[],
        why: "Batch header and control name different banks, 12114111 and 12114039.",
    },
    Difference {
        file: "return-no-batch-controls.ach",
        theirs: "batch header with no control before it; last batch has no control; no file header; no file control",
        more: &["batch-number-order"],
        less: &[],
        why: "Both batches have number 1.",
    },
    Difference {
        file: "20180716-IAT-A17.ach",
        theirs: "",
        more: &["direction"],
        less: &[],
        why: "The second batch says credits only (220) and holds a debit (27).",
    },
    Difference {
        file: "1k8RecordFollowing9Record.txt",
        theirs: "2 line(s) not 94 long",
        more: &["block-count", "missing-batch-control", "record-order"],
        less: &[],
        why: "What the file's name says: a batch control after the file control, so that the batch has none where it should.",
    },
    Difference {
        file: "1qFormatCodeIncorrect.txt",
        theirs: "",
        more: &["format-code"],
        less: &[],
        why: "What the file's name says. The list does not check headers.",
    },
    Difference {
        file: "2mCompanyEntryDescAllZeros.txt",
        theirs: "",
        more: &["entry-description"],
        less: &[],
        why: "What the file's name says. The list does not check headers.",
    },
    Difference {
        file: "Iat-invalidAddenda13.ach",
        theirs: "",
        more: &["direction", "non-ascii"],
        less: &[],
        why: "A control character (U+001A) in addenda 13, and a credit in a batch of debits (225).",
    },
    Difference {
        file: "iat-invalidAddenda11.ach",
        theirs: "",
        more: &["direction", "non-ascii"],
        less: &[],
        why: "A control character (U+001A) in addenda 11, and a credit in a batch of debits (225).",
    },
    Difference {
        file: "iat-invalidAddenda15.ach",
        theirs: "",
        more: &["direction", "non-ascii"],
        less: &[],
        why: "A control character (U+001A) in addenda 15, and a credit in a batch of debits (225).",
    },
    Difference {
        file: "iat-invalidAddenda17.ach",
        theirs: "",
        more: &["direction", "non-ascii"],
        less: &[],
        why: "A control character (U+001A) in addenda 17, and a credit in a batch of debits (225).",
    },
    Difference {
        file: "adv-invalidBatchEntries.ach",
        theirs: "batch count 2!=1; batch hash 46276020!=0; batch debit total 250000!=0; batch credit total 50000!=0",
        more: &["blocking", "empty-batch", "record-order"],
        less: &[],
        why: "Addenda without an entry, so the batch is empty, and nine lines instead of ten.",
    },
    Difference {
        file: "iat-invalidEntryDetail.ach",
        theirs: "tran code 90; batch credit total 100000!=0",
        more: &["destination", "direction"],
        less: &[],
        why: "987654321 is no routing number, and the second batch says credits only (220) and holds a debit (27).",
    },
    Difference {
        file: "ppd-mixedDebitCredit-invalid.ach",
        theirs: "",
        more: &[],
        less: &[],
        why: "No rule is broken: a mixed batch (200) may hold debits and credits, and sums, digits and order are right. It tests a function of its author's library.",
    },
    Difference {
        file: "jach-ach-pos.txt",
        theirs: "non-numeric RDFI; batch count 2!=3; batch debit total 3001!=6000; file batch count 38!=1",
        more: &[
            "addenda-count",
            "addenda-indicator",
            "block-count",
            "blocking",
            "credit-total",
            "entry-hash",
            "file-id-modifier",
        ],
        less: &[],
        why: "An excerpt of a bigger file, whose file control it has; file ID modifier `!`; the first entry denies its addenda, the second has none.",
    },
    Difference {
        file: "skip-validation.ach",
        theirs: "trace not ascending",
        more: &["batch-number", "destination"],
        less: &[],
        why: "No immediate destination, and all batches have number 0.",
    },
    Difference {
        file: "out-of-order.ach",
        theirs: "file batch count 14!=1; block count 5!=1; file count 19!=2; file hash 371392563!=16600026",
        more: &["blocking", "credit-total", "debit-total"],
        less: &[],
        why: "The file control belongs to a bigger file; its sums are wrong as well, and filler is missing.",
    },
    Difference {
        file: "forward.ach",
        theirs: "batch header with no control before it; last batch has no control; no file header; no file control",
        more: &["addenda-indicator", "batch-number-order"],
        less: &[],
        why: "Entries say that addenda follow, and batch numbers descend.",
    },
    Difference {
        file: "recon.ach",
        theirs: "last batch has no control; no file header; no file control",
        more: &["addenda-indicator"],
        less: &[],
        why: "The entry says that addenda follow.",
    },
    Difference {
        file: "crasher-2.ach",
        theirs: "last batch has no control; no file header; no file control; no newlines",
        more: &["batch-number", "company-identification", "company-name", "direction", "entry-description", "zero-amount"],
        less: &[],
        why: "Zeros in all fields.",
    },
    Difference {
        file: "crasher-4.ach",
        theirs: "1 line(s) not 94 long; last batch has no control; no file header; no file control; non-ASCII",
        more: &[
            "addenda-count",
            "addenda-indicator",
            "addenda-trace",
            "addenda-type",
            "amount",
            "batch-number-match",
            "company-identification-match",
            "credit-total",
            "debit-total",
            "direction",
            "entry-count",
            "entry-hash",
            "odfi-identification",
            "odfi-match",
            "receiver-name",
            "record-order",
            "routing-digits",
            "service-class-match",
            "trace-number",
            "trace-odfi",
            "trace-order",
            "transaction-code",
        ],
        less: &[],
        why: "Random records; all of it is reported.",
    },
    Difference {
        file: "crasher-5.ach",
        theirs: "1 line(s) not 94 long; last batch has no control; no file header; no file control; non-ASCII",
        more: &[
            "batch-number",
            "blocking-factor",
            "company-identification",
            "company-name",
            "destination",
            "entry-description",
            "file-creation",
            "format-code",
            "origin",
            "priority-code",
            "record-order",
            "record-size",
        ],
        less: &["missing-file-header"],
        why: "Zeros and broken characters in all fields. The second record is read as a file header, reported as misplaced.",
    },
];
