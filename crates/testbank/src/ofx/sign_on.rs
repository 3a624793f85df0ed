//! Signing on over OFX: who asks, in which world, and whether the bank asks back.

use std::sync::Arc;

use ::ofx::{AskContent, Challenge, Credentials, Format, Institution, Request, Secret, Status, StatusCode, Syntax};
use serde::{Deserialize, Serialize};

use super::ORG;
use super::script::{self, Attempt, Step, Verdict};
use crate::conduct::Conduct;
use crate::seal::{self, Purpose};
use crate::site::{AnySite, Refusal};
use crate::stated::StatedWorld;
use crate::world::{Customer, Portfolio};

/// How long a person may take to answer, in seconds of real time.
const COOKIE_SECONDS: i64 = 900;
const LONGEST_USERNAME: usize = 100;
/// The limit of `CLIENTUID` in the standard.
const LONGEST_CLIENT_ID: usize = 36;
const SGML_VERSIONS: &[u16] = &[102, 103, 151, 160];
const XML_VERSIONS: &[u16] = &[200, 201, 202, 203, 210, 211, 220, 230];

/// How far a sign-on has come. The client carries it, so nothing is stored before a person is known.
#[derive(Serialize, Deserialize)]
struct Cookie {
    slug: String,
    world: String,
    username: String,
    step: Step,
    /// Real unix seconds at which it was asked.
    asked_at: i64,
}

/// A person who has answered all questions before.
#[derive(Serialize, Deserialize, PartialEq, Eq)]
struct AccessKey {
    slug: String,
    world: String,
    username: String,
}

/// Who signed on.
pub enum Signed {
    /// Nobody: enough for the profile.
    Anonymous,
    /// Somebody whose name and password are right, and who asks for the question to be answered next.
    Asking(Challenge),
    /// A customer.
    Customer(Box<Member>),
}

/// A customer with everything that answers need.
pub struct Member {
    /// What the customer has.
    pub portfolio: Portfolio,
    /// What is stated in the customer's world.
    pub stated: Arc<StatedWorld>,
    /// How the institution behaves there.
    pub conduct: Conduct,
}

/// How a sign-on went.
pub struct Signing {
    /// Who signed on, or why nobody did.
    pub outcome: Result<Signed, Status>,
    /// The clock of the world, or real time if there is none; unix seconds.
    pub now: i64,
    /// What the client sends back with the next request.
    pub cookie: Option<Secret>,
    /// What spares the questions from now on.
    pub access_key: Option<Secret>,
}

/// The institution as it calls itself.
pub fn institution(site: &AnySite) -> Institution {
    Institution { organization: Some(ORG.to_owned()), id: Some(site.slug().to_owned()) }
}

/// Whether the bank speaks a version.
pub fn is_known_version(format: Format) -> bool {
    match format.syntax {
        Syntax::Sgml => SGML_VERSIONS.contains(&format.version),
        Syntax::Xml => XML_VERSIONS.contains(&format.version),
    }
}

/// Signs on. The errors are those of the storage, and outages in the customer's world.
pub async fn sign_on(site: &AnySite, request: &Request) -> Result<Signing, Refusal> {
    let real_now = site.bank.clock.real_now();
    let ended = |outcome| Signing { outcome, now: real_now, cookie: None, access_key: None };
    if let Some(refusal) = unfit(site, request) {
        return Ok(ended(Err(refusal)));
    }
    let profile_only = request.asks.iter().all(|ask| matches!(ask.content, AskContent::Profile { .. }));
    if request.sign_on.credentials.is_anonymous() {
        return Ok(ended(if profile_only { Ok(Signed::Anonymous) } else { Err(script::credentials_wrong()) }));
    }
    let client_id = request.sign_on.client_id.as_deref().unwrap_or_default();
    if client_id.is_empty() || client_id.chars().count() > LONGEST_CLIENT_ID {
        let text = "CLIENTUID must have 1 to 36 characters.";
        return Ok(ended(Err(Status::error(StatusCode::CLIENT_ID_REJECTED, text))));
    }
    let Some((user, password)) = credentials(request) else {
        return Ok(ended(Err(script::credentials_wrong())));
    };
    let (world, slug) = (client_id.to_owned(), site.institution.ledger.clone());
    let stated = site.enter(&world).await?;
    let Some(epoch) = site.bank.epoch(&world).await.map_err(Refusal::Storage)? else {
        return Ok(ended(Err(Status::error(StatusCode::CLIENT_ID_REJECTED, "CLIENTUID names no world."))));
    };
    let now = site.bank.clock.now(&world).await;
    let customer = Customer { world, slug, username: user.trim().to_lowercase(), epoch };
    let verdict = match site.institution.scripted {
        true => judge(site, request, &customer, &user, password.expose()),
        false if site.lets_in(&stated, &customer.username, password.expose()) => Verdict::Accepted,
        false => Verdict::Wrong,
    };
    let Some(portfolio) = site.portfolio(&stated, customer) else {
        return Ok(ended(Err(script::credentials_wrong())));
    };
    let member = Member { portfolio, conduct: site.conduct(&stated), stated };
    Ok(conclude(site, request, member, now, verdict))
}

