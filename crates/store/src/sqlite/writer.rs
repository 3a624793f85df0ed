//! The one thread that writes, and its group commit.
//!
//! Requests that wait together share one commit, and so one `fsync`. One that fails is undone alone;
//! nobody is answered before the commit of the group.

mod group;
mod request;

use tokio::sync::mpsc::error::{TryRecvError, TrySendError};
use tokio::sync::{mpsc, oneshot};

use self::group::Groups;
use self::request::{Answer, Job, Request};
use super::checkpoint::Checkpoints;
use crate::store::waited_inside_a_transaction;
use crate::{BoxFuture, Retryable, StoreError, Tx};

/// Requests that may wait for the writer before senders wait as well.
const QUEUE: usize = 4096;
/// How often the writer lets other threads go first before it takes an empty queue for the end of a group. Those that are
/// about to send on the same core then share the group's commit, which costs a hundred times as much.
const GIVES_WAY: u32 = 3;

enum Message {
    Run(Box<dyn Job>),
    /// Finish what is queued, close the database, then drop the sender.
    Close(oneshot::Sender<()>),
}

/// The way to the writer thread. The thread ends when this is dropped or closed.
pub(super) struct Writer {
    queue: mpsc::Sender<Message>,
}

impl Writer {
    /// `tx` is the connection that writes.
    pub(super) fn start(tx: Tx, checkpoints: Checkpoints) -> Result<Writer, StoreError> {
        let (queue, messages) = mpsc::channel(QUEUE);
        std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || run(Groups::new(tx, checkpoints), messages))
            .map_err(|error| StoreError::Unavailable(format!("no writer thread: {error}")))?;
        Ok(Writer { queue })
    }

    pub(super) async fn write<T, E, F>(&self, run: F) -> Result<T, E>
    where
        F: for<'a> Fn(&'a mut Tx) -> BoxFuture<'a, Result<T, E>> + Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Retryable + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.send(Message::Run(Box::new(Request::new(run, reply))))?;
        match answer.await {
            Ok(Answer::Done(outcome)) => outcome,
            Ok(Answer::Waited) => Err(waited_inside_a_transaction().into()),
            Err(_) => Err(StoreError::Closed.into()),
        }
    }

    /// Waits until everything queued is done and the database is closed.
    pub(super) async fn close(&self) {
        let (closed, wait) = oneshot::channel();
        if self.send(Message::Close(closed)).is_ok() {
            // An error only says that the writer ended, which is what is waited for.
            let _ = wait.await;
        }
        self.queue.closed().await;
    }

    /// With a full queue the message waits in a task of its own, so that a request whose client hung up still runs;
    /// the client that stayed waits for its answer and sends nothing more meanwhile.
    fn send(&self, message: Message) -> Result<(), StoreError> {
        match self.queue.try_send(message) {
            Ok(()) => Ok(()),
            Err(TrySendError::Closed(_)) => Err(StoreError::Closed),
            Err(TrySendError::Full(message)) => {
                let queue = self.queue.clone();
                tokio::spawn(async move { queue.send(message).await.is_ok() });
                Ok(())
            }
        }
    }
}

fn run(mut groups: Groups, mut messages: mpsc::Receiver<Message>) {
    let mut closing = Vec::new();
    while let Some(message) = messages.blocking_recv() {
        let first = match message {
            Message::Run(job) => job,
            Message::Close(closed) => {
                messages.close();
                closing.push(closed);
                continue;
            }
        };
        groups.run(first, || next(&mut messages, &mut closing));
    }
    groups.close();
    drop(closing);
}

/// The next request of a group, if one waits or comes at once.
fn next(messages: &mut mpsc::Receiver<Message>, closing: &mut Vec<oneshot::Sender<()>>) -> Option<Box<dyn Job>> {
    let mut gave_way = 0;
    loop {
        match messages.try_recv() {
            Ok(Message::Run(job)) => return Some(job),
            Ok(Message::Close(closed)) => {
                messages.close();
                closing.push(closed);
            }
            Err(TryRecvError::Empty) if gave_way < GIVES_WAY => {
                gave_way += 1;
                std::thread::yield_now();
            }
            Err(_) => return None,
        }
    }
}
