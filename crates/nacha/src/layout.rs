//! Where the fields of every record are. Columns count from 1 and are inclusive.
//!
//! Names are those that banks use; findings show them.

/// Declares the fields of one kind of record.
macro_rules! fields {
    ($kind:ident; $($constant:ident: $name:literal, $from:literal..=$to:literal;)+) => {
        use crate::RecordKind;
        use crate::line::Field;

        $(pub(crate) const $constant: Field = Field::new(RecordKind::$kind, $name, $from, $to);)+
    };
}

/// Record 1.
pub(crate) mod file_header {
    fields! { FileHeader;
        PRIORITY_CODE: "priority code", 2..=3;
        DESTINATION: "immediate destination", 4..=13;
        ORIGIN: "immediate origin", 14..=23;
        CREATION_DATE: "file creation date", 24..=29;
        CREATION_TIME: "file creation time", 30..=33;
        MODIFIER: "file ID modifier", 34..=34;
        RECORD_SIZE: "record size", 35..=37;
        BLOCKING_FACTOR: "blocking factor", 38..=39;
        FORMAT_CODE: "format code", 40..=40;
        DESTINATION_NAME: "immediate destination name", 41..=63;
        ORIGIN_NAME: "immediate origin name", 64..=86;
        REFERENCE: "reference code", 87..=94;
    }
}

/// Record 5.
pub(crate) mod batch_header {
    fields! { BatchHeader;
        SERVICE_CLASS: "service class code", 2..=4;
        COMPANY_NAME: "company name", 5..=20;
        DISCRETIONARY_DATA: "company discretionary data", 21..=40;
        COMPANY_IDENTIFICATION: "company identification", 41..=50;
        ENTRY_CLASS: "standard entry class code", 51..=53;
        ENTRY_DESCRIPTION: "company entry description", 54..=63;
        DESCRIPTIVE_DATE: "company descriptive date", 64..=69;
        EFFECTIVE_DATE: "effective entry date", 70..=75;
        SETTLEMENT_DAY: "settlement date (Julian)", 76..=78;
        ORIGINATOR_STATUS: "originator status code", 79..=79;
        ODFI: "originating DFI identification", 80..=87;
        BATCH_NUMBER: "batch number", 88..=94;
        IAT_INDICATOR: "IAT indicator", 5..=20;
        EXCHANGE_INDICATOR: "foreign exchange indicator", 21..=22;
        EXCHANGE_REFERENCE_INDICATOR: "foreign exchange reference indicator", 23..=23;
        EXCHANGE_REFERENCE: "foreign exchange reference", 24..=38;
        DESTINATION_COUNTRY: "destination country", 39..=40;
        ORIGINATING_CURRENCY: "originating currency", 64..=66;
        DESTINATION_CURRENCY: "destination currency", 67..=69;
    }
}

/// Record 6.
pub(crate) mod entry {
    fields! { Entry;
        TRANSACTION_CODE: "transaction code", 2..=3;
        RDFI: "receiving DFI identification", 4..=11;
        CHECK_DIGIT: "check digit", 12..=12;
        ROUTING: "receiving DFI routing number", 4..=12;
        ACCOUNT: "DFI account number", 13..=29;
        AMOUNT: "amount", 30..=39;
        IDENTIFICATION: "individual identification number", 40..=54;
        NAME: "receiver name", 55..=76;
        SWAPPED_NAME: "individual name", 40..=54;
        SWAPPED_IDENTIFICATION: "individual identification number", 55..=76;
        ADDENDA_COUNT: "number of addenda records", 55..=58;
        COUNTED_NAME: "receiving company name", 59..=74;
        DISCRETIONARY: "discretionary data", 77..=78;
        ADDENDA_INDICATOR: "addenda record indicator", 79..=79;
        TRACE: "trace number", 80..=94;
        IAT_ADDENDA_COUNT: "number of addenda records", 13..=16;
        IAT_ACCOUNT: "foreign receiver's account number", 40..=74;
        ADV_ACCOUNT: "DFI account number", 13..=27;
        ADV_AMOUNT: "amount", 28..=39;
        ADV_ADVICE_ROUTING: "advice routing number", 40..=48;
        ADV_FILE_IDENTIFICATION: "file identification", 49..=53;
        ADV_OPERATOR_DATA: "ACH operator data", 54..=54;
        ADV_OPERATOR_ROUTING: "routing number of ACH operator", 80..=87;
        ADV_DAY: "Julian date", 88..=90;
        ADV_SEQUENCE: "sequence number", 91..=94;
    }
}

