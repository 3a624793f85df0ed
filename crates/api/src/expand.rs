//! `expand[]`: replaces ids by the objects they name, to a depth of four, also within lists.

use form::{Decode, Form, Path};
use kernel::{Access, ApiError, ApiResult, Cx, Right};
use serde_json::Value;
use store::BoxFuture;

use crate::App;
use crate::connections::institutions;
use crate::core::customers::tax;
use crate::payments::intents::client_secret::hide_block;
use crate::payments::{book, refunds, sources};

/// Levels below the top, as the API allows.
const DEPTH_MAX: usize = 4;
/// Paths in one request.
const PATHS_MAX: usize = 20;

/// An object, the path of a field in it, and the kind of object that the field names.
type Link = (&'static str, &'static str, &'static str);

/// What a movement of the balance is about, which its id tells.
const BOOKED: &str = "what was booked";

/// Which object an id at a field leads to; the rule is the same wherever the object stands.
const LINKS: &[Link] = &[
    ("customer", "test_clock", "test_helpers.test_clock"),
    ("financial_connections.session", "account_holder.customer", "customer"),
    ("financial_connections.session", "account_holder.account", "account"),
    ("financial_connections.account", "account_holder.customer", "customer"),
    ("financial_connections.account", "account_holder.account", "account"),
    ("financial_connections.account", "ownership", "financial_connections.account_ownership"),
    ("payment_method", "customer", "customer"),
    ("bank_account", "customer", "customer"),
    ("customer_session", "customer", "customer"),
    ("confirmation_token", "payment_method_preview.customer", "customer"),
    ("payment_intent", "application", "application"),
    ("payment_intent", "customer", "customer"),
    ("payment_intent", "latest_charge", "charge"),
    ("payment_intent", "on_behalf_of", "account"),
    ("payment_intent", "payment_method", "payment_method"),
    ("payment_intent", "review", "review"),
    ("payment_intent", "source", "source"),
    ("charge", "application", "application"),
    ("charge", "application_fee", "application_fee"),
    ("charge", "balance_transaction", "balance_transaction"),
    ("charge", "customer", "customer"),
    ("charge", "failure_balance_transaction", "balance_transaction"),
    ("charge", "on_behalf_of", "account"),
    ("charge", "payment_intent", "payment_intent"),
    ("charge", "payment_method_details.us_bank_account.mandate", "mandate"),
    ("charge", "review", "review"),
    ("charge", "source_transfer", "transfer"),
    ("setup_intent", "customer", "customer"),
    ("setup_intent", "latest_attempt", "setup_attempt"),
    ("setup_intent", "mandate", "mandate"),
    ("setup_intent", "on_behalf_of", "account"),
    ("setup_intent", "payment_method", "payment_method"),
    ("setup_intent", "single_use_mandate", "mandate"),
    ("setup_attempt", "customer", "customer"),
    ("setup_attempt", "on_behalf_of", "account"),
    ("setup_attempt", "payment_method", "payment_method"),
    ("setup_attempt", "setup_intent", "setup_intent"),
    ("mandate", "payment_method", "payment_method"),
    ("connections.manifest", "active_auth_session", "connections.auth_session"),
    ("connections.partner_account", "institution", "connections.institution"),
    ("customer", "default_source", "bank_account"),
    ("customer", "invoice_settings.default_payment_method", "payment_method"),
    ("balance_transaction", "source", BOOKED),
    ("refund", "balance_transaction", "balance_transaction"),
    ("refund", "failure_balance_transaction", "balance_transaction"),
    ("refund", "charge", "charge"),
    ("refund", "customer", "customer"),
    ("refund", "payment_intent", "payment_intent"),
    ("refund", "payment_method", "payment_method"),
    ("dispute", "charge", "charge"),
    ("dispute", "payment_intent", "payment_intent"),
    ("dispute", "evidence.cancellation_policy", "file"),
    ("dispute", "evidence.customer_communication", "file"),
    ("dispute", "evidence.customer_signature", "file"),
    ("dispute", "evidence.duplicate_charge_documentation", "file"),
    ("dispute", "evidence.receipt", "file"),
    ("dispute", "evidence.refund_policy", "file"),
    ("dispute", "evidence.service_documentation", "file"),
    ("dispute", "evidence.shipping_documentation", "file"),
    ("dispute", "evidence.uncategorized_file", "file"),
    ("file_link", "file", "file"),
];

/// The same where only preview versions show the field.
const PREVIEW_LINKS: &[Link] = &[
    ("financial_connections.account", "authorization", "financial_connections.authorization"),
    ("financial_connections.account", "institution", "financial_connections.institution"),
    ("financial_connections.authorization", "account_holder.customer", "customer"),
    ("financial_connections.authorization", "account_holder.account", "account"),
    ("financial_connections.authorization", "institution", "financial_connections.institution"),
];

/// Which links there are at a version.
fn links(preview: bool) -> impl Iterator<Item = &'static Link> {
    LINKS.iter().chain(PREVIEW_LINKS.iter().filter(move |_| preview))
}

