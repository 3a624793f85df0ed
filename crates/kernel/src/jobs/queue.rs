//! What was seen of the table, and what of it is next.

use std::collections::HashSet;

use super::Job;
use super::room::Room;

/// Jobs taken at once.
const TAKEN_MAX: usize = 64;
/// Jobs read at once that became due since the last look.
pub(super) const FRESH_MAX: usize = 256;
/// Lanes looked at at once.
const LANES_MAX: usize = 32;
/// Everything that is due is looked at anew this often: leases of dead nodes end, clocks move.
const LOOK_ALL_MS: i64 = 10_000;
/// A transaction may take this long from reading the clock to its commit; what it enqueues is due from its beginning.
const SETTLE_MS: i64 = 100;

/// Where the next look at the table begins.
#[derive(Default)]
pub(super) struct Queue {
    /// Everything that was due by then was seen.
    seen_until_ms: i64,
    /// When everything was last looked at anew, whatever was seen.
    seen_all_at_ms: i64,
    /// Lanes where something may be due that was seen and had no room. A long queue behind a slow endpoint is one entry here,
    /// and its jobs are not read again and again.
    waiting: HashSet<String>,
}

/// What a look at the table showed.
pub(super) struct Found {
    /// What became due since the last look.
    pub(super) fresh: Vec<Job>,
    /// For lanes that waited: what is first in them, and how many were asked for.
    pub(super) waiting: Vec<(String, Vec<Job>, usize)>,
    /// When the next job becomes due.
    pub(super) next_ms: Option<i64>,
}

impl Queue {
    /// Has a lane's head looked at next time: something may be due in it.
    pub(super) fn wait_in(&mut self, lane: &str) {
        self.waiting.insert(lane.to_owned());
    }

    /// From when on to look, and at the head of which lanes, with their room.
    pub(super) fn look(&mut self, now_ms: i64, room: &Room) -> (i64, Vec<(String, usize)>) {
        if now_ms - self.seen_all_at_ms >= LOOK_ALL_MS {
            self.seen_until_ms = 0;
            self.seen_all_at_ms = now_ms;
        }
        self.waiting.extend(room.full_lanes().into_iter().map(str::to_owned));
        let lanes = self.waiting.iter().filter_map(|lane| Some((lane.clone(), room.left_in(lane)?)));
        (self.seen_until_ms, lanes.take(LANES_MAX).collect())
    }

    /// Chooses what has room; what has none waits in its lane.
    pub(super) fn choose(&mut self, now_ms: i64, found: &Found, mut room: Room) -> Vec<Job> {
        for (lane, jobs, asked) in &found.waiting {
            if jobs.len() < *asked {
                self.waiting.remove(lane);
            }
        }
        let mut chosen: Vec<Job> = Vec::new();
        let heads = found.waiting.iter().flat_map(|(_, jobs, _)| jobs);
        for job in heads.chain(&found.fresh) {
            if chosen.iter().any(|other| other.key == job.key && other.kind == job.kind && other.tenant == job.tenant) {
                continue;
            }
            if chosen.len() < TAKEN_MAX && room.enter(job) {
                chosen.push(job.clone());
            } else {
                self.wait_in(&job.lane);
            }
        }
        // What is left out because its kind is full shows again when there is room.
        if room.full_kinds().is_empty() {
            self.seen_until_ms = self.seen_until_ms.max(seen_until_ms(now_ms, &found.fresh));
        }
        chosen
    }
}

