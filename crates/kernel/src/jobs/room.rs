//! How much runs in this process, and how much more may.

use std::collections::{HashMap, HashSet};

use super::Job;

/// What is at work in this process.
#[derive(Default)]
pub(super) struct Busy {
    lanes: HashMap<String, usize>,
    kinds: HashMap<String, usize>,
    owners: HashSet<String>,
    leases: u64,
}

impl Busy {
    /// Names for leases; each is used once, so that a lease whose end was lost is renewed by nobody.
    pub(super) fn new_owners(&mut self, node: &str, count: usize) -> Vec<String> {
        let first = self.leases;
        self.leases += u64::try_from(count).unwrap_or(0);
        (first..self.leases).map(|number| format!("{node}.{number}")).collect()
    }

    /// Who has the leases of what is at work.
    pub(super) fn owners(&self) -> Vec<String> {
        self.owners.iter().cloned().collect()
    }

    /// Counts a job that was leased.
    pub(super) fn enter(&mut self, job: &Job) {
        *self.lanes.entry(job.lane.clone()).or_default() += 1;
        *self.kinds.entry(job.kind.clone()).or_default() += 1;
        self.owners.insert(job.owner.clone());
    }

    /// Counts a job no more.
    pub(super) fn leave(&mut self, job: &Job) {
        self.owners.remove(&job.owner);
        for (counts, name) in [(&mut self.lanes, &job.lane), (&mut self.kinds, &job.kind)] {
            if let Some(used) = counts.get_mut(name) {
                *used -= 1;
                if *used == 0 {
                    counts.remove(name);
                }
            }
        }
    }

    /// The room that is left, given for each kind how many of it run at once and how many of those in one lane.
    pub(super) fn room<'a>(&self, limits: impl Iterator<Item = (&'a str, usize, usize)>) -> Room {
        let kinds = limits.map(|(kind, at_once, lane_width)| {
            let used = self.kinds.get(kind).copied().unwrap_or(0);
            (kind.to_owned(), KindRoom { left: at_once.saturating_sub(used), lane_width })
        });
        Room { kinds: kinds.collect(), lanes: self.lanes.clone() }
    }
}

/// How many more jobs may start, by kind and lane.
#[derive(Clone)]
pub(super) struct Room {
    kinds: HashMap<String, KindRoom>,
    /// For each lane: how many are at work.
    lanes: HashMap<String, usize>,
}

#[derive(Clone)]
struct KindRoom {
    /// How many more of the kind may start.
    left: usize,
    /// How many jobs, of whatever kind, its lane may have at work once it started.
    lane_width: usize,
}

impl Room {
    /// Takes a place for a job; false if there is none.
    pub(super) fn enter(&mut self, job: &Job) -> bool {
        let Some(kind) = self.kinds.get_mut(&job.kind) else { return false };
        let used = self.lanes.entry(job.lane.clone()).or_default();
        if kind.left == 0 || *used >= kind.lane_width {
            return false;
        }
        kind.left -= 1;
        *used += 1;
        true
    }

    /// How many more jobs a lane takes; none if it is full.
    pub(super) fn left_in(&self, lane: &str) -> Option<usize> {
        let used = self.lanes.get(lane).copied().unwrap_or(0);
        Some(self.widest().saturating_sub(used)).filter(|left| *left > 0)
    }

    /// Lanes that take nothing now, of whatever kind.
    pub(super) fn full_lanes(&self) -> Vec<&str> {
        let widest = self.widest();
        self.lanes.iter().filter(|(_, used)| **used >= widest).map(|(lane, _)| lane.as_str()).collect()
    }

    /// Kinds of which nothing may start now, in whatever lane.
    pub(super) fn full_kinds(&self) -> Vec<&str> {
        self.kinds.iter().filter(|(_, room)| room.left == 0).map(|(kind, _)| kind.as_str()).collect()
    }

