//! A bank on a memory shelf, a client with a key of its own, and a browser that fills in forms.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use axum::Router;
use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use testbank::{BoxFuture, Config, MemoryShelf, TestBank, WorldClock};
use tower::ServiceExt;

pub const BASE: &str = "http://127.0.0.1:12111/testbank";
pub const REDIRECT: &str = "http://127.0.0.1:12111/callback";
pub const VERIFIER: &str = "a-verifier-that-is-long-enough-for-the-rules-of-pkce";
pub const START: i64 = 1_795_000_000;
/// What those who hand in ACH files show.
pub const ACH_KEY: &str = "the key of the ACH side";
pub const ALL_CLUSTERS: &[&str] = &[
    "ACCOUNT_BASIC",
    "ACCOUNT_DETAILED",
    "BALANCES",
    "TRANSACTIONS",
    "PAYMENT_SUPPORT",
    "CUSTOMER_CONTACT",
    "CUSTOMER_PERSONAL",
];

/// Clocks that only tests move.
pub struct TestClock {
    real: AtomicI64,
    world: AtomicI64,
}

impl TestClock {
    pub fn advance_real(&self, seconds: i64) {
        self.real.fetch_add(seconds, Ordering::SeqCst);
    }

    pub fn advance_world(&self, seconds: i64) {
        self.world.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl WorldClock for TestClock {
    fn now(&self, _world: &str) -> BoxFuture<'_, i64> {
        let now = self.world.load(Ordering::SeqCst);
        Box::pin(async move { now })
    }

    fn real_now(&self) -> i64 {
        self.real.load(Ordering::SeqCst)
    }
}

/// One answer.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The value of a parameter in the redirect.
    pub fn redirect_param(&self, name: &str) -> Option<String> {
        let location = self.headers.get(header::LOCATION).expect("a redirect").to_str().expect("text");
        assert!(location.starts_with(REDIRECT), "{location}");
        let url = url::Url::parse(location).expect("an address");
        url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// The sealed field of a page.
    pub fn transaction(&self) -> String {
        let (_, rest) = self.text.split_once("name=\"transaction\" value=\"").expect("a form");
        rest.split('"').next().expect("a value").to_owned()
    }
}

/// The bank with its clocks.
pub struct World {
    pub router: Router,
    pub clock: Arc<TestClock>,
    pub bank: TestBank,
    shelf: Arc<MemoryShelf>,
}

impl World {
    pub fn new() -> World {
        let clock = Arc::new(TestClock { real: AtomicI64::new(START), world: AtomicI64::new(START) });
        let shelf = Arc::new(MemoryShelf::new());
        let (router, bank) = World::open(&shelf, &clock);
        World { router, clock, bank, shelf }
    }

    fn open(shelf: &Arc<MemoryShelf>, clock: &Arc<TestClock>) -> (Router, TestBank) {
        let config = Config { base_url: BASE.to_owned(), secret: [42; 32], ach_key: ACH_KEY.to_owned() };
        let bank = TestBank::new(config, shelf.clone(), clock.clone());
        (Router::new().nest("/testbank", bank.router()), bank)
    }

    /// The same bank in another process.
    pub fn reopen(&self) -> World {
        let (router, bank) = World::open(&self.shelf, &self.clock);
        World { router, clock: self.clock.clone(), bank, shelf: self.shelf.clone() }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("the router answers");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a whole body").to_bytes();
        let text = String::from_utf8(bytes.to_vec()).expect("text");
        Answer { status: parts.status, headers: parts.headers, text }
    }

    pub async fn get(&self, url: &str) -> Answer {
        self.send(request("GET", url, None).body(Body::empty()).expect("a request")).await
    }

    /// `GET` with a user name and a password.
    pub async fn get_basic(&self, url: &str, user: &str, password: &str) -> Answer {
        let value = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
        let request = request("GET", url, None).header(header::AUTHORIZATION, value);
        self.send(request.body(Body::empty()).expect("a request")).await
    }

    pub async fn form(&self, url: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = request("POST", url, None).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).expect("a request")).await
    }

    pub async fn json(&self, method: &str, url: &str, token: Option<&str>, body: &Value) -> Answer {
        let request = request(method, url, token).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_string())).expect("a request")).await
    }

    /// `GET` under the FDX base with an access token.
    pub async fn fdx(&self, slug: &str, path: &str, token: &str) -> Answer {
        let url = format!("{BASE}/{slug}/fdx/v6{path}");
        self.send(request("GET", &url, Some(token)).body(Body::empty()).expect("a request")).await
    }
}

pub fn request(method: &str, url: &str, token: Option<&str>) -> http::request::Builder {
    let path = url.strip_prefix("http://127.0.0.1:12111").expect("an address of the bank");
    let builder = Request::builder().method(method).uri(path);
    match token {
        Some(token) => builder.header(header::AUTHORIZATION, format!("Bearer {token}")),
        None => builder,
    }
}

pub fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

/// A program that connects to one institution.
pub struct Client {
    pub slug: &'static str,
    pub id: String,
    pub registration: Value,
    key: Vec<u8>,
    jwk: Value,
    serial: AtomicU64,
}