/// By when everything that was due is among `fresh`.
fn seen_until_ms(now_ms: i64, fresh: &[Job]) -> i64 {
    match fresh.last() {
        // There may be more, due together with the last one.
        Some(last) if fresh.len() >= FRESH_MAX => last.due_at_ms - 1,
        _ => now_ms - SETTLE_MS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::room::Busy;

    const NOW_MS: i64 = 1_000_000;

    /// Many of kind `post`, one in a lane; two of kind `sync`, two in a lane.
    fn room_beside(at_work: &[Job]) -> Room {
        let mut busy = Busy::default();
        at_work.iter().for_each(|job| busy.enter(job));
        busy.room([("post", 1_000, 1), ("sync", 2, 2)].into_iter())
    }

    fn post(key: &str, lane: &str) -> Job {
        Job::found("post", key, lane, NOW_MS - 500)
    }

    fn sync(key: &str, lane: &str) -> Job {
        Job::found("sync", key, lane, NOW_MS - 500)
    }

    fn fresh(jobs: Vec<Job>) -> Found {
        Found { fresh: jobs, waiting: Vec::new(), next_ms: None }
    }

    fn numbered(count: usize) -> Vec<Job> {
        (0..count).map(|number| post(&number.to_string(), &format!("lane {number}"))).collect()
    }

    fn keys(jobs: &[Job]) -> Vec<&str> {
        jobs.iter().map(|job| job.key.as_str()).collect()
    }

    fn waiting_of(queue: &Queue) -> Vec<&str> {
        let mut lanes: Vec<&str> = queue.waiting.iter().map(String::as_str).collect();
        lanes.sort_unstable();
        lanes
    }

    #[test]
    fn looks_at_everything_anew_after_a_while() {
        let mut queue = Queue::default();
        let room = room_beside(&[]);
        assert_eq!(queue.look(NOW_MS, &room).0, 0, "the first look");
        queue.choose(NOW_MS, &fresh(Vec::new()), room.clone());
        for (later_ms, from_ms) in [(0, NOW_MS - SETTLE_MS), (LOOK_ALL_MS - 1, NOW_MS - SETTLE_MS), (LOOK_ALL_MS, 0)] {
            assert_eq!(queue.look(NOW_MS + later_ms, &room).0, from_ms, "{later_ms} ms later");
        }
    }

    #[test]
    fn looks_at_the_heads_of_lanes_that_waited_and_have_room() {
        /// Waiting before, at work, heads looked at, waiting after.
        type Case<'a> = (&'a [&'a str], Vec<Job>, &'a [(&'a str, usize)], &'a [&'a str]);
        let cases: [Case<'_>; 4] = [
            (&[], vec![post("1", "a")], &[], &[]),
            (&["a", "b"], vec![post("1", "a")], &[("a", 1), ("b", 2)], &["a", "b"]),
            (&["a"], vec![sync("1", "a"), sync("2", "a")], &[], &["a"]),
            (&[], vec![sync("1", "a"), sync("2", "a")], &[], &["a"]),
        ];
        for (before, at_work, heads, after) in cases {
            let mut queue = Queue::default();
            before.iter().for_each(|lane| queue.wait_in(lane));
            let (_, mut lanes) = queue.look(NOW_MS, &room_beside(&at_work));
            lanes.sort_unstable();
            let lanes: Vec<(&str, usize)> = lanes.iter().map(|(lane, left)| (lane.as_str(), *left)).collect();
            assert_eq!(lanes, heads, "{before:?} beside {at_work:?}");
            assert_eq!(waiting_of(&queue), after, "{before:?} beside {at_work:?}");
        }
    }

    #[test]
    fn looks_at_some_lanes_at_once_and_forgets_none() {
        let mut queue = Queue::default();
        (0..=LANES_MAX).for_each(|lane| queue.wait_in(&lane.to_string()));
        assert_eq!(queue.look(NOW_MS, &room_beside(&[])).1.len(), LANES_MAX);
        assert_eq!(queue.waiting.len(), LANES_MAX + 1);
    }

    #[test]
    fn chooses_what_has_room_and_lets_the_rest_wait() {
        let heads = |jobs: Vec<Job>, asked: usize| vec![("a".to_owned(), jobs, asked)];
        /// What it shows, what was found in lane a (which waited), fresh, chosen, waiting after.
        type Case<'a> = (&'a str, Vec<(String, Vec<Job>, usize)>, Vec<Job>, &'a [&'a str], &'a [&'a str]);
        let cases: [Case<'_>; 7] = [
            ("a lane not looked at waits on", vec![], vec![], &[], &["a"]),
            ("an empty lane waits no more", heads(vec![], 1), vec![], &[], &[]),
            ("a lane that may hold more waits on", heads(vec![post("1", "a")], 1), vec![], &["1"], &["a"]),
            ("the last in a lane", heads(vec![post("1", "a")], 2), vec![], &["1"], &[]),
            ("who waited goes first", heads(vec![post("1", "a")], 2), vec![post("2", "a"), post("3", "b")], &["1", "3"], &["a"]),
            ("found twice, run once", heads(vec![post("1", "a")], 2), vec![post("1", "a")], &["1"], &[]),
            ("same key, other kind", heads(vec![post("1", "a")], 2), vec![sync("1", "b")], &["1", "1"], &[]),
        ];
        for (name, waiting, fresh, chosen, after) in cases {
            let mut queue = Queue::default();
            queue.wait_in("a");
            let found = Found { fresh, waiting, next_ms: None };
            assert_eq!(keys(&queue.choose(NOW_MS, &found, room_beside(&[]))), chosen, "{name}");
            assert_eq!(waiting_of(&queue), after, "{name}");
        }
    }

    #[test]
    fn takes_some_jobs_at_once_and_lets_the_others_lanes_wait() {
        let mut queue = Queue::default();
        let chosen = queue.choose(NOW_MS, &fresh(numbered(TAKEN_MAX + 1)), room_beside(&[]));
        assert_eq!(chosen.len(), TAKEN_MAX);
        assert_eq!(waiting_of(&queue), [format!("lane {TAKEN_MAX}")]);
    }

    #[test]
    fn remembers_how_far_it_has_seen() {
        let whole = NOW_MS - SETTLE_MS;
        let cases = [
            ("nothing was due", Vec::new(), whole),
            ("everything was read", numbered(FRESH_MAX - 1), whole),
            ("there may be more, due with the last one", numbered(FRESH_MAX), NOW_MS - 501),
            ("a kind became full", vec![sync("1", "a"), sync("2", "b")], 0),
            ("a lane became full", vec![post("1", "a"), post("2", "a")], whole),
        ];
        for (name, jobs, expected) in cases {
            let mut queue = Queue::default();
            queue.choose(NOW_MS, &fresh(jobs), room_beside(&[]));
            assert_eq!(queue.seen_until_ms, expected, "{name}");
            queue.choose(NOW_MS - 10_000, &fresh(Vec::new()), room_beside(&[]));
            assert!(queue.seen_until_ms >= expected, "{name}: never back");
        }
    }
}
