//! What the page of small deposits asks of the product. `api::App` answers in production, tests answer from memory.

use std::future::Future;

use api::App;
use api::payments::microdeposits::{self, Given, VerifyError, VerifyView};

type Answer<T> = Result<T, VerifyError>;

/// The actions of such a page, which is named by its token.
pub trait Verifying: Clone + Send + Sync + 'static {
    fn deposits(&self, token: &str) -> impl Future<Output = Answer<VerifyView>> + Send;
    /// Takes an answer; false if it was not right.
    fn answer(&self, token: &str, given: Given) -> impl Future<Output = Answer<bool>> + Send;
}

impl Verifying for App {
    async fn deposits(&self, token: &str) -> Answer<VerifyView> {
        microdeposits::view(self, token).await
    }

    async fn answer(&self, token: &str, given: Given) -> Answer<bool> {
        microdeposits::answer_by_token(self, token, given).await.map(|refused| refused.is_none())
    }
}
