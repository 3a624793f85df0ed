//! The pages on which a person logs in, agrees and chooses accounts.
//!
//! No cookie is involved: a sealed hidden field carries the person from page to page. It is also what protects against
//! forged requests, since nobody else can make one, and it works in popups and in browsers that block cookies.

use std::sync::Arc;

use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use url::Url;

use super::consent_life;
use super::pushed::{OPEN_SECONDS, PAGES_SECONDS, URI_PREFIX};
use super::records::{Client, Code, Grant, Pushed};
use super::token::CODE_SECONDS;
use crate::fields::Fields;
use crate::pages::{self, AccountChoice, Notice, Page};
use crate::seal::{self, Purpose};
use crate::shelf::ShelfError;
use crate::site::{Refusal, Site};
use crate::stated::StatedWorld;
use crate::world::{Customer, Portfolio};

const LONGEST_USERNAME: usize = 100;

/// How far a person has come on the pages.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Transaction {
    slug: String,
    /// The pushed request.
    request: String,
    /// Real unix seconds at which the first page was shown.
    started_at: i64,
    /// Set by the log-in.
    username: Option<String>,
    /// Set by the consent.
    agreed: bool,
}

/// Everything about the transaction that a page needs.
struct Step {
    site: Site,
    transaction: Transaction,
    pushed: Pushed,
    client: Client,
    stated: Arc<StatedWorld>,
}

/// Ends a request early with a page of its own.
type Outcome = Result<Response, Response>;

/// `GET /authorize?client_id&request_uri`: the log-in page.
pub async fn open(site: Site, RawQuery(query): RawQuery) -> Outcome {
    let fields = Fields::parse(query.unwrap_or_default().as_bytes());
    let id = fields.get("request_uri").and_then(|uri| uri.strip_prefix(URI_PREFIX)).unwrap_or_default();
    let request = id.to_owned();
    let started_at = site.bank.clock.real_now();
    let slug = site.slug().to_owned();
    let transaction = Transaction { slug, request, started_at, username: None, agreed: false };
    let step = Step::load(site, transaction).await?;
    let late = started_at > step.pushed.pushed_at + OPEN_SECONDS;
    if late || fields.get("client_id") != Some(step.client.id.as_str()) {
        return Err(pages::notice(&step.site, StatusCode::BAD_REQUEST, Notice::Unknown));
    }
    Ok(step.show_login(None))
}

/// `POST /authorize/login`.
pub async fn login(site: Site, body: Bytes) -> Outcome {
    let fields = Fields::parse(&body);
    let mut step = Step::resume(site, &fields).await?;
    if denied(&fields) {
        return step.deny().await;
    }
    let username = fields.get("username").map(|name| name.trim().to_lowercase()).unwrap_or_default();
    if username.is_empty() || username.len() > LONGEST_USERNAME || fields.get("password").is_none() {
        return Ok(step.show_login(Some("Enter your username and password.")));
    }
    if !step.site.lets_in(&step.stated, &username, fields.get("password").unwrap_or_default()) {
        return Ok(step.show_login(Some("This username and password are not known here.")));
    }
    step.transaction.username = Some(username);
    Ok(step.show_consent())
}

/// `POST /authorize/consent`.
pub async fn consent(site: Site, body: Bytes) -> Outcome {
    let fields = Fields::parse(&body);
    let mut step = Step::resume(site, &fields).await?;
    if denied(&fields) {
        return step.deny().await;
    }
    let Some(portfolio) = step.portfolio() else {
        return Err(step.unknown());
    };
    step.transaction.agreed = true;
    if step.site.institution.account_choice {
        return Ok(step.show_accounts(&portfolio, None));
    }
    let all = portfolio.accounts.into_iter().map(|account| account.id).collect();
    step.grant(portfolio.customer, all).await
}

/// `POST /authorize/accounts`.
pub async fn accounts(site: Site, body: Bytes) -> Outcome {
    let fields = Fields::parse(&body);
    let step = Step::resume(site, &fields).await?;
    if denied(&fields) {
        return step.deny().await;
    }
    let Some(portfolio) = step.portfolio() else {
        return Err(step.unknown());
    };
    if !step.transaction.agreed {
        return Ok(step.show_consent());
    }
    let chosen: Vec<&str> = fields.all("account").collect();
    let owned = portfolio.accounts.iter().map(|account| account.id.clone());
    let shared: Vec<String> = owned.filter(|id| chosen.contains(&id.as_str())).collect();
    if shared.is_empty() {
        return Ok(step.show_accounts(&portfolio, Some("Choose at least one account.")));
    }
    step.grant(portfolio.customer, shared).await
}

fn denied(fields: &Fields) -> bool {
    fields.get("decision") == Some("deny")
}

impl Step {
    /// Continues from the hidden field of a page.
    async fn resume(site: Site, fields: &Fields) -> Result<Step, Response> {
        let sealed = fields.get("transaction").unwrap_or_default();
        let transaction: Option<Transaction> = site.bank.keys.open(Purpose::Transaction, sealed);
        let now = site.bank.clock.real_now();
        let current =
            transaction.filter(|transaction| transaction.slug == site.slug() && now <= transaction.started_at + PAGES_SECONDS);
        match current {
            Some(transaction) => Step::load(site, transaction).await,
            None => Err(pages::notice(&site, StatusCode::BAD_REQUEST, Notice::Unknown)),
        }
    }

