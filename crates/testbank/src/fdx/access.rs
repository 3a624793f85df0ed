//! Who calls: the access token, the consent behind it, and what the consent allows.

use std::sync::Arc;

use axum::RequestPartsExt;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::response::{IntoResponse, Response};
use http::header;
use http::request::Parts;
use serde::Serialize;

use super::FdxError;
use crate::conduct::{Conduct, DataKind, Failure};
use crate::fields::Fields;
use crate::oauth::{AccessClaims, Cluster, Grant};
use crate::shelf::ShelfError;
use crate::site::{Bank, Site};
use crate::stated::StatedWorld;
use crate::world::{Account, Ledger, Portfolio};

/// An authenticated call. The consent may have ended: only [`Session`] makes sure that it has not.
pub struct Caller {
    pub site: Site,
    pub grant: Grant,
    pub portfolio: Portfolio,
    /// Unix seconds in the customer's world.
    pub now: i64,
    /// How the institution behaves in that world.
    pub conduct: Conduct,
    stated: Arc<StatedWorld>,
    query: Fields,
    path: Vec<(String, String)>,
}

impl Caller {
    /// A part of the path by its name in the route.
    pub fn path(&self, name: &str) -> &str {
        self.path.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// A query parameter; empty ones count as absent.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name)
    }

    /// The address of a resource, relative to the FDX base.
    pub fn address(&self, path: &str) -> String {
        format!("{}/fdx/v6{path}", self.site.issuer())
    }
}

impl FromRequestParts<Arc<Bank>> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, bank: &Arc<Bank>) -> Result<Self, Response> {
        let site = Site::from_request_parts(parts, bank).await?;
        let params = parts.extract::<RawPathParams>().await.map_err(IntoResponse::into_response)?;
        let path = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let query = Fields::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        identify(site, header, query, path).await.map_err(IntoResponse::into_response)
    }
}

async fn identify(site: Site, header: Option<&str>, query: Fields, path: Vec<(String, String)>) -> Result<Caller, FdxError> {
    let token = header.and_then(|value| value.strip_prefix("Bearer "));
    let token = token.ok_or_else(|| FdxError::authentication("A bearer token is needed"))?;
    let claims = AccessClaims::read(&site, token).filter(|claims| claims.is_current(&site));
    let claims = claims.ok_or_else(|| FdxError::authentication("The token is not valid or has expired"))?;
    let gone = || FdxError::authentication("The consent of this token does not exist");
    let grant = Grant::load(&site, &claims.consent_id).await?.ok_or_else(gone)?;
    let stated = site.enter(&grant.world).await?;
    let portfolio = site.portfolio(&stated, grant.customer()).ok_or_else(gone)?;
    let now = site.bank.clock.now(&grant.world).await;
    let conduct = site.conduct(&stated);
    Ok(Caller { site, grant, portfolio, now, conduct, stated, query, path })
}

/// An authenticated call under a consent that is in force.
pub struct Session(Caller);

impl std::ops::Deref for Session {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl FromRequestParts<Arc<Bank>> for Session {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, bank: &Arc<Bank>) -> Result<Self, Response> {
        let caller = Caller::from_request_parts(parts, bank).await?;
        if caller.grant.is_active(caller.now) {
            Ok(Session(caller))
        } else {
            Err(FdxError::authentication("The consent was revoked or has expired").into_response())
        }
    }
}

impl Session {
    /// Whether the consent covers a cluster.
    pub fn has(&self, cluster: Cluster) -> bool {
        self.grant.clusters.contains(&cluster)
    }

    /// Refuses the call unless the consent covers one of the clusters.
    pub fn require(&self, clusters: &[Cluster]) -> Result<(), FdxError> {
        if clusters.iter().any(|cluster| self.has(*cluster)) {
            Ok(())
        } else {
            Err(FdxError::not_authorised("The consent does not cover this data"))
        }
    }

    /// Refuses questions of this kind where a test wants them to fail.
    pub async fn admit(&self, kind: DataKind) -> Result<(), FdxError> {
        match self.conduct.failure(kind).await {
            None => Ok(()),
            Some(Failure::Revoked) => Err(FdxError::authentication("The consent was revoked or has expired")),
            Some(Failure::Error) => Err(FdxError::internal()),
            Some(Failure::Unavailable | Failure::Timeout) => Err(FdxError::unavailable("Service unavailable")),
        }
    }

    /// The accounts of the consent.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.portfolio.accounts.iter().filter(|account| self.grant.accounts.contains(&account.id))
    }

    /// The account named in the path, if it is in the consent.
    pub fn account(&self) -> Result<&Account, FdxError> {
        let id = self.path("account");
        self.accounts().find(|account| account.id == id).ok_or_else(FdxError::account_not_found)
    }

    /// The ledger of an account.
    pub async fn ledger(&self, account: &Account) -> Result<Ledger, ShelfError> {
        self.site.ledger(&self.stated, &self.portfolio.customer, account, self.now).await
    }

    /// A JSON answer, with what a test wants to be wrong with it.
    pub fn answer<T: Serialize>(&self, body: &T) -> Response {
        super::answer_bytes(self.conduct.spoil_json(super::encode(body)))
    }
}
