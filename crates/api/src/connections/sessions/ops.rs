use form::{FormError, Patch};
use kernel::{ApiError, ApiResult, Cx, Resource, Vault};
use serde_json::{Value as Json, json};
use store::Value;
use url::Url;

use super::object::{AccountHolder, Filters, Limits, ManualEntry, Pays, Session};
use super::params::{
    AccountHolderParams, Create, FiltersParams, HolderType, LimitsParams, ManualEntryMode, PaymentSupport, Permission, Prefetch,
    UiMode,
};
use super::{letter, outcome, preview};
use crate::connections::{accounts, linking};
use crate::core::customers::Customer;
use crate::payments::tokens::Token;
use crate::{Call, Nothing, Reply};

/// The version that brought today's defaults and took `filters[countries]` away.
const ENDIVE: &str = "2026-09-30";
/// A session can be opened in a browser for this long.
pub(crate) const LIFE_SECONDS: i64 = 3 * 3_600;
/// Accounts shown within a session.
const EMBEDDED_MAX: i64 = 100;
/// The most accounts that a limit names.
const LIMIT_MAX: i64 = 1_000;

/// Creates a session.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn create(cx: &mut Cx<'_>, call: Call<Create>) -> ApiResult<Reply> {
    let p = call.params;
    preview::check_general(cx, &p)?;
    let relink = preview::checked_relink(cx, &call.app, &p).await?;
    let (account_holder, of_account) = match (&relink, p.account_holder) {
        (Some(relink), sent) => (preview::checked_same_holder(sent, relink)?, false),
        (None, Some(sent)) => {
            let of_account = sent.r#type == HolderType::Account;
            (checked_holder(cx, sent).await?, of_account)
        }
        (None, None) => return Err(FormError::missing("account_holder").into()),
    };
    let today = cx.version.since(ENDIVE);
    let one_payable = !today && of_account;
    let permissions = names(&p.permissions, Permission::as_str);
    check_prefetch(&p.prefetch, &p.permissions)?;
    let mode = match p.manual_entry.and_then(|entry| entry.mode) {
        Some(mode) => mode,
        None if one_payable => ManualEntryMode::Automatic,
        None => ManualEntryMode::Disabled,
    };
    let (ui_mode, hosted) = preview::checked_hosted(p.ui_mode, p.hosted, relink.is_some())?;
    let mut filters = checked_filters(p.filters, today, one_payable)?;
    if let Some(id) = filters.institution.take() {
        filters.institution = Some(preview::checked_institution(cx, &call.app, id, relink.is_some()).await?);
    }
    let mut session = Session {
        id: cx.id("fcsess_", 24),
        object: Session::KIND.into(),
        account_holder,
        bank_account_token: None,
        client_secret: cx.core.ids().secret("fcsess_client_secret_", 24),
        created: cx.now(),
        filters,
        hosted,
        limits: checked_limits(p.limits, one_payable)?,
        livemode: cx.tenant.livemode(),
        manual_entry: ManualEntry { mode: mode.as_str().into() },
        pays: None,
        permissions,
        prefetch: names(&p.prefetch, Prefetch::as_str),
        relink_options: relink.map(|relink| relink.options),
        relink_result: None,
        return_url: p.return_url.map(|url| checked_return_url(url, "return_url")).transpose()?,
        status: "pending".into(),
        status_details: None,
        ui_mode: ui_mode.as_str().into(),
        url: None,
    };
    if ui_mode == UiMode::Hosted {
        session.url = Some(linking::open_hosted(cx, &call.app, &session).await?);
        letter::deliver(cx, &session).await?;
    }
    if cx.version.is_preview() {
        outcome::schedule_end(cx, &session).await?;
    }
    cx.insert(&session).await?;
    with_accounts(cx, &session).await.map(|shown| Reply::text(shown.to_string()))
}

/// What a session that collects an account for an intent asks for.
pub(crate) struct Collection {
    pub customer: Option<String>,
    pub permissions: Vec<String>,
    pub prefetch: Vec<String>,
    /// Checking and savings accounts if none are named: no others can be debited.
    pub account_subcategories: Option<Vec<String>>,
    /// Numbers may be typed instead.
    pub manual_entry: bool,
    pub return_url: Option<String>,
    pub pays: Pays,
}

