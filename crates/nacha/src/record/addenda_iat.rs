//! Addenda of international entries: 10 to 16 and 18.

use serde::{Deserialize, Serialize};

use crate::Text;
use crate::layout::addenda as at;
use crate::line::Line;
use crate::row::{Row, WriteError};

/// Declares addenda whose fields are texts in columns.
macro_rules! texts {
    ($(#[$about:meta])* $name:ident { $($(#[$note:meta])* $field:ident: $place:ident,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
        pub struct $name {
            $($(#[$note])* pub $field: Text,)+
        }

        impl $name {
            pub(crate) fn parse(line: &Line<'_>) -> $name {
                $name { $($field: line.text(at::$place),)+ }
            }

            pub(crate) fn put(&self, row: &mut Row) -> Result<(), WriteError> {
                $(row.text(at::$place, &self.$field)?;)+
                Ok(())
            }
        }
    };
}

/// 10: the international transaction.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct IatTransaction {
    /// ANN, BUS, DEP and others, or a domestic entry class.
    pub transaction_type: Text,
    /// In the smallest unit of the foreign currency; 0 if not known. At most 18 digits.
    pub foreign_amount: u64,
    /// At most 22 characters.
    pub foreign_trace: Text,
    /// At most 35 characters.
    pub receiver_name: Text,
}

impl IatTransaction {
    pub(crate) fn parse(line: &Line<'_>) -> IatTransaction {
        IatTransaction {
            transaction_type: line.text(at::IAT_TRANSACTION_TYPE),
            foreign_amount: line.number_or_zero(at::IAT_FOREIGN_AMOUNT),
            foreign_trace: line.text(at::IAT_FOREIGN_TRACE),
            receiver_name: line.text(at::IAT_RECEIVER_NAME),
        }
    }

    pub(crate) fn put(&self, row: &mut Row) -> Result<(), WriteError> {
        row.text(at::IAT_TRANSACTION_TYPE, &self.transaction_type)?;
        row.number(at::IAT_FOREIGN_AMOUNT, self.foreign_amount)?;
        row.text(at::IAT_FOREIGN_TRACE, &self.foreign_trace)?;
        row.text(at::IAT_RECEIVER_NAME, &self.receiver_name)
    }
}

texts! {
    /// 11: name and street of the originator.
    IatOriginator {
        /// At most 35 characters.
        name: IAT_FIRST,
        /// At most 35 characters.
        street: IAT_SECOND,
    }
}

texts! {
    /// 12 and 16: city and country.
    IatPlace {
        /// `City*State\`; at most 35 characters.
        city_and_state: IAT_FIRST,
        /// `US*10036\`; at most 35 characters.
        country_and_postal_code: IAT_SECOND,
    }
}

texts! {
    /// 13 and 14: a bank.
    IatBank {
        /// At most 35 characters.
        name: IAT_BANK_NAME,
        /// 01 national, 02 BIC, 03 IBAN.
        qualifier: IAT_BANK_QUALIFIER,
        /// At most 34 characters.
        identification: IAT_BANK_IDENTIFICATION,
        /// ISO 3166.
        country: IAT_BANK_COUNTRY,
    }
}

texts! {
    /// 15: identification and street of the receiver.
    IatReceiver {
        /// At most 15 characters.
        identification: IAT_RECEIVER_IDENTIFICATION,
        /// At most 35 characters.
        street: IAT_RECEIVER_STREET,
    }
}

texts! {
    /// 18: a bank in between.
    IatCorrespondent {
        /// At most 35 characters.
        name: IAT_BANK_NAME,
        /// 01 national, 02 BIC, 03 IBAN.
        qualifier: IAT_BANK_QUALIFIER,
        /// At most 34 characters.
        identification: IAT_BANK_IDENTIFICATION,
        /// ISO 3166.
        country: IAT_BANK_COUNTRY,
    }
}
