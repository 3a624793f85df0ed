//! The codes of the format, with what they mean.

/// Codes are text in JSON.
macro_rules! text_in_json {
    ($code:ident) => {
        impl serde::Serialize for $code {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $code {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<$code, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub mod changes;
pub mod entry_class;
pub mod returns;
pub mod transaction;

use changes::ChangeCode;
use returns::ReturnCode;

text_in_json!(ReturnCode);
text_in_json!(ChangeCode);

/// Which directions a batch may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceClass {
    /// 200: debits and credits.
    #[default]
    Mixed,
    /// 220: credits only.
    Credits,
    /// 225: debits only.
    Debits,
    /// 280: automated accounting advices (ADV).
    Advices,
}

impl ServiceClass {
    /// The class of a code.
    pub fn from_code(code: u64) -> Option<ServiceClass> {
        match code {
            200 => Some(ServiceClass::Mixed),
            220 => Some(ServiceClass::Credits),
            225 => Some(ServiceClass::Debits),
            280 => Some(ServiceClass::Advices),
            _ => None,
        }
    }

    /// The code: 200, 220, 225 or 280.
    pub fn code(self) -> u16 {
        match self {
            ServiceClass::Mixed => 200,
            ServiceClass::Credits => 220,
            ServiceClass::Debits => 225,
            ServiceClass::Advices => 280,
        }
    }
}
