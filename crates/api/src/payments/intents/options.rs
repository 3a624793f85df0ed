//! `payment_method_options`, as intents keep and show them.

use form::{FormError, Patch};
use jiff::civil::Date;
use kernel::{Access, ApiError, ApiResult};
use serde::{Deserialize, Serialize};

use super::params::{
    FinancialConnectionsParams, PaymentMethodOptionsParams, Permission, Prefetch, UsBankAccountPayment, UsBankAccountSetup,
};

/// Days ahead that a debit can be put off: at least, at most.
const TARGET_DAYS: (i32, i32) = (3, 15);
const PARAM: &str = "payment_method_options[us_bank_account]";

/// `payment_method_options`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentMethodOptions {
    pub us_bank_account: UsBankAccountOptions,
}

/// How bank accounts are linked, verified and debited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsBankAccountOptions {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub financial_connections: Option<FinancialConnections>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mandate_options: Option<MandateOptions>,
    /// `none`, `off_session` or `on_session`; of Payment Intents, like the next two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setup_future_usage: Option<String>,
    /// `YYYY-MM-DD`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_date: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_purpose: Option<String>,
    /// `automatic`, `instant` or `microdeposits`.
    pub verification_method: String,
}

/// What linking asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinancialConnections {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filters: Option<Filters>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<String>>,
    pub prefetch: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_url: Option<String>,
}

/// Which accounts can be linked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filters {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_subcategories: Option<Vec<String>>,
}

/// How the payer's consent is taken down.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MandateOptions {
    /// `paper`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collection_method: Option<String>,
}

impl Default for UsBankAccountOptions {
    fn default() -> Self {
        UsBankAccountOptions {
            financial_connections: None,
            mandate_options: None,
            setup_future_usage: None,
            target_date: None,
            transaction_purpose: None,
            verification_method: "automatic".into(),
        }
    }
}

impl PaymentMethodOptions {
    /// Puts what was sent over what is there.
    ///
    /// # Errors
    /// 400 for permissions without `payment_method`, or a prefetch without its permission.
    pub(crate) fn change_setup(&mut self, sent: Option<PaymentMethodOptionsParams<UsBankAccountSetup>>) -> ApiResult<()> {
        match sent.map(|sent| sent.us_bank_account).unwrap_or_default() {
            Patch::Absent => Ok(()),
            Patch::Clear => {
                self.us_bank_account = UsBankAccountOptions::default();
                Ok(())
            }
            Patch::Set(own) => self.us_bank_account.change_setup(own),
        }
    }

    /// The same for a Payment Intent. `today` is the day in New York.
    ///
    /// # Errors
    /// As [`PaymentMethodOptions::change_setup`]; 400 for a target date that is none, or not 3 to 15 days ahead.
    pub(crate) fn change_payment(
        &mut self,
        sent: Option<PaymentMethodOptionsParams<UsBankAccountPayment>>,
        today: Date,
    ) -> ApiResult<()> {
        match sent.map(|sent| sent.us_bank_account).unwrap_or_default() {
            Patch::Absent => Ok(()),
            Patch::Clear => {
                self.us_bank_account = UsBankAccountOptions::default();
                Ok(())
            }
            Patch::Set(own) => {
                let options = &mut self.us_bank_account;
                options.change_setup(own.setup)?;
                own.setup_future_usage.map(|own| own.as_str().to_owned()).apply(&mut options.setup_future_usage);
                own.transaction_purpose.map(|own| own.as_str().to_owned()).apply(&mut options.transaction_purpose);
                if let Patch::Set(date) = &own.target_date {
                    check_target_date(date, today)?;
                }
                own.target_date.apply(&mut options.target_date);
                Ok(())
            }
        }
    }

    /// Refuses what decides how a bank account is proven and when it is debited: a page with a publishable key is in the hands
    /// of whoever pays. `sent` are the options of the bank account; `dated` says whether they name a target date.
    ///
    /// # Errors
    /// 400 naming the parameter.
    pub(crate) fn refuse_from_page(access: &Access, sent: Patch<&UsBankAccountSetup>, dated: bool) -> ApiResult<()> {
        let (cleared, sent) = (matches!(sent, Patch::Clear), sent.set());
        let given = [
            ("[verification_method]", sent.is_some_and(|own| own.verification_method.is_some())),
            ("[mandate_options]", sent.is_some_and(|own| own.mandate_options.is_some())),
            ("[target_date]", dated),
            ("", cleared),
        ];
        match given.into_iter().find(|(_, given)| *given && *access == Access::Publishable) {
            Some((name, _)) => {
                let param = format!("{PARAM}{name}");
                let message = format!("'{param}' can only be set with a secret key, on your server.");
                Err(ApiError::invalid_param(param, message))
            }
            None => Ok(()),
        }
    }

