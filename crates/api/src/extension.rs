//! Endpoints whose work is the server's: their rows stand in [`crate::routes`] like all others, so that keys, rights,
//! idempotency and the request log are the same, and nothing here knows what they do.

use form::{Decode, Fields, FormError, Node, Params, Path, Unknown};
use kernel::{ApiError, ApiResult, BoxFuture, Tenant};

use crate::route::Call;
use crate::{App, Reply};

/// What answers the rows of an extension.
pub trait Extension: Send + Sync {
    /// Carries out one call in test mode. It checks the parameters itself, and changes nothing if it fails.
    fn answer(&self, tenant: Tenant, asked: Asked) -> BoxFuture<'_, ApiResult<Reply>>;
}

/// A call of an extension.
#[derive(Debug, Clone)]
pub struct Asked {
    /// `GET`, `POST` or `DELETE`.
    pub method: &'static str,
    /// The row's path, with `:name` for ids.
    pub path: &'static str,
    /// The ids in the path, in order.
    pub ids: Vec<String>,
    /// The parameters, of which nothing is known here: a map.
    pub params: Node,
}

/// Parameters of any name and shape.
#[derive(Debug, Clone, Default)]
pub struct Anything(Fields);

impl Params for Anything {
    fn visit(_: &str, _: &Node, _: &Path<'_>, _: &mut Unknown) -> bool {
        true
    }

    fn from_fields(fields: &mut Fields, _: &Path<'_>) -> Result<Anything, FormError> {
        Ok(Anything(std::mem::take(fields)))
    }
}

impl Decode for Anything {
    fn decode(node: Option<Node>, _: &Path<'_>) -> Result<Anything, FormError> {
        match node {
            Some(Node::Map(fields)) => Ok(Anything(fields)),
            _ => Ok(Anything::default()),
        }
    }
}

/// Any row of the extension. Live mode has nothing of it.
///
/// # Errors
/// 400 in live mode for what would make something, 404 for what would name something; else those of the extension.
pub async fn answer(app: App, call: Call<Anything>) -> ApiResult<Reply> {
    let (method, path) = call.row;
    let extension = app.extension().ok_or_else(|| ApiError::unknown_url(method, path))?;
    let tenant = call.caller.tenant.clone();
    if tenant.livemode() {
        return match (method, call.ids.first()) {
            (_, Some(id)) => Err(ApiError::missing("object", id, "id")),
            ("GET", None) => Ok(Reply::text(crate::reply::list_text(path, &[], false))),
            (_, None) => Err(ApiError::invalid("This endpoint is part of test mode; use a test key.").before_work()),
        };
    }
    extension.answer(tenant, Asked { method, path, ids: call.ids, params: Node::Map(call.params.0) }).await
}
