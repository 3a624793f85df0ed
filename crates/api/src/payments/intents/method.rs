//! The payment method that an intent is given.

use kernel::{ApiError, ApiResult, Cx, Resource, Stored};

use crate::App;
use crate::core::customers::Customer;
use crate::payments::payment_methods::{self, Data, Instrument, PaymentMethod};

/// How a payment method is given.
#[derive(Debug, Clone)]
pub(crate) enum Given {
    /// `payment_method`: an id, or the name of a sample.
    Id(String),
    /// `payment_method_data`
    Data(Box<Data>),
}

impl Given {
    /// What was sent, if anything.
    ///
    /// # Errors
    /// 400 if both were sent.
    pub(crate) fn of(id: Option<String>, data: Option<Data>) -> ApiResult<Option<Given>> {
        match (id, data) {
            (Some(_), Some(_)) => {
                let message = "You may only specify one of these parameters: payment_method, payment_method_data.";
                Err(ApiError::coded("parameters_exclusive", message).with_param("payment_method_data").before_work())
            }
            (Some(id), None) => Ok(Some(Given::Id(id))),
            (None, Some(data)) => Ok(Some(Given::Data(Box::new(data)))),
            (None, None) => Ok(None),
        }
    }
}

/// The payment method itself: found, or made. It can be used, by this customer if there is one.
///
/// # Errors
/// 400 if there is none, it is another customer's, or it was detached or used up; those of making one.
pub(crate) async fn resolve(
    cx: &mut Cx<'_>,
    app: &App,
    given: Given,
    customer: Option<&str>,
) -> ApiResult<Stored<PaymentMethod>> {
    match given {
        Given::Data(data) => payment_methods::draft(cx, app, *data, "payment_method_data").await?.published(cx).await,
        Given::Id(id) => {
            let method = payment_methods::named(cx, app, &id, "payment_method").await?;
            check_usable(cx, &method, customer).await?;
            Ok(method)
        }
    }
}

/// That a payment method can be used, by this customer if there is one.
///
/// # Errors
/// 400 as [`resolve`].
pub(crate) async fn check_usable(cx: &mut Cx<'_>, method: &PaymentMethod, customer: Option<&str>) -> ApiResult<()> {
    if let Some(owner) = method.customer.as_deref()
        && customer != Some(owner)
    {
        let message = match customer {
            Some(_) => format!("The payment method '{}' belongs to another customer.", method.id),
            None => format!("The payment method '{}' belongs to a customer. Name that customer as well.", method.id),
        };
        return Err(ApiError::invalid_param("payment_method", message));
    }
    let instrument = cx.find::<Instrument>(&method.id).await?;
    if instrument.is_none_or(|own| own.spent) {
        let message = "The provided PaymentMethod was detached from a customer, or used without one. It may not be used again.";
        return Err(ApiError::invalid_param("payment_method", message));
    }
    Ok(())
}

/// Why what an intent has waited with can no longer be used: meanwhile the payment method may have been detached or used, or
/// the customer deleted, which is told with `code`.
///
/// # Errors
/// Those of the database.
pub(crate) async fn why_unusable(
    cx: &mut Cx<'_>,
    method: &PaymentMethod,
    customer: Option<&str>,
    code: &'static str,
) -> ApiResult<Option<ApiError>> {
    if let Some(customer) = customer
        && cx.find::<Customer>(customer).await?.is_none()
    {
        return Ok(Some(ApiError::coded(code, format!("The customer '{customer}' was deleted meanwhile."))));
    }
    match check_usable(cx, method, customer).await {
        Ok(()) => Ok(None),
        Err(error) if error.status() < 500 => Ok(Some(error)),
        Err(error) => Err(error),
    }
}

/// The payment method that an intent has kept by its id.
///
/// # Errors
/// If it is gone, and those of the database.
pub(crate) async fn kept(cx: &mut Cx<'_>, id: &str) -> ApiResult<Stored<PaymentMethod>> {
    let found = cx.find::<PaymentMethod>(id).await?;
    found.ok_or_else(|| ApiError::internal(format!("an intent's {} {id} is gone", PaymentMethod::KIND)))
}
