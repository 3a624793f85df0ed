//! The linking flow, walked as a browser without scripts walks it, and what its responses promise.

use http::StatusCode;
use pages::view::{Pane, Problem};

use crate::client::{Client, OPENER};
use crate::support::banks;

#[tokio::test]
async fn a_person_links_an_account_with_plain_forms() {
    let client = Client::new();
    let consent = client.get("/connections/t0").await;
    assert!(consent.body.contains("Juniper Budget asks to link your bank account"));

    let picker = client.act("/connections/t0/agree", "").await;
    assert!(picker.body.contains("Search banks"));
    let found = client.get("/connections/t0?q=test").await;
    assert!(found.body.contains("Test (OAuth)") && !found.body.contains("Down Bank"));

    let login = client.act("/connections/t0/institution", "institution=fcinst_0").await;
    assert!(login.body.contains("Continue to Test (OAuth)"));
    let bank = client.follow("/connections/t0/bank").await;
    assert_eq!(bank.status, StatusCode::SEE_OTHER);
    assert_eq!(bank.header("location"), "/bank?state=popup-t0");
    let returned = client.get("/connections/return?state=popup-t0&code=1").await;
    assert!(returned.body.contains("You can close this window"));
    assert!(returned.body.contains("/static/returned."));

    let complaint = client.act("/connections/t0/accounts", "").await;
    assert!(complaint.body.contains("Choose an account to go on."));
    let success = client.act("/connections/t0/accounts", "account=fca_1&account=fca_2").await;
    assert!(success.body.contains("Your accounts are linked"));
    assert!(success.body.contains("Everyday Checking") && success.body.contains("Travel Fund"));

    let again = client.act("/connections/t0/picker", "").await;
    assert!(again.body.contains("Search banks"));
    let finished = client.act("/connections/t0/done", "").await;
    assert!(finished.body.contains("All done"));
    assert!(finished.body.contains("data-cancelled=\"false\""));
}

#[tokio::test]
async fn cancel_finishes_from_any_pane() {
    let client = Client::new();
    let finished = client.act("/connections/t0/cancel", "").await;
    assert!(finished.body.contains("No account was linked"));
    assert!(finished.body.contains("data-cancelled=\"true\""));
}

#[tokio::test]
async fn try_again_goes_back_to_the_same_bank() {
    let client = Client::new();
    let institution = banks("bank").into_iter().next();
    client.memory.set("t0", Pane::Problem { problem: Problem::AccessDenied, institution, manual_entry: false });
    let login = client.act("/connections/t0/retry", "").await;
    assert!(login.body.contains("Continue to Bank (OAuth)"));

    client.memory.set("t0", Pane::Problem { problem: Problem::BankError, institution: None, manual_entry: false });
    let picker = client.act("/connections/t0/retry", "").await;
    assert!(picker.body.contains("Search banks"));
}

#[tokio::test]
async fn without_a_popup_the_bank_comes_back_to_the_flow() {
    let client = Client::new();
    client.act("/connections/t0/institution", "institution=fcinst_0").await;
    let bank = client.follow("/connections/t0/bank?redirect=1").await;
    assert_eq!(bank.header("location"), "/bank?state=redirect-t0");
    let returned = client.get("/connections/return?state=redirect-t0&error=access_denied").await;
    assert_eq!(returned.status, StatusCode::SEE_OTHER);
    assert_eq!(returned.header("location"), "/connections/t0");
    let pane = client.get("/connections/t0").await;
    assert!(pane.body.contains("did not share any accounts"));
}

/// A page elsewhere cannot begin a login in a person's browser: the person is asked first, by a page that nobody frames.
#[tokio::test]
async fn who_is_sent_to_a_bank_from_elsewhere_is_asked_first() {
    let client = Client::new();
    client.act("/connections/t0/institution", "institution=fcinst_0").await;
    let from: [&[(&str, &str)]; 4] =
        [&[("sec-fetch-site", "cross-site")], &[("sec-fetch-site", "same-site")], &[("sec-fetch-site", "none")], &[]];
    for headers in from {
        let asked = client.get_with("/connections/t0/bank?redirect=1", headers).await;
        assert_eq!((asked.status, asked.header("set-cookie")), (StatusCode::OK, ""), "{headers:?}");
        assert!(asked.body.contains("Juniper Budget asks to link your bank account"));
        assert!(asked.body.contains("Continue to Test (OAuth)") && asked.body.contains("name=\"redirect\" value=\"1\""));
        assert!(asked.header("content-security-policy").contains("frame-ancestors 'none'"));
        assert_eq!(asked.header("referrer-policy"), "same-origin");
    }
    let view = client.memory.get("t0").expect("the flow");
    assert!(matches!(view.pane, Pane::BankLogin { waiting: false, .. }), "nothing was begun");
    let foreign = client.post_from("/connections/t0/bank", "redirect=1", "https://evil.example").await;
    assert_eq!((foreign.status, foreign.header("set-cookie")), (StatusCode::FORBIDDEN, ""));

    let gone = client.post("/connections/t0/bank", "redirect=1").await;
    assert_eq!((gone.status, gone.header("refresh")), (StatusCode::OK, "0; url=/bank?state=redirect-t0"));
    assert!(gone.header("set-cookie").contains("=t0;") && gone.body.contains("href=\"/bank?state=redirect-t0\""));
    let popup = client.get("/connections/t0/bank").await;
    assert!(!popup.body.contains("name=\"redirect\""));
    client.memory.set("t0", Pane::Consent);
    assert_eq!(client.get("/connections/t0/bank?redirect=1").await.header("location"), "/connections/t0");
    assert!(client.get("/connections/t0/bank").await.body.contains("You can close this window"));
}