/// Record 7.
pub(crate) mod addenda {
    fields! { Addenda;
        TYPE: "addenda type code", 2..=3;
        TRACE: "trace number", 80..=94;
        // 05, 17, 18
        TEXT: "payment related information", 4..=83;
        SEQUENCE: "addenda sequence number", 84..=87;
        ENTRY_SEQUENCE: "entry detail sequence number", 88..=94;
        // 02
        TERMINAL_REFERENCE_1: "reference information 1", 4..=10;
        TERMINAL_REFERENCE_2: "reference information 2", 11..=13;
        TERMINAL_ID: "terminal identification code", 14..=19;
        TERMINAL_SERIAL: "transaction serial number", 20..=25;
        TERMINAL_DATE: "transaction date", 26..=29;
        TERMINAL_AUTHORIZATION: "authorization code", 30..=35;
        TERMINAL_LOCATION: "terminal location", 36..=62;
        TERMINAL_CITY: "terminal city", 63..=77;
        TERMINAL_STATE: "terminal state", 78..=79;
        // 98, 99
        CODE: "reason code", 4..=6;
        ORIGINAL_TRACE: "original entry trace number", 7..=21;
        ORIGINAL_RDFI: "original receiving DFI identification", 28..=35;
        CORRECTED_DATA: "corrected data", 36..=64;
        IAT_CORRECTED_DATA: "corrected data", 36..=70;
        REFUSED_CHANGE_CODE: "change code", 65..=67;
        REFUSED_TRACE_SEQUENCE: "trace sequence number of the change", 68..=74;
        DATE_OF_DEATH: "date of death", 22..=27;
        INFORMATION: "addenda information", 36..=79;
        IAT_ORIGINAL_AMOUNT: "original payment amount", 36..=45;
        IAT_INFORMATION: "addenda information", 46..=79;
        RETURN_TRACE: "return trace number", 39..=53;
        RETURN_SETTLEMENT: "return settlement date", 54..=56;
        RETURN_CODE: "return reason code", 57..=58;
        DISHONORED_INFORMATION: "addenda information", 59..=79;
        RETURNED_ON: "date original entry returned", 22..=27;
        ORIGINAL_SETTLEMENT: "original settlement date", 36..=38;
        DISHONORED_TRACE: "dishonored return trace number", 59..=73;
        DISHONORED_SETTLEMENT: "dishonored return settlement date", 74..=76;
        DISHONORED_CODE: "dishonored return reason code", 77..=78;
        // 10 to 18
        IAT_TRANSACTION_TYPE: "transaction type code", 4..=6;
        IAT_FOREIGN_AMOUNT: "foreign payment amount", 7..=24;
        IAT_FOREIGN_TRACE: "foreign trace number", 25..=46;
        IAT_RECEIVER_NAME: "receiving company or individual name", 47..=81;
        IAT_FIRST: "name or place", 4..=38;
        IAT_SECOND: "street or country", 39..=73;
        IAT_BANK_NAME: "bank name", 4..=38;
        IAT_BANK_QUALIFIER: "bank identification qualifier", 39..=40;
        IAT_BANK_IDENTIFICATION: "bank identification", 41..=74;
        IAT_BANK_COUNTRY: "branch country code", 75..=77;
        IAT_RECEIVER_IDENTIFICATION: "receiver identification", 4..=18;
        IAT_RECEIVER_STREET: "receiver street address", 19..=53;
        UNKNOWN: "addenda information", 4..=94;
    }
}

/// Record 8.
pub(crate) mod batch_control {
    fields! { BatchControl;
        SERVICE_CLASS: "service class code", 2..=4;
        ENTRY_COUNT: "entry/addenda count", 5..=10;
        ENTRY_HASH: "entry hash", 11..=20;
        DEBIT: "total debit amount", 21..=32;
        CREDIT: "total credit amount", 33..=44;
        COMPANY_IDENTIFICATION: "company identification", 45..=54;
        AUTHENTICATION_CODE: "message authentication code", 55..=73;
        RESERVED: "reserved", 74..=79;
        ODFI: "originating DFI identification", 80..=87;
        BATCH_NUMBER: "batch number", 88..=94;
        ADV_DEBIT: "total debit amount", 21..=40;
        ADV_CREDIT: "total credit amount", 41..=60;
        ADV_OPERATOR_DATA: "ACH operator data", 61..=79;
    }
}

/// Record 9.
pub(crate) mod file_control {
    fields! { FileControl;
        BATCH_COUNT: "batch count", 2..=7;
        BLOCK_COUNT: "block count", 8..=13;
        ENTRY_COUNT: "entry/addenda count", 14..=21;
        ENTRY_HASH: "entry hash", 22..=31;
        DEBIT: "total debit amount", 32..=43;
        CREDIT: "total credit amount", 44..=55;
        RESERVED: "reserved", 56..=94;
        ADV_DEBIT: "total debit amount", 32..=51;
        ADV_CREDIT: "total credit amount", 52..=71;
        ADV_RESERVED: "reserved", 72..=94;
    }
}

/// What concerns a line, or the file, as a whole.
pub(crate) mod whole {
    fields! { File;
        RECORD: "record", 1..=94;
        RECORD_TYPE: "record type", 1..=1;
    }
}