/// Why a request cannot be answered whoever sends it.
fn unfit(site: &AnySite, request: &Request) -> Option<Status> {
    if !is_known_version(request.format) {
        return Some(Status::error(StatusCode::UNSUPPORTED_VERSION, "This version of OFX is not supported."));
    }
    let asked = request.sign_on.institution.as_ref();
    if asked != Some(&institution(site)) {
        return Some(Status::error(StatusCode::INSTITUTION_MISSING, "FI is missing or names another institution."));
    }
    None
}

/// Name and password, if both are there.
fn credentials(request: &Request) -> Option<(String, Secret)> {
    match &request.sign_on.credentials {
        Credentials::Password { user, password } => {
            let whole = !user.trim().is_empty() && user.len() <= LONGEST_USERNAME && !password.expose().is_empty();
            whole.then(|| (user.clone(), password.clone()))
        }
        Credentials::UserKey(_) => None,
    }
}

fn judge(site: &AnySite, request: &Request, customer: &Customer, user: &str, password: &str) -> Verdict {
    let sign_on = &request.sign_on;
    script::judge(&Attempt {
        user,
        password,
        known: sign_on.access_key.as_ref().is_some_and(|key| is_known(site, customer, key)),
        pending: sign_on.session_cookie.as_ref().and_then(|cookie| pending(site, customer, cookie)),
        answers: &sign_on.challenge_answers,
        token: sign_on.auth_token.as_ref().map(Secret::expose),
    })
}

fn is_known(site: &AnySite, customer: &Customer, key: &Secret) -> bool {
    let key: Option<AccessKey> = site.bank.keys.open(Purpose::AccessKey, key.expose());
    key == Some(access_key(site, customer))
}

fn access_key(site: &AnySite, customer: &Customer) -> AccessKey {
    AccessKey { slug: site.slug().to_owned(), world: customer.world.clone(), username: customer.username.clone() }
}

/// What the bank asked this person last, if that is not too long ago.
fn pending(site: &AnySite, customer: &Customer, cookie: &Secret) -> Option<Step> {
    let cookie: Cookie = site.bank.keys.open(Purpose::SignOnCookie, cookie.expose())?;
    let own = cookie.slug == site.slug() && cookie.world == customer.world && cookie.username == customer.username;
    let current = site.bank.clock.real_now() <= cookie.asked_at + COOKIE_SECONDS;
    (own && current).then_some(cookie.step)
}

/// Puts a verdict into the words of OFX.
fn conclude(site: &AnySite, request: &Request, member: Member, now: i64, verdict: Verdict) -> Signing {
    let customer = &member.portfolio.customer;
    let asks_for_questions = request.asks.iter().any(|ask| matches!(ask.content, AskContent::Challenges { .. }));
    let ended = |outcome| Signing { outcome, now, cookie: None, access_key: None };
    match verdict {
        Verdict::Accepted => {
            let key = site.bank.keys.seal(Purpose::AccessKey, &access_key(site, customer));
            Signing { access_key: Some(Secret::new(key)), ..ended(Ok(Signed::Customer(Box::new(member)))) }
        }
        Verdict::Asked(step) => {
            let cookie = Some(cookie(site, customer, step));
            match challenge(customer, step) {
                Some(challenge) if asks_for_questions => Signing { cookie, ..ended(Ok(Signed::Asking(challenge))) },
                _ => Signing { cookie, ..ended(Err(step.demand())) },
            }
        }
        Verdict::AskedAgain(step) => Signing { cookie: Some(cookie(site, customer, step)), ..ended(Err(step.refusal())) },
        Verdict::Wrong => ended(Err(script::credentials_wrong())),
        Verdict::Locked => ended(Err(script::locked())),
        Verdict::Ended => ended(Err(script::ended())),
    }
}

fn cookie(site: &AnySite, customer: &Customer, step: Step) -> Secret {
    let cookie = Cookie {
        slug: site.slug().to_owned(),
        world: customer.world.clone(),
        username: customer.username.clone(),
        step,
        asked_at: site.bank.clock.real_now(),
    };
    Secret::new(site.bank.keys.seal(Purpose::SignOnCookie, &cookie))
}

/// The question of a step, at most 64 characters long. A one-time code is not asked for by a question.
fn challenge(customer: &Customer, step: Step) -> Option<Challenge> {
    let person = customer.person();
    let question = match step {
        Step::Choice => {
            let digits = &person.telephone[person.telephone.len().saturating_sub(2)..];
            let initial = person.email.chars().next().unwrap_or_default();
            format!("(1) Text message to ••{digits}\n(2) Email to {initial}•••@example.com")
        }
        Step::Code => return None,
        Step::Confirm => {
            let code = seal::seed(&["confirmation", &customer.world, &customer.username]) % 1_000_000;
            format!("Confirm {code:06} in the app of your bank.")
        }
        Step::Question => "What was the name of your first pet?".to_owned(),
    };
    step.phrase().map(|phrase| Challenge { id: phrase.to_owned(), question: Some(question) })
}