#[tokio::test]
async fn a_bank_that_is_down_closes_its_popup_and_shows_in_the_flow() {
    let client = Client::new();
    client.act("/connections/t0/institution", "institution=fcinst_2").await;
    let popup = client.follow("/connections/t0/bank").await;
    assert_eq!(popup.status, StatusCode::OK);
    assert!(popup.body.contains("You can close this window"));
    let pane = client.get("/connections/t0").await;
    assert!(pane.body.contains("Down Bank is not available"));
    // In the same window there is no popup to close: the flow's page itself comes next.
    client.act("/connections/t0/institution", "institution=fcinst_2").await;
    let same = client.follow("/connections/t0/bank?redirect=1").await;
    assert_eq!(same.header("location"), "/connections/t0");
}

#[tokio::test]
async fn our_script_gets_the_pane_alone() {
    let client = Client::new();
    let alone = client.get_with("/connections/t0", &[("x-pane", "1")]).await;
    assert!(alone.body.trim_start().starts_with("<main"), "{}", alone.body);
    assert!(alone.body.trim_end().ends_with("</main>"));
    assert_eq!(alone.header("vary"), "X-Pane, Accept-Language");
}

#[tokio::test]
async fn the_status_changes_exactly_when_the_pane_does() {
    let client = Client::new();
    client.act("/connections/t0/institution", "institution=fcinst_0").await;
    let before = client.get("/connections/t0/status").await.body;
    assert!(before.contains("\"pane\":\"bank_login\""));
    assert_eq!(before, client.get("/connections/t0/status").await.body);
    client.follow("/connections/t0/bank").await;
    assert_ne!(before, client.get("/connections/t0/status").await.body);

    // The page carries the revision that the status reports.
    let status = client.get("/connections/t0/status").await.body;
    let status: serde_json::Value = serde_json::from_str(&status).expect("JSON");
    let page = client.get("/connections/t0").await.body;
    let revision = status["revision"].as_str().expect("a revision");
    assert!(page.contains(&format!("data-revision=\"{revision}\"")));
}

#[tokio::test]
async fn flow_pages_promise_safety_in_their_headers() {
    let client = Client::new();
    let page = client.get("/connections/t0").await;
    let policy = page.header("content-security-policy");
    for part in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'"] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(policy.ends_with(&format!("frame-ancestors {OPENER}")), "{policy}");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(page.header("cross-origin-opener-policy"), "unsafe-none");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("cache-control"), "no-store");
}

#[tokio::test]
async fn openers_that_are_no_web_origin_may_not_frame() {
    for opener in ["null", "javascript:alert(1)", "https://a.example; script-src *", "not an origin"] {
        let client = Client::new();
        client.memory.open("t1", Some(opener));
        let page = client.get("/connections/t1").await;
        let policy = page.header("content-security-policy");
        assert!(policy.ends_with("frame-ancestors 'none'"), "{opener}: {policy}");
        assert!(!page.body.contains("data-opener"), "{opener}");
    }
}

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let client = Client::new();
    for origin in ["https://evil.example", "null", "http://127.0.0.1:9999"] {
        let answer = client.post_from("/connections/t0/agree", "", origin).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{origin}");
    }
    assert!(matches!(client.memory.get("t0").map(|view| view.pane), Some(Pane::Consent)));
}

#[tokio::test]
async fn what_does_not_exist_says_so() {
    let client = Client::new();
    for path in [
        "/connections/none",
        "/connections/none/bank",
        "/connections/none/status",
        "/connections/return",
        "/connections/return?state=none-none",
    ] {
        let answer = client.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.body.contains("This page does not exist"), "{path}");
    }
    assert_eq!(client.post("/connections/t0/fly", "").await.status, StatusCode::NOT_FOUND);
    assert_eq!(client.post("/connections/none/agree", "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_action_that_does_not_fit_shows_the_pane_again() {
    let client = Client::new();
    client.act("/connections/t0/agree", "").await;
    let picker = client.act("/connections/t0/agree", "").await;
    assert!(picker.body.contains("Search banks"));
    let picker = client.act("/connections/t0/institution", "nonsense").await;
    assert!(picker.body.contains("Search banks"));
}

#[tokio::test]
async fn what_people_type_is_escaped() {
    let client = Client::new();
    client.act("/connections/t0/agree", "").await;
    let page = client.get("/connections/t0?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").await;
    assert!(!page.body.contains("<script>"), "{}", page.body);
    assert!(page.body.contains("No bank matches"));
}

#[tokio::test]
async fn a_finished_flow_links_back_but_never_to_code() {
    let client = Client::new();
    let sample = |address: &str| {
        let memory = &client.memory;
        memory.open("t2", None);
        memory.set("t2", Pane::Finished { cancelled: false });
        memory.set_return("t2", address);
    };
    sample("https://juniper.example/settings?tab=1");
    assert!(client.get("/connections/t2").await.body.contains("Back to Juniper Budget"));
    sample("juniper-app://linked");
    assert!(client.get("/connections/t2").await.body.contains("juniper-app://linked"));
    sample("javascript:alert(1)");
    assert!(!client.get("/connections/t2").await.body.contains("javascript:"));
}

#[tokio::test]
async fn the_words_of_the_consent_are_kept_once_when_the_person_agrees() {
    let client = Client::new();
    client.get("/connections/t0").await;
    assert!(client.memory.shown.lock().expect("no panic").is_empty());
    client.act("/connections/t0/agree", "").await;
    client.act("/connections/t0/agree", "").await;
    let shown = client.memory.shown.lock().expect("no panic").clone();
    assert_eq!(shown.len(), 1);
    assert_eq!((shown[0].language.as_str(), shown[0].lines[0].as_str()), ("en", "Juniper Budget asks to link your bank account"));
}
