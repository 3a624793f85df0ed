//! Client secrets of intents: `<id>_secret_<random>`. A page with a publishable key needs it, and sees a part of the intent.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use kernel::{Access, ApiError, ApiResult, Cx};
use serde_json::{Map, Value};

/// What a caller sees of an intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// All of it.
    Full,
    /// What pages may see.
    Page,
}

/// A new client secret of an intent.
pub(crate) fn draw(cx: &Cx<'_>, id: &str) -> String {
    cx.core.ids().secret(&format!("{id}_secret_"), 25)
}

/// That a publishable key comes with a client secret; asked before anything is looked up.
///
/// # Errors
/// 401 `secret_key_required`.
pub(crate) fn demanded(access: &Access, given: Option<&str>) -> ApiResult<()> {
    if *access == Access::Publishable && given.is_none() {
        let message =
            "A publishable key needs the client_secret of what it asks for. Send it, or use a secret key on your server.";
        return Err(ApiError::secret_key_required(message));
    }
    Ok(())
}

/// What a caller sees of the intent with this client secret. A secret that is given must be right, whatever the key.
///
/// # Errors
/// 401 for a publishable key without a secret, 404 for a wrong one.
pub(crate) fn opened(access: &Access, given: Option<&str>, secret: &str, noun: &str, id: &str) -> ApiResult<View> {
    demanded(access, given)?;
    // Both are of public length; what they say is compared in constant time.
    if given.is_some_and(|given| verify_slices_are_equal(given.as_bytes(), secret.as_bytes()).is_err()) {
        return Err(ApiError::missing(noun, id, "intent"));
    }
    Ok(if *access == Access::Publishable { View::Page } else { View::Full })
}

/// The document as a view shows it: for pages the named fields only, and nothing on why a bank account is blocked.
///
/// # Errors
/// If the document is no JSON.
pub(crate) fn shown(doc: String, view: View, fields: &[&str]) -> ApiResult<String> {
    if view == View::Full {
        return Ok(doc);
    }
    let whole: Map<String, Value> = serde_json::from_str(&doc)?;
    let part: Map<String, Value> = whole.into_iter().filter(|(name, _)| fields.contains(&name.as_str())).collect();
    let mut part = Value::Object(part);
    for error in ["last_payment_error", "last_setup_error"] {
        if let Some(method) = part.get_mut(error).and_then(|error| error.get_mut("payment_method")) {
            hide_block(method);
        }
    }
    Ok(part.to_string())
}

/// Takes out of a payment method why its bank account is blocked.
pub(crate) fn hide_block(method: &mut Value) {
    if let Some(Value::Object(details)) = method.pointer_mut("/us_bank_account/status_details") {
        details.shift_remove("blocked");
    }
}

#[cfg(test)]
mod tests {
    use super::{View, hide_block, opened, shown};
    use kernel::Access;
    use serde_json::json;

    #[test]
    fn a_page_needs_the_secret_and_sees_a_part() {
        let open = |access: &Access, given| opened(access, given, "seti_1_secret_a", "setupintent", "seti_1");
        assert_eq!(open(&Access::Secret, None).unwrap(), View::Full);
        assert_eq!(open(&Access::Publishable, Some("seti_1_secret_a")).unwrap(), View::Page);
        assert_eq!(open(&Access::Publishable, None).unwrap_err().status(), 401);
        for access in [Access::Publishable, Access::Secret] {
            assert_eq!(open(&access, Some("seti_1_secret_b")).unwrap_err().status(), 404);
        }
        let doc = json!({"id": "seti_1", "customer": "cus_1", "status": "succeeded"}).to_string();
        assert_eq!(shown(doc.clone(), View::Page, &["id", "status"]).unwrap(), r#"{"id":"seti_1","status":"succeeded"}"#);
        assert_eq!(shown(doc.clone(), View::Full, &[]).unwrap(), doc);
        let fresh = json!({"last_setup_error": null}).to_string();
        assert_eq!(shown(fresh.clone(), View::Page, &["last_setup_error"]).unwrap(), fresh, "no error is no error");
    }

    #[test]
    fn a_page_never_sees_why_an_account_is_blocked() {
        let mut method = json!({"us_bank_account": {"status_details": {"blocked": {"reason": "x"}}}});
        hide_block(&mut method);
        assert_eq!(method, json!({"us_bank_account": {"status_details": {}}}));
        hide_block(&mut json!(null));
    }
}
