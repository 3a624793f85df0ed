//! The product behind the pages: every action goes to `api` as it is.

use api::App;
use api::connections::{consents, linking, mobile};
use api::core::mails::Mail;

use crate::backend::{BankCallback, ConsentText, FlowError, Linking, Returned};
use crate::view::FlowView;

impl Linking for App {
    async fn view(&self, token: &str, query: Option<&str>) -> Result<FlowView, FlowError> {
        linking::view(self, token, query).await
    }

    async fn consent_shown(&self, token: &str, text: ConsentText) -> Result<(), FlowError> {
        consents::consent_shown(self, token, text).await
    }

    async fn agree(&self, token: &str) -> Result<(), FlowError> {
        linking::agree(self, token).await
    }

    async fn choose_institution(&self, token: &str, id: &str) -> Result<(), FlowError> {
        linking::choose_institution(self, token, id).await
    }

    async fn bank_address(&self, token: &str, redirect: bool) -> Result<String, FlowError> {
        linking::bank_address(self, token, redirect).await
    }

    async fn bank_returned(&self, callback: BankCallback) -> Result<Returned, FlowError> {
        linking::bank_returned(self, callback).await
    }

    async fn sign_in(&self, token: &str, answers: Vec<(String, String)>) -> Result<(), FlowError> {
        linking::sign_in(self, token, answers).await
    }

    async fn open_manual(&self, token: &str) -> Result<(), FlowError> {
        linking::open_manual(self, token).await
    }

    async fn manual_numbers(&self, token: &str, routing: String, account: String, again: String) -> Result<(), FlowError> {
        linking::manual_numbers(self, token, routing, account, again).await
    }

    async fn app_return(&self, token: &str, from_bank: bool) -> Result<Option<String>, FlowError> {
        mobile::return_address(self, token, from_bank).await
    }

    async fn is_opened_by_app(&self, token: &str) -> Result<bool, FlowError> {
        mobile::is_login_token(self, token).await
    }

    async fn choose_accounts(&self, token: &str, ids: &[String]) -> Result<(), FlowError> {
        linking::choose_accounts(self, token, ids).await
    }

    async fn back_to_picker(&self, token: &str) -> Result<(), FlowError> {
        linking::back_to_picker(self, token).await
    }

    async fn cancel(&self, token: &str) -> Result<(), FlowError> {
        linking::cancel(self, token).await
    }

    async fn done(&self, token: &str) -> Result<(), FlowError> {
        linking::done(self, token).await
    }

    async fn mails(&self) -> Result<Vec<Mail>, FlowError> {
        api::core::mails::of_local_sandbox(self).await.map_err(|_| FlowError::Unavailable)
    }

    async fn try_session(&self) -> Result<String, FlowError> {
        api::try_session(self).await.map_err(|_| FlowError::Unavailable)
    }
}