    /// Whether unverified numbers are refused.
    pub(crate) fn instant_only(&self) -> bool {
        self.us_bank_account.verification_method == "instant"
    }

    /// The payer signed on paper.
    pub(crate) fn on_paper(&self) -> bool {
        let options = self.us_bank_account.mandate_options.as_ref();
        options.and_then(|own| own.collection_method.as_deref()) == Some("paper")
    }
}

impl UsBankAccountOptions {
    fn change_setup(&mut self, sent: UsBankAccountSetup) -> ApiResult<()> {
        if let Some(sent) = sent.financial_connections {
            self.financial_connections = Some(financial_connections(sent)?);
        }
        if let Some(sent) = sent.mandate_options {
            let options = self.mandate_options.get_or_insert_default();
            sent.collection_method.map(|own| own.as_str().to_owned()).apply(&mut options.collection_method);
        }
        if let Some(method) = sent.verification_method {
            self.verification_method = method.as_str().into();
        }
        Ok(())
    }
}

fn financial_connections(sent: FinancialConnectionsParams) -> ApiResult<FinancialConnections> {
    let permissions = sent.permissions.filter(|list| !list.is_empty());
    let param = |name: &str| format!("{PARAM}[financial_connections][{name}]");
    if permissions.as_ref().is_some_and(|list| !list.contains(&Permission::PaymentMethod)) {
        let message = "Accounts that are linked to be paid from need the permission 'payment_method'.";
        return Err(ApiError::invalid_param(param("permissions"), message));
    }
    let granted = permissions.clone().unwrap_or_else(|| vec![Permission::PaymentMethod]);
    let needs = |what: &Prefetch| match what {
        Prefetch::Balances => Permission::Balances,
        Prefetch::Ownership => Permission::Ownership,
        Prefetch::Transactions => Permission::Transactions,
    };
    if let Some(what) = sent.prefetch.iter().flatten().find(|what| !granted.contains(&needs(what))) {
        let message = format!("You can only prefetch what permissions name; '{}' is missing there.", what.as_str());
        return Err(ApiError::invalid_param(param("prefetch"), message));
    }
    Ok(FinancialConnections {
        filters: sent.filters.map(|own| Filters {
            account_subcategories: own.account_subcategories.map(|list| list.iter().map(|one| one.as_str().into()).collect()),
        }),
        permissions: permissions.map(|list| list.iter().map(|one| one.as_str().into()).collect()),
        prefetch: sent.prefetch.filter(|list| !list.is_empty()).map(|list| list.iter().map(|one| one.as_str().into()).collect()),
        return_url: sent.return_url,
    })
}

fn check_target_date(text: &str, today: Date) -> ApiResult<()> {
    let param = format!("{PARAM}[target_date]");
    // Other forms of dates are read as well, and would be shown as sent.
    let date = text.parse::<Date>().ok().filter(|_| text.len() == 10);
    let date = date.ok_or_else(|| ApiError::from(FormError::invalid(&param, "Invalid date: it is written YYYY-MM-DD.")))?;
    let days = today.until(date).map_or(i32::MAX, |span| span.get_days());
    if (TARGET_DAYS.0..=TARGET_DAYS.1).contains(&days) {
        return Ok(());
    }
    let message = format!("The target date must be {} to {} days ahead.", TARGET_DAYS.0, TARGET_DAYS.1);
    Err(ApiError::invalid_param(param, message))
}

#[cfg(test)]
mod tests {
    use super::check_target_date;
    use jiff::civil::date;

    #[test]
    fn target_dates_are_three_to_fifteen_days_ahead() {
        let today = date(2026, 11, 28);
        for good in ["2026-12-01", "2026-12-13"] {
            assert!(check_target_date(good, today).is_ok(), "{good}");
        }
        for bad in ["2026-11-30", "2026-12-14", "2026-11-01", "20261201", "soon", "2026-13-01", "2026-12-01T00:00"] {
            assert_eq!(check_target_date(bad, today).unwrap_err().status(), 400, "{bad}");
        }
    }
}
