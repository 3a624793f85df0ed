//! Which way entries and files go. Everything else is refused, so that a step that runs twice has its effect once.

/// Writes an enum of names, as the database and answers have them.
macro_rules! named {
    ($(#[$outer:meta])* $name:ident { $($(#[$inner:meta])* $value:ident = $text:literal,)+ }) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ::serde::Serialize)]
        pub enum $name { $($(#[$inner])* #[serde(rename = $text)] $value,)+ }

        impl $name {
            /// The name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$value => $text,)+ }
            }

            /// Reads a name that was kept.
            pub(crate) fn read(text: &str) -> ::kernel::ApiResult<$name> {
                match text {
                    $($text => Ok($name::$value),)+
                    _ => Err(::kernel::ApiError::internal(format!("{} is no {}", text, stringify!($name)))),
                }
            }
        }
    };
}
pub(crate) use named;

named! {
    /// How far an entry is.
    EntryState {
        /// It waits until it is released.
        Held = "held",
        /// It waits for the next file.
        Queued = "queued",
        /// It was taken back before it was in a file.
        Withdrawn = "withdrawn",
        /// It is in a file, which the bank may have.
        Cut = "cut",
        /// The bank has it.
        Sent = "sent",
        /// Its money has arrived.
        Settled = "settled",
        /// It came back.
        Returned = "returned",
        /// It could not be sent.
        Refused = "refused",
    }
}

named! {
    /// How far a file is.
    FileState {
        /// It is written.
        Cut = "cut",
        /// It is being handed to the bank: whether the bank has it is not known.
        Sending = "sending",
        /// The bank has it.
        Sent = "sent",
        /// The bank does not take it.
        Refused = "refused",
        /// It shows what would be sent and never is.
        DryRun = "dry_run",
        /// It is kept; not all of it has taken effect.
        Received = "received",
        /// All of it has taken effect.
        Applied = "applied",
        /// It is no readable file, and none of it takes effect.
        Unreadable = "unreadable",
        /// It came before.
        Duplicate = "duplicate",
    }
}

impl EntryState {
    /// Whether an entry may go from here to there.
    pub(crate) const fn may_become(self, next: EntryState) -> bool {
        use EntryState::{Cut, Held, Queued, Refused, Returned, Sent, Settled, Withdrawn};
        matches!(
            (self, next),
            (Held, Queued | Withdrawn)
                | (Queued, Cut | Withdrawn | Refused)
                | (Cut, Sent | Refused)
                | (Sent, Settled | Returned)
                | (Settled, Returned)
        )
    }

    /// Whether it can still be taken back.
    pub(crate) const fn is_ours(self) -> bool {
        matches!(self, EntryState::Held | EntryState::Queued | EntryState::Withdrawn | EntryState::Refused)
    }
}

impl FileState {
    /// Whether a file may go from here to there.
    pub(crate) const fn may_become(self, next: FileState) -> bool {
        use FileState::{Applied, Cut, Received, Refused, Sending, Sent};
        matches!((self, next), (Cut, Sending) | (Sending, Sent | Refused) | (Received, Applied))
    }
}

#[cfg(test)]
mod tests {
    use super::EntryState::{self, Held, Queued, Returned, Settled, Withdrawn};
    use super::FileState::{self, Applied, DryRun, Duplicate, Received, Sending, Unreadable};

    const ENTRIES: [EntryState; 8] =
        [Held, Queued, Withdrawn, EntryState::Cut, EntryState::Sent, Settled, Returned, EntryState::Refused];
    const FILES: [FileState; 9] =
        [FileState::Cut, Sending, FileState::Sent, FileState::Refused, DryRun, Received, Applied, Unreadable, Duplicate];

    #[test]
    fn names_are_read_as_they_are_written() {
        for state in ENTRIES {
            assert_eq!(EntryState::read(state.as_str()).ok(), Some(state));
        }
        for state in FILES {
            assert_eq!(FileState::read(state.as_str()).ok(), Some(state));
        }
        assert!(EntryState::read("lost").is_err());
    }

    /// Every pair of states, written out.
    #[test]
    fn entries_go_these_ways_only() {
        let ways = [
            ("held", "queued withdrawn"),
            ("queued", "withdrawn cut refused"),
            ("withdrawn", ""),
            ("cut", "sent refused"),
            ("sent", "settled returned"),
            ("settled", "returned"),
            ("returned", ""),
            ("refused", ""),
        ];
        for (from, (name, expected)) in ENTRIES.iter().zip(ways) {
            let found: Vec<&str> = ENTRIES.iter().filter(|to| from.may_become(**to)).map(|to| to.as_str()).collect();
            assert_eq!((from.as_str(), found.join(" ").as_str()), (name, expected));
        }
    }

    #[test]
    fn files_go_these_ways_only() {
        let ways = [("cut", "sending"), ("sending", "sent refused"), ("received", "applied")];
        for from in FILES {
            let expected = ways.iter().find(|(name, _)| *name == from.as_str()).map_or("", |(_, to)| to);
            let found: Vec<&str> = FILES.iter().filter(|to| from.may_become(**to)).map(|to| to.as_str()).collect();
            assert_eq!(found.join(" "), expected, "{from:?}");
        }
    }
}
