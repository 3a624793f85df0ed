use kernel::{ApiError, ApiResult, Columns, Cx, Resource};
use serde::{Deserialize, Serialize};
use store::Value;

use super::phone::Phone;
use crate::connections::linking::{Stage, Trouble};

/// One login at a bank that an app asked for. Where it stands is told by the flow; here is what only the app knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthSession {
    /// `bcsess_…`
    pub id: String,
    /// The session, and so the flow.
    pub session: String,
    /// The bank.
    pub institution: String,
    /// Where the app is called back after the bank.
    pub return_to: Option<String>,
}

impl Resource for AuthSession {
    const KIND: &'static str = "connections.auth_session";
    const NOUN: &'static str = "auth_session";

    fn id(&self) -> &str {
        &self.id
    }

    /// The session comes first.
    fn columns(&self) -> Columns {
        [Some(self.session.clone()), None, None, None]
    }
}

/// The last login of a session.
pub(super) async fn latest(cx: &mut Cx<'_>, session: &str) -> ApiResult<Option<AuthSession>> {
    let sql = "select doc from objects where tenant = $1 and kind = $2 and f1 = $3 order by id desc limit 1";
    let row = cx.row(sql, &[Value::from(AuthSession::KIND), Value::from(session)]).await?;
    row.map(|row| serde_json::from_str(row.text(0)?).map_err(ApiError::from)).transpose()
}

/// The step that an app shows next for a login. A login that a later one took the place of leads back to the list of banks.
pub(super) fn next_pane(login: &AuthSession, phone: &Phone) -> &'static str {
    if phone.current_login().map(|current| &current.id) != Some(&login.id) {
        return "institution_picker";
    }
    match &phone.flow.stage {
        Stage::Accounts { .. } | Stage::Problem { problem: Trouble::NoEligibleAccounts { .. } } => "account_picker",
        Stage::Success => "success",
        _ => "partner_auth",
    }
}
