//! What a file is held to. A rule's name is the name of the option that relaxes it.

use std::fmt;

/// How much a rule's breach matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Not reported.
    Ignored,
    /// Reported; a bank or operator would take the file.
    Warning,
    /// Reported; a bank or operator would refuse the file, the batch or the entry.
    Error,
}

macro_rules! rules {
    ($($rule:ident, $name:literal, $strict:ident, $lenient:ident, $meaning:literal;)+) => {
        /// A rule of the file format.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $(#[doc = $meaning] $rule,)+
        }

        impl Rule {
            /// All rules.
            pub const ALL: &'static [Rule] = &[$(Rule::$rule),+];

            /// The name, as in findings and options: words joined by hyphens.
            pub const fn name(self) -> &'static str {
                match self { $(Rule::$rule => $name,)+ }
            }

            /// What the rule asks for.
            pub const fn meaning(self) -> &'static str {
                match self { $(Rule::$rule => $meaning,)+ }
            }

            /// What a breach is in strict mode.
            pub const fn strict(self) -> Severity {
                match self { $(Rule::$rule => Severity::$strict,)+ }
            }

            /// What a breach is in lenient mode.
            pub const fn lenient(self) -> Severity {
                match self { $(Rule::$rule => Severity::$lenient,)+ }
            }
        }
    };
}

