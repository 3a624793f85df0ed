//! One request on its way through the writer thread.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use crate::store::{panic_error, poll_once};
use crate::{BoxFuture, Retryable, StoreError, Tx};

/// What to do with the work of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It belongs into the commit.
    Keep,
    /// Undo it.
    Undo,
    /// Undo it and run it again.
    Retry,
}

/// A request without its types.
pub(super) trait Job: Send {
    /// Runs the closure once and keeps its outcome.
    fn run(&mut self, tx: &mut Tx) -> Verdict;

    /// Tells the requester: its own outcome when the group was committed, else why not.
    fn answer(self: Box<Self>, commit: Result<(), StoreError>);
}

/// What the requester hears.
pub(super) enum Answer<T, E> {
    Done(Result<T, E>),
    /// The closure waited for something that is not the database.
    Waited,
}

pub(super) struct Request<T, E, F> {
    closure: F,
    answer: Option<Answer<T, E>>,
    reply: oneshot::Sender<Answer<T, E>>,
}

impl<T, E, F> Request<T, E, F> {
    pub(super) fn new(closure: F, reply: oneshot::Sender<Answer<T, E>>) -> Self {
        Request { closure, answer: None, reply }
    }
}

impl<T, E, F> Job for Request<T, E, F>
where
    F: for<'a> Fn(&'a mut Tx) -> BoxFuture<'a, Result<T, E>> + Send + Sync,
    T: Send,
    E: From<StoreError> + Retryable + Send,
{
    fn run(&mut self, tx: &mut Tx) -> Verdict {
        let outcome = catch_unwind(AssertUnwindSafe(|| poll_once((self.closure)(tx))));
        let (answer, verdict) = match outcome {
            Ok(Some(Ok(value))) => match tx.failure() {
                None => (Answer::Done(Ok(value)), Verdict::Keep),
                // The closure swallowed an error; PostgreSQL could not commit after that either.
                Some(error) => (Answer::Done(Err(error.clone().into())), undo(error.is_conflict())),
            },
            Ok(Some(Err(error))) => {
                let verdict = undo(error.is_conflict() || tx.failure().is_some_and(Retryable::is_conflict));
                (Answer::Done(Err(error)), verdict)
            }
            Ok(None) => (Answer::Waited, Verdict::Undo),
            Err(payload) => (Answer::Done(Err(panic_error(payload).into())), Verdict::Undo),
        };
        self.answer = Some(answer);
        verdict
    }

    fn answer(self: Box<Self>, commit: Result<(), StoreError>) {
        let answer = match (commit, self.answer) {
            (Ok(()), Some(answer)) => answer,
            (Ok(()), None) => Answer::Done(Err(StoreError::Closed.into())),
            (Err(error), _) => Answer::Done(Err(error.into())),
        };
        // A requester that left needs no answer.
        let _ = self.reply.send(answer);
    }
}

fn undo(is_conflict: bool) -> Verdict {
    if is_conflict { Verdict::Retry } else { Verdict::Undo }
}
