//! Bare axum servers that answer the bytes of a recorded answer.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Path as Segment;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use axum::routing::{get, post};
use rusqlite::{Connection, OpenFlags};

use super::group::GroupWriter;

/// A recorded answer.
#[derive(Debug, Clone)]
pub struct Answer {
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    /// Reads an answer as it came over the wire. The headers that the HTTP library writes itself are left to it.
    ///
    /// # Errors
    /// In words, if it is no answer.
    pub fn parse(text: &str) -> Result<Answer, String> {
        let (head, body) = text.split_once("\r\n\r\n").ok_or("the recorded answer has no body")?;
        let mut headers = HeaderMap::new();
        for (name, value) in head.lines().skip(1).filter_map(|line| line.split_once(": ")) {
            if matches!(name.to_ascii_lowercase().as_str(), "content-length" | "date") {
                continue;
            }
            let name: HeaderName = name.parse().map_err(|_| format!("header {name}"))?;
            headers.insert(name, HeaderValue::from_str(value).map_err(|_| format!("value {value}"))?);
        }
        Ok(Answer { headers, body: Bytes::from(body.to_owned()) })
    }

    fn with_body(&self, body: impl Into<Body>) -> Response {
        let mut response = Response::new(body.into());
        response.headers_mut().clone_from(&self.headers);
        response
    }
}

/// What a limit does for each request.
#[derive(Debug, Clone)]
pub enum Kind {
    /// Answers the recorded bytes.
    Bare,
    /// Reads one document of a tenant by its key.
    Read {
        /// The database.
        database: PathBuf,
        /// Whose documents.
        tenant: String,
    },
    /// Writes one document in a group commit.
    Insert {
        /// The database, made new.
        database: PathBuf,
    },
}

/// Serves on a free port and says where, until killed.
///
/// # Errors
/// In words, if the socket or the database cannot be had.
pub async fn serve(kind: Kind, answer: Answer) -> Result<(), String> {
    let answer = Arc::new(answer);
    let router = match kind {
        Kind::Bare => Router::new().route("/v1/customers/{id}", get(async move || answer.with_body(answer.body.clone()))),
        Kind::Read { database, tenant } => reading(&database, tenant, answer)?,
        Kind::Insert { database } => inserting(&database, answer)?,
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.map_err(|error| error.to_string())?;
    println!("listening on http://{}", listener.local_addr().map_err(|error| error.to_string())?);
    axum::serve(listener, router).await.map_err(|error| error.to_string())
}

fn reading(database: &Path, tenant: String, answer: Arc<Answer>) -> Result<Router, String> {
    let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX);
    let connection = Arc::new(Mutex::new(connection.map_err(|error| error.to_string())?));
    Ok(Router::new().route(
        "/v1/customers/{id}",
        get(async move |Segment(id): Segment<String>| {
            let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            let sql = "select doc from objects where tenant = ?1 and kind = 'customer' and id = ?2";
            let doc = connection
                .prepare_cached(sql)
                .and_then(|mut statement| statement.query_row((tenant.as_str(), id.as_str()), |row| row.get::<_, String>(0)));
            match doc {
                Ok(doc) => answer.with_body(doc),
                Err(_) => {
                    let mut response = Response::new(Body::empty());
                    *response.status_mut() = axum::http::StatusCode::NOT_FOUND;
                    response
                }
            }
        }),
    ))
}

fn inserting(database: &Path, answer: Arc<Answer>) -> Result<Router, String> {
    let writer = GroupWriter::start(database, std::str::from_utf8(&answer.body).unwrap_or_default())?;
    Ok(Router::new().route(
        "/v1/customers",
        // The body is taken, as every server has to; what it says is not looked at.
        post(async move |_body: Bytes| {
            writer.insert().await;
            answer.with_body(answer.body.clone())
        }),
    ))
}