impl Client {
    pub fn unregistered(slug: &'static str) -> Client {
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref()).expect("a key");
        let public = pair.public_key().as_ref();
        let (x, y) = (URL_SAFE_NO_PAD.encode(&public[1..33]), URL_SAFE_NO_PAD.encode(&public[33..]));
        let jwk = json!({"kty": "EC", "crv": "P-256", "kid": "k1", "alg": "ES256", "use": "sig", "x": x, "y": y});
        let key = document.as_ref().to_vec();
        Client { slug, id: String::new(), registration: Value::Null, key, jwk, serial: AtomicU64::new(0) }
    }

    pub fn metadata(&self) -> Value {
        json!({
            "client_name": "Rocket Rides",
            "redirect_uris": [REDIRECT],
            "software_id": "world-1",
            "token_endpoint_auth_method": "private_key_jwt",
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "jwks": {"keys": [self.jwk]},
        })
    }

    pub async fn register(world: &World, slug: &'static str) -> Client {
        let mut client = Client::unregistered(slug);
        let answer = world.json("POST", &client.url("register"), None, &client.metadata()).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        client.registration = answer.json();
        client.id = client.registration["client_id"].as_str().expect("an id").to_owned();
        client
    }

    pub fn url(&self, endpoint: &str) -> String {
        format!("{BASE}/{}/{endpoint}", self.slug)
    }

    pub fn claims(&self) -> Value {
        let jti = format!("jti-{}", self.serial.fetch_add(1, Ordering::SeqCst));
        let issuer = format!("{BASE}/{}", self.slug);
        json!({"iss": self.id, "sub": self.id, "aud": issuer, "iat": START, "exp": START + 60, "jti": jti})
    }

    pub fn sign(&self, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some("k1".to_owned());
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_ec_der(&self.key)).expect("a JWT")
    }

    /// A request with client authentication.
    pub async fn call(&self, world: &World, endpoint: &str, fields: &[(&str, &str)]) -> Answer {
        let mut claims = self.claims();
        claims["exp"] = json!(world.clock.real_now() + 60);
        self.call_signed(world, endpoint, &self.sign(&claims), fields).await
    }

    pub async fn call_signed(&self, world: &World, endpoint: &str, assertion: &str, fields: &[(&str, &str)]) -> Answer {
        let mut all = vec![
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", assertion),
        ];
        all.extend_from_slice(fields);
        world.form(&self.url(endpoint), &all).await
    }

    pub async fn push(&self, world: &World, clusters: &[&str], replaced: &[(&str, &str)]) -> Answer {
        let details = json!([{"type": "fdx_v1.0", "consentRequest": {
            "durationType": "TIME_BOUND", "durationPeriod": 365, "lookbackPeriod": 3650,
            "resources": [{"resourceType": "ACCOUNT", "dataClusters": clusters}],
        }}]);
        let (details, challenge) = (details.to_string(), challenge(VERIFIER));
        let mut fields = vec![
            ("client_id", self.id.as_str()),
            ("response_type", "code"),
            ("redirect_uri", REDIRECT),
            ("state", "s t&te"),
            ("scope", "offline_access"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("authorization_details", &details),
        ];
        for (name, value) in replaced {
            fields.retain(|(key, _)| key != name);
            fields.push((name, value));
        }
        self.call(world, "par", &fields).await
    }

    /// The log-in page of a new request.
    pub async fn open(&self, world: &World, clusters: &[&str]) -> Answer {
        let pushed = self.push(world, clusters, &[]).await;
        assert_eq!(pushed.status, StatusCode::CREATED, "{}", pushed.text);
        let body = pushed.json();
        let uri = body["request_uri"].as_str().expect("a request_uri");
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("client_id", self.id.as_str()), ("request_uri", uri)])
            .finish();
        world.get(&format!("{}?{query}", self.url("authorize"))).await
    }

    /// Presses a button of a page.
    pub async fn submit(&self, world: &World, page: &Answer, step: &str, fields: &[(&str, &str)]) -> Answer {
        let transaction = page.transaction();
        let mut all = vec![("transaction", transaction.as_str())];
        all.extend_from_slice(fields);
        world.form(&self.url(&format!("authorize/{step}")), &all).await
    }

    pub async fn log_in(&self, world: &World, clusters: &[&str]) -> Answer {
        let page = self.open(world, clusters).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        self.submit(world, &page, "login", &[("username", "Jane"), ("password", "secret")]).await
    }

    /// The redirect after everything was agreed to; all accounts are chosen where there is a choice.
    pub async fn authorize(&self, world: &World, clusters: &[&str]) -> Answer {
        let page = self.log_in(world, clusters).await;
        let page = self.submit(world, &page, "consent", &[("decision", "agree")]).await;
        if page.status == StatusCode::SEE_OTHER {
            return page;
        }
        let ids = account_values(&page);
        let fields: Vec<(&str, &str)> = ids.iter().map(|id| ("account", id.as_str())).collect();
        self.submit(world, &page, "accounts", &fields).await
    }

    pub async fn exchange(&self, world: &World, code: &str, verifier: &str, redirect: &str) -> Answer {
        let fields =
            [("grant_type", "authorization_code"), ("code", code), ("code_verifier", verifier), ("redirect_uri", redirect)];
        self.call(world, "token", &fields).await
    }

    /// The token answer of a whole walk.
    pub async fn connect(&self, world: &World, clusters: &[&str]) -> Value {
        let code = self.authorize(world, clusters).await.redirect_param("code").expect("a code");
        let answer = self.exchange(world, &code, VERIFIER, REDIRECT).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json()
    }
}

/// The values of the account checkboxes on a page.
pub fn account_values(page: &Answer) -> Vec<String> {
    let parts = page.text.split("name=\"account\" value=\"").skip(1);
    parts.filter_map(|part| part.split('"').next()).map(str::to_owned).collect()
}

/// Sends an OFX body to an institution.
pub async fn post_ofx(world: &World, slug: &str, body: Vec<u8>) -> Answer {
    let request = request("POST", &format!("{BASE}/{slug}/ofx"), None).header(header::CONTENT_TYPE, "application/x-ofx");
    world.send(request.body(Body::from(body)).expect("a request")).await
}

pub fn access_token(tokens: &Value) -> &str {
    tokens["access_token"].as_str().expect("an access token")
}
