use form::FormError;

use crate::shelf::ShelfError;

/// Why a command was not carried out. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// A parameter is missing, unknown, wrong, or contradicts what is there.
    #[error("{0}")]
    Invalid(#[from] FormError),
    /// Something named in the address is not there.
    #[error("No such {what}: '{id}'")]
    Missing {
        /// What it would be: `testbank account`.
        what: &'static str,
        /// Its identifier.
        id: String,
    },
    /// Something named by a parameter is not there.
    #[error("No such {what}: '{id}'")]
    NoSuch {
        /// What it would be.
        what: &'static str,
        /// Its identifier.
        id: String,
        /// The parameter.
        param: String,
    },
    /// There is no such command.
    #[error("there is no such command")]
    Unknown,
    /// Others kept changing the same world.
    #[error("others keep changing the same world")]
    Busy,
    /// The storage failed.
    #[error(transparent)]
    Storage(ShelfError),
}
