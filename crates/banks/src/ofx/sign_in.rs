//! Signing in: name and password, then whatever the bank asks, then the list of accounts.
//!
//! ```text
//! credentials --0--> done
//!      |  ^--15500-- (again, wrong)
//!      |--3000--> questions --0--> done        3001: again, wrong
//!      |--15512-> code       --0--> done       15513: again, wrong
//!      '--others--> the end
//! ```
//! Every answer of the bank brings a session cookie, which the next request brings back.

use ::ofx::{AskContent, Content, Moment, StatusCode};
use serde::{Deserialize, Serialize};

use super::accounts::{KnownAccount, SignedOn};
use super::challenge::{self, Phrase, Program};
use super::exchange::{Credentials, Exchange, Proof, UserKey};
use super::{Ofx, status};
use crate::clean;
use crate::connector::{CallContext, Grant};
use crate::error::BankError;
use crate::secret::Secret;
use crate::sign_in::{
    ANSWER_BYTES_MAX, AnswerRefused, Answers, FieldInput, FormKind, SignInField, SignInForm, SignInState, SignInStep,
};
use crate::transport::fingerprint;

/// Longest `CLIENTUID`, in characters.
const CLIENT_ID_MAX: usize = 36;
/// A bank that asks more often than this in one sign-in leads in circles.
const STEPS_MAX: u8 = 20;
/// Longest text of a bank on a form, in characters.
const SAYS_MAX: usize = 300;

/// What is remembered between two steps.
#[derive(Serialize, Deserialize)]
struct Progress {
    credentials: Credentials,
    session_cookie: Option<Secret>,
    asked: Asked,
    /// What the bank said to it.
    says: Option<String>,
    /// How often it asked.
    steps: u8,
}

#[derive(Serialize, Deserialize)]
enum Asked {
    Phrases(Vec<Phrase>),
    Token,
}

/// The first page.
pub(super) fn credentials_form(says: Option<String>) -> SignInForm {
    let field = |name: &str, input| SignInField { name: name.to_owned(), input, label: None };
    let fields = vec![field("username", FieldInput::Username), field("password", FieldInput::Password)];
    SignInForm { kind: FormKind::Credentials, says, fields }
}

fn start_over(says: Option<String>, refused: AnswerRefused) -> SignInStep {
    SignInStep::Ask { form: credentials_form(says), state: None, refused: Some(refused) }
}

impl Progress {
    fn form(&self) -> SignInForm {
        match &self.asked {
            Asked::Phrases(phrases) => challenge::form(phrases, self.says.as_deref()),
            Asked::Token => {
                let field = SignInField { name: "code".to_owned(), input: FieldInput::Code, label: None };
                SignInForm { kind: FormKind::Code, says: self.says.clone(), fields: vec![field] }
            }
        }
    }

    fn ask(self, refused: Option<AnswerRefused>) -> Result<SignInStep, BankError> {
        let form = self.form();
        let text = serde_json::to_string(&self).map_err(|_| BankError::Protocol("a sign-in cannot be kept".to_owned()))?;
        Ok(SignInStep::Ask { form, state: Some(SignInState(Secret::new(text))), refused })
    }

    fn read(state: &SignInState) -> Result<Progress, BankError> {
        serde_json::from_str(state.0.expose())
            .map_err(|_| BankError::Protocol("the sign-in is one of another protocol".to_owned()))
    }
}

/// What a bank's status means for a sign-in.
enum Next {
    SignedOn,
    /// Name or password are wrong.
    Again,
    Questions {
        wrong: bool,
    },
    Token {
        wrong: bool,
    },
    Ended(BankError),
}