    fn widest(&self) -> usize {
        self.kinds.values().map(|kind| kind.lane_width).max().unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Kind, how many at once, lane width.
    const LIMITS: [(&str, usize, usize); 3] = [("wide", 3, 2), ("narrow", 2, 1), ("off", 0, 1)];

    fn job(kind: &str, lane: &str, owner: &str) -> Job {
        Job { owner: owner.to_owned(), ..Job::found(kind, "key", lane, 0) }
    }

    fn busy_with(jobs: &[(&str, &str)]) -> Busy {
        let mut busy = Busy::default();
        for (kind, lane) in jobs {
            let owner = busy.new_owners("node", 1).swap_remove(0);
            busy.enter(&job(kind, lane, &owner));
        }
        busy
    }

    fn sorted(mut names: Vec<&str>) -> Vec<&str> {
        names.sort_unstable();
        names
    }

    #[test]
    fn lets_in_what_kind_and_lane_have_room_for() {
        type Steps<'a> = &'a [(&'a str, &'a str, bool)];
        let cases: [(&str, Steps<'_>); 5] = [
            ("a lane's width", &[("wide", "a", true), ("wide", "a", true), ("wide", "a", false), ("wide", "b", true)]),
            ("a kind's number", &[("narrow", "a", true), ("narrow", "b", true), ("narrow", "c", false), ("wide", "c", true)]),
            ("a lane that two kinds share", &[("wide", "a", true), ("narrow", "a", false), ("wide", "a", true)]),
            ("what was refused takes no place", &[("off", "a", false), ("narrow", "a", true)]),
            ("no handler", &[("unknown", "a", false)]),
        ];
        for (name, steps) in cases {
            let mut room = Busy::default().room(LIMITS.into_iter());
            for (step, (kind, lane, expected)) in steps.iter().enumerate() {
                assert_eq!(room.enter(&job(kind, lane, "")), *expected, "{name}, step {step}");
            }
        }
    }

    #[test]
    fn tells_what_is_left_and_what_is_full() {
        type Names<'a> = &'a [&'a str];
        /// What is at work, what is left in lane a, full lanes, full kinds.
        type Case<'a> = (&'a [(&'a str, &'a str)], Option<usize>, Names<'a>, Names<'a>);
        let cases: [Case<'_>; 5] = [
            (&[], Some(2), &[], &["off"]),
            (&[("wide", "a")], Some(1), &[], &["off"]),
            (&[("wide", "a"), ("wide", "a")], None, &["a"], &["off"]),
            (&[("wide", "a"), ("wide", "a"), ("wide", "a")], None, &["a"], &["off", "wide"]),
            (&[("narrow", "b"), ("narrow", "c"), ("narrow", "d")], Some(2), &[], &["narrow", "off"]),
        ];
        for (at_work, left, lanes, kinds) in cases {
            let room = busy_with(at_work).room(LIMITS.into_iter());
            assert_eq!(room.left_in("a"), left, "{at_work:?}");
            assert_eq!(sorted(room.full_lanes()), lanes, "{at_work:?}");
            assert_eq!(sorted(room.full_kinds()), kinds, "{at_work:?}");
        }
    }

    #[test]
    fn gives_a_place_back_when_a_job_leaves() {
        let mut busy = Busy::default();
        let owners = busy.new_owners("node", 2);
        assert_eq!(owners, ["node.0", "node.1"]);
        let jobs = [job("narrow", "a", &owners[0]), job("narrow", "b", &owners[1])];
        jobs.iter().for_each(|job| busy.enter(job));
        assert_eq!(sorted(busy.room(LIMITS.into_iter()).full_kinds()), ["narrow", "off"]);

        busy.leave(&jobs[0]);
        assert_eq!(busy.owners(), ["node.1"]);
        assert_eq!(busy.room(LIMITS.into_iter()).full_kinds(), ["off"]);
        assert_eq!((busy.lanes.len(), busy.kinds["narrow"]), (1, 1));

        busy.leave(&jobs[1]);
        assert!(busy.lanes.is_empty() && busy.kinds.is_empty() && busy.owners.is_empty());
        assert_eq!(busy.new_owners("node", 1), ["node.2"], "a name is used once");
    }
}
