//! Lists of payment methods.

use form::Range;
use kernel::{Access, ApiError, ApiResult, Cx, Filter, Page, Resource, Slot, cut};
use store::Value;

use super::make::PREFIX;
use super::object::PaymentMethod;
use super::params::{List, ListOfCustomer, Type};
use super::reach;
use crate::core::customers::Customer;
use crate::{Call, Reply};

const URL: &str = "/v1/payment_methods";

/// Lists payment methods, newest first; of one customer if asked for.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let p = call.params;
    let access = &call.caller.access;
    reach::check(access, p.customer.as_deref())?;
    match &p.customer {
        Some(customer) => {
            cx.get_named::<Customer>(customer, "customer").await?;
            listed(cx, URL, customer, p.rest, access).await
        }
        None if is_other(&p.rest) => Ok(Reply::list(URL, &Page::default())),
        None => {
            let redisplay = p.rest.allow_redisplay.map(|own| own.as_str());
            // Bank accounts of customers are listed with those; here the ids from the first `pm_` on are.
            let all = Range::Between { gt: None, gte: Some(0), lt: None, lte: None };
            let filter = Filter::default().with(Slot::F3, redisplay).created(Some(all));
            Ok(Reply::list(URL, &cx.list::<PaymentMethod>(PREFIX, &filter, &p.rest.page).await?))
        }
    }
}

/// Lists the payment methods of a customer, newest first.
///
/// # Errors
/// 404 for an unknown customer, 400 for wrong parameters.
pub async fn list_of_customer(cx: &mut Cx<'_>, call: Call<ListOfCustomer>) -> ApiResult<Reply> {
    let customer = call.id().to_owned();
    reach::check(&call.caller.access, Some(&customer))?;
    cx.get::<Customer>(&customer, "customer").await?;
    let url = format!("/v1/customers/{customer}/payment_methods");
    listed(cx, &url, &customer, call.params, &call.caller.access).await
}

fn is_other(p: &ListOfCustomer) -> bool {
    p.r#type.as_deref().is_some_and(|own| own != Type::UsBankAccount.as_str())
}

async fn listed(cx: &mut Cx<'_>, url: &str, customer: &str, p: ListOfCustomer, access: &Access) -> ApiResult<Reply> {
    let mut page = if is_other(&p) { Page::default() } else { page_of(cx, customer, &p).await? };
    page.rows = page.rows.into_iter().map(|doc| reach::shown(access, doc)).collect::<ApiResult<_>>()?;
    Ok(Reply::list(url, &page))
}

/// A page of a customer's payment methods. Those that are bank accounts have another prefix, of the same length; what comes
/// behind it says when each was made.
async fn page_of(cx: &mut Cx<'_>, customer: &str, p: &ListOfCustomer) -> ApiResult<Page> {
    let mut sql = String::from("select doc from objects where tenant = $1 and kind = $2 and deleted = 0 and f1 = $3");
    let mut values = vec![Value::from(PaymentMethod::KIND), Value::from(customer)];
    if let Some(redisplay) = p.allow_redisplay {
        values.push(Value::from(redisplay.as_str()));
        sql.push_str(&format!(" and f3 = ${}", values.len() + 1));
    }
    let cursor = p.page.cursor()?;
    let newer = cursor.is_some_and(|(_, newer, _)| newer);
    if let Some((id, newer, param)) = cursor {
        if cx.raw(PaymentMethod::KIND, id).await?.is_none() {
            return Err(ApiError::missing(PaymentMethod::NOUN, id, param).as_bad_request());
        }
        values.push(Value::from(id.get(PREFIX.len()..).unwrap_or_default()));
        sql.push_str(&format!(" and substr(id, 4) {} ${}", if newer { ">" } else { "<" }, values.len() + 1));
    }
    values.push(Value::from(p.page.limit() + 1));
    let order = if newer { "asc" } else { "desc" };
    sql.push_str(&format!(" order by substr(id, 4) {order} limit ${}", values.len() + 1));
    let rows = cx.rows(&sql, &values).await?;
    let docs = rows.into_iter().map(|mut row| row.take_text(0)).collect::<Result<Vec<_>, _>>()?;
    Ok(cut(docs, p.page.limit(), newer))
}
