use kernel::ApiVersion;
use serde_json::{Value, json};
use testkit::{Mood, Params, UnreliableBank, each, each_with_bank, ids};

const INSTITUTIONS: &str = "/v1/financial_connections/institutions";
const OWN: &str = "/drawbridge/v1/institutions";

fn names(list: &Value) -> Vec<&str> {
    list["data"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn previews_list_the_banks_and_show_one() {
    each(async |server| {
        let sandbox = server.sandbox();
        let preview = sandbox.version(ApiVersion::PREVIEW);
        let list = preview.find(INSTITUTIONS, &[("limit", "100")]).await.ok();
        assert_eq!((list["url"].as_str(), list["has_more"].as_bool()), (Some(INSTITUTIONS), Some(false)));
        let place = |name: &str| names(&list).iter().position(|own| *own == name).unwrap();
        assert!(place("Test (OAuth)") < place("Bank (OAuth)"), "in the order in which people see them");
        let bank = list["data"][place("Bank (OAuth)")].clone();
        let expected = json!({
            "id": bank["id"], "object": "financial_connections.institution", "countries": ["US"], "livemode": false,
            "features": {
                "balances": {"supported": true}, "ownership": {"supported": true},
                "payment_method": {"supported": true}, "transactions": {"supported": true},
            },
            "name": "Bank (OAuth)", "routing_numbers": ["110000000"], "status": "active", "url": "bank-oauth.example.com",
        });
        assert_eq!(bank, expected);
        let path = format!("{INSTITUTIONS}/{}", bank["id"].as_str().unwrap());
        assert_eq!(preview.get(&path).await.ok(), bank);
        preview.get(&format!("{INSTITUTIONS}/fcinst_none")).await.error(404, "resource_missing", "institution");
        for path in [INSTITUTIONS, &path] {
            sandbox.get(path).await.error(404, None, None);
            sandbox.version("2026-08-26.dahlia").get(path).await.error(404, None, None);
        }
        // Live accounts see the banks of live mode alone; here there is none.
        let (live, _) = server.account_with_both_modes().await;
        assert_eq!(live.version(ApiVersion::PREVIEW).get(INSTITUTIONS).await.ok()["data"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn pages_of_banks_follow_each_other() {
    each(async |server| {
        let preview = server.sandbox().version(ApiVersion::PREVIEW);
        let all = ids(&preview.find(INSTITUTIONS, &[("limit", "100")]).await.ok());
        let cases: [(Params<'_>, &[String], bool); 5] = [
            (&[("limit", "2")], &all[..2], true),
            (&[("limit", "2"), ("starting_after", &all[1])], &all[2..4], true),
            (&[("limit", "100"), ("starting_after", &all[3])], &all[4..], false),
            (&[("limit", "2"), ("ending_before", &all[3])], &all[1..3], true),
            (&[("ending_before", &all[0])], &[], false),
        ];
        for (params, expected, has_more) in cases {
            let page = preview.find(INSTITUTIONS, params).await.ok();
            assert_eq!((ids(&page).as_slice(), page["has_more"].as_bool()), (expected, Some(has_more)), "{params:?}");
        }
        preview.find(INSTITUTIONS, &[("starting_after", "fcinst_none")]).await.error(400, "resource_missing", "starting_after");
        preview.find(INSTITUTIONS, &[("name", "Bank")]).await.error(400, "parameter_unknown", "name");
    })
    .await;
}

#[tokio::test]
async fn banks_are_found_by_word_feature_and_status() {
    each(async |server| {
        let sandbox = server.sandbox();
        let found = async |params: Params<'_>| {
            names(&sandbox.find(OWN, params).await.ok()).iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(found(&[("query", "ownership")]).await, ["Ownership Accounts"]);
        assert_eq!(found(&[("query", "OAUTH bank")]).await, ["Bank (OAuth)", "Bank (Non-OAuth)"]);
        assert_eq!(found(&[("query", "nowhere")]).await, Vec::<String>::new());
        assert!(found(&[("feature", "payment_method"), ("status", "active")]).await.contains(&"Bank (OAuth)".to_owned()));
        assert_eq!(found(&[("status", "inactive")]).await, Vec::<String>::new());
        sandbox.find(OWN, &[("status", "asleep")]).await.error(400, None, "status");
    })
    .await;
}

/// A bank that fails again and again is shown as such.
#[tokio::test]
async fn the_status_says_how_a_bank_answers() {
    each_with_bank(None, async |server, bank| {
        let sandbox = server.sandbox();
        let status = async || {
            let preview = sandbox.version(ApiVersion::PREVIEW);
            preview.get(&format!("{INSTITUTIONS}/fcinst_unreliable")).await.ok()["status"].as_str().unwrap().to_owned()
        };
        let id = sandbox.link(UnreliableBank::NAME, &["Everyday Checking"], &[]).await.id();
        assert_eq!(status().await, "active");
        bank.temper("", |number, _| if number == 0 { Mood::Says(500, "{}".into()) } else { Mood::Honest });
        sandbox.refresh(&id, &["balance"]).await;
        assert_eq!(status().await, "active", "one failure that a repeat mended");
        bank.temper("", |_, _| Mood::Says(500, "{}".into()));
        sandbox.advance(2).await;
        sandbox.refresh(&id, &["balance"]).await;
        assert_eq!(status().await, "degraded");
        sandbox.advance(30).await;
        assert_eq!(status().await, "inactive", "it is left alone for a while");
        server.clock.advance(60);
        assert_eq!(status().await, "degraded", "it may answer again");
    })
    .await;
}
