//! Who calls: the access token, the consent behind it, and what the consent allows.

use std::sync::Arc;

use axum::RequestPartsExt;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::response::{IntoResponse, Response};
use http::header;
use http::request::Parts;

use super::FdxError;
use crate::fields::Fields;
use crate::oauth::{AccessClaims, Cluster, Grant};
use crate::site::{Bank, Site};
use crate::world::{AccountPlan, Book, Customer};

/// An authenticated call. The consent may have ended: only [`Session`] makes sure that it has not.
pub struct Caller {
    pub site: Site,
    pub grant: Grant,
    pub customer: Customer,
    /// Unix seconds in the customer's world.
    pub now: i64,
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
    let customer = grant.customer().ok_or_else(gone)?;
    let now = site.bank.clock.now(&grant.world).await;
    Ok(Caller { site, grant, customer, now, query, path })
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

    /// The accounts of the consent.
    pub fn accounts(&self) -> impl Iterator<Item = &'static AccountPlan> {
        let plans: &'static [AccountPlan] = self.site.institution.accounts;
        plans.iter().filter(|plan| self.grant.accounts.contains(&self.customer.account_id(plan)))
    }

    /// The account named in the path, if it is in the consent.
    pub fn account(&self) -> Result<&'static AccountPlan, FdxError> {
        let id = self.path("account");
        self.accounts().find(|plan| self.customer.account_id(plan) == id).ok_or_else(FdxError::account_not_found)
    }

    /// The ledger of an account.
    pub fn book(&self, plan: &'static AccountPlan) -> Book {
        self.customer.book(plan, self.site.institution.accounts, self.now)
    }
}
