use form::Metadata;
use kernel::{Columns, Resource};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::evidence::Evidence;

/// A dispute, as stored and shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dispute {
    /// `du_…`
    pub id: String,
    /// `dispute`
    pub object: String,
    /// Minor units of `currency`.
    pub amount: i64,
    /// In full, as they were when the dispute was made.
    pub balance_transactions: Vec<Json>,
    pub charge: String,
    /// Unix seconds.
    pub created: i64,
    /// `usd`
    pub currency: String,
    /// Of cards only.
    pub enhanced_eligibility_types: Vec<String>,
    pub evidence: Evidence,
    pub evidence_details: EvidenceDetails,
    pub intended_submission_method: Option<String>,
    pub is_charge_refundable: bool,
    pub livemode: bool,
    pub metadata: Metadata,
    /// The return code, such as `R10`.
    pub network_reason_code: Option<String>,
    pub payment_intent: Option<String>,
    pub reason: String,
    /// `lost` for what the network returned; `needs_response` and its kin while evidence is asked for.
    pub status: String,
}

/// How far the evidence is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceDetails {
    /// Unix seconds; none if none is asked for.
    pub due_by: Option<i64>,
    pub enhanced_eligibility: Empty,
    pub has_evidence: bool,
    pub past_due: bool,
    pub submission_count: i64,
    /// `manual` or `not_submitted`.
    pub submission_method: String,
}

/// A hash of which this server fills nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Empty {}

impl EvidenceDetails {
    /// Nothing is asked for.
    pub(super) fn none() -> EvidenceDetails {
        EvidenceDetails {
            due_by: None,
            enhanced_eligibility: Empty {},
            has_evidence: false,
            past_due: false,
            submission_count: 0,
            submission_method: "not_submitted".into(),
        }
    }
}

impl Dispute {
    /// Whether evidence is asked for.
    pub(super) fn needs_response(&self) -> bool {
        matches!(self.status.as_str(), "needs_response" | "warning_needs_response")
    }
}

impl Resource for Dispute {
    const KIND: &'static str = "dispute";
    const NOUN: &'static str = "dispute";

    fn id(&self) -> &str {
        &self.id
    }

    /// The charge and the payment intent.
    fn columns(&self) -> Columns {
        [Some(self.charge.clone()), self.payment_intent.clone(), None, None]
    }
}
