use serde_json::json;
use testkit::{Params, each, ids};

const ACCOUNTS: &str = "/v1/financial_connections/accounts";

#[tokio::test]
async fn every_kind_of_owner() {
    each(async |server| {
        let sandbox = server.sandbox();
        // The account, and how many owners its bank names.
        let cases = [
            ("Single Owner Checking", 1),
            ("Joint Owners Checking", 2),
            ("Business Owner Checking", 1),
            ("Owner Without Contact Checking", 1),
            ("Empty Ownership Checking", 0),
            ("No Ownership Data Checking", 0),
        ];
        let names: Vec<&str> = cases.iter().map(|(name, _)| *name).collect();
        let linked = sandbox.link("Ownership Accounts", &names, &[("prefetch[]", "ownership")]).await;
        for (name, expected) in cases {
            let account = linked.accounts.iter().find(|account| account["display_name"] == name).unwrap();
            assert_eq!(
                (&account["status"], &account["ownership_refresh"]["status"]),
                (&json!("active"), &json!("succeeded")),
                "{name}"
            );
            let path = format!("{ACCOUNTS}/{}/owners", account["id"].as_str().unwrap());
            let list = sandbox.find(&path, &[("ownership", account["ownership"].as_str().unwrap())]).await.ok();
            let owners = list["data"].as_array().unwrap();
            assert_eq!((owners.len(), list["has_more"].as_bool()), (expected, Some(false)), "{name}");
            for owner in owners {
                assert_eq!(
                    (&owner["object"], &owner["ownership"]),
                    (&json!("financial_connections.account_owner"), &account["ownership"])
                );
                assert!(owner["name"].as_str().is_some_and(|text| !text.is_empty()));
                match name {
                    "Single Owner Checking" => assert!(owner["email"].is_string() && owner["phone"].is_string(), "{owner}"),
                    "Owner Without Contact Checking" => assert!(owner["email"].is_null() && owner["phone"].is_null(), "{owner}"),
                    _ => {}
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn snapshots_are_paged_and_belong_to_their_account() {
    each(async |server| {
        let sandbox = server.sandbox();
        let names = ["Joint Owners Checking", "Single Owner Checking"];
        let linked = sandbox.link("Ownership Accounts", &names, &[("prefetch[]", "ownership")]).await;
        let by_name = |name: &str| linked.accounts.iter().find(|account| account["display_name"] == name).unwrap();
        let (joint, single) = (by_name(names[0]), by_name(names[1]));
        let path = format!("{ACCOUNTS}/{}/owners", joint["id"].as_str().unwrap());
        let ownership = joint["ownership"].as_str().unwrap();
        let own = ("ownership", ownership);
        let all = ids(&sandbox.find(&path, &[own]).await.ok());
        let page = sandbox.find(&path, &[own, ("limit", "1")]).await.ok();
        assert_eq!((ids(&page), page["has_more"].as_bool()), (all[..1].to_vec(), Some(true)));
        let page = sandbox.find(&path, &[own, ("limit", "1"), ("starting_after", &all[0])]).await.ok();
        assert_eq!((ids(&page), page["has_more"].as_bool()), (all[1..].to_vec(), Some(false)));
        assert_eq!(ids(&sandbox.find(&path, &[own, ("ending_before", &all[1])]).await.ok()), all[..1]);

        let theirs = single["ownership"].as_str().unwrap();
        let cases: &[(Params<'_>, &str, &str)] = &[
            (&[], "parameter_missing", "ownership"),
            (&[("ownership", "fcaowns_none")], "resource_missing", "ownership"),
            (&[("ownership", theirs)], "resource_missing", "ownership"),
            (&[own, ("starting_after", "fcaown_none")], "resource_missing", "starting_after"),
        ];
        for (params, code, param) in cases {
            sandbox.find(&path, params).await.error(400, *code, *param);
        }
        sandbox.find(&format!("{ACCOUNTS}/fca_none/owners"), &[own]).await.error(404, "resource_missing", "account");

        // A later snapshot does not change an earlier one.
        sandbox.advance(60).await;
        let account = sandbox.refresh(joint["id"].as_str().unwrap(), &["ownership"]).await;
        assert_ne!(account["ownership"], joint["ownership"]);
        assert_eq!(ids(&sandbox.find(&path, &[own]).await.ok()), all);
    })
    .await;
}
