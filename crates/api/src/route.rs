use std::any::Any;
use std::net::IpAddr;
use std::sync::Arc;

use form::{Form, Params};
use kernel::{ApiResult, Caller, Cx, Right};
use store::BoxFuture;

use crate::upload::Upload;
use crate::{App, Reply};

/// The parameters of an endpoint that takes none.
#[derive(Debug, Clone, Default, Params)]
pub struct Nothing {}

/// The program at the other end: what a person's agreement records of their browser.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// Its address, as far as this server can tell.
    pub ip: Option<IpAddr>,
    /// What it calls itself.
    pub user_agent: Option<String>,
    /// It said which version of the API it speaks.
    pub names_version: bool,
}

/// One call of an endpoint.
#[derive(Debug, Clone)]
pub struct Call<P> {
    /// The directory of banks, and how this server runs.
    pub app: App,
    /// The ids in the path, in order.
    pub ids: Vec<String>,
    /// The parameters.
    pub params: P,
    /// Method and path of the row that was matched.
    pub row: (&'static str, &'static str),
    /// Who calls.
    pub caller: Arc<Caller>,
    /// The page that calls, if a browser said so.
    pub origin: Option<String>,
    /// The program that calls.
    pub client: Client,
    /// What the answer is to show in full; all but lists that are counted on demand is done after the call.
    pub expand: Vec<String>,
    /// The file that came with the parameters, where one may.
    pub upload: Option<Arc<Upload>>,
}

impl<P> Call<P> {
    /// The first id in the path.
    #[must_use]
    pub fn id(&self) -> &str {
        self.ids.first().map_or("", String::as_str)
    }
}

/// An endpoint that runs inside a transaction.
pub type Within<P> = for<'a, 'b> fn(&'a mut Cx<'b>, Call<P>) -> BoxFuture<'a, ApiResult<Reply>>;
/// An endpoint that talks to others, or moves clocks, and so opens its own transactions.
pub type Beside<P> = fn(App, Call<P>) -> BoxFuture<'static, ApiResult<Reply>>;

/// Parameters after decoding, of a type that only the endpoint knows.
pub type Decoded = Arc<dyn Any + Send + Sync>;

/// An endpoint with its parameter type erased.
pub trait Erased: Send + Sync {
    /// Decodes the parameters.
    ///
    /// # Errors
    /// Those of the decoder, naming the parameter.
    fn decode(&self, form: Form) -> ApiResult<Decoded>;

    /// Runs an endpoint of kind [`Kind::Read`] or [`Kind::Write`].
    fn within<'a>(&self, cx: &'a mut Cx<'_>, call: Call<Decoded>) -> BoxFuture<'a, ApiResult<Reply>>;

    /// Runs an endpoint of kind [`Kind::Beside`].
    fn beside(&self, app: App, call: Call<Decoded>) -> BoxFuture<'static, ApiResult<Reply>>;
}

/// The two shapes of endpoint for one parameter type.
pub enum Run<P> {
    /// Inside a transaction.
    Within(Within<P>),
    /// With its own transactions.
    Beside(Beside<P>),
}

impl<P: Params + Clone + Send + Sync + 'static> Erased for Run<P> {
    fn decode(&self, form: Form) -> ApiResult<Decoded> {
        Ok(Arc::new(form.decode::<P>()?))
    }

    fn within<'a>(&self, cx: &'a mut Cx<'_>, call: Call<Decoded>) -> BoxFuture<'a, ApiResult<Reply>> {
        match self {
            Run::Within(run) => run(cx, typed(call)),
            Run::Beside(_) => unreachable!("the table says how an endpoint runs"),
        }
    }

    fn beside(&self, app: App, call: Call<Decoded>) -> BoxFuture<'static, ApiResult<Reply>> {
        match self {
            Run::Beside(run) => run(app, typed(call)),
            Run::Within(_) => unreachable!("the table says how an endpoint runs"),
        }
    }
}

fn typed<P: Clone + Send + Sync + 'static>(call: Call<Decoded>) -> Call<P> {
    let params = call.params.downcast_ref::<P>().expect("decoded by the same endpoint").clone();
    let Call { app, ids, row, caller, origin, client, expand, upload, .. } = call;
    Call { app, ids, params, row, caller, origin, client, expand, upload }
}

/// How an endpoint runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// On a read connection.
    Read,
    /// In a write transaction, with idempotency.
    Write,
    /// Opens its own transactions; idempotency around it.
    Beside,
}

/// Which keys an endpoint takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    /// Secret, and restricted with the right to the named resource.
    Secret(&'static str),
    /// Publishable as well; the parameters carry a client secret.
    Publishable,
    /// Secret, restricted with the right to the named resource, and publishable: the handler asks for the client secret of
    /// what exists already, and shows a publishable key what pages may see.
    Either(&'static str),
    /// Secret, restricted with the right to the named resource, and ephemeral ones: the handler sees to it that those reach
    /// what belongs to their customer and no more.
    Customer(&'static str),
}

impl Keys {
    /// The resource whose right a restricted key needs; none where only a client secret opens.
    #[must_use]
    pub fn resource(self) -> Option<&'static str> {
        match self {
            Keys::Secret(own) | Keys::Either(own) | Keys::Customer(own) => Some(own),
            Keys::Publishable => None,
        }
    }
}

/// A line of the table.
pub struct Route {
    /// `GET`, `POST` or `DELETE`.
    pub method: &'static str,
    /// The path, with `:name` for ids.
    pub path: &'static str,
    /// Which keys.
    pub keys: Keys,
    /// There for preview versions alone.
    pub preview: bool,
    /// How it runs.
    pub kind: Kind,
    /// What it runs.
    pub endpoint: Box<dyn Erased>,
}

impl Route {
    /// The right that a restricted key needs.
    #[must_use]
    pub fn right(&self) -> Right {
        if self.method == "GET" { Right::Read } else { Right::Write }
    }
}

/// Writes the table: `METHOD "path" keys kind handler;` per line, with `@preview` before the handler of an endpoint that is not
/// general yet.
macro_rules! routes {
    ($($method:ident $path:literal $keys:ident $(($resource:ident))? $kind:ident $(@$stage:ident)? $handler:path;)*) => {
        vec![$(
            crate::route::Route {
                method: stringify!($method),
                path: $path,
                keys: routes!(@keys $keys $($resource)?),
                preview: routes!(@stage $($stage)?),
                kind: routes!(@kind $kind),
                endpoint: Box::new(routes!(@run $kind $handler)),
            }
        ),*]
    };
    (@keys secret $resource:ident) => { crate::route::Keys::Secret(stringify!($resource)) };
    (@keys publishable) => { crate::route::Keys::Publishable };
    (@keys either $resource:ident) => { crate::route::Keys::Either(stringify!($resource)) };
    (@keys customer $resource:ident) => { crate::route::Keys::Customer(stringify!($resource)) };
    (@stage) => { false };
    (@stage preview) => { true };
    (@kind read) => { crate::route::Kind::Read };
    (@kind write) => { crate::route::Kind::Write };
    (@kind beside) => { crate::route::Kind::Beside };
    (@run beside $handler:path) => { crate::route::Run::Beside(|app, call| Box::pin($handler(app, call))) };
    (@run $kind:ident $handler:path) => { crate::route::Run::Within(|cx, call| Box::pin($handler(cx, call))) };
}
pub(crate) use routes;
