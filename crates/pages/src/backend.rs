//! What the pages ask of the product. `api::App` answers in production; tests and the preview answer from memory.

use std::future::Future;

pub use api::connections::consents::ConsentText;
pub use api::connections::linking::{BankCallback, FlowError, Returned};
use api::core::mails::Mail;

use crate::view::FlowView;

type Answer<T> = Result<T, FlowError>;

/// The actions of a linking flow. Every one names the flow by its token.
pub trait Linking: Clone + Send + Sync + 'static {
    fn view(&self, token: &str, query: Option<&str>) -> impl Future<Output = Answer<FlowView>> + Send;
    /// The words that a flow's consent was shown in, right before [`Linking::agree`].
    fn consent_shown(&self, token: &str, text: ConsentText) -> impl Future<Output = Answer<()>> + Send;
    fn agree(&self, token: &str) -> impl Future<Output = Answer<()>> + Send;
    fn choose_institution(&self, token: &str, id: &str) -> impl Future<Output = Answer<()>> + Send;
    /// The address at the bank to send the person to. With `redirect` the bank comes back to the flow's own page.
    fn bank_address(&self, token: &str, redirect: bool) -> impl Future<Output = Answer<String>> + Send;
    fn bank_returned(&self, callback: BankCallback) -> impl Future<Output = Answer<Returned>> + Send;
    /// Answers to what the sign-in pane asks, under the names of its fields.
    fn sign_in(&self, token: &str, answers: Vec<(String, String)>) -> impl Future<Output = Answer<()>> + Send;
    /// Opens the pane on which routing and account number are typed.
    fn open_manual(&self, token: &str) -> impl Future<Output = Answer<()>> + Send;
    /// The numbers as typed, the account number twice.
    fn manual_numbers(
        &self,
        token: &str,
        routing: String,
        account: String,
        again: String,
    ) -> impl Future<Output = Answer<()>> + Send;
    /// Where an app waits for the person who is on a page of this flow, if one does; see
    /// [`return_address`](api::connections::mobile::return_address).
    fn app_return(&self, token: &str, from_bank: bool) -> impl Future<Output = Answer<Option<String>>> + Send {
        let _ = (token, from_bank);
        async { Ok(None) }
    }
    /// Whether this token of a flow is one by which an app, and nobody else, opens the bank's pages.
    fn is_opened_by_app(&self, token: &str) -> impl Future<Output = Answer<bool>> + Send {
        let _ = token;
        async { Ok(false) }
    }
    fn choose_accounts(&self, token: &str, ids: &[String]) -> impl Future<Output = Answer<()>> + Send;
    fn back_to_picker(&self, token: &str) -> impl Future<Output = Answer<()>> + Send;
    fn cancel(&self, token: &str) -> impl Future<Output = Answer<()>> + Send;
    fn done(&self, token: &str) -> impl Future<Output = Answer<()>> + Send;
    /// The newest mails of the local sandbox, for the start page.
    fn mails(&self) -> impl Future<Output = Answer<Vec<Mail>>> + Send {
        async { Ok(Vec::new()) }
    }
    /// Makes a session in the local sandbox for the start page and answers its client secret.
    fn try_session(&self) -> impl Future<Output = Answer<String>> + Send;
}
