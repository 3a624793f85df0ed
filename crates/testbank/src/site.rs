//! How a request finds the institution it is for, and how that institution stands to the world of the request.

use std::sync::Arc;

use axum::RequestPartsExt;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};

use crate::ach;
pub use crate::bank::Bank;
use crate::conduct::{Conduct, Downtime};
use crate::fdx::FdxError;
use crate::institutions::{Health, Institution, Protocol};
use crate::shelf::ShelfError;
use crate::stated::StatedWorld;
use crate::world::{Account, Customer, Ledger, Payments, Portfolio, Source};

/// One institution of the running bank, whether it works or not. Taken from a request it is one that speaks FDX.
#[derive(Clone)]
pub struct AnySite {
    pub bank: Arc<Bank>,
    pub institution: Institution,
}

impl AnySite {
    /// The institution with this slug, if it speaks the protocol. The error is that of the storage, as an answer.
    pub async fn find(bank: &Arc<Bank>, slug: &str, protocol: Protocol) -> Result<Option<AnySite>, Response> {
        let found = bank.institution(slug).await.map_err(|error| {
            tracing::error!(%error, "the bank's storage failed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        })?;
        let institution = found.filter(|institution| institution.protocol == protocol);
        Ok(institution.map(|institution| AnySite { bank: bank.clone(), institution }))
    }

    /// The institution's slug.
    pub fn slug(&self) -> &str {
        &self.institution.slug
    }

    /// The issuer identifier of RFC 8414, under which every endpoint lies.
    pub fn issuer(&self) -> String {
        format!("{}/{}", self.bank.base_url(), self.slug())
    }

    /// The end of the announced maintenance: two hours after the next full hour, in unix seconds of real time.
    pub fn planned_end(&self) -> i64 {
        (self.bank.clock.real_now().div_euclid(3_600) + 1) * 3_600 + 7_200
    }

    /// What every endpoint answers while the institution is down in all worlds; `None` while it is up.
    pub fn outage(&self) -> Option<Response> {
        let downtime = match self.institution.health {
            Health::Up => return None,
            Health::Scheduled => Downtime::Planned { until: self.planned_end() },
            Health::Unscheduled => Downtime::Unplanned,
            Health::Broken => Downtime::Error,
        };
        Some(down(downtime))
    }

    /// Goes on for a client of a world: takes as long as the institution does there, and ends where it is down there, or
    /// where it is not at all.
    pub async fn enter(&self, world: &str) -> Result<Arc<StatedWorld>, Refusal> {
        if self.institution.world.as_deref().is_some_and(|own| own != world) {
            return Err(Refusal::Outage(StatusCode::NOT_FOUND.into_response()));
        }
        let stated = self.bank.stated(world).await.map_err(Refusal::Storage)?;
        let Some(conduct) = stated.conduct(self.slug()) else { return Ok(stated) };
        conduct.wait().await;
        let downtime = match conduct.downtime {
            Some(_) => conduct.outage(self.bank.clock.now(world).await),
            None => None,
        };
        match downtime {
            Some(downtime) => Err(Refusal::Outage(down(downtime))),
            None => Ok(stated),
        }
    }

    /// Whether a normalised user name and a password open anything: at built-in institutions all do.
    pub fn lets_in(&self, stated: &StatedWorld, username: &str, password: &str) -> bool {
        let known = || stated.person(self.slug(), username).is_some_and(|person| person.takes(password));
        self.institution.world.is_none() || known()
    }

    /// What a customer has here; none if a stated institution has no such customer any more.
    pub fn portfolio(&self, stated: &StatedWorld, customer: Customer) -> Option<Portfolio> {
        match self.institution.world {
            Some(_) => stated.portfolio(customer),
            None => Some(Portfolio::made(customer, self.institution.accounts)),
        }
    }

    /// The ledger of a customer's account, able to answer for any moment up to `as_of`.
    pub async fn ledger(
        &self,
        stated: &StatedWorld,
        customer: &Customer,
        account: &Account,
        as_of: i64,
    ) -> Result<Ledger, ShelfError> {
        match &account.source {
            Source::Made(plan) => {
                let book = customer.book(plan, self.institution.accounts, as_of);
                let received = match account.payments {
                    Payments::Nothing => Vec::new(),
                    _ => ach::received(&self.bank, &customer.world, &account.number).await?,
                };
                Ok(Ledger::Made(book, received))
            }
            Source::Stated(account) => Ok(Ledger::Stated(stated.book(self.bank.shelf(), account).await?)),
        }
    }

    /// How the institution behaves in a world.
    pub fn conduct(&self, stated: &StatedWorld) -> Conduct {
        stated.conduct(self.slug()).cloned().unwrap_or_default()
    }
}

/// Why a client of a world gets no further.
#[derive(Debug)]
pub enum Refusal {
    /// The institution is down in that world, or not there.
    Outage(Response),
    /// The bank's own storage failed.
    Storage(ShelfError),
}

/// What everything answers during an outage.
fn down(downtime: Downtime) -> Response {
    match downtime {
        Downtime::Planned { until } => {
            let mut response = FdxError::unavailable("Scheduled maintenance").into_response();
            if let Ok(end) = HeaderValue::from_str(&http_date(until)) {
                response.headers_mut().insert(header::RETRY_AFTER, end);
            }
            response
        }
        Downtime::Unplanned => FdxError::unavailable("Service unavailable").into_response(),
        Downtime::Error => garbage(),
    }
}

impl FromRequestParts<Arc<Bank>> for AnySite {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, bank: &Arc<Bank>) -> Result<Self, Response> {
        let not_found = || StatusCode::NOT_FOUND.into_response();
        let params = parts.extract::<RawPathParams>().await.map_err(|_| not_found())?;
        let slug = params.iter().find(|(name, _)| *name == "slug").map(|(_, slug)| slug);
        match slug {
            Some(slug) => AnySite::find(bank, slug, Protocol::Fdx).await?.ok_or_else(not_found),
            None => Err(not_found()),
        }
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
impl AnySite {
    /// A built-in institution of a bank that keeps nothing.
    pub async fn for_tests(slug: &str) -> AnySite {
        struct Still;
        impl crate::WorldClock for Still {
            fn now(&self, _world: &str) -> crate::BoxFuture<'_, i64> {
                Box::pin(async { 0 })
            }

            fn real_now(&self) -> i64 {
                0
            }
        }
        let config = crate::Config { base_url: "http://bank.test".to_owned(), secret: [7; 32], ach_key: "key".to_owned() };
        let bank = Arc::new(Bank::new(config, Arc::new(crate::MemoryShelf::new()), Arc::new(Still)));
        let institution = bank.institution(slug).await.ok().flatten().expect("an institution");
        AnySite { bank, institution }
    }
}

#[cfg(test)]
mod tests {
    use super::http_date;

    #[test]
    fn dates_are_written_as_http_wants() {
        assert_eq!(http_date(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
