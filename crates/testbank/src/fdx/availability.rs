//! Whether the institution works, told even while it does not.

use axum::response::Response;
use serde_json::json;

use super::answer;
use crate::institutions::Health;
use crate::site::AnySite;
use crate::world::instant_text;

/// `GET /availability`, without a token. Only the broken institution fails to answer here too.
pub async fn show(site: AnySite) -> Response {
    let (status, description) = match site.institution.health {
        Health::Up => ("ALIVE", "All services work"),
        Health::Scheduled => ("MAINTENANCE", "Scheduled maintenance"),
        Health::Unscheduled => ("DOWN", "All services are interrupted"),
        Health::Broken => return site.outage().unwrap_or_else(|| answer(&json!({}))),
    };
    let planned = match site.institution.health {
        Health::Scheduled => {
            json!([{"status": "ALIVE", "startTime": instant_text(site.planned_end())}])
        }
        _ => json!([]),
    };
    answer(&json!({"availability": [
        {"currentStatus": status, "description": description, "plannedAvailability": planned},
    ]}))
}
