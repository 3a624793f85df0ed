//! What is written comes back when it is read, for files of every class.

mod worlds;

use nacha::{File, LineEnd, Options, Rule, Severity};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(file in worlds::file()) {
        for line_end in [LineEnd::Lf, LineEnd::CrLf, LineEnd::None] {
            let mut bytes = Vec::new();
            let control = file.write(&mut bytes, line_end).map_err(|error| TestCaseError::fail(error.to_string()))?;
            let (read, findings) = File::read(bytes.as_slice(), &Options::strict())?;
            prop_assert_eq!(&read, &file);
            prop_assert_eq!(control, file.control());
            // Whatever the contents: what the writer computes is right.
            let computed = [
                Rule::ShortLine, Rule::LongLine, Rule::NonAscii, Rule::Blocking, Rule::UnknownRecord, Rule::RecordOrder,
                Rule::MissingFileHeader, Rule::MissingFileControl, Rule::MissingBatchControl, Rule::RecordSize,
                Rule::AddendaIndicator, Rule::AddendaSequence, Rule::AddendaTrace, Rule::ReturnTrace, Rule::ServiceClassMatch,
                Rule::CompanyIdentificationMatch, Rule::OdfiMatch, Rule::BatchNumberMatch, Rule::EntryCount, Rule::EntryHash,
                Rule::DebitTotal, Rule::CreditTotal, Rule::BatchCount, Rule::BlockCount,
            ];
            let wrong: Vec<_> = findings.iter().filter(|finding| computed.contains(&finding.rule)).collect();
            prop_assert!(wrong.is_empty(), "{wrong:?}");
        }
    }

    #[test]
    fn json_keeps_everything(file in worlds::file()) {
        let json = serde_json::to_string(&file).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(serde_json::from_str::<File>(&json).ok(), Some(file));
    }

    #[test]
    fn any_bytes_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let (_, findings) = File::read(bytes.as_slice(), &Options::strict())?;
        prop_assert!(findings.iter().any(|finding| finding.severity == Severity::Error));
    }
}
