//! The little that must be known about tags to repair files in which end tags are missing.

/// How far outside an aggregate stands: 0 is `OFX`. An aggregate never stands inside of another of
/// the same or a higher rank, so its start tag ends those that were left open.
pub(crate) fn rank(name: &str) -> Option<u8> {
    let rank = match name {
        "OFX" => 0,
        "SONRS" | "SONRQ" => 2,
        "STMTRS" | "CCSTMTRS" | "INVSTMTRS" | "PROFRS" | "ACCTINFORS" | "MFACHALLENGERS" => 3,
        "STMTRQ" | "CCSTMTRQ" | "INVSTMTRQ" | "PROFRQ" | "ACCTINFORQ" | "MFACHALLENGERQ" => 3,
        "BANKTRANLIST" | "BANKTRANLISTP" | "INVTRANLIST" | "INVPOSLIST" | "LEDGERBAL" | "AVAILBAL" | "INVBAL" => 4,
        "ACCTINFO" | "MFACHALLENGE" | "MSGSETLIST" | "SIGNONINFOLIST" | "INCTRAN" | "MFACHALLENGEA" => 4,
        "INVBANKTRAN" | "BALLIST" | "BANKACCTINFO" | "CCACCTINFO" | "INVACCTINFO" | "SIGNONINFO" => 5,
        "STMTTRN" | "STMTTRNP" | "BAL" => 6,
        "STATUS" | "FI" | "BANKACCTFROM" | "CCACCTFROM" | "INVACCTFROM" | "BANKACCTTO" | "CCACCTTO" => 9,
        "PAYEE" | "CURRENCY" | "ORIGCURRENCY" => 9,
        _ if name.ends_with("MSGSRSV1") || name.ends_with("MSGSRQV1") => 1,
        _ if name.ends_with("TRNRS") || name.ends_with("TRNRQ") => 2,
        _ => return None,
    };
    Some(rank)
}

/// The aggregates in which a value stands, for values that stand in no other aggregate of
/// [`rank`]: found elsewhere, they show that an end tag is missing.
pub(crate) fn homes(name: &str) -> Option<&'static [&'static str]> {
    const TRANSACTION: &[&str] = &["STMTTRN", "STMTTRNP"];
    let homes: &[&str] = match name {
        "TRNTYPE" | "DTPOSTED" | "DTUSER" | "DTAVAIL" | "TRNAMT" | "FITID" | "CHECKNUM" | "REFNUM" | "MEMO" | "SIC" => {
            TRANSACTION
        }
        "CODE" | "SEVERITY" | "MESSAGE" => &["STATUS"],
        "CURDEF" => &["STMTRS", "CCSTMTRS", "INVSTMTRS"],
        "DTSERVER" | "LANGUAGE" => &["SONRS", "SONRQ"],
        "DTCLIENT" | "USERID" | "USERPASS" | "APPID" | "APPVER" => &["SONRQ"],
        "BALAMT" => &["LEDGERBAL", "AVAILBAL"],
        _ => return None,
    };
    Some(homes)
}

/// Values, which hold no tags even when they are empty.
pub(crate) fn is_value(name: &str) -> bool {
    homes(name).is_some()
        || matches!(name, "NAME" | "TRNUID" | "DTSTART" | "DTEND" | "DTASOF" | "ACCTID" | "ACCTTYPE" | "BANKID" | "BRANCHID")
}
