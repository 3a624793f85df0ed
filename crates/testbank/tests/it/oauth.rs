//! Registration, pushed requests, codes and tokens.

use http::StatusCode;
use serde_json::json;
use testbank::WorldClock;

use super::support::*;

#[tokio::test]
async fn metadata_names_every_endpoint() {
    let world = World::new();
    for document in ["oauth-authorization-server", "openid-configuration"] {
        let body = world.get(&format!("{BASE}/bank-oauth/.well-known/{document}")).await.json();
        let issuer = format!("{BASE}/bank-oauth");
        assert_eq!(body["issuer"], issuer);
        assert_eq!(body["pushed_authorization_request_endpoint"], format!("{issuer}/par"));
        assert_eq!(body["registration_endpoint"], format!("{issuer}/register"));
        assert_eq!(body["require_pushed_authorization_requests"], true);
        assert_eq!(body["authorization_response_iss_parameter_supported"], true);
    }
    let keys = world.get(&format!("{BASE}/bank-oauth/jwks")).await.json();
    assert_eq!(keys["keys"][0]["crv"], "Ed25519");
    assert_eq!(world.get(&format!("{BASE}/no-such-bank/jwks")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_registration_can_be_read_and_deleted_with_its_token_only() {
    let world = World::new();
    let client = Client::register(&world, "bank-oauth").await;
    let url = client.registration["registration_client_uri"].as_str().expect("an address").to_owned();
    let token = client.registration["registration_access_token"].as_str().expect("a token");
    let shown = world.json("GET", &url, Some(token), &json!(null)).await;
    assert_eq!(shown.json()["client_id"], client.id);
    assert_eq!(world.json("GET", &url, Some("wrong"), &json!(null)).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.json("DELETE", &url, Some(token), &json!(null)).await.status, StatusCode::NO_CONTENT);
    let pushed = client.push(&world, ALL_CLUSTERS, &[]).await;
    assert_eq!((pushed.status, pushed.json()["error"].clone()), (StatusCode::UNAUTHORIZED, json!("invalid_client")));
}

#[tokio::test]
async fn a_registration_must_be_complete() {
    let world = World::new();
    let client = Client::unregistered("bank-oauth");
    let cases = [
        ("software_id", json!(""), "invalid_client_metadata"),
        ("client_name", json!(null), "invalid_client_metadata"),
        ("redirect_uris", json!([]), "invalid_redirect_uri"),
        ("redirect_uris", json!(["ftp://a.example/"]), "invalid_redirect_uri"),
        ("redirect_uris", json!(["https://a.example/#part"]), "invalid_redirect_uri"),
        ("token_endpoint_auth_method", json!("client_secret_basic"), "invalid_client_metadata"),
        ("jwks", json!({"keys": []}), "invalid_client_metadata"),
        ("jwks", json!({"keys": [{"kty": "RSA", "n": "AQ", "e": "AQAB"}]}), "invalid_client_metadata"),
        ("jwks_uri", json!("https://a.example/jwks"), "invalid_client_metadata"),
    ];
    for (name, value, code) in cases {
        let mut metadata = client.metadata();
        metadata[name] = value.clone();
        let answer = world.json("POST", &client.url("register"), None, &metadata).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name} {value}");
        assert_eq!(answer.json()["error"], code, "{name} {value}");
    }
}

#[tokio::test]
async fn client_assertions_are_checked() {
    let world = World::new();
    let client = Client::register(&world, "bank-oauth").await;
    let other = Client::register(&world, "bank-oauth").await;
    let changed = |name: &str, value| {
        let mut claims = client.claims();
        claims[name] = value;
        claims
    };
    let bad = [
        changed("aud", json!("https://another.example")),
        changed("exp", json!(START - 60)),
        changed("exp", json!(START + 3_600)),
        changed("iss", json!("somebody")),
        changed("jti", json!("")),
        changed("sub", json!(other.id)),
        changed("nbf", json!(START + 600)),
    ];
    for claims in bad {
        let answer = client.call_signed(&world, "token", &client.sign(&claims), &[("grant_type", "refresh_token")]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{claims}");
        assert_eq!(answer.json()["error"], "invalid_client", "{claims}");
    }
    let forged = client.call_signed(&world, "token", &other.sign(&client.claims()), &[]).await;
    assert_eq!(forged.status, StatusCode::UNAUTHORIZED);
    for audience in [json!(format!("{BASE}/bank-oauth/token")), json!([format!("{BASE}/bank-oauth")])] {
        let good = client.sign(&changed("aud", audience));
        let first = client.call_signed(&world, "token", &good, &[]).await;
        assert_eq!(first.json()["error"], "invalid_request", "authenticated, but without a grant type");
        let again = client.call_signed(&world, "token", &good, &[]).await;
        assert_eq!(again.json()["error"], "invalid_client", "a jti works once");
    }
}

#[tokio::test]
async fn pushed_requests_are_checked() {
    let world = World::new();
    let client = Client::register(&world, "bank-oauth").await;
    let unknown = json!([{"type": "fdx_v1.0", "consentRequest": {"resources": [{"dataClusters": ["SECRETS"]}]}}]);
    let unbounded = json!([{"type": "fdx_v1.0", "consentRequest": {"durationType": "TIME_BOUND"}}]);
    let (unknown, unbounded) = (unknown.to_string(), unbounded.to_string());
    let prefix = format!("{REDIRECT}/deeper");
    let cases = [
        ("redirect_uri", prefix.as_str(), "invalid_request"),
        ("redirect_uri", "http://127.0.0.1:12111/CALLBACK", "invalid_request"),
        ("response_type", "token", "unsupported_response_type"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("code_challenge", "short", "invalid_request"),
        ("request_uri", "urn:x", "invalid_request"),
        ("client_id", "somebody", "invalid_client"),
        ("authorization_details", "nonsense", "invalid_authorization_details"),
        ("authorization_details", &unknown, "invalid_authorization_details"),
        ("authorization_details", &unbounded, "invalid_authorization_details"),
        ("authorization_details", "", "invalid_scope"),
    ];
    for (name, value, code) in cases {
        let answer = client.push(&world, ALL_CLUSTERS, &[(name, value)]).await;
        assert!(answer.status.is_client_error(), "{name}={value}");
        assert_eq!(answer.json()["error"], code, "{name}={value}");
    }
    let scoped = [("authorization_details", ""), ("scope", "openid fdx:balances:read fdx:accountbasic:read")];
    assert_eq!(client.push(&world, &[], &scoped).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_code_works_once_and_its_replay_ends_the_consent() {
    let world = World::new();
    let client = Client::register(&world, "test-oauth").await;
    let redirect = client.authorize(&world, ALL_CLUSTERS).await;
    assert_eq!(redirect.redirect_param("state").as_deref(), Some("s t&te"));
    assert_eq!(redirect.redirect_param("iss"), Some(format!("{BASE}/test-oauth")));
    let code = redirect.redirect_param("code").expect("a code");
    let tokens = client.exchange(&world, &code, VERIFIER, REDIRECT).await.json();
    let token = access_token(&tokens);
    assert_eq!(tokens["expires_in"], 900);
    assert!(tokens["scope"].as_str().is_some_and(|scope| scope.contains("fdx:balances:read")));
    assert_eq!(world.fdx("test-oauth", "/accounts", token).await.status, StatusCode::OK);
    let replay = client.exchange(&world, &code, VERIFIER, REDIRECT).await;
    assert_eq!((replay.status, replay.json()["error"].clone()), (StatusCode::BAD_REQUEST, json!("invalid_grant")));
    let after = world.fdx("test-oauth", "/accounts", token).await;
    assert_eq!((after.status, after.json()["code"].clone()), (StatusCode::UNAUTHORIZED, json!("603")));
}

#[tokio::test]
async fn a_code_needs_its_verifier_redirect_client_and_time() {
    let world = World::new();
    let client = Client::register(&world, "test-oauth").await;
    let thief = Client::register(&world, "test-oauth").await;
    let code = client.authorize(&world, ALL_CLUSTERS).await.redirect_param("code").expect("a code");
    let attempts = [
        client.exchange(&world, &code, "another-verifier", REDIRECT).await,
        client.exchange(&world, &code, VERIFIER, "http://127.0.0.1:12111/other").await,
        thief.exchange(&world, &code, VERIFIER, REDIRECT).await,
        client.exchange(&world, "made-up", VERIFIER, REDIRECT).await,
    ];
    for attempt in attempts {
        assert_eq!(attempt.json()["error"], "invalid_grant");
    }
    world.clock.advance_real(61);
    assert_eq!(client.exchange(&world, &code, VERIFIER, REDIRECT).await.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn access_tokens_expire_and_refresh_tokens_do_not() {
    let world = World::new();
    let client = Client::register(&world, "test-oauth").await;
    let tokens = client.connect(&world, ALL_CLUSTERS).await;
    let refresh = tokens["refresh_token"].as_str().expect("a refresh token");
    world.clock.advance_real(901);
    let late = world.fdx("test-oauth", "/accounts", access_token(&tokens)).await;
    assert_eq!(late.status, StatusCode::UNAUTHORIZED);
    for _ in 0..2 {
        // In another process, and as often as one likes.
        let world = world.reopen();
        let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        let fresh = client.call(&world, "token", &fields).await.json();
        assert_eq!(fresh["refresh_token"], refresh);
        assert_eq!(fresh["grant_id"], tokens["grant_id"]);
        assert_eq!(world.fdx("test-oauth", "/accounts", access_token(&fresh)).await.status, StatusCode::OK);
    }
    let thief = Client::register(&world, "test-oauth").await;
    let stolen = thief.call(&world, "token", &[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await;
    assert_eq!(stolen.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn a_revoked_token_ends_the_consent() {
    let world = World::new();
    let client = Client::register(&world, "test-oauth").await;
    let thief = Client::register(&world, "test-oauth").await;
    for name in ["refresh_token", "access_token"] {
        let tokens = client.connect(&world, ALL_CLUSTERS).await;
        let token = tokens[name].as_str().expect("a token");
        assert_eq!(thief.call(&world, "revoke", &[("token", token)]).await.status, StatusCode::OK);
        assert_eq!(world.fdx("test-oauth", "/accounts", access_token(&tokens)).await.status, StatusCode::OK);
        assert_eq!(client.call(&world, "revoke", &[("token", token)]).await.status, StatusCode::OK);
        let after = world.fdx("test-oauth", "/accounts", access_token(&tokens)).await;
        assert_eq!(after.status, StatusCode::UNAUTHORIZED);
        let refresh = tokens["refresh_token"].as_str().expect("a refresh token");
        let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        assert_eq!(client.call(&world, "token", &fields).await.json()["error"], "invalid_grant");
    }
    assert_eq!(client.call(&world, "revoke", &[("token", "made-up")]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_time_bound_consent_ends_in_the_time_of_its_world() {
    let world = World::new();
    let client = Client::register(&world, "test-oauth").await;
    let tokens = client.connect(&world, ALL_CLUSTERS).await;
    world.clock.advance_world(365 * 86_400 - 1);
    assert_eq!(world.fdx("test-oauth", "/accounts", access_token(&tokens)).await.status, StatusCode::OK);
    world.clock.advance_world(1);
    let after = world.fdx("test-oauth", "/accounts", access_token(&tokens)).await;
    assert_eq!(after.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn tokens_of_one_institution_are_nothing_at_another() {
    let world = World::new();
    let client = Client::register(&world, "test-oauth").await;
    let tokens = client.connect(&world, ALL_CLUSTERS).await;
    let elsewhere = world.fdx("ownership-accounts", "/accounts", access_token(&tokens)).await;
    assert_eq!(elsewhere.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.clock.real_now(), START);
}
