//! The records of a file, as values.

pub(crate) mod addenda;
pub(crate) mod addenda_bank;
pub(crate) mod addenda_iat;
pub(crate) mod batch_header;
pub(crate) mod control;
pub(crate) mod detail;
pub(crate) mod entry;
pub(crate) mod file_header;
