//! The pages that a person sees.

use http::{StatusCode, header};

use super::support::*;

#[tokio::test]
async fn pages_have_the_names_that_people_and_tests_rely_on() {
    let world = World::new();
    let client = Client::register(&world, "bank-oauth").await;
    let login = client.open(&world, ALL_CLUSTERS).await;
    for text in [">Username</label>", ">Password</label>", ">Log in</button>", ">Cancel</button>"] {
        assert!(login.text.contains(text), "{text}");
    }
    let consent = client.submit(&world, &login, "login", &[("username", "a"), ("password", "b")]).await;
    for text in ["<h1>Share data with Rocket Rides?</h1>", ">Agree and share</button>", ">Deny</button>"] {
        assert!(consent.text.contains(text), "{text}");
    }
    let accounts = client.submit(&world, &consent, "consent", &[("decision", "agree")]).await;
    for text in [">Everyday Checking</label>", ">Joint Checking</label>", ">Continue</button>", ">Cancel</button>"] {
        assert!(accounts.text.contains(text), "{text}");
    }
}

#[tokio::test]
async fn pages_allow_no_script_no_frame_and_lead_only_to_the_client() {
    let world = World::new();
    let client = Client::register(&world, "bank-oauth").await;
    let page = client.open(&world, ALL_CLUSTERS).await;
    let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(policy.contains("form-action 'self' http://127.0.0.1:12111;"), "{policy}");
    assert!(!page.text.contains("<script") && !page.text.contains("style="));
    assert!(page.headers.get(header::SET_COOKIE).is_none());
    let (_, rest) = page.text.split_once("rel=\"stylesheet\" href=\"").expect("a stylesheet");
    let style = world.get(rest.split('"').next().expect("an address")).await;
    assert_eq!(style.status, StatusCode::OK);
    assert!(style.headers[header::CACHE_CONTROL].to_str().expect("text").contains("immutable"));
}

#[tokio::test]
async fn a_name_with_markup_is_shown_as_text() {
    let world = World::new();
    let mut client = Client::unregistered("bank-oauth");
    let mut metadata = client.metadata();
    metadata["client_name"] = "<b>Rocket</b>".into();
    let registered = world.json("POST", &client.url("register"), None, &metadata).await.json();
    client.id = registered["client_id"].as_str().expect("an id").to_owned();
    let page = client.open(&world, ALL_CLUSTERS).await;
    assert!(!page.text.contains("<b>Rocket"));
}

#[tokio::test]
async fn every_page_can_be_left_without_sharing() {
    let world = World::new();
    let client = Client::register(&world, "bank-oauth").await;
    let deny = [("decision", "deny")];
    let login = client.open(&world, ALL_CLUSTERS).await;
    let mut answers = vec![client.submit(&world, &login, "login", &deny).await];
    let consent = client.log_in(&world, ALL_CLUSTERS).await;
    answers.push(client.submit(&world, &consent, "consent", &deny).await);
    let consent = client.log_in(&world, ALL_CLUSTERS).await;
    let accounts = client.submit(&world, &consent, "consent", &[]).await;
    answers.push(client.submit(&world, &accounts, "accounts", &deny).await);
    for answer in answers {
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(answer.redirect_param("error").as_deref(), Some("access_denied"));
        assert_eq!(answer.redirect_param("code"), None);
        assert!(answer.redirect_param("state").is_some() && answer.redirect_param("iss").is_some());
    }
}

#[tokio::test]
async fn a_form_sent_twice_leads_to_the_same_place() {
    let world = World::new();
    let client = Client::register(&world, "test-oauth").await;
    let consent = client.log_in(&world, ALL_CLUSTERS).await;
    let first = client.submit(&world, &consent, "consent", &[]).await;
    let second = client.submit(&world, &consent, "consent", &[("decision", "deny")]).await;
    assert_eq!(first.headers[header::LOCATION], second.headers[header::LOCATION]);
    assert!(second.redirect_param("code").is_some());
}

#[tokio::test]
async fn only_the_chosen_accounts_are_shared() {
    let world = World::new();
    let client = Client::register(&world, "bank-oauth").await;
    let consent = client.log_in(&world, ALL_CLUSTERS).await;
    let choice = client.submit(&world, &consent, "consent", &[]).await;
    let none = client.submit(&world, &choice, "accounts", &[("account", "made-up")]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.text.contains("role=\"alert\""));
    let ids = account_values(&choice);
    let redirect = client.submit(&world, &choice, "accounts", &[("account", &ids[1])]).await;
    let code = redirect.redirect_param("code").expect("a code");
    let tokens = client.exchange(&world, &code, VERIFIER, REDIRECT).await.json();
    let token = access_token(&tokens);
    let list = world.fdx("bank-oauth", "/accounts", token).await.json();
    assert_eq!(list["accounts"].as_array().map(Vec::len), Some(1));
    assert_eq!(list["accounts"][0]["accountId"], ids[1]);
    assert_eq!(list["accounts"][0]["productName"], "Rainy Day Savings");
    let hidden = world.fdx("bank-oauth", &format!("/accounts/{}", ids[0]), token).await;
    assert_eq!((hidden.status, hidden.json()["code"].clone()), (StatusCode::NOT_FOUND, "701".into()));
}

#[tokio::test]
async fn steps_cannot_be_skipped_forged_or_delayed() {
    let world = World::new();
    let client = Client::register(&world, "bank-oauth").await;
    let login = client.open(&world, ALL_CLUSTERS).await;
    let without_name = client.submit(&world, &login, "consent", &[]).await;
    assert_eq!(without_name.status, StatusCode::BAD_REQUEST);
    let empty = client.submit(&world, &login, "login", &[("username", " "), ("password", "x")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let consent = client.log_in(&world, ALL_CLUSTERS).await;
    let unagreed = client.submit(&world, &consent, "accounts", &[]).await;
    assert!(unagreed.text.contains("Agree and share"));
    let forged = world.form(&client.url("authorize/consent"), &[("transaction", "abc.def")]).await;
    assert_eq!(forged.status, StatusCode::BAD_REQUEST);
    world.clock.advance_real(901);
    let late = client.submit(&world, &consent, "consent", &[]).await;
    assert_eq!(late.status, StatusCode::BAD_REQUEST);
    let unknown = world.get(&format!("{}?client_id={}&request_uri=urn:x", client.url("authorize"), client.id)).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
}
