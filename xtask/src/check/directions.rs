//! Which crate may depend on which, judged by the manifests as cargo reads them.

use std::process::Stdio;

use serde_json::Value;

use crate::process::cargo;

/// The rooms from the ground up. A crate may use crates of lower floors only; the ground floor is pure and its crates may
/// use each other.
const FLOORS: &[&[&str]] = &[
    &["form", "form-derive", "money", "calendar", "nacha", "ofx", "ledger"],
    &["store"],
    &["kernel"],
    &["egress"],
    &["banks", "delivery"],
    &["api"],
    &["pages"],
    &["server"],
];
/// Rooms beside the house: a bank of its own, which uses the ground floor only.
const BESIDE: &[&str] = &["testbank"];
/// Used by tests and people, never by the product.
const DEVELOPMENT: &[&str] = &["testkit", "bench", "xtask"];
/// Database drivers, named by `store`, and by `bench` to compare with.
const DRIVERS: &[&str] = &["rusqlite", "tokio-postgres", "deadpool-postgres", "deadpool"];
/// What makes a crate impure: tasks, input and output, clocks.
const IMPURE: &[&str] = &["tokio", "axum", "hyper", "reqwest", "jiff", "http"];

/// Computes with dates that it is given; its lint rules keep the clock of the machine out.
const CIVIL_DATES: (&str, &str) = ("calendar", "jiff");

/// One line of one manifest.
struct Dependency {
    from: String,
    on: String,
    development: bool,
}

/// Every dependency against the direction, and every crate that is on no list.
pub fn complaints() -> Vec<String> {
    match manifests() {
        Ok((members, dependencies)) => {
            let unknown = members
                .iter()
                .filter(|name| !is_known(name))
                .map(|name| format!("{name} has no floor: add it to the lists in xtask/src/check/directions.rs"));
            unknown.chain(dependencies.iter().filter_map(complaint)).collect()
        }
        Err(error) => vec![error],
    }
}

fn manifests() -> Result<(Vec<String>, Vec<Dependency>), String> {
    let output = cargo()
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cargo metadata: {error}"))?;
    let metadata: Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("cargo metadata: {error}: {}", String::from_utf8_lossy(&output.stderr)))?;
    let mut members = Vec::new();
    let mut dependencies = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let from = package["name"].as_str().unwrap_or_default().to_owned();
        for row in package["dependencies"].as_array().into_iter().flatten() {
            dependencies.push(Dependency {
                from: from.clone(),
                on: row["name"].as_str().unwrap_or_default().to_owned(),
                development: row["kind"] == "dev",
            });
        }
        members.push(from);
    }
    Ok((members, dependencies))
}

fn floor(name: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&name))
}

fn is_known(name: &str) -> bool {
    floor(name).is_some() || BESIDE.contains(&name) || DEVELOPMENT.contains(&name)
}

fn complaint(dependency: &Dependency) -> Option<String> {
    let Dependency { from, on, development } = dependency;
    let (from, on) = (from.as_str(), on.as_str());
    if DRIVERS.contains(&on) && !["store", "bench"].contains(&from) {
        return Some(format!("{from} names {on}: only store knows database drivers"));
    }
    if floor(from) == Some(0) && IMPURE.contains(&on) && !development && (from, on) != CIVIL_DATES {
        return Some(format!("{from} names {on}: pure crates have no tasks, no clock, no input or output"));
    }
    // A crate that names itself for its own tests switches one of its features on.
    if !is_known(on) || from == on || DEVELOPMENT.contains(&from) && from != "xtask" {
        return None;
    }
    if from == "xtask" {
        return Some(format!("xtask names {on}: it drives the product from outside"));
    }
    let beside = BESIDE.contains(&on) || DEVELOPMENT.contains(&on);
    let allowed = match (floor(from), floor(on)) {
        // Tests of any crate may use the test bank and the test kit.
        _ if beside && *development => on != "xtask",
        // The server wires the test bank; nobody else knows it.
        _ if beside => from == "server" && BESIDE.contains(&on),
        (Some(from), Some(on)) => on < from || (from == 0 && on == 0),
        (None, Some(on)) => on == 0,
        (_, None) => false,
    };
    (!allowed).then(|| format!("{from} depends on {on}, against the direction"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(from: &str, on: &str, development: bool) -> Option<String> {
        complaint(&Dependency { from: from.into(), on: on.into(), development })
    }

    #[test]
    fn lower_floors_may_be_used() {
        for (from, on) in [("api", "kernel"), ("server", "store"), ("form", "form-derive"), ("server", "testbank")] {
            assert_eq!(judge(from, on, false), None, "{from} -> {on}");
        }
    }

    #[test]
    fn the_same_floor_and_higher_floors_may_not() {
        for (from, on) in [("kernel", "api"), ("banks", "delivery"), ("store", "kernel")] {
            assert!(judge(from, on, false).is_some(), "{from} -> {on}");
        }
    }

    #[test]
    fn the_test_bank_knows_nothing_of_the_product() {
        assert_eq!(judge("testbank", "money", false), None);
        assert!(judge("testbank", "kernel", false).is_some());
        assert!(judge("api", "testbank", false).is_some());
        assert_eq!(judge("banks", "testbank", true), None);
        assert_eq!(judge("store", "store", true), None);
    }

    #[test]
    fn the_test_kit_is_for_tests() {
        assert_eq!(judge("api", "testkit", true), None);
        assert!(judge("api", "testkit", false).is_some());
        assert_eq!(judge("testkit", "server", false), None);
    }

    #[test]
    fn drivers_and_tasks_stay_where_they_belong() {
        assert!(judge("api", "rusqlite", true).is_some());
        assert_eq!(judge("store", "rusqlite", false), None);
        assert!(judge("money", "tokio", false).is_some());
        assert_eq!(judge("kernel", "tokio", false), None);
    }
}