/// Creates a session for one account that can be paid from.
pub(crate) async fn collect(cx: &mut Cx<'_>, wanted: Collection) -> ApiResult<Session> {
    let account_holder = match wanted.customer {
        Some(id) => AccountHolder { account: None, customer: Some(id), r#type: "customer".into() },
        None => AccountHolder { account: Some(cx.tenant.account().to_owned()), customer: None, r#type: "account".into() },
    };
    let payable = || vec!["checking".to_owned(), "savings".to_owned()];
    let mode = if wanted.manual_entry { ManualEntryMode::Automatic } else { ManualEntryMode::Disabled };
    let session = Session {
        id: cx.id("fcsess_", 24),
        object: Session::KIND.into(),
        account_holder,
        bank_account_token: None,
        client_secret: cx.core.ids().secret("fcsess_client_secret_", 24),
        created: cx.now(),
        filters: Filters {
            account_subcategories: Some(wanted.account_subcategories.unwrap_or_else(payable)),
            country: Some("US".into()),
            institution: None,
            require_payment_method_support: PaymentSupport::All.as_str().into(),
        },
        hosted: None,
        limits: Some(Limits { accounts: 1 }),
        livemode: cx.tenant.livemode(),
        manual_entry: ManualEntry { mode: mode.as_str().into() },
        pays: Some(wanted.pays),
        permissions: wanted.permissions,
        prefetch: wanted.prefetch,
        relink_options: None,
        relink_result: None,
        return_url: wanted.return_url,
        status: "pending".into(),
        status_details: None,
        ui_mode: UiMode::Modal.as_str().into(),
        url: None,
    };
    cx.insert(&session).await?;
    Ok(session)
}

/// Shows a session with the accounts that were linked in it.
///
/// # Errors
/// 404 if there is none.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    let session: Session = serde_json::from_str(&cx.raw_or_missing::<Session>(call.id(), "session").await?)?;
    with_accounts(cx, &session).await.map(|shown| Reply::text(shown.to_string()))
}

/// The document as callers see it.
pub(crate) async fn with_accounts(cx: &mut Cx<'_>, session: &Session) -> ApiResult<Json> {
    let page = accounts::of_session(cx, &session.id, None, EMBEDDED_MAX).await?;
    let data = page.rows.iter().map(|doc| serde_json::from_str(doc)).collect::<Result<Vec<Json>, _>>()?;
    let mut shown = serde_json::to_value(session)?;
    let map = shown.as_object_mut().ok_or_else(|| ApiError::internal("a session is no hash"))?;
    map.shift_remove("_created");
    map.shift_remove("_pays");
    let url = "/v1/financial_connections/accounts";
    map.insert("accounts".into(), json!({"object": "list", "data": data, "has_more": page.has_more, "url": url}));
    Ok(shown)
}

/// The session that a browser opens with a client secret.
pub(crate) async fn by_client_secret(cx: &mut Cx<'_>, secret: &str) -> ApiResult<Option<Session>> {
    let hash: String = Vault::secret_hash(secret).iter().map(|byte| format!("{byte:02x}")).collect();
    let sql = "select doc from objects where tenant = $1 and kind = $2 and f1 = $3";
    let row = cx.row(sql, &[Value::from(Session::KIND), Value::from(hash)]).await?;
    row.map(|row| serde_json::from_str(row.text(0)?).map_err(ApiError::from)).transpose()
}

/// Writes down the token of the numbers that a person typed in a session's flow.
pub(crate) async fn keep_token(cx: &mut Cx<'_>, id: &str, token: Token) -> ApiResult<()> {
    if let Some(mut session) = cx.find::<Session>(id).await? {
        session.bank_account_token = Some(token);
        cx.update(&mut session).await?;
    }
    Ok(())
}

async fn checked_holder(cx: &mut Cx<'_>, sent: AccountHolderParams) -> ApiResult<AccountHolder> {
    let misplaced = |param: &str, kind: &str| {
        ApiError::invalid_param(param, format!("You may only specify {param} when account_holder[type] is '{kind}'."))
    };
    match sent.r#type {
        HolderType::Customer => {
            if sent.account.is_some() {
                return Err(misplaced("account_holder[account]", "account"));
            }
            if let Some(id) = sent.customer_account {
                let message = format!("No such account: '{id}'");
                return Err(ApiError::coded("resource_missing", message).with_param("account_holder[customer_account]"));
            }
            let id = sent.customer.ok_or_else(|| FormError::missing("account_holder[customer]"))?;
            cx.get_named::<Customer>(&id, "account_holder[customer]").await?;
            Ok(AccountHolder { account: None, customer: Some(id), r#type: "customer".into() })
        }
        HolderType::Account => {
            if sent.customer.is_some() {
                return Err(misplaced("account_holder[customer]", "customer"));
            }
            if sent.customer_account.is_some() {
                return Err(misplaced("account_holder[customer_account]", "customer"));
            }
            let id = sent.account.ok_or_else(|| FormError::missing("account_holder[account]"))?;
            if id != cx.tenant.account() {
                let message = format!("No such account: '{id}'");
                return Err(ApiError::coded("resource_missing", message).with_param("account_holder[account]"));
            }
            Ok(AccountHolder { account: Some(id), customer: None, r#type: "account".into() })
        }
    }
}

fn check_prefetch(prefetch: &[Prefetch], permissions: &[Permission]) -> ApiResult<()> {
    for (index, wanted) in prefetch.iter().enumerate() {
        if let Some(missing) = wanted.permissions().iter().find(|needed| !permissions.contains(needed)) {
            let message = format!("To prefetch '{}', ask for the permission '{}' as well.", wanted.as_str(), missing.as_str());
            return Err(ApiError::invalid_param(format!("prefetch[{index}]"), message));
        }
    }
    Ok(())
}

fn checked_filters(sent: Option<FiltersParams>, today: bool, one_payable: bool) -> ApiResult<Filters> {
    const ALL: [&str; 5] = ["checking", "savings", "mortgage", "line_of_credit", "credit_card"];
    let (mut subcategories, mut country, mut institution, mut support) = (Vec::new(), None, None, None);
    if let Some(sent) = sent {
        institution = sent.institution;
        if today && !sent.countries.is_empty() {
            return Err(FormError::unknown("filters[countries]").into());
        }
        let (given, param) = match sent.country {
            Some(country) => (Some(country), "filters[country]"),
            None => (sent.countries.into_iter().next(), "filters[countries]"),
        };
        if let Some(code) = given {
            if code.len() != 2 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
                return Err(ApiError::invalid_param(
                    param,
                    format!("Invalid country: {code}. Use a two-letter code such as US."),
                ));
            }
            if code != "US" {
                return Err(ApiError::invalid_param(param, "Only bank accounts in the United States (US) can be linked."));
            }
            country = Some(code);
        }
        subcategories = names(&sent.account_subcategories, |one| one.as_str());
        support = sent.require_payment_method_support;
    }
    let by_default = if one_payable { PaymentSupport::All } else { PaymentSupport::None };
    if subcategories.is_empty() && today {
        subcategories = ALL.map(str::to_owned).to_vec();
    }
    Ok(Filters {
        account_subcategories: (!subcategories.is_empty()).then_some(subcategories),
        country: country.or_else(|| Some("US".into())),
        institution,
        require_payment_method_support: support.unwrap_or(by_default).as_str().into(),
    })
}

fn checked_limits(sent: Option<LimitsParams>, one_payable: bool) -> ApiResult<Option<Limits>> {
    match sent.map(|limits| limits.accounts) {
        None if one_payable => Ok(Some(Limits { accounts: 1 })),
        None | Some(Patch::Clear) => Ok(None),
        Some(Patch::Absent) => Err(FormError::missing("limits[accounts]").into()),
        Some(Patch::Set(accounts)) if (1..=LIMIT_MAX).contains(&accounts) => Ok(Some(Limits { accounts })),
        Some(Patch::Set(_)) => {
            let message = format!("Invalid integer: must be from 1 to {LIMIT_MAX}, or empty for any number of accounts.");
            Err(ApiError::coded("parameter_invalid_integer", message).with_param("limits[accounts]"))
        }
    }
}

pub(super) fn checked_return_url(text: String, param: &str) -> ApiResult<String> {
    match Url::parse(&text) {
        // Apps come back through schemes of their own; scripts and local files do not.
        Ok(url) if !matches!(url.scheme(), "javascript" | "data" | "file" | "blob" | "vbscript") => Ok(text),
        _ => Err(ApiError::coded("url_invalid", "Not a valid URL.").with_param(param)),
    }
}

/// The names of enum values, each once, in the order sent.
fn names<T>(values: &[T], name: impl Fn(&T) -> &'static str) -> Vec<String> {
    let mut out: Vec<String> = Vec::with_capacity(values.len());
    for value in values {
        if !out.iter().any(|seen| seen == name(value)) {
            out.push(name(value).to_owned());
        }
    }
    out
}