fn next(exchange: &Exchange) -> Next {
    let needs_action = |code: StatusCode| matches!(code, StatusCode::CHALLENGE_NEEDED | StatusCode::TOKEN_NEEDED);
    let said = exchange.sign_on_status().filter(|status| status.is_error() || needs_action(status.code));
    match said.map(|status| status.code) {
        None => Next::SignedOn,
        Some(StatusCode::SIGN_ON_INVALID) => Next::Again,
        Some(StatusCode::CHALLENGE_NEEDED) => Next::Questions { wrong: false },
        Some(StatusCode::CHALLENGE_FAILED) => Next::Questions { wrong: true },
        Some(StatusCode::TOKEN_NEEDED) => Next::Token { wrong: false },
        Some(status::TOKEN_WRONG) => Next::Token { wrong: true },
        Some(code) => Next::Ended(status::of_sign_in(code)),
    }
}

/// The bank's words beside its status, for the person.
fn message(exchange: &Exchange) -> Option<String> {
    clean::text(exchange.sign_on_status()?.message.as_deref()?, SAYS_MAX)
}

fn session_cookie(exchange: &Exchange) -> Option<Secret> {
    let sign_on = exchange.document().sign_on.as_ref()?;
    sign_on.session_cookie.as_ref().map(|cookie| Secret::new(cookie.expose()))
}

/// The installation's id as banks take it.
fn client_id(software_id: &str) -> String {
    if !software_id.is_empty() && software_id.chars().count() <= CLIENT_ID_MAX {
        return software_id.to_owned();
    }
    fingerprint(&["CLIENTUID", software_id]).chars().take(CLIENT_ID_MAX).collect()
}

impl Ofx {
    pub(super) async fn take_answers(
        &self,
        ctx: &CallContext,
        software_id: &str,
        state: Option<&SignInState>,
        answers: &Answers,
    ) -> Result<SignInStep, BankError> {
        let Some(state) = state else {
            let (Some(user), Some(password)) = (answers.get("username"), answers.get("password")) else {
                return Ok(start_over(None, AnswerRefused::Missing));
            };
            if user.len() > ANSWER_BYTES_MAX || password.len() > ANSWER_BYTES_MAX {
                return Ok(start_over(None, AnswerRefused::Wrong));
            }
            let credentials = Credentials {
                user: user.to_owned(),
                password: Secret::new(password),
                client_id: client_id(software_id),
                access_key: None,
                user_key: None,
            };
            return self.sign_on_with(ctx, credentials, Proof::default(), 0).await;
        };
        let progress = Progress::read(state)?;
        let proof = match self.proof(ctx, &progress, answers) {
            Ok(proof) => proof,
            Err(refused) => return progress.ask(Some(refused)),
        };
        self.sign_on_with(ctx, progress.credentials, proof, progress.steps).await
    }

    /// What the answers prove; refused when they cannot be any.
    fn proof(&self, ctx: &CallContext, progress: &Progress, answers: &Answers) -> Result<Proof, AnswerRefused> {
        let session_cookie = progress.session_cookie.clone();
        match &progress.asked {
            Asked::Phrases(phrases) => {
                let agent = format!("{} {}", self.config.app_id, self.config.app_version);
                let challenge_answers = challenge::answers(phrases, answers, &Program { now: ctx.now, agent: &agent })?;
                Ok(Proof { session_cookie, challenge_answers, auth_token: None })
            }
            Asked::Token => {
                let code = answers.get("code").map(str::trim).filter(|code| !code.is_empty()).ok_or(AnswerRefused::Missing)?;
                if code.len() > ANSWER_BYTES_MAX {
                    return Err(AnswerRefused::Wrong);
                }
                Ok(Proof { session_cookie, auth_token: Some(Secret::new(code)), challenge_answers: Vec::new() })
            }
        }
    }