rules! {
    // The file as a whole
    ShortLine, "short-line", Error, Warning, "Every line has 94 characters, blanks included.";
    LongLine, "long-line", Error, Warning, "No line has more than 94 characters.";
    NonAscii, "non-ascii", Error, Warning, "Only printable ASCII characters are used.";
    Blocking, "blocking", Error, Warning, "Lines of 9 fill the file up to a multiple of ten lines, and no further.";
    UnknownRecord, "unknown-record", Error, Error, "Every line begins with a record type: 1, 5, 6, 7, 8 or 9.";
    RecordOrder, "record-order", Error, Error, "Records come in order: 1, then 5, 6, 7, 8 for each batch, then 9.";
    MissingFileHeader, "missing-file-header", Error, Warning, "The file begins with a file header.";
    MissingFileControl, "missing-file-control", Error, Warning, "The file ends with a file control.";
    MissingBatchControl, "missing-batch-control", Error, Warning, "Every batch ends with a batch control.";
    NoBatches, "no-batches", Error, Warning, "A file has at least one batch.";
    EmptyBatch, "empty-batch", Error, Warning, "A batch has at least one entry.";
    Reserved, "reserved", Warning, Ignored, "Reserved columns are blank.";
    // File header
    PriorityCode, "priority-code", Error, Warning, "The priority code is 01.";
    Destination, "destination", Error, Warning, "The immediate destination is a routing number.";
    Origin, "origin", Error, Warning, "The immediate origin is not blank or zero.";
    FileCreation, "file-creation", Error, Warning, "The file's creation date and time exist.";
    FileIdModifier, "file-id-modifier", Error, Warning, "The file ID modifier is A to Z or 0 to 9.";
    RecordSize, "record-size", Error, Warning, "The record size is 094.";
    BlockingFactor, "blocking-factor", Error, Warning, "The blocking factor is 10.";
    FormatCode, "format-code", Error, Warning, "The format code is 1.";
    // Batch header
    ServiceClass, "service-class", Error, Warning, "The service class code is 200, 220, 225 or, for ADV only, 280.";
    CompanyName, "company-name", Error, Warning, "The company name is not blank or zero.";
    CompanyIdentification, "company-identification", Error, Warning, "The company identification is not blank or zero.";
    EntryClass, "entry-class", Error, Warning, "The standard entry class code is a known one, in upper case.";
    EntryDescription, "entry-description", Error, Warning, "The company entry description is not blank or zero.";
    EffectiveDate, "effective-date", Warning, Ignored, "The effective entry date exists; if not, the operator replaces it.";
    SettlementDate, "settlement-date", Warning, Ignored, "The settlement date is blank or a day of the year, 001 to 366.";
    OriginatorStatus, "originator-status", Error, Warning, "The originator status code is 0, 1 or 2.";
    StatusForClass, "status-for-class", Warning, Ignored, "Status 0 is for ADV, 2 for federal agencies (DNE), 1 for others.";
    OdfiIdentification, "odfi-identification", Error, Warning, "The originating DFI identification has eight digits.";
    BatchNumber, "batch-number", Error, Warning, "The batch number has seven digits and is not zero.";
    BatchNumberOrder, "batch-number-order", Error, Warning, "Batch numbers ascend within a file.";
    IatHeader, "iat-header", Warning, Ignored, "The IAT fields of the batch header hold their codes.";
    // Entries
    TransactionCode, "transaction-code", Error, Warning, "The transaction code is a known one that fits the batch.";
    Direction, "direction", Error, Warning, "Debits and credits fit service class and standard entry class.";
    ReturnTransactionCode, "return-transaction-code", Warning, Ignored, "Returns and changes, and only they, use codes ending in 1 or 6.";
    RoutingDigits, "routing-digits", Error, Warning, "The receiving DFI identification has eight digits.";
    CheckDigit, "check-digit", Error, Warning, "The check digit fits the receiving DFI identification.";
    AccountNumber, "account-number", Error, Warning, "The account number is not blank.";
    Amount, "amount", Error, Error, "The amount has digits only.";
    ZeroAmount, "zero-amount", Error, Warning, "Payments have an amount, prenotes and zero-dollar entries have none.";
    AmountLimit, "amount-limit", Error, Warning, "ARC, BOC and POP move at most $25,000, RCK at most $2,500.";
    ReceiverName, "receiver-name", Error, Warning, "The receiver's name is not blank or zero.";
    PaymentType, "payment-type", Warning, Ignored, "WEB and TEL debits say R or S (recurring or single).";
    TraceNumber, "trace-number", Error, Warning, "Trace numbers have 15 digits.";
    TraceOrder, "trace-order", Error, Warning, "Trace numbers ascend within a batch.";
    TraceOdfi, "trace-odfi", Error, Warning, "Trace numbers begin with the originating DFI identification.";
    MixedBatch, "mixed-batch", Warning, Ignored, "Payments, returns and changes do not share a batch.";
    // Addenda
    AddendaIndicator, "addenda-indicator", Error, Warning, "The addenda indicator is 1 if addenda follow and 0 if not.";
    AddendaType, "addenda-type", Error, Warning, "The addenda type is allowed for the standard entry class.";
    AddendaCount, "addenda-count", Error, Warning, "The number of addenda is allowed and is what the entry says.";
    AddendaSequence, "addenda-sequence", Error, Warning, "Addenda are numbered from 1 without a gap.";
    AddendaTrace, "addenda-trace", Error, Warning, "Addenda name the last seven digits of their entry's trace number.";
    IatAddenda, "iat-addenda", Warning, Ignored, "IAT entries count and number their addenda.";
    ReturnTrace, "return-trace", Warning, Ignored, "Addenda 02, 98 and 99 repeat the trace number of their entry.";
    ReturnCode, "return-code", Error, Warning, "The return reason code is R and two digits.";
    ReturnDetail, "return-detail", Warning, Ignored, "A return has what its reason needs.";
    ChangeCode, "change-code", Error, Warning, "The change code is C and two digits.";
    CorrectedData, "corrected-data", Warning, Ignored, "The corrected data is what the change code needs.";
    // Controls
    ServiceClassMatch, "service-class-match", Error, Warning, "Batch header and control have the same service class code.";
    CompanyIdentificationMatch, "company-identification-match", Error, Warning, "Batch header and control name the same company.";
    OdfiMatch, "odfi-match", Error, Warning, "Batch header and control name the same originating DFI.";
    BatchNumberMatch, "batch-number-match", Error, Warning, "Batch header and control have the same batch number.";
    EntryCount, "entry-count", Error, Warning, "The control counts the entries and addenda that are there.";
    EntryHash, "entry-hash", Error, Warning, "The control's hash is that of the entries that are there.";
    DebitTotal, "debit-total", Error, Warning, "The control's debit total is that of the entries that are there.";
    CreditTotal, "credit-total", Error, Warning, "The control's credit total is that of the entries that are there.";
    BatchCount, "batch-count", Error, Warning, "The file control counts the batches that are there.";
    BlockCount, "block-count", Error, Warning, "The file control counts the blocks of ten records, rounded up.";
}

impl Rule {
    /// The rule of this name.
    pub fn named(name: &str) -> Option<Rule> {
        Rule::ALL.iter().copied().find(|rule| rule.name() == name)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl serde::Serialize for Rule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
