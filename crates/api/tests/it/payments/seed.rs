//! Objects in states that no endpoint leads to at once, written down as the product would.

use kernel::{ApiResult, Columns};
use serde_json::{Value, json};
use store::Value as Sql;
use testkit::Sandbox;

/// Writes a document down.
async fn put(sandbox: &Sandbox, kind: &'static str, doc: Value, columns: Columns) -> String {
    let id = doc["id"].as_str().expect("an id").to_owned();
    let tenant = sandbox.tenant().await;
    let own = id.clone();
    let written = sandbox.app.core.write(&tenant, move |cx| {
        let (doc, id, [f1, f2, f3, f4]) = (doc.to_string(), own.clone(), columns.clone());
        Box::pin(async move {
            let sql = "insert into objects (tenant, kind, id, version, deleted, f1, f2, f3, f4, doc) \
                       values ($1, $2, $3, 1, 0, $4, $5, $6, $7, $8)";
            let params = [kind.into(), id.into(), f1.into(), f2.into(), f3.into(), f4.into(), Sql::from(doc)];
            let done: ApiResult<u64> = cx.run(sql, &params).await;
            done
        })
    });
    written.await.expect("it is written down");
    id
}

async fn id(sandbox: &Sandbox, prefix: &'static str) -> String {
    let tenant = sandbox.tenant().await;
    let made = sandbox.app.core.write(&tenant, move |cx| Box::pin(async move { Ok(cx.id(prefix, 24)) }));
    made.await.expect("an id")
}

/// What a charge has and this one does not.
const EMPTY: [&str; 24] = [
    "application",
    "application_fee",
    "application_fee_amount",
    "balance_transaction",
    "calculated_statement_descriptor",
    "customer",
    "description",
    "failure_balance_transaction",
    "failure_code",
    "failure_message",
    "on_behalf_of",
    "outcome",
    "payment_intent",
    "receipt_email",
    "receipt_number",
    "receipt_url",
    "review",
    "shipping",
    "source",
    "source_transfer",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
    "transfer_group",
];

/// A charge of $100.00 with this status; its id.
pub async fn charge(sandbox: &Sandbox, status: &str) -> String {
    let mut doc = json!({
        "id": id(sandbox, "py_").await, "object": "charge", "amount": 10_000, "amount_captured": 10_000, "amount_refunded": 0,
        "billing_details": {
            "address": {"city": null, "country": null, "line1": null, "line2": null, "postal_code": null, "state": null},
            "email": null, "name": "Jane Smith", "phone": null, "tax_id": null,
        },
        "captured": true, "created": sandbox.now().await, "currency": "usd", "disputed": false, "fraud_details": {},
        "livemode": false, "metadata": {}, "paid": status == "succeeded", "payment_method": "pm_seeded",
        "payment_method_details": {"type": "us_bank_account", "us_bank_account": {
            "account_holder_type": "individual", "account_type": "checking", "bank_name": null, "fingerprint": "seeded",
            "last4": "6789", "payment_reference": null, "routing_number": "110000000",
        }},
        "refunded": false, "status": status,
    });
    for empty in EMPTY {
        doc[empty] = Value::Null;
    }
    put(sandbox, "charge", doc, [None, None, Some("seeded".into()), None]).await
}

/// A dispute of a charge with this status; its id.
pub async fn dispute(sandbox: &Sandbox, charge: &str, status: &str) -> String {
    let doc = json!({
        "id": id(sandbox, "du_").await, "object": "dispute", "amount": 10_000, "balance_transactions": [], "charge": charge,
        "created": sandbox.now().await, "currency": "usd", "enhanced_eligibility_types": [], "evidence": {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": null, "enhanced_eligibility": {}, "has_evidence": false, "past_due": false, "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "intended_submission_method": null, "is_charge_refundable": false, "livemode": false, "metadata": {},
        "network_reason_code": "R10", "payment_intent": null, "reason": "debit_not_authorized", "status": status,
    });
    put(sandbox, "dispute", doc, [Some(charge.to_owned()), None, None, None]).await
}

/// A refund that waits for its payer; its id.
pub async fn waiting_refund(sandbox: &Sandbox, charge: &str) -> String {
    let doc = json!({
        "id": id(sandbox, "pyr_").await, "object": "refund", "amount": 100, "balance_transaction": null, "charge": charge,
        "created": sandbox.now().await, "currency": "usd", "customer": null, "customer_account": null,
        "destination_details": {
            "type": "us_bank_transfer", "us_bank_transfer": {"reference": null, "reference_status": "pending"},
        },
        "metadata": {}, "payment_intent": null, "payment_method": "pm_seeded", "reason": null, "receipt_number": null,
        "source_transfer_reversal": null, "status": "requires_action", "transfer_reversal": null,
    });
    put(sandbox, "refund", doc, [Some(charge.to_owned()), None, None, None]).await
}
