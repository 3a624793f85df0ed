use kernel::{ApiError, ApiResult, Cx};

use super::Institution;
use super::object::{FEATURES, shown, status};
use super::params::{Find, List};
use crate::{App, Call, Nothing, Reply, page};

const NOUN: &str = "financial_connections.institution";

/// The document of a bank of the tenant's mode, if there is one.
pub(crate) async fn document(app: &App, cx: &mut Cx<'_>, id: &str) -> ApiResult<Option<String>> {
    let directory = app.directory.within(cx).await?;
    let institution = directory.get(id, cx.tenant.livemode());
    institution.map(|institution| shown(institution, app.core.clock.now())).transpose()
}

/// Shows a bank.
///
/// # Errors
/// 404 if there is none.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    let shown: String = call.id().chars().take(100).collect();
    let found = document(&call.app, cx, call.id()).await?;
    found.map(Reply::text).ok_or_else(|| ApiError::missing(NOUN, &shown, "institution"))
}

/// Lists banks in the order in which people see them.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let directory = call.app.directory.within(cx).await?;
    let all: Vec<&Institution> = directory.all(cx.tenant.livemode()).collect();
    listed("/v1/financial_connections/institutions", cx, &all, &call.params.page)
}

/// Lists the banks that are looked for.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn find(cx: &mut Cx<'_>, call: Call<Find>) -> ApiResult<Reply> {
    let (p, now) = (call.params, cx.real_now());
    let query = p.query.unwrap_or_default().to_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    let kind = p.feature.and_then(|feature| FEATURES.iter().find(|(name, _)| *name == feature.as_str()));
    let wanted = |one: &&Institution| {
        one.has(&words)
            && kind.is_none_or(|(_, kind)| one.connector.shares(*kind))
            && p.status.is_none_or(|wanted| status(one, now) == wanted.as_str())
    };
    let directory = call.app.directory.within(cx).await?;
    let found: Vec<&Institution> = directory.all(cx.tenant.livemode()).filter(wanted).collect();
    listed("/drawbridge/v1/institutions", cx, &found, &p.page)
}

fn listed(url: &str, cx: &Cx<'_>, all: &[&Institution], params: &kernel::ListParams) -> ApiResult<Reply> {
    let now = cx.real_now();
    let page = page::cut(all, params, NOUN, |one| one.id.as_str())?;
    let rows = page.rows.iter().map(|one| shown(one, now)).collect::<ApiResult<Vec<_>>>()?;
    Ok(Reply::list(url, &kernel::Page { rows, has_more: page.has_more }))
}
