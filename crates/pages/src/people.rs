//! What the person's page asks of the product. `api::App` answers in production, tests answer from memory.

use std::future::Future;

use api::App;
use api::connections::person::{self, PersonError, PersonView, Target};

type Answer<T> = Result<T, PersonError>;

/// The actions of a person's page. All but the first name the page by its token.
pub trait People: Clone + Send + Sync + 'static {
    /// The token of a page for the person in a linking flow.
    fn open_from_flow(&self, flow: &str) -> impl Future<Output = Answer<String>> + Send;
    fn person(&self, token: &str) -> impl Future<Output = Answer<PersonView>> + Send;
    /// Answers how many accounts it concerned, as the next does.
    fn stop_sharing(&self, token: &str, target: &Target) -> impl Future<Output = Answer<usize>> + Send;
    fn delete_data(&self, token: &str, target: &Target) -> impl Future<Output = Answer<usize>> + Send;
    /// The person's data as the text of a JSON document.
    fn export(&self, token: &str) -> impl Future<Output = Answer<String>> + Send;
}

impl People for App {
    async fn open_from_flow(&self, flow: &str) -> Answer<String> {
        person::open_from_flow(self, flow).await
    }

    async fn person(&self, token: &str) -> Answer<PersonView> {
        person::view(self, token).await
    }

    async fn stop_sharing(&self, token: &str, target: &Target) -> Answer<usize> {
        person::stop(self, token, target).await
    }

    async fn delete_data(&self, token: &str, target: &Target) -> Answer<usize> {
        person::delete(self, token, target).await
    }

    async fn export(&self, token: &str) -> Answer<String> {
        person::export(self, token).await
    }
}