/// Who reads, and where what is not in the database is found.
pub(crate) struct Reader<'a> {
    pub app: &'a App,
    pub access: &'a Access,
}

/// What is left out of an object unless asked for.
const LEFT_OUT: &[(&str, &str)] = &[
    ("customer", "sources"),
    ("customer", "subscriptions"),
    ("customer", "tax"),
    ("customer", "tax_ids"),
    ("charge", "refunds"),
];

/// Takes `expand` out of the parameters.
///
/// # Errors
/// 400 for other than a list of paths, for too many, and for one that is too deep.
pub(crate) fn take(form: &mut Form) -> ApiResult<Vec<String>> {
    let Some(node) = form.take("expand") else { return Ok(Vec::new()) };
    let root = Path::root();
    let paths = Vec::<String>::decode(Some(node), &root.field("expand"))?;
    if paths.len() > PATHS_MAX {
        return Err(ApiError::invalid_param("expand", format!("You may expand at most {PATHS_MAX} properties.")).before_work());
    }
    for path in &paths {
        let own = path.strip_prefix("data.").unwrap_or(path);
        if own.split('.').count() > DEPTH_MAX {
            let message = format!("You may only expand {DEPTH_MAX} levels of a property. Property {path} has too many levels.");
            return Err(ApiError::invalid_param("expand", message).before_work());
        }
    }
    Ok(paths)
}

/// Expands every path in the document.
pub(crate) async fn apply(cx: &mut Cx<'_>, document: &mut Value, paths: &[String], reader: &Reader<'_>) -> ApiResult<()> {
    for path in paths {
        let segments: Vec<&str> = path.split('.').collect();
        if !walk(cx, document, None, &segments, reader).await? {
            return Err(not_expandable(path));
        }
    }
    Ok(())
}

fn not_expandable(path: &str) -> ApiError {
    let shown: String = path.chars().take(100).collect();
    ApiError::invalid_param("expand", format!("This property cannot be expanded ({shown})."))
}

/// Follows `segments` from `value`. `within` is the object that a hash belongs to, and the path from it. Answers false if the
/// path leads nowhere that could ever be expanded.
fn walk<'a>(
    cx: &'a mut Cx<'_>,
    value: &'a mut Value,
    within: Option<(String, String)>,
    segments: &'a [&'a str],
    reader: &'a Reader<'a>,
) -> BoxFuture<'a, ApiResult<bool>> {
    Box::pin(async move {
        let Some((first, rest)) = segments.split_first() else { return Ok(true) };
        if let Value::Object(map) = value
            && *first == "data"
            && let Some(Value::Array(items)) = map.get_mut("data")
        {
            return walk_items(cx, items, rest, reader).await;
        }
        if value["object"] == "search_result" && *first == "total_count" {
            // The search itself counted.
            return Ok(rest.is_empty());
        }
        let Value::Object(map) = &*value else { return Ok(value.is_null()) };
        let (object, field) = match (map.get("object").and_then(Value::as_str), within) {
            (Some(object), _) => (object.to_owned(), (*first).to_owned()),
            (None, Some((object, path))) => (object, format!("{path}.{first}")),
            (None, None) => return Ok(false),
        };
        if LEFT_OUT.contains(&(object.as_str(), field.as_str())) {
            if field == "refunds" {
                check_right(reader.access, "refund")?;
            }
            if map.get("deleted").is_none() {
                let found = left_out(cx, value, &field, reader).await?;
                value[field.as_str()] = found;
            }
            return Ok(rest.is_empty() || rest[0] == "data");
        }
        let Value::Object(map) = value else { return Ok(false) };
        let preview = cx.version.is_preview();
        let link = links(preview).find(|(owner, name, _)| *owner == object && *name == field);
        let is_part = links(preview).any(|(owner, name, _)| *owner == object && name.starts_with(&format!("{field}.")));
        let Some(inner) = map.get_mut(*first) else { return Ok(link.is_some() || is_part) };
        if let Some((_, _, kind)) = link
            && let Some(id) = inner.as_str().map(str::to_owned)
            && let Some(found) = load(cx, kind, &id, reader).await?
        {
            *inner = found;
        }
        if rest.is_empty() {
            return Ok(link.is_some());
        }
        if link.is_some() || is_part || inner.get("object").is_some() {
            return walk(cx, inner, Some((object, field)), rest, reader).await;
        }
        Ok(false)
    })
}

