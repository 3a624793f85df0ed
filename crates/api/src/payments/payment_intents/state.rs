//! Where a payment intent stands, and which step leads where. Pure: no store, no time.

use serde::{Deserialize, Serialize};

/// Where a payment intent stands. `requires_capture` of the official API is never reached: a debit is not taken in two steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    Processing,
    Succeeded,
    Canceled,
}

/// What happens to a payment intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// A payment method was named.
    Attach,
    /// It was confirmed, and the debit is on its way.
    Debit,
    /// It was confirmed, and the payer has to prove the bank account first.
    Ask,
    /// The payer proved the bank account, and the application confirms by itself.
    HandBack,
    /// The attempt failed: refused before it was sent, returned, or the bank account was not proved.
    Fail,
    /// The money has arrived.
    Settle,
    /// It was called off.
    Cancel,
}

use Status::{Canceled, Processing, RequiresAction, RequiresConfirmation, RequiresPaymentMethod, Succeeded};

impl Status {
    /// Every status, in the order of a payment's life.
    pub const ALL: [Status; 6] = [RequiresPaymentMethod, RequiresConfirmation, RequiresAction, Processing, Succeeded, Canceled];

    /// The word that callers read.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            RequiresPaymentMethod => "requires_payment_method",
            RequiresConfirmation => "requires_confirmation",
            RequiresAction => "requires_action",
            Processing => "processing",
            Succeeded => "succeeded",
            Canceled => "canceled",
        }
    }

    /// Where a step leads; none if it is not allowed here.
    #[must_use]
    pub(crate) fn after(self, step: Step) -> Option<Status> {
        match (self, step) {
            (RequiresPaymentMethod | RequiresConfirmation | RequiresAction, Step::Attach) => Some(RequiresConfirmation),
            (RequiresPaymentMethod | RequiresConfirmation | RequiresAction, Step::Debit) => Some(Processing),
            (RequiresPaymentMethod | RequiresConfirmation | RequiresAction, Step::Ask) => Some(RequiresAction),
            (RequiresAction, Step::HandBack) => Some(RequiresConfirmation),
            (RequiresPaymentMethod | RequiresConfirmation | RequiresAction | Processing, Step::Fail) => {
                Some(RequiresPaymentMethod)
            }
            (Processing, Step::Settle) => Some(Succeeded),
            (RequiresPaymentMethod | RequiresConfirmation | RequiresAction | Processing, Step::Cancel) => Some(Canceled),
            _ => None,
        }
    }

    /// Whether it may be confirmed.
    #[must_use]
    pub(crate) fn may_confirm(self) -> bool {
        self.after(Step::Debit).is_some()
    }

    /// Whether what is to be paid, and with what, may still change.
    #[must_use]
    pub(crate) fn may_change(self) -> bool {
        self.after(Step::Attach).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STEPS: [Step; 7] = [Step::Attach, Step::Debit, Step::Ask, Step::HandBack, Step::Fail, Step::Settle, Step::Cancel];

    /// The whole table: one row for each status, one column for each step.
    #[test]
    fn every_step_from_every_status() {
        const PAY: Option<Status> = Some(RequiresPaymentMethod);
        const CONFIRM: Option<Status> = Some(RequiresConfirmation);
        const ACT: Option<Status> = Some(RequiresAction);
        const WAIT: Option<Status> = Some(Processing);
        const OFF: Option<Status> = Some(Canceled);
        for (from, expected) in [
            (RequiresPaymentMethod, [CONFIRM, WAIT, ACT, None, PAY, None, OFF]),
            (RequiresConfirmation, [CONFIRM, WAIT, ACT, None, PAY, None, OFF]),
            (RequiresAction, [CONFIRM, WAIT, ACT, CONFIRM, PAY, None, OFF]),
            (Processing, [None, None, None, None, PAY, Some(Succeeded), OFF]),
            (Succeeded, [None; 7]),
            (Canceled, [None; 7]),
        ] {
            assert_eq!(STEPS.map(|step| from.after(step)), expected, "{}", from.as_str());
        }
    }

    proptest! {
        /// Whatever happens in whatever order: the end is final, and money arrives only for a debit that was on its way.
        #[test]
        fn lives_of_payments(steps in prop::collection::vec(prop::sample::select(STEPS.to_vec()), 0..40)) {
            let mut status = RequiresPaymentMethod;
            for step in steps {
                let Some(next) = status.after(step) else { continue };
                prop_assert!(!matches!(status, Succeeded | Canceled), "{status:?} is final");
                prop_assert_eq!(next == Succeeded, status == Processing && step == Step::Settle);
                prop_assert_eq!(next == Processing, step == Step::Debit);
                prop_assert_eq!(next == Canceled, step == Step::Cancel);
                status = next;
            }
        }
    }
}
