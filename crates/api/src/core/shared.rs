//! Hashes that several objects share.

use form::{Params, Patch};
use serde::{Deserialize, Serialize};

/// A postal address, as stored and shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// City.
    pub city: Option<String>,
    /// Two-letter country code.
    pub country: Option<String>,
    /// First line.
    pub line1: Option<String>,
    /// Second line.
    pub line2: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// State or province.
    pub state: Option<String>,
}

/// A postal address, as sent.
#[derive(Debug, Clone, Default, Params)]
pub struct AddressParams {
    /// City.
    pub city: Patch<String>,
    /// Two-letter country code.
    pub country: Patch<String>,
    /// First line.
    pub line1: Patch<String>,
    /// Second line.
    pub line2: Patch<String>,
    /// Postal code.
    pub postal_code: Patch<String>,
    /// State or province.
    pub state: Patch<String>,
}

impl AddressParams {
    /// Puts what was sent over what is there.
    pub fn apply(self, address: &mut Address) {
        self.city.apply(&mut address.city);
        self.country.apply(&mut address.country);
        self.line1.apply(&mut address.line1);
        self.line2.apply(&mut address.line2);
        self.postal_code.apply(&mut address.postal_code);
        self.state.apply(&mut address.state);
    }

    /// A whole address made of what was sent.
    #[must_use]
    pub fn into_address(self) -> Address {
        let mut address = Address::default();
        self.apply(&mut address);
        address
    }
}
