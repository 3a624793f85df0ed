//! What a bank's status codes mean for us.

use ::ofx::StatusCode;

use crate::connector::DataKind;
use crate::error::BankError;

/// The one-time code was not the right one; the crate `ofx` has no name for it.
pub(super) const TOKEN_WRONG: StatusCode = StatusCode(15_513);

/// Why a later call was not signed on. Whatever only the person can put right needs a new sign-in.
pub(super) fn of_session(code: StatusCode) -> BankError {
    match code {
        StatusCode::GENERAL_ERROR => BankError::InternalFailure,
        code if is_about_the_person(code) => BankError::GrantRevoked,
        code => BankError::Protocol(format!("the sign-on was answered with {code}")),
    }
}

/// Why a request was refused although the sign-on worked.
pub(super) fn of_data(code: StatusCode, kind: DataKind) -> BankError {
    match code {
        StatusCode::GENERAL_ERROR | StatusCode::INVALID_ACCOUNT => BankError::InternalFailure,
        StatusCode::ACCOUNT_NOT_FOUND => BankError::NotFound,
        StatusCode::ACCOUNT_CLOSED => BankError::AccountClosed,
        StatusCode::ACCOUNT_NOT_AUTHORIZED | StatusCode::NOT_AUTHORIZED => BankError::NotPermitted(kind),
        code if is_about_the_person(code) => BankError::GrantRevoked,
        code => BankError::Protocol(format!("a data request was answered with {code}")),
    }
}

/// How a sign-in ends that cannot go on.
pub(super) fn of_sign_in(code: StatusCode) -> BankError {
    match code {
        StatusCode::GENERAL_ERROR => BankError::AccessDenied,
        code if is_about_the_person(code) => BankError::AccessDenied,
        code => BankError::Protocol(format!("the sign-on was answered with {code}")),
    }
}

/// Password, questions, codes, locks: 3000, 3001 and 15000 to 15999.
fn is_about_the_person(code: StatusCode) -> bool {
    matches!(code, StatusCode::CHALLENGE_NEEDED | StatusCode::CHALLENGE_FAILED) || (15_000..16_000).contains(&code.0)
}

#[cfg(test)]
mod tests {
    use super::{of_data, of_session, of_sign_in};
    use crate::connector::DataKind;
    use crate::error::BankError;
    use ::ofx::StatusCode;

    #[test]
    fn every_code_has_a_meaning() {
        let kind = DataKind::Balances;
        let table = [
            (2000, BankError::InternalFailure, BankError::AccessDenied),
            (2002, BankError::InternalFailure, protocol()),
            (2003, BankError::NotFound, protocol()),
            (2004, BankError::AccountClosed, protocol()),
            (2005, BankError::NotPermitted(kind), protocol()),
            (2021, protocol(), protocol()),
            (3000, BankError::GrantRevoked, BankError::AccessDenied),
            (13_504, protocol(), protocol()),
            (15_000, BankError::GrantRevoked, BankError::AccessDenied),
            (15_500, BankError::GrantRevoked, BankError::AccessDenied),
            (15_502, BankError::GrantRevoked, BankError::AccessDenied),
            (15_508, BankError::NotPermitted(kind), BankError::AccessDenied),
        ];
        for (code, data, sign_in) in table {
            assert_eq!(without_text(of_data(StatusCode(code), kind)), data, "{code}");
            assert_eq!(without_text(of_sign_in(StatusCode(code))), sign_in, "{code}");
        }
        for code in [3000, 3001, 15_000, 15_500, 15_501, 15_502, 15_512] {
            assert_eq!(of_session(StatusCode(code)), BankError::GrantRevoked, "{code}");
        }
        assert_eq!(of_session(StatusCode::GENERAL_ERROR), BankError::InternalFailure);
    }

    fn protocol() -> BankError {
        BankError::Protocol(String::new())
    }

    fn without_text(error: BankError) -> BankError {
        match error {
            BankError::Protocol(_) => protocol(),
            other => other,
        }
    }
}
