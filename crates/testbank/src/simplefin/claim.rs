//! A setup token becomes an access URL, once.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use url::Url;

use super::{Access, Server, failed, forbidden};
use crate::shelf::ShelfError;

/// `POST /claim/{token}`: the access URL as plain text; 403 for a token that was claimed before, was disabled, or is none.
pub async fn claim(server: Server, Path(token): Path<String>) -> Response {
    match redeem(&server, &token).await {
        Ok(Some(address)) => {
            let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
            (StatusCode::OK, headers, address).into_response()
        }
        Ok(None) => forbidden(),
        Err(error) => failed(&error),
    }
}

async fn redeem(server: &Server, token: &str) -> Result<Option<String>, ShelfError> {
    let Some(setup) = server.open_setup(token) else {
        return Ok(None);
    };
    if server.is_disabled(&setup.id).await? {
        return Ok(None);
    }
    // Before the claim, so that a token is not lost if the process ends in between; nobody knows the password yet.
    let Some(epoch) = server.bank.epoch(&setup.world).await? else {
        return Ok(None);
    };
    let access = Access { world: setup.world, username: setup.username, epoch };
    server.bank.store(&Access::key(&setup.id), &access, None).await?;
    let first = server.bank.claim(&format!("simplefin/claimed/{}", setup.id), &true, None).await?;
    Ok(if first { access_url(server, &setup.id) } else { None })
}

/// The server's address with a user name and a password; none if the address cannot carry them.
fn access_url(server: &Server, id: &str) -> Option<String> {
    let mut address = Url::parse(&server.issuer()).ok()?;
    address.set_username(id).ok()?;
    address.set_password(Some(&server.password(id))).ok()?;
    Some(address.into())
}
