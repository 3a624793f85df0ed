//! Refunds, disputes, files and the balance: their cases, and what of them there is in the world.

use testkit::Sandbox;

use super::Stranger::{NoSuch, NotFound, Nothing, Own};
use super::{Case, MULTIPART, case};
use crate::payments::{seed, upload};

/// One of each.
pub(super) struct Books {
    charge: String,
    refund: String,
    waiting_refund: String,
    dispute: String,
    open_dispute: String,
    file: String,
    link: String,
    line: String,
}

impl Books {
    pub(super) async fn state(sandbox: &Sandbox) -> Books {
        let id = |value: &serde_json::Value| value["id"].as_str().expect("an id").to_owned();
        // On its way, so that a refund of it waits and nothing is sent.
        let charge = seed::charge(sandbox, "pending").await;
        let refund = id(&sandbox.post("/v1/refunds", &[("charge", &charge), ("amount", "100")]).await.ok());
        let file = id(&upload::evidence(sandbox).await);
        let link = id(&sandbox.post("/v1/file_links", &[("file", &file)]).await.ok());
        Books {
            waiting_refund: seed::waiting_refund(sandbox, &charge).await,
            dispute: seed::dispute(sandbox, &charge, "lost").await,
            open_dispute: seed::dispute(sandbox, &charge, "needs_response").await,
            line: seed::line(sandbox, &refund).await,
            charge,
            refund,
            file,
            link,
        }
    }

    /// What must never reach a stranger.
    pub(super) fn secrets(&self) -> Vec<&str> {
        vec![&self.charge, &self.refund, &self.dispute, &self.file, &self.link, &self.line]
    }
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        case("POST", "/v1/refunds", NoSuch).with(|w| vec![("charge", &w.books.charge), ("amount", "1")]),
        case("GET", "/v1/refunds", Nothing),
        case("GET", "/v1/refunds/:id", NotFound).at(|w| vec![&w.books.refund]),
        case("POST", "/v1/refunds/:id", NotFound).at(|w| vec![&w.books.refund]).with(|_| vec![("metadata[k]", "v")]),
        case("POST", "/v1/refunds/:id/cancel", NotFound).at(|w| vec![&w.books.waiting_refund]),
        case("GET", "/v1/charges/:id/refunds", NotFound).at(|w| vec![&w.books.charge]),
        case("GET", "/v1/disputes", Nothing),
        case("GET", "/v1/disputes/:id", NotFound).at(|w| vec![&w.books.dispute]),
        case("POST", "/v1/disputes/:id", NotFound).at(|w| vec![&w.books.dispute]).with(|_| vec![("metadata[k]", "v")]),
        case("POST", "/v1/disputes/:id/close", NotFound).at(|w| vec![&w.books.open_dispute]),
        case("POST", "/v1/files", Own).with(|_| vec![(MULTIPART, ""), ("purpose", "dispute_evidence")]),
        case("GET", "/v1/files", Nothing),
        case("GET", "/v1/files/:id", NotFound).at(|w| vec![&w.books.file]),
        case("GET", "/v1/files/:id/contents", NotFound).at(|w| vec![&w.books.file]),
        case("POST", "/v1/file_links", NoSuch).with(|w| vec![("file", &w.books.file)]),
        case("GET", "/v1/file_links", Nothing),
        case("GET", "/v1/file_links/:id", NotFound).at(|w| vec![&w.books.link]),
        case("POST", "/v1/file_links/:id", NotFound).at(|w| vec![&w.books.link]).with(|_| vec![("metadata[k]", "v")]),
        case("GET", "/v1/balance", Nothing),
        case("GET", "/v1/balance_transactions", Nothing),
        case("GET", "/v1/balance_transactions/:id", NotFound).at(|w| vec![&w.books.line]),
    ]
}
