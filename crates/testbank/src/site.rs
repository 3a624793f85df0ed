//! The running bank and how a request finds the institution it is for.

use std::sync::Arc;

use axum::RequestPartsExt;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Config;
use crate::fdx::FdxError;
use crate::institutions::{self, Health, Institution, Protocol};
use crate::seal::Keys;
use crate::shelf::{Shelf, ShelfError, WorldClock};

/// Everything that handlers share.
pub struct Bank {
    base_url: String,
    /// The keys derived from the configured secret.
    pub keys: Keys,
    /// The clocks.
    pub clock: Arc<dyn WorldClock>,
    shelf: Arc<dyn Shelf>,
}

impl Bank {
    pub fn new(config: Config, shelf: Arc<dyn Shelf>, clock: Arc<dyn WorldClock>) -> Bank {
        let base_url = config.base_url.trim_end_matches('/').to_owned();
        Bank { base_url, keys: Keys::new(&config.secret), clock, shelf }
    }

    /// Where the whole bank is reachable.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Reads a stored record. A record that cannot be read is a failure, never an absence.
    pub async fn load<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, ShelfError> {
        let Some(bytes) = self.shelf.get(key).await? else {
            return Ok(None);
        };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| ShelfError(format!("{key}: {error}")))
    }

    /// Writes a record, replacing it.
    pub async fn store<T: Serialize>(&self, key: &str, value: &T, expires_at: Option<i64>) -> Result<(), ShelfError> {
        self.shelf.put(key, encode(key, value)?, expires_at).await
    }

    /// Writes a record that must not exist yet; false if it does.
    pub async fn claim<T: Serialize>(&self, key: &str, value: &T, expires_at: Option<i64>) -> Result<bool, ShelfError> {
        self.shelf.put_new(key, encode(key, value)?, expires_at).await
    }

    /// When a world began: at its first contact with any institution, in its own unix seconds.
    pub async fn epoch(&self, world: &str) -> Result<i64, ShelfError> {
        let key = format!("epoch/{world}");
        let now = self.clock.now(world).await;
        self.claim(&key, &now, None).await?;
        Ok(self.load(&key).await?.unwrap_or(now))
    }

    /// Removes a record.
    pub async fn remove(&self, key: &str) -> Result<(), ShelfError> {
        self.shelf.delete(key).await
    }
}

fn encode<T: Serialize>(key: &str, value: &T) -> Result<Vec<u8>, ShelfError> {
    serde_json::to_vec(value).map_err(|error| ShelfError(format!("{key}: {error}")))
}

/// One institution of the running bank, whether it works or not. Taken from a request it is one that speaks FDX.
#[derive(Clone)]
pub struct AnySite {
    pub bank: Arc<Bank>,
    pub institution: Institution,
}

impl AnySite {
    /// The institution with this slug, if it speaks the protocol.
    pub fn find(bank: &Arc<Bank>, slug: &str, protocol: Protocol) -> Option<AnySite> {
        let institution = institutions::find(slug).filter(|institution| institution.protocol == protocol)?;
        Some(AnySite { bank: bank.clone(), institution })
    }

    /// The institution's slug.
    pub fn slug(&self) -> &'static str {
        self.institution.info.slug
    }

    /// The issuer identifier of RFC 8414, under which every endpoint lies.
    pub fn issuer(&self) -> String {
        format!("{}/{}", self.bank.base_url(), self.slug())
    }

    /// The end of the announced maintenance: two hours after the next full hour, in unix seconds of real time.
    pub fn planned_end(&self) -> i64 {
        (self.bank.clock.real_now().div_euclid(3_600) + 1) * 3_600 + 7_200
    }

    /// What every endpoint answers while the institution is down; `None` while it is up.
    pub fn outage(&self) -> Option<Response> {
        match self.institution.health {
            Health::Up => None,
            Health::Scheduled => {
                let mut response = FdxError::unavailable("Scheduled maintenance").into_response();
                if let Ok(end) = HeaderValue::from_str(&http_date(self.planned_end())) {
                    response.headers_mut().insert(header::RETRY_AFTER, end);
                }
                Some(response)
            }
            Health::Unscheduled => Some(FdxError::unavailable("Service unavailable").into_response()),
            Health::Broken => Some(garbage()),
        }
    }
}

impl FromRequestParts<Arc<Bank>> for AnySite {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, bank: &Arc<Bank>) -> Result<Self, Response> {
        let not_found = || StatusCode::NOT_FOUND.into_response();
        let params = parts.extract::<RawPathParams>().await.map_err(|_| not_found())?;
        let slug = params.iter().find(|(name, _)| *name == "slug").map(|(_, slug)| slug);
        slug.and_then(|slug| AnySite::find(bank, slug, Protocol::Fdx)).ok_or_else(not_found)
    }
}

/// An institution that is up; a request to one that is down ends here with the outage.
#[derive(Clone)]
pub struct Site(AnySite);

impl std::ops::Deref for Site {
    type Target = AnySite;

    fn deref(&self) -> &AnySite {
        &self.0
    }
}

impl FromRequestParts<Arc<Bank>> for Site {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, bank: &Arc<Bank>) -> Result<Self, Response> {
        let site = AnySite::from_request_parts(parts, bank).await?;
        match site.outage() {
            Some(response) => Err(response),
            None => Ok(Site(site)),
        }
    }
}

/// A moment as HTTP writes it: `Sun, 22 Nov 2026 10:00:00 GMT`.
fn http_date(instant: i64) -> String {
    let moment = jiff::Timestamp::from_second(instant).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    moment.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// What a broken proxy in front of a bank answers: nothing that a client could parse.
fn garbage() -> Response {
    let body = "<html><head><title>500</title></head><body><h1>Internal Server Error</h1>\n<hr>gateway-7</body>";
    (StatusCode::INTERNAL_SERVER_ERROR, [(header::CONTENT_TYPE, "text/html")], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::http_date;

    #[test]
    fn dates_are_written_as_http_wants() {
        assert_eq!(http_date(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
