use form::{ParamEnum, Params};

use crate::payments::payment_methods::AllowRedisplay;

/// `POST /v1/customer_sessions`.
#[derive(Debug, Clone, Params)]
pub struct Create {
    pub components: Components,
    pub customer: Option<String>,
    pub customer_account: Option<String>,
}

#[derive(Debug, Clone, Params)]
pub struct Components {
    pub active_entitlements: Option<Component>,
    pub buy_button: Option<Component>,
    pub customer_portal: Option<Component>,
    pub customer_sheet: Option<Sheet>,
    pub mobile_payment_element: Option<MobileElement>,
    pub payment_element: Option<Element>,
    pub pricing_table: Option<Component>,
}

#[derive(Debug, Clone, Params)]
pub struct Component {
    pub enabled: bool,
}

#[derive(Debug, Clone, Params)]
pub struct Sheet {
    pub enabled: bool,
    pub features: Option<SheetFeatures>,
}

#[derive(Debug, Clone, Default, Params)]
pub struct SheetFeatures {
    pub payment_method_allow_redisplay_filters: Option<Vec<AllowRedisplay>>,
    pub payment_method_remove: Option<Switch>,
}

#[derive(Debug, Clone, Params)]
pub struct MobileElement {
    pub enabled: bool,
    pub features: Option<MobileFeatures>,
}

#[derive(Debug, Clone, Default, Params)]
pub struct MobileFeatures {
    pub payment_method_allow_redisplay_filters: Option<Vec<AllowRedisplay>>,
    pub payment_method_redisplay: Option<Switch>,
    pub payment_method_remove: Option<Switch>,
    pub payment_method_save: Option<Switch>,
    pub payment_method_save_allow_redisplay_override: Option<AllowRedisplay>,
}

#[derive(Debug, Clone, Params)]
pub struct Element {
    pub enabled: bool,
    pub features: Option<ElementFeatures>,
}

#[derive(Debug, Clone, Default, Params)]
pub struct ElementFeatures {
    pub payment_method_allow_redisplay_filters: Option<Vec<AllowRedisplay>>,
    pub payment_method_redisplay: Option<Switch>,
    #[params(min = 1, maximum = 10)]
    pub payment_method_redisplay_limit: Option<i64>,
    pub payment_method_remove: Option<Switch>,
    pub payment_method_save: Option<Switch>,
    pub payment_method_save_usage: Option<SaveUsage>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum Switch {
    Disabled,
    Enabled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum SaveUsage {
    OffSession,
    OnSession,
}
