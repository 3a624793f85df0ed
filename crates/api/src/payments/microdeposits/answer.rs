use kernel::{ApiError, ApiResult, Cx, Stored};

use super::object::{Failure, Kind, Microdeposit, State};
use super::start::{close, pending};
use super::subject::Subject;
use crate::App;
use crate::connections::bank;
use crate::payments::mandates;
use crate::payments::payment_methods::{self, Instrument};
use crate::payments::surroundings::{Answer, Deposits, Judgement};

impl Failure {
    fn code(self) -> &'static str {
        match self {
            Failure::Returned => "payment_method_microdeposit_failed",
            Failure::AttemptsExceeded => "payment_method_microdeposit_verification_attempts_exceeded",
            Failure::TimedOut => "payment_method_microdeposit_verification_timeout",
        }
    }

    fn message(self) -> &'static str {
        match self {
            Failure::Returned => "Microdeposits failed. Please check the account, institution and transit numbers provided.",
            Failure::AttemptsExceeded => "You have exceeded the number of allowed verification attempts.",
            Failure::TimedOut => {
                "Microdeposit timeout. The customer has not verified their bank account within the required 10 day period."
            }
        }
    }
}

/// The answer in the parameters of `verify_microdeposits`.
///
/// # Errors
/// 400 unless exactly one of both was sent, and if the amounts are not two.
pub(crate) fn read_answer(amounts: Option<Vec<i64>>, descriptor_code: Option<String>) -> ApiResult<Answer> {
    match (amounts, descriptor_code) {
        (Some(_), Some(_)) => {
            let message = "You may only specify one of these parameters: amounts, descriptor_code.";
            Err(ApiError::coded("parameters_exclusive", message).with_param("amounts").before_work())
        }
        (None, None) => Err(form::FormError::missing("amounts").into()),
        (None, Some(code)) => Ok(Answer::Code(code.trim().to_owned())),
        (Some(amounts), None) => match <[i64; 2]>::try_from(amounts) {
            Ok(amounts) => Ok(Answer::Amounts(amounts)),
            Err(_) => {
                let code = "payment_method_microdeposit_verification_amounts_invalid";
                Err(ApiError::coded(code, "You must provide exactly two microdeposit amounts.").with_param("amounts"))
            }
        },
    }
}

/// Takes an answer for a subject, and tells the subject if that decides it. None says that it was right; an error is for the
/// caller alone, and what was counted stays.
///
/// # Errors
/// 400 if nothing waits for an answer; those of the database.
pub(crate) async fn answer(cx: &mut Cx<'_>, app: &App, subject: Subject<'_>, answer: &Answer) -> ApiResult<Option<ApiError>> {
    let Some(mut deposit) = pending(cx, subject).await? else {
        return Err(ApiError::invalid("No microdeposits wait for an answer here."));
    };
    let (sent, _) = bank::read_sealed::<Deposits>(cx, &deposit.sealed_name())
        .await?
        .ok_or_else(|| ApiError::internal("deposits without what was sent"))?;
    let judgement = match says_something(answer) {
        true => app.surroundings.of(cx.tenant.livemode()).judge(&sent, answer),
        false => Judgement::Wrong,
    };
    match judgement {
        Judgement::Right => {
            verify(cx, app, &mut deposit).await?;
            Ok(None)
        }
        Judgement::Exceeded => fail(cx, app, &mut deposit, Failure::AttemptsExceeded).await.map(Some),
        Judgement::TimedOut => fail(cx, app, &mut deposit, Failure::TimedOut).await.map(Some),
        Judgement::Wrong => {
            deposit.attempts += 1;
            if deposit.attempts_remaining() == 0 {
                return fail(cx, app, &mut deposit, Failure::AttemptsExceeded).await.map(Some);
            }
            cx.update(&mut deposit).await?;
            Ok(Some(mismatch(answer, deposit.attempts_remaining())))
        }
    }
}

/// What was not sent is kept as nothing, so nothing must never be right.
fn says_something(answer: &Answer) -> bool {
    match answer {
        Answer::Code(code) => !code.is_empty(),
        Answer::Amounts(amounts) => amounts.iter().all(|amount| *amount > 0),
    }
}

fn mismatch(answer: &Answer, remaining: i64) -> ApiError {
    let (code, what, param) = match answer {
        Answer::Amounts(_) => ("payment_method_microdeposit_verification_amounts_mismatch", "amounts provided do", "amounts"),
        Answer::Code(_) => {
            ("payment_method_microdeposit_verification_descriptor_code_mismatch", "code provided does", "descriptor_code")
        }
    };
    let sent = if param == "amounts" { "the amounts that were" } else { "the one that was" };
    let message =
        format!("The {what} not match {sent} sent to the bank account. You have {remaining} verification attempts remaining.");
    ApiError::coded(code, message).with_param(param)
}

async fn verify(cx: &mut Cx<'_>, app: &App, deposit: &mut Stored<Microdeposit>) -> ApiResult<()> {
    close(cx, deposit, State::Verified).await?;
    payment_methods::mark_verified(cx, &deposit.payment_method).await?;
    mandates::activate_all_of(cx, &deposit.payment_method).await?;
    Subject::of(&deposit.subject).verified(cx, app).await
}

/// Ends deposits that led nowhere and tells the subject; answers what the caller is told.
pub(super) async fn fail(cx: &mut Cx<'_>, app: &App, deposit: &mut Stored<Microdeposit>, why: Failure) -> ApiResult<ApiError> {
    deposit.failure = Some(why);
    close(cx, deposit, State::Failed).await?;
    mandates::end_pending_of(cx, &deposit.payment_method).await?;
    if why == Failure::AttemptsExceeded
        && let Some(mut instrument) = cx.find::<Instrument>(&deposit.payment_method).await?
    {
        // Whoever guesses gets no second round with the same payment method.
        instrument.spent = true;
        cx.update(&mut instrument).await?;
    }
    Subject::of(&deposit.subject).failed(cx, app, why.code(), why.message()).await?;
    let param = match deposit.kind {
        Kind::Amounts => "amounts",
        Kind::DescriptorCode => "descriptor_code",
    };
    let error = ApiError::coded(why.code(), why.message());
    Ok(if why == Failure::AttemptsExceeded { error.with_param(param) } else { error })
}

#[cfg(test)]
mod tests {
    use super::{read_answer, says_something};
    use crate::payments::surroundings::Answer;

    #[test]
    fn nothing_is_never_right() {
        assert!(says_something(&Answer::Amounts([32, 45])) && says_something(&Answer::Code("SM11AA".into())));
        assert!(!says_something(&Answer::Amounts([0, 0])) && !says_something(&Answer::Code(String::new())));
    }

    #[test]
    fn an_answer_is_two_amounts_or_a_code() {
        assert_eq!(read_answer(Some(vec![32, 45]), None).unwrap(), Answer::Amounts([32, 45]));
        assert_eq!(read_answer(None, Some(" sm11aa ".into())).unwrap(), Answer::Code("sm11aa".into()));
        let code = |amounts, text| read_answer(amounts, text).unwrap_err().code().map(str::to_owned);
        assert_eq!(code(None, None).as_deref(), Some("parameter_missing"));
        assert_eq!(code(Some(vec![1, 2]), Some("SM11AA".into())).as_deref(), Some("parameters_exclusive"));
        for wrong in [vec![], vec![32], vec![1, 2, 3]] {
            assert_eq!(code(Some(wrong), None).as_deref(), Some("payment_method_microdeposit_verification_amounts_invalid"));
        }
    }
}
