//! What speaks for the payment: texts, and files that were uploaded for it.

use form::{Params, Patch};
use kernel::{ApiError, ApiResult, Cx};
use serde::{Deserialize, Serialize};

use super::object::Empty;
use crate::extension::Anything;
use crate::payments::files::{self, File};

/// Characters of all texts together.
const TEXT_MAX: usize = 150_000;

/// Writes the two shapes of evidence, sent and stored, from one list of names: texts first, then ids of files.
macro_rules! evidence {
    (texts: $($text:ident),+; files: $($file:ident),+;) => {
        /// Evidence, as stored and shown.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub struct Evidence {
            $(pub $text: Option<String>,)+
            $(pub $file: Option<String>,)+
            /// Of cards only.
            pub enhanced_evidence: Empty,
        }

        /// Evidence, as sent.
        #[derive(Debug, Clone, Default, Params)]
        pub struct EvidenceParams {
            $(#[params(max = 20_000)] pub $text: Patch<String>,)+
            $(pub $file: Patch<String>,)+
            /// Of cards only.
            pub appeal: Patch<Anything>,
            /// Of cards only.
            pub enhanced_evidence: Patch<Anything>,
        }

        impl EvidenceParams {
            /// The files that are named: the parameter, and the id.
            fn files(&self) -> Vec<(&'static str, &str)> {
                let mut out = Vec::new();
                $(if let Patch::Set(id) = &self.$file { out.push((stringify!($file), id.as_str())); })+
                out
            }

            fn put(self, evidence: &mut Evidence) {
                $(self.$text.apply(&mut evidence.$text);)+
                $(self.$file.apply(&mut evidence.$file);)+
            }
        }

        impl Evidence {
            fn texts(&self) -> Vec<&str> {
                [$(self.$text.as_deref()),+].into_iter().flatten().collect()
            }
        }
    };
}

evidence! {
    texts: access_activity_log, billing_address, cancellation_policy_disclosure, cancellation_rebuttal,
        customer_email_address, customer_name, customer_purchase_ip, duplicate_charge_explanation, duplicate_charge_id,
        product_description, refund_policy_disclosure, refund_refusal_explanation, service_date, shipping_address,
        shipping_carrier, shipping_date, shipping_tracking_number, uncategorized_text;
    files: cancellation_policy, customer_communication, customer_signature, duplicate_charge_documentation, receipt,
        refund_policy, service_documentation, shipping_documentation, uncategorized_file;
}

/// Puts what was sent over what is there.
///
/// # Errors
/// 400 for a file that is not there or was not uploaded as evidence, for too much text, and for what only cards have.
pub(super) async fn apply(cx: &mut Cx<'_>, sent: EvidenceParams, evidence: &mut Evidence) -> ApiResult<()> {
    for (param, given) in [("appeal", &sent.appeal), ("enhanced_evidence", &sent.enhanced_evidence)] {
        if matches!(given, Patch::Set(_)) {
            return Err(ApiError::invalid_param(format!("evidence[{param}]"), "Only disputes of card payments take this."));
        }
    }
    for (name, id) in sent.files() {
        let param = format!("evidence[{name}]");
        let file = cx.get_named::<File>(id, &param).await?;
        if file.purpose != files::DISPUTE_EVIDENCE {
            let message = format!("The file {id} was uploaded for {} and not as dispute_evidence.", file.purpose);
            return Err(ApiError::invalid_param(param, message));
        }
    }
    sent.put(evidence);
    if evidence.texts().iter().map(|text| text.chars().count()).sum::<usize>() > TEXT_MAX {
        return Err(ApiError::invalid_param("evidence", format!("All texts together have at most {TEXT_MAX} characters.")));
    }
    Ok(())
}
