//! Which types of payment method an intent takes. This server has `us_bank_account`, so that is what is left of any choice.

use form::{Params, Patch};
use kernel::{ApiError, ApiResult, Cx};
use serde::{Deserialize, Serialize};

use super::params::Automatic;
use crate::payments::payment_method_configurations::allows_us_bank_account;

/// The version since which callers name what they allow, and the server computes the types.
const COMPUTED_SINCE: &str = "2026-09-30";
/// The version since which nothing needs to be named.
const AUTOMATIC_SINCE: &str = "2023-08-16";
/// What this server can take money from.
const OURS: &str = "us_bank_account";

/// The parameters of create and update, beside `automatic_payment_methods`.
#[derive(Debug, Clone, Default, Params)]
pub struct TypesParams {
    #[params(max = 100, max_items = 100)]
    pub allowed_payment_method_types: Patch<Vec<String>>,
    #[params(max = 100, max_items = 100)]
    pub excluded_payment_method_types: Patch<Vec<String>>,
    /// `pmc_…`
    pub payment_method_configuration: Option<String>,
    /// Until `2026-08-26.dahlia`.
    #[params(max = 100, max_items = 100)]
    pub payment_method_types: Vec<String>,
}

/// What an intent shows of its types.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Types {
    pub allowed_payment_method_types: Option<Vec<String>>,
    pub automatic_payment_methods: Option<AutomaticPaymentMethods>,
    pub excluded_payment_method_types: Option<Vec<String>>,
    pub payment_method_configuration_details: Option<ConfigurationDetails>,
    /// Computed.
    pub payment_method_types: Vec<String>,
}

/// Whether types are chosen by the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutomaticPaymentMethods {
    /// `always` or `never`.
    pub allow_redirects: String,
    pub enabled: Option<bool>,
}

/// Which configuration says what there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigurationDetails {
    /// `pmc_…`
    pub id: String,
    pub parent: Option<String>,
}

impl Types {
    /// The types of a new intent.
    ///
    /// # Errors
    /// 400 for parameters that exclude each other, a parameter that this version no longer has, or if no type is left.
    pub(crate) async fn new(cx: &mut Cx<'_>, sent: TypesParams, automatic: Option<Automatic>) -> ApiResult<Types> {
        check_exclusive(&sent, automatic.is_some())?;
        let mut types = Types::default();
        let automatic = match automatic {
            Some(automatic) => Some((automatic.enabled, automatic.allow_redirects.map_or("always", |own| own.as_str()))),
            None if sent.payment_method_types.is_empty() && cx.version.since(AUTOMATIC_SINCE) => Some((true, "always")),
            None => None,
        };
        types.automatic_payment_methods = automatic
            .map(|(enabled, redirects)| AutomaticPaymentMethods { allow_redirects: redirects.into(), enabled: Some(enabled) });
        types.apply(cx, sent).await?;
        let is_automatic = types.automatic_payment_methods.as_ref().is_some_and(|own| own.enabled == Some(true));
        if is_automatic && types.payment_method_configuration_details.is_none() {
            types.configure(cx, None).await?;
        }
        types.compute()?;
        Ok(types)
    }

    /// What an update or a confirmation changes.
    ///
    /// # Errors
    /// As [`Types::new`].
    pub(crate) async fn change(&mut self, cx: &mut Cx<'_>, sent: TypesParams) -> ApiResult<()> {
        check_exclusive(&sent, false)?;
        self.apply(cx, sent).await?;
        self.compute()
    }

    async fn apply(&mut self, cx: &mut Cx<'_>, sent: TypesParams) -> ApiResult<()> {
        if !sent.payment_method_types.is_empty() {
            if cx.version.since(COMPUTED_SINCE) {
                let message = "payment_method_types is no longer supported at this API version. Types are computed; \
                               use allowed_payment_method_types to narrow them.";
                return Err(ApiError::coded("payment_method_types_no_longer_supported", message)
                    .with_param("payment_method_types")
                    .before_work());
            }
            if !sent.payment_method_types.iter().any(|name| name == OURS) {
                return Err(none_left("payment_method_types"));
            }
        }
        sent.allowed_payment_method_types.apply(&mut self.allowed_payment_method_types);
        sent.excluded_payment_method_types.apply(&mut self.excluded_payment_method_types);
        if let Some(id) = &sent.payment_method_configuration {
            self.configure(cx, Some(id)).await?;
        }
        Ok(())
    }

    /// Takes what a configuration offers: the named one, or the default one.
    async fn configure(&mut self, cx: &mut Cx<'_>, named: Option<&str>) -> ApiResult<()> {
        let chosen = allows_us_bank_account(cx, named).await?;
        if !chosen.allowed {
            let message = format!("No payment method type is left: the configuration '{}' has '{OURS}' off.", chosen.id);
            return Err(ApiError::invalid_param("payment_method_configuration", message));
        }
        self.payment_method_configuration_details = Some(ConfigurationDetails { id: chosen.id, parent: chosen.parent });
        Ok(())
    }

    fn compute(&mut self) -> ApiResult<()> {
        let names = |list: &Option<Vec<String>>| list.as_ref().map(|list| list.iter().any(|name| name == OURS));
        if names(&self.allowed_payment_method_types) == Some(false) {
            return Err(none_left("allowed_payment_method_types"));
        }
        if names(&self.excluded_payment_method_types) == Some(true) {
            return Err(none_left("excluded_payment_method_types"));
        }
        self.payment_method_types = vec![OURS.into()];
        Ok(())
    }
}

/// `allowed_payment_method_types` goes with none of the other ways to choose.
fn check_exclusive(sent: &TypesParams, automatic: bool) -> ApiResult<()> {
    if !matches!(&sent.allowed_payment_method_types, Patch::Set(_)) {
        return Ok(());
    }
    let others = [
        (!sent.payment_method_types.is_empty(), "payment_method_types"),
        (matches!(&sent.excluded_payment_method_types, Patch::Set(_)), "excluded_payment_method_types"),
        (automatic, "automatic_payment_methods"),
        (sent.payment_method_configuration.is_some(), "payment_method_configuration"),
    ];
    let Some((_, other)) = others.into_iter().find(|(given, _)| *given) else { return Ok(()) };
    let message = format!("You may only specify one of these parameters: allowed_payment_method_types, {other}.");
    Err(ApiError::coded("parameters_exclusive", message).with_param("allowed_payment_method_types").before_work())
}

fn none_left(param: &str) -> ApiError {
    let message = format!("No payment method type is left. This server takes payments by '{OURS}'.");
    ApiError::invalid_param(param, message)
}
