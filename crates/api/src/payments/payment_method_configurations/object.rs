use std::collections::BTreeMap;

use kernel::{Columns, Resource};
use serde::{Deserialize, Serialize};

use super::methods::{NAMES, Preference, US_BANK_ACCOUNT};

/// A configuration, as stored and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Configuration {
    /// `pmc_…`
    pub id: String,
    /// `payment_method_configuration`
    pub object: String,
    pub active: bool,
    pub application: Option<String>,
    pub is_default: bool,
    pub livemode: bool,
    pub name: String,
    /// `pmc_…`
    pub parent: Option<String>,
    /// By the payment method's name.
    #[serde(flatten)]
    pub methods: BTreeMap<String, Method>,
}

/// Whether a payment method is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Method {
    /// It is turned on, and exists here.
    pub available: bool,
    pub display_preference: DisplayPreference,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisplayPreference {
    pub overridable: Option<bool>,
    /// `none`, `off` or `on`.
    pub preference: String,
    /// What comes of it: `off` or `on`.
    pub value: String,
}

impl Method {
    fn new(name: &str, preference: Preference, inherited: bool) -> Method {
        let on = match preference {
            Preference::On => true,
            Preference::Off => false,
            Preference::None => inherited,
        };
        Method {
            available: on && name == US_BANK_ACCOUNT,
            display_preference: DisplayPreference {
                overridable: None,
                preference: preference.as_str().into(),
                value: if on { "on" } else { "off" }.into(),
            },
        }
    }

    fn is_on(&self) -> bool {
        self.display_preference.value == "on"
    }
}

impl Configuration {
    /// A configuration without preferences, under another one if there is one.
    pub(super) fn new(id: String, name: String, livemode: bool, parent: Option<&Configuration>) -> Configuration {
        let mut made = Configuration {
            id,
            object: Configuration::KIND.into(),
            active: true,
            application: None,
            is_default: false,
            livemode,
            name,
            parent: parent.map(|parent| parent.id.clone()),
            methods: BTreeMap::new(),
        };
        for name in NAMES {
            made.prefer(name, Preference::None, parent);
        }
        made
    }

    /// Sets a preference; `none` takes what the parent has, or this server.
    pub(super) fn prefer(&mut self, name: &str, preference: Preference, parent: Option<&Configuration>) {
        let inherited = match parent.and_then(|parent| parent.methods.get(name)) {
            Some(method) => method.is_on(),
            None => name == US_BANK_ACCOUNT,
        };
        self.methods.insert(name.into(), Method::new(name, preference, inherited));
    }

    /// Takes over what the parent has, where nothing is preferred.
    pub(super) fn inherit(&mut self, parent: &Configuration) {
        for name in NAMES {
            let own = self.methods.get(*name).and_then(|own| Preference::parse(&own.display_preference.preference));
            self.prefer(name, own.unwrap_or(Preference::None), Some(parent));
        }
    }

    /// Whether bank debits are offered.
    pub(super) fn allows_us_bank_account(&self) -> bool {
        self.methods.get(US_BANK_ACCOUNT).is_some_and(|method| method.available)
    }
}

impl Resource for Configuration {
    const KIND: &'static str = "payment_method_configuration";
    const NOUN: &'static str = "payment_method_configuration";

    fn id(&self) -> &str {
        &self.id
    }

    /// The parent, and whether it is active.
    fn columns(&self) -> Columns {
        [self.parent.clone(), Some(self.active.to_string()), None, None]
    }
}
