//! Which endpoint a method and a path mean.

use std::collections::HashMap;
use std::sync::LazyLock;

use matchit::Router;

use crate::route::{Keys, Route};
use crate::routes;

/// Longer ids are nobody's.
const ID_BYTES_MAX: usize = 255;

/// By method, places in the table.
static ROUTERS: LazyLock<HashMap<&str, Router<usize>>> = LazyLock::new(|| {
    let mut routers: HashMap<&str, Router<usize>> = HashMap::new();
    for (index, route) in routes::all().iter().enumerate() {
        insert(routers.entry(route.method).or_default(), route, index);
    }
    routers
});

/// What pages of other origins may call, with any method.
static FOR_BROWSERS: LazyLock<Router<usize>> = LazyLock::new(|| {
    let mut router = Router::new();
    for (index, route) in
        routes::all().iter().enumerate().filter(|(_, route)| !matches!(route.keys, Keys::Secret(_) | Keys::Customer(_)))
    {
        insert(&mut router, route, index);
    }
    router
});

fn insert(router: &mut Router<usize>, route: &Route, index: usize) {
    let segments = route.path.split('/').map(|segment| match segment.strip_prefix(':') {
        Some(name) => format!("{{{name}}}"),
        None => segment.to_owned(),
    });
    let path = segments.collect::<Vec<_>>().join("/");
    // A path stands there once for each method that it has.
    match router.insert(path, index) {
        Ok(()) | Err(matchit::InsertError::Conflict { .. }) => {}
        Err(error) => panic!("{}: {error}", route.path),
    }
}

/// The endpoint, and the ids in the path.
pub(crate) fn find(method: &str, path: &str) -> Option<(&'static Route, Vec<String>)> {
    let found = ROUTERS.get(method)?.at(trimmed(path)).ok()?;
    let ids = found.params.iter().map(|(_, id)| id_of(id)).collect::<Option<Vec<_>>>()?;
    Some((&routes::all()[*found.value], ids))
}

/// True for what pages of other origins may call. All else answers no page but our own: with sandboxes that any key opens, a
/// page anywhere on the web could otherwise drive this server through a visitor's browser.
pub(crate) fn is_for_browsers(path: &str) -> bool {
    FOR_BROWSERS.at(trimmed(path)).is_ok()
}

fn trimmed(path: &str) -> &str {
    path.strip_suffix('/').unwrap_or(path)
}

fn id_of(segment: &str) -> Option<String> {
    if segment.is_empty() || segment.len() > ID_BYTES_MAX {
        return None;
    }
    let text = percent_encoding::percent_decode_str(segment).decode_utf8().ok()?;
    (!text.chars().any(char::is_control)).then(|| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(method: &str, path: &str) -> Option<(&'static str, Vec<String>)> {
        find(method, path).map(|(route, ids)| (route.path, ids))
    }

    #[test]
    fn every_route_is_found_under_its_own_path() {
        for route in routes::all() {
            let path: Vec<&str> =
                route.path.split('/').map(|segment| if segment.starts_with(':') { "x_1" } else { segment }).collect();
            let (own, ids) = found(route.method, &path.join("/")).expect(route.path);
            assert_eq!(own, route.path);
            assert_eq!(ids.len(), route.path.matches(':').count());
        }
    }

    #[test]
    fn names_come_before_ids_and_ids_are_decoded() {
        let customer = |id: &str| Some(("/v1/customers/:id", vec![id.to_owned()]));
        let cases = [
            ("/v1/customers/search", Some(("/v1/customers/search", vec![]))),
            ("/v1/customers/cus_1", customer("cus_1")),
            ("/v1/customers/cus_1/", customer("cus_1")),
            ("/v1/customers/a%20b", customer("a b")),
            ("/v1/customers/a%0Ab", None),
            ("/v1/customers/%ff", None),
            ("/v1/customers/", Some(("/v1/customers", vec![]))),
            ("/v1/customers//", None),
            ("/v1/customers/a/b", None),
            ("/v1/nothing", None),
            ("", None),
        ];
        for (path, expected) in cases {
            assert_eq!(found("GET", path), expected, "{path}");
        }
        assert_eq!(found("GET", &format!("/v1/customers/{}", "a".repeat(256))), None);
        assert_eq!(found("PUT", "/v1/customers"), None);
        assert_eq!(found("POST", "/v1/financial_connections/accounts//refresh"), None);
    }
}
