//! Where what was paid for is sent; charges and payment intents share it.

use form::{Params, Patch};
use serde::{Deserialize, Serialize};

use crate::core::shared::{Address, AddressParams};

/// As stored and shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shipping {
    pub address: Address,
    pub carrier: Option<String>,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub tracking_number: Option<String>,
}

/// As sent.
#[derive(Debug, Clone, Params)]
pub struct ShippingParams {
    pub address: AddressParams,
    #[params(max = 256)]
    pub carrier: Patch<String>,
    #[params(max = 256)]
    pub name: String,
    #[params(max = 20)]
    pub phone: Patch<String>,
    #[params(max = 256)]
    pub tracking_number: Patch<String>,
}

impl ShippingParams {
    /// The whole of what was sent.
    pub(crate) fn into_shipping(self) -> Shipping {
        let mut shipping = Shipping { address: self.address.into_address(), name: Some(self.name), ..Shipping::default() };
        self.carrier.apply(&mut shipping.carrier);
        self.phone.apply(&mut shipping.phone);
        self.tracking_number.apply(&mut shipping.tracking_number);
        shipping
    }
}