    /// Signs on and asks for the accounts, until a person is needed or it is done.
    async fn sign_on_with(
        &self,
        ctx: &CallContext,
        credentials: Credentials,
        mut proof: Proof,
        steps: u8,
    ) -> Result<SignInStep, BankError> {
        for steps in steps..STEPS_MAX {
            let exchange = self.ask_once(ctx, &credentials, &proof, &[AskContent::Accounts { since: Moment::EPOCH }]).await?;
            let session_cookie = session_cookie(&exchange).or(proof.session_cookie.take());
            let says = message(&exchange);
            match next(&exchange) {
                Next::SignedOn => return signed_on(credentials, &exchange),
                Next::Again => return Ok(start_over(says, AnswerRefused::Wrong)),
                Next::Ended(error) => return Err(error),
                Next::Token { wrong } => {
                    let progress = Progress { credentials, session_cookie, asked: Asked::Token, says, steps: steps + 1 };
                    return progress.ask(wrong.then_some(AnswerRefused::Wrong));
                }
                Next::Questions { wrong } => {
                    let (phrases, session_cookie) = self.questions(ctx, &credentials, session_cookie).await?;
                    let asked = Asked::Phrases(phrases);
                    let progress = Progress { credentials: credentials.clone(), session_cookie, asked, says, steps: steps + 1 };
                    if matches!(&progress.asked, Asked::Phrases(phrases) if challenge::needs_person(phrases)) {
                        return progress.ask(wrong.then_some(AnswerRefused::Wrong));
                    }
                    proof = self
                        .proof(ctx, &progress, &Answers::default())
                        .map_err(|_| BankError::Protocol("the bank's questions cannot be answered".to_owned()))?;
                }
            }
        }
        Err(BankError::AccessDenied)
    }

    /// Fetches the questions, with the newest session cookie.
    async fn questions(
        &self,
        ctx: &CallContext,
        credentials: &Credentials,
        session_cookie: Option<Secret>,
    ) -> Result<(Vec<Phrase>, Option<Secret>), BankError> {
        let proof = Proof { session_cookie, ..Proof::default() };
        let client_time = Moment::from_unix_seconds(ctx.now);
        let exchange = self.ask_once(ctx, credentials, &proof, &[AskContent::Challenges { client_time }]).await?;
        if let Next::Ended(error) = next(&exchange) {
            return Err(error);
        }
        let phrases = challenge::read(exchange.document().challenges());
        if phrases.is_empty() {
            return Err(BankError::Protocol("the bank wants questions answered and asks none".to_owned()));
        }
        Ok((phrases, self::session_cookie(&exchange).or(proof.session_cookie)))
    }
}

/// The grant, with the accounts of the same answer.
fn signed_on(mut credentials: Credentials, exchange: &Exchange) -> Result<SignInStep, BankError> {
    let answer = exchange.answer(0).ok_or_else(|| BankError::Protocol("the answer has no accounts".to_owned()))?;
    if let Some(status) = answer.status.as_ref().filter(|status| status.is_error()) {
        return Err(status::of_sign_in(status.code));
    }
    let Content::Accounts(Some(list)) = &answer.content else {
        return Err(BankError::Protocol("the answer has no accounts".to_owned()));
    };
    if let Some(sign_on) = &exchange.document().sign_on {
        let kept = |secret: &Option<::ofx::Secret>| secret.as_ref().map(|secret| Secret::new(secret.expose()));
        credentials.access_key = kept(&sign_on.access_key);
        let until = sign_on.user_key_expires.as_ref().map(Moment::unix_seconds);
        credentials.user_key = kept(&sign_on.user_key).map(|key| UserKey { key, until });
    }
    let accounts = KnownAccount::of(list, &credentials.client_id);
    Ok(SignInStep::Done(Grant::new(&SignedOn { credentials, accounts }, None)?))
}

#[cfg(test)]
mod tests {
    use super::client_id;

    #[test]
    fn installation_ids_fit() {
        assert_eq!(client_id("world_1"), "world_1");
        assert_eq!(client_id(&"x".repeat(36)), "x".repeat(36));
        for odd in [String::new(), "x".repeat(37)] {
            let hashed = client_id(&odd);
            assert_eq!(hashed.len(), 36);
            assert_eq!(hashed, client_id(&odd));
        }
    }
}
