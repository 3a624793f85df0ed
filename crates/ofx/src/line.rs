//! Where something stood.

use std::hash::{Hash, Hasher};

/// The line of a file, counted from 1; 0 if it was not read from a file.
///
/// All lines are equal: two transactions are the same wherever they stand.
#[derive(Debug, Clone, Copy, Default)]
pub struct Line(pub u32);

impl PartialEq for Line {
    fn eq(&self, _: &Line) -> bool {
        true
    }
}

impl Eq for Line {}

impl Hash for Line {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}
