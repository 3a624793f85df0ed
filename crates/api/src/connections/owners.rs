//! `/v1/financial_connections/accounts/:id/owners`: snapshots of who owns an account.

use form::Params;
use kernel::{ApiError, ApiResult, Columns, Cx, ListParams, Page, Resource};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::connections::accounts::Account;
use crate::{Call, Reply, page};

/// Owners shown within the snapshot itself.
const EMBEDDED_MAX: usize = 100;

/// The owners at one moment, as stored and shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Ownership {
    /// `fcaowns_…`
    pub id: String,
    /// `financial_connections.account_ownership`
    pub object: String,
    /// Unix seconds.
    pub created: i64,
    pub owners: OwnerList,
}

/// The list within a snapshot; it holds every owner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct OwnerList {
    pub object: String,
    pub data: Vec<Owner>,
    pub has_more: bool,
    pub url: String,
}

/// An owner, as the bank names them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Owner {
    /// `fcaown_…`
    pub id: String,
    /// `financial_connections.account_owner`
    pub object: String,
    pub email: Option<String>,
    pub name: String,
    pub ownership: String,
    pub phone: Option<String>,
    pub raw_address: Option<String>,
    pub refreshed_at: Option<i64>,
}

impl Resource for Ownership {
    const KIND: &'static str = "financial_connections.account_ownership";
    const NOUN: &'static str = "financial_connections.account_ownership";

    fn id(&self) -> &str {
        &self.id
    }

    /// The account comes first.
    fn columns(&self) -> Columns {
        [self.owners.url.split('/').nth(4).map(str::to_owned), None, None, None]
    }
}

/// Stores a snapshot of the owners that a bank named.
pub(crate) async fn snapshot(cx: &mut Cx<'_>, account: &str, owners: Vec<banks::Owner>) -> ApiResult<String> {
    let id = cx.id("fcaowns_", 24);
    let now = cx.now();
    let mut data = Vec::with_capacity(owners.len());
    for owner in owners.into_iter().take(EMBEDDED_MAX) {
        data.push(Owner {
            id: cx.id("fcaown_", 24),
            object: "financial_connections.account_owner".into(),
            email: owner.email,
            name: owner.name,
            ownership: id.clone(),
            phone: owner.phone,
            raw_address: owner.raw_address,
            refreshed_at: Some(now),
        });
    }
    let url = format!("/v1/financial_connections/accounts/{account}/owners?ownership={id}");
    let owners = OwnerList { object: "list".into(), data, has_more: false, url };
    let ownership = Ownership { id: id.clone(), object: Ownership::KIND.into(), created: now, owners };
    cx.insert(&ownership).await?;
    Ok(id)
}

/// `GET …/owners`.
#[derive(Debug, Clone, Params)]
pub struct List {
    /// The snapshot, `fcaowns_…`.
    pub ownership: String,
    /// The page.
    #[params(flatten)]
    pub page: ListParams,
}

/// Lists the owners of a snapshot.
///
/// # Errors
/// 404 for an unknown account, 400 for a snapshot that is not of this account or may not be shown.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let account: Account = serde_json::from_str(&cx.raw_or_missing::<Account>(call.id(), "account").await?)?;
    let p = call.params;
    if !account.permits("ownership") {
        let message = "The permission 'ownership' was not asked for when this account was linked.";
        return Err(ApiError::invalid_param("ownership", message));
    }
    if account.status == "disconnected" {
        return Err(ApiError::invalid_param("account", "This account was disconnected; its data is no longer available."));
    }
    let doc = cx.raw(Ownership::KIND, &p.ownership).await?;
    let ownership: Option<Ownership> = doc.map(|doc| serde_json::from_str(&doc)).transpose()?;
    let own_url = format!("/v1/financial_connections/accounts/{}/owners?", account.id);
    let Some(ownership) = ownership.filter(|ownership| ownership.owners.url.starts_with(&own_url)) else {
        return Err(cx.missing::<Ownership>(&p.ownership, "ownership").await?.as_bad_request());
    };
    let page = page::cut(&ownership.owners.data, &p.page, "financial_connections.account_owner", |owner| owner.id.as_str())?;
    let rows = page.rows.iter().map(|owner| json!(owner).to_string()).collect();
    Ok(Reply::list(&ownership.owners.url, &Page { rows, has_more: page.has_more }))
}
