//! The way of a sandbox's ACH files: over HTTP to the test bank, as to a bank that takes files in such a way.

use std::sync::Arc;

use api::payments::rails::originator::{Limits, Originator, Originators};
use api::payments::rails::transport::{Pace, Transport, TransportError};
use egress::{EgressError, Request, Response};
use http::{HeaderValue, Method, header};
use kernel::{BoxFuture, Core, Tenant};
use nacha::{LineEnd, RoutingNumber};
use serde::Deserialize;
use url::Url;

use crate::bank;

/// What the test bank calls every sandbox.
const COMPANY: &str = "9000000001";
/// What files say about who sends them.
const NAME: &str = "DRAWBRIDGE TEST";

/// What those who hand in files at the test bank show it, in this server's database.
pub(crate) fn key(core: &Core) -> String {
    core.vault.derived("test bank ach").iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Sandboxes send their files to the test bank; live accounts as `live` says.
pub struct SandboxAch {
    odfi: Option<RoutingNumber>,
    transport: Arc<TestBankFiles>,
    live: Arc<dyn Originators>,
}

impl SandboxAch {
    /// The test bank at this server's address.
    #[must_use]
    pub fn new(core: &Core, base_url: &str, http: egress::Client, live: Arc<dyn Originators>) -> Self {
        let transport = TestBankFiles { base: format!("{base_url}{}/ach", bank::PATH), key: key(core), http };
        SandboxAch { odfi: testbank::ACH_ROUTING_NUMBER.parse().ok(), transport: Arc::new(transport), live }
    }
}

impl Originators for SandboxAch {
    fn of(&self, tenant: &Tenant) -> Option<Originator> {
        if tenant.livemode() {
            return self.live.of(tenant);
        }
        Some(Originator {
            transport: Arc::clone(&self.transport) as Arc<dyn Transport>,
            odfi: self.odfi?,
            destination: testbank::ACH_ROUTING_NUMBER.to_owned(),
            destination_name: testbank::ACH_NAME.to_owned(),
            origin: COMPANY.to_owned(),
            origin_name: NAME.to_owned(),
            // People read the business's own name on their statements.
            company_name: None,
            company_identification: COMPANY.to_owned(),
            limits: Limits::default(),
            traces: 1..=9_999_999,
            same_day: false,
            dry_run: false,
            line_end: LineEnd::Lf,
        })
    }
}

/// The test bank's address for files.
struct TestBankFiles {
    base: String,
    key: String,
    http: egress::Client,
}

/// What the bank says about a file.
#[derive(Debug, Default, Deserialize)]
struct Said {
    #[serde(default)]
    errors: Vec<String>,
}

/// What the bank has to be fetched.
#[derive(Debug, Deserialize)]
struct Outbox {
    files: Vec<Listed>,
}

#[derive(Debug, Deserialize)]
struct Listed {
    name: String,
}

impl TestBankFiles {
    /// An address below that of the tenant's world.
    fn url(&self, tenant: &Tenant, parts: &[&str], query: &[(&str, &str)]) -> Result<Url, TransportError> {
        let wrong = || TransportError::Refused("the test bank's address is none".to_owned());
        let mut url = Url::parse(&self.base).map_err(|_| wrong())?;
        url.path_segments_mut().map_err(|()| wrong())?.push(tenant.key()).extend(parts);
        url.query_pairs_mut().extend_pairs(query);
        Ok(url)
    }

    async fn exchange(&self, method: Method, url: Url, body: &[u8]) -> Result<Response, TransportError> {
        let mut request = Request::new(method, url);
        let key = HeaderValue::from_str(&format!("Bearer {}", self.key));
        request.headers.insert(header::AUTHORIZATION, key.map_err(|error| TransportError::Refused(error.to_string()))?);
        request.body = body.to_vec();
        // It is this very server, wherever its own address leads.
        self.http.send(request, &bank::everywhere()).await.map_err(|error: EgressError| TransportError::Later(error.to_string()))
    }

    async fn get(&self, url: Url) -> Result<Vec<u8>, TransportError> {
        let answer = self.exchange(Method::GET, url, &[]).await?;
        if answer.status == 200 { Ok(answer.body) } else { Err(refusal(&answer)) }
    }
}

/// Why the bank did not do what it was asked: what it will never do, or what it cannot do now.
fn refusal(answer: &Response) -> TransportError {
    let said: Said = serde_json::from_slice(&answer.body).unwrap_or_default();
    let text = if said.errors.is_empty() { format!("status {}", answer.status) } else { said.errors.join("; ") };
    if matches!(answer.status, 400 | 404 | 409 | 413 | 422) { TransportError::Refused(text) } else { TransportError::Later(text) }
}

impl Transport for TestBankFiles {
    fn send<'a>(
        &'a self,
        tenant: &'a Tenant,
        name: &'a str,
        pace: Pace,
        content: &'a [u8],
    ) -> BoxFuture<'a, Result<(), TransportError>> {
        Box::pin(async move {
            let url = self.url(tenant, &["files", name], &[("pace", pace.as_str())])?;
            let answer = self.exchange(Method::POST, url, content).await?;
            if answer.status == 200 { Ok(()) } else { Err(refusal(&answer)) }
        })
    }

    fn list<'a>(&'a self, tenant: &'a Tenant, after: Option<&'a str>) -> BoxFuture<'a, Result<Vec<String>, TransportError>> {
        Box::pin(async move {
            let after: Vec<(&str, &str)> = after.map(|after| ("after", after)).into_iter().collect();
            let body = self.get(self.url(tenant, &["outbox"], &after)?).await?;
            let outbox: Outbox = serde_json::from_slice(&body).map_err(|error| TransportError::Later(error.to_string()))?;
            Ok(outbox.files.into_iter().map(|file| file.name).collect())
        })
    }

    fn fetch<'a>(&'a self, tenant: &'a Tenant, name: &'a str) -> BoxFuture<'a, Result<Vec<u8>, TransportError>> {
        Box::pin(async move { self.get(self.url(tenant, &["outbox", name], &[])?).await })
    }
}
