//! Many files into few.

use std::collections::{HashMap, HashSet};

use crate::{Batch, BatchHeader, Entry, File, FileHeader, Text};

/// Records of a file beside its batches, and of a batch beside its entries.
const FRAME: u64 = 2;
/// File ID modifiers in the order in which files of a day use them.
const MODIFIERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// Limits of merging.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MergeOptions {
    /// Most lines of a file, with filler. Many banks take 10,000.
    pub max_lines: u64,
}

impl Default for MergeOptions {
    fn default() -> MergeOptions {
        MergeOptions { max_lines: 10_000 }
    }
}

/// Why files cannot be merged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// A file does not say from whom to whom it goes.
    #[error("file {0} (counted from 1) has no file header")]
    NoHeader(usize),
    /// One entry with its addenda has more lines than a file may have.
    #[error("the entry with trace number {trace} does not fit a file of {max_lines} lines")]
    TooLong {
        /// The entry.
        trace: Text,
        /// The limit.
        max_lines: u64,
    },
    /// There are 36 file ID modifiers for a day.
    #[error("more than 36 files from {origin} to {destination}")]
    TooManyFiles {
        /// Who sends.
        origin: Text,
        /// Who receives.
        destination: Text,
    },
}

/// Merges files: one after the other for each pair of origin and destination, no longer than the limit.
///
/// Batches whose headers differ in nothing but the batch number become one, with entries in the order of their trace numbers;
/// a trace number that occurs twice keeps its batches apart. Batches are numbered anew. The first file of a pair gives the
/// header; further ones of that pair get the next file ID modifiers.
///
/// # Errors
/// [`MergeError`].
pub fn merge(files: impl IntoIterator<Item = File>, options: &MergeOptions) -> Result<Vec<File>, MergeError> {
    let mut groups: Vec<Group> = Vec::new();
    for (index, file) in files.into_iter().enumerate() {
        let header = file.header.ok_or(MergeError::NoHeader(index + 1))?;
        let known = groups
            .iter()
            .position(|group| group.header.origin == header.origin && group.header.destination == header.destination);
        let place = known.unwrap_or_else(|| {
            groups.push(Group { header, batches: Vec::new(), places: HashMap::new() });
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(place) {
            file.batches.into_iter().for_each(|batch| group.add(batch));
        }
    }
    let mut merged = Vec::new();
    for group in groups {
        merged.extend(cut(group, options.max_lines)?);
    }
    Ok(merged)
}

/// What goes from one origin to one destination.
struct Group {
    header: FileHeader,
    batches: Vec<Joined>,
    /// Batches with the same header.
    places: HashMap<(BatchHeader, Text), Vec<usize>>,
}

/// A batch and the trace numbers in it.
struct Joined {
    batch: Batch,
    traces: HashSet<Text>,
}

impl Group {
    fn add(&mut self, mut batch: Batch) {
        batch.header.batch_number = 0;
        let traces: HashSet<Text> = batch.entries.iter().map(|entry| entry.trace.clone()).collect();
        let places = self.places.entry((batch.header.clone(), batch.authentication_code.clone())).or_default();
        for place in places.iter() {
            if let Some(joined) = self.batches.get_mut(*place).filter(|joined| joined.traces.is_disjoint(&traces)) {
                joined.batch.entries.append(&mut batch.entries);
                joined.traces.extend(traces);
                return;
            }
        }
        places.push(self.batches.len());
        self.batches.push(Joined { batch, traces });
    }
}

/// Cuts what goes to one destination into files.
fn cut(group: Group, max_lines: u64) -> Result<Vec<File>, MergeError> {
    // Filler counts as well, so the last lines below a multiple of ten cannot be used.
    let room = max_lines / 10 * 10;
    let mut files = vec![File::new(group.header.clone())];
    let mut used = FRAME;
    for Joined { mut batch, .. } in group.batches {
        batch.entries.sort_by(|one, other| one.trace.cmp(&other.trace));
        let mut open = false;
        for entry in batch.entries {
            let lines = lines(&entry);
            if FRAME + FRAME + lines > room {
                return Err(MergeError::TooLong { trace: entry.trace, max_lines });
            }
            if used + lines + if open { 0 } else { FRAME } > room {
                files.push(File::new(next_header(&group.header, files.len())?));
                (used, open) = (FRAME, false);
            }
            let Some(file) = files.last_mut() else { continue };
            if !open {
                let authentication_code = batch.authentication_code.clone();
                file.push(Batch { header: batch.header.clone(), entries: Vec::new(), authentication_code });
                (used, open) = (used + FRAME, true);
            }
            used += lines;
            if let Some(batch) = file.batches.last_mut() {
                batch.entries.push(entry);
            }
        }
    }
    Ok(files)
}

fn lines(entry: &Entry) -> u64 {
    u64::try_from(entry.addenda.len()).unwrap_or(u64::MAX).saturating_add(1)
}

/// The header of the file after `before` files with this header's origin and destination.
fn next_header(first: &FileHeader, before: usize) -> Result<FileHeader, MergeError> {
    let from = MODIFIERS.find(first.modifier).unwrap_or_default();
    let modifier = MODIFIERS.chars().cycle().skip(from).nth(before).filter(|_| before < MODIFIERS.len());
    let (origin, destination) = (first.origin.clone(), first.destination.clone());
    let modifier = modifier.ok_or(MergeError::TooManyFiles { origin, destination })?;
    Ok(FileHeader { modifier, ..first.clone() })
}
