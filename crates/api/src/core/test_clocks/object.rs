use kernel::Resource;
use serde::{Deserialize, Serialize};

/// A test clock, as stored and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestClock {
    /// `clock_…`
    pub id: String,
    /// `test_helpers.test_clock`
    pub object: String,
    /// Unix seconds.
    pub created: i64,
    /// Unix seconds.
    pub deletes_after: i64,
    /// Unix seconds.
    pub frozen_time: i64,
    pub livemode: bool,
    pub name: Option<String>,
    pub status: Status,
    pub status_details: StatusDetails,
}

/// What a clock is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Standing still.
    Ready,
    /// On its way.
    Advancing,
    /// Something on it broke on the way.
    InternalFailure,
}

/// Where a clock is going.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusDetails {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advancing: Option<Advancing>,
}

/// The target of a clock on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advancing {
    /// Unix seconds.
    pub target_frozen_time: i64,
}

impl Resource for TestClock {
    const KIND: &'static str = "test_helpers.test_clock";
    const NOUN: &'static str = "test clock";

    fn id(&self) -> &str {
        &self.id
    }
}