    async fn load(site: Site, transaction: Transaction) -> Result<Step, Response> {
        let failed = |error: ShelfError| {
            tracing::error!(%error, "the bank's storage failed");
            pages::notice(&site, StatusCode::INTERNAL_SERVER_ERROR, Notice::Failed)
        };
        let unknown = || pages::notice(&site, StatusCode::BAD_REQUEST, Notice::Unknown);
        let key = Pushed::key(site.slug(), &transaction.request);
        let pushed: Pushed = site.bank.load(&key).await.map_err(failed)?.ok_or_else(unknown)?;
        let client = Client::load(&site, &pushed.client_id).await.map_err(failed)?.ok_or_else(unknown)?;
        let stated = site.enter(&client.world).await.map_err(|refusal| match refusal {
            Refusal::Outage(response) => response,
            Refusal::Storage(error) => failed(error),
        })?;
        Ok(Step { site, transaction, pushed, client, stated })
    }

    /// What the person has who logged in, if anybody has.
    fn portfolio(&self) -> Option<Portfolio> {
        let username = self.transaction.username.clone()?;
        let (world, slug) = (self.client.world.clone(), self.site.institution.ledger.clone());
        self.site.portfolio(&self.stated, Customer { world, slug, username, epoch: self.client.epoch })
    }

    fn unknown(&self) -> Response {
        pages::notice(&self.site, StatusCode::BAD_REQUEST, Notice::Unknown)
    }

    fn page(&self, action: &str) -> Page {
        Page {
            site: pages::Frame::new(&self.site),
            action: format!("{}/authorize/{action}", self.site.issuer()),
            transaction: self.site.bank.keys.seal(Purpose::Transaction, &self.transaction),
            client_name: self.client.name.clone(),
            redirect_uri: self.pushed.redirect_uri.clone(),
        }
    }

    fn show_login(&self, problem: Option<&'static str>) -> Response {
        let stated = self.site.institution.world.is_some();
        pages::login(self.page("login"), self.site.institution.prefilled_login, stated, problem)
    }

    fn show_consent(&self) -> Response {
        let shared = (!self.site.institution.account_choice).then_some(self.site.institution.accounts.len());
        pages::consent(self.page("consent"), &self.pushed.request, shared)
    }

    fn show_accounts(&self, portfolio: &Portfolio, problem: Option<&'static str>) -> Response {
        let choices = portfolio.accounts.iter().map(|account| AccountChoice {
            id: account.id.clone(),
            name: account.name.to_string(),
            last_digits: last_digits(&account.number).to_owned(),
        });
        pages::accounts(self.page("accounts"), choices.collect(), problem)
    }

    /// Keeps the consent until the client fetches it, and sends the person back with a code.
    async fn grant(self, customer: Customer, accounts: Vec<String>) -> Outcome {
        // Derived, not drawn: a form that is sent twice leads to the same code.
        let code = self.site.bank.keys.derive_text("authorization code", &self.pushed.id);
        let now = self.site.bank.clock.real_now();
        let created_at = self.site.bank.clock.now(&customer.world).await;
        let request = &self.pushed.request;
        let asked = request.expires_at(created_at);
        let ends = consent_life::ends(&self.site, &customer, &self.pushed.id, created_at, asked).await;
        let ends = ends.map_err(|error| self.failed(&error))?;
        let grant = Grant {
            id: seal::random_uuid(),
            slug: self.site.slug().to_owned(),
            client_id: self.client.id.clone(),
            client_name: self.client.name.clone(),
            world: customer.world,
            epoch: customer.epoch,
            username: customer.username,
            accounts,
            clusters: request.clusters.clone(),
            scope: request.scope(),
            duration: request.duration,
            duration_period: request.duration_period,
            lookback_period: request.lookback_period,
            created_at,
            expires_at: ends.expires_at,
            cut_off_at: ends.cut_off_at,
            revocation: None,
            refresh_digest: None,
        };
        let record = Code {
            redirect_uri: self.pushed.redirect_uri.clone(),
            code_challenge: self.pushed.code_challenge.clone(),
            nonce: self.pushed.nonce.clone(),
            issued_at: now,
            grant,
        };
        let key = Code::key(self.site.slug(), &seal::digest_text(&code));
        if let Err(error) = self.site.bank.claim(&key, &record, Some(now + CODE_SECONDS)).await {
            return Err(self.failed(&error));
        }
        self.finish(&[("code", &code)]).await
    }

    async fn deny(self) -> Outcome {
        self.finish(&[("error", "access_denied"), ("error_description", "The customer did not agree")]).await
    }

    /// Sends the person back to the client. A request ends once: later answers lead to where the first one led.
    async fn finish(self, answer: &[(&str, &str)]) -> Outcome {
        let mut target = Url::parse(&self.pushed.redirect_uri).map_err(|_| self.unknown())?;
        {
            let mut query = target.query_pairs_mut();
            query.extend_pairs(answer);
            if let Some(state) = &self.pushed.state {
                query.append_pair("state", state);
            }
            query.append_pair("iss", &self.site.issuer());
        }
        let key = format!("finished/{}/{}", self.site.slug(), self.pushed.id);
        let end = self.pushed.pushed_at + OPEN_SECONDS + PAGES_SECONDS;
        let mut location = target.to_string();
        let claimed = self.site.bank.claim(&key, &location, Some(end)).await;
        if !claimed.map_err(|error| self.failed(&error))? {
            let first = self.site.bank.load(&key).await.map_err(|error| self.failed(&error))?;
            location = first.unwrap_or(location);
        }
        let headers = [(header::LOCATION, location.as_str()), (header::CACHE_CONTROL, "no-store")];
        Ok((StatusCode::SEE_OTHER, headers).into_response())
    }

    fn failed(&self, error: &ShelfError) -> Response {
        tracing::error!(%error, "the bank's storage failed");
        pages::notice(&self.site, StatusCode::INTERNAL_SERVER_ERROR, Notice::Failed)
    }
}

/// The last four digits of a number.
fn last_digits(number: &str) -> &str {
    &number[number.len().saturating_sub(4)..]
}
