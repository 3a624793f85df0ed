//! Sign-in on a page of ours, at banks without pages of their own: what the bank asks and what the person answers.

use std::sync::Arc;

use banks::{Answers, FormSignIn, SignIn, SignInForm, SignInState, SignInStep};
use kernel::ApiResult;
use serde::{Deserialize, Serialize};

use super::login::{keep_offers, offers, show_problem, trouble};
use super::ops::{Door, FlowError, door, load, make_door};
use super::state::Stage;
use crate::App;
use crate::connections::bank::{self, Failure, StoredGrant};
use crate::connections::institutions::Institution;
use crate::connections::sessions;

/// Answers taken at once; no bank asks more.
const ANSWERS_MAX: usize = 20;

/// What a bank without pages of its own asks first.
pub(super) fn first_form(institution: &Institution) -> Option<SignInForm> {
    our_page(institution).map(FormSignIn::first)
}

fn our_page(institution: &Institution) -> Option<&dyn FormSignIn> {
    match institution.connector.sign_in() {
        SignIn::Form(form) => Some(form),
        SignIn::Redirect(_) => None,
    }
}

/// The vault's name of what a connector remembers between two answers.
pub(crate) fn state_name(flow: &str) -> String {
    format!("sign_in/{flow}")
}

/// What a connector remembers, and the bank that it is of.
#[derive(Clone, Serialize, Deserialize)]
struct Remembered {
    institution: String,
    state: SignInState,
}

/// The person answers what the bank asked last: names of fields and values.
///
/// # Errors
/// [`FlowError::Problem`] if the bank ends the sign-in: the flow then shows why.
pub async fn sign_in(app: &App, token: &str, answers: Vec<(String, String)>) -> Result<(), FlowError> {
    let door = door(app, "flow", token).await?.ok_or(FlowError::NotFound)?;
    let (flow, state_of) = (door.target.clone(), state_name(&door.target));
    let (loaded, remembered, now) = app
        .core
        .read(&door.tenant, move |cx| {
            Box::pin(async move {
                let remembered = bank::read_sealed::<Remembered>(cx, &state_of).await?;
                Ok((load(cx, &flow).await?, remembered.map(|(remembered, _)| remembered), cx.now()))
            })
        })
        .await?;
    let directory = app.banks(&door.tenant).await?;
    let institution = loaded.flow.institution.as_deref().and_then(|id| directory.get(id, door.tenant.livemode()));
    let (Some(institution), Stage::SignIn { .. }, true) = (institution, &loaded.flow.stage, loaded.flow.expires_at > now) else {
        return Err(FlowError::Wrong);
    };
    let our_page = our_page(institution).ok_or(FlowError::Wrong)?;
    let state = remembered.filter(|one| one.institution == institution.id).map(|one| one.state);
    let answers = Answers::new(answers.into_iter().take(ANSWERS_MAX));
    let ctx = bank::context(app, institution, true);
    let step = match our_page.answer(&ctx, door.tenant.key(), state.as_ref(), answers).await {
        Ok(SignInStep::Ask { form, state, refused }) => {
            return ask(app, &door, institution, Stage::SignIn { form, refused }, state).await;
        }
        Ok(SignInStep::Done(grant)) => offers(app, institution, &grant, &loaded).await.map(|offers| (grant, offers)),
        Err(error) => Err(error.into()),
    };
    match step {
        Ok((grant, offers)) => Ok(keep_offers(app, &door, &institution.id, StoredGrant { client: None, grant }, offers).await?),
        Err(Failure::Own(error)) => Err(error.into()),
        Err(Failure::Bank(error)) => {
            tracing::warn!(institution.id, %error, "a sign-in at a bank did not succeed");
            forget_state(app, &door).await?;
            show_problem(app, &door, &institution.id, trouble(&error)).await?;
            Err(FlowError::Problem)
        }
    }
}

/// Shows what the bank asks next and keeps what its connector must remember until then.
async fn ask(
    app: &App,
    door: &Door,
    institution: &Institution,
    asked: Stage,
    state: Option<SignInState>,
) -> Result<(), FlowError> {
    let remembered = state.map(|state| Remembered { institution: institution.id.clone(), state });
    let shared = Arc::new((door.target.clone(), institution.id.clone(), asked, remembered));
    let fits = app
        .core
        .write(&door.tenant, move |cx| {
            let shared = Arc::clone(&shared);
            Box::pin(async move {
                let (flow, institution, asked, remembered) = &*shared;
                let mut loaded = load(cx, flow).await?;
                let Stage::SignIn { form, refused } = asked.clone() else { return Ok(false) };
                let same_bank = loaded.flow.institution.as_deref() == Some(institution);
                // The person went on elsewhere meanwhile.
                let Some(stage) = loaded.flow.stage.ask(form, refused).filter(|_| same_bank) else { return Ok(false) };
                match remembered {
                    Some(remembered) => {
                        // It ends with the flow, also if nobody comes back.
                        let token = cx.core.ids().secret("", 40);
                        make_door(cx, "sign_in", &token, flow, sessions::LIFE_SECONDS).await?;
                        bank::write_sealed(cx, &state_name(flow), remembered).await?;
                    }
                    None => bank::forget(cx, &state_name(flow)).await?,
                }
                loaded.flow.stage = stage;
                cx.update(&mut loaded.flow).await?;
                Ok(true)
            })
        })
        .await?;
    if fits { Ok(()) } else { Err(FlowError::Wrong) }
}

async fn forget_state(app: &App, door: &Door) -> ApiResult<()> {
    let name = state_name(&door.target);
    app.core
        .write(&door.tenant, move |cx| {
            let name = name.clone();
            Box::pin(async move { bank::forget(cx, &name).await })
        })
        .await
}