/// What is left out of the document of a customer, or of a charge.
async fn left_out(cx: &mut Cx<'_>, customer: &Value, field: &str, reader: &Reader<'_>) -> ApiResult<Value> {
    let id = customer["id"].as_str().unwrap_or_default().to_owned();
    match field {
        "tax" => tax::shown(cx, customer).await,
        "tax_ids" => tax::list(cx, &id).await,
        "refunds" => refunds::latest_of(cx, &id).await,
        "sources" => {
            check_right(reader.access, "bank_account")?;
            sources::of_customer(cx, &id).await
        }
        // No endpoint of this server makes subscriptions.
        _ => {
            Ok(serde_json::json!({"object": "list", "data": [], "has_more": false, "url": format!("/v1/customers/{id}/{field}")}))
        }
    }
}

async fn walk_items(cx: &mut Cx<'_>, items: &mut [Value], rest: &[&str], reader: &Reader<'_>) -> ApiResult<bool> {
    for item in items {
        if !walk(cx, item, None, rest, reader).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn load(cx: &mut Cx<'_>, kind: &str, id: &str, reader: &Reader<'_>) -> ApiResult<Option<Value>> {
    let kind = if kind == BOOKED { booked(id) } else { kind };
    check_right(reader.access, kind)?;
    let text = match kind {
        "account" => crate::core::account::document(cx, id).await?,
        "balance_transaction" => book::document(cx, id).await?,
        "financial_connections.institution" => institutions::document(reader.app, cx, id).await?,
        _ => cx.raw(kind, id).await?,
    };
    let mut found: Option<Value> = text.map(|text| serde_json::from_str(&text)).transpose()?;
    if *reader.access == Access::Publishable
        && let Some(found) = &mut found
    {
        hide_block(found);
    }
    Ok(found)
}

/// The kind of object that money was booked for.
fn booked(id: &str) -> &'static str {
    match id.split_once('_') {
        Some(("pyr", _)) => "refund",
        Some(("du", _)) => "dispute",
        _ => "charge",
    }
}

/// A restricted key sees by expansion only what it may read by itself. A publishable one sees what its flow shows and no more.
fn check_right(access: &Access, kind: &str) -> ApiResult<()> {
    let rights = match access {
        Access::Secret => return Ok(()),
        // An intent that was opened with its client secret shows its payment method as well.
        Access::Publishable if kind.starts_with("connections.") || kind == "payment_method" => return Ok(()),
        Access::Publishable | Access::Ephemeral(_) => {
            let message = "This key may not expand this property. Use a secret key on your server.";
            return Err(ApiError::forbidden(None, message).with_param("expand"));
        }
        Access::Restricted(rights) => rights,
    };
    let resource = match kind {
        "customer" => "customers",
        "account" => "accounts",
        "test_helpers.test_clock" => "test_clocks",
        "payment_method" => "payment_methods",
        "bank_account" => "sources",
        "payment_intent" => "payment_intents",
        "charge" => "charges",
        "mandate" => "mandates",
        "balance_transaction" => "balance_transactions",
        "setup_intent" | "setup_attempt" => "setup_intents",
        "refund" => "refunds",
        "dispute" => "disputes",
        "file" => "files",
        _ => "financial_connections",
    };
    if rights.get(resource).copied().unwrap_or(Right::None) >= Right::Read {
        return Ok(());
    }
    let message = format!("The provided key may not expand this property: it needs 'read' on '{resource}'.");
    Err(ApiError::forbidden(None, message).with_param("expand"))
}
