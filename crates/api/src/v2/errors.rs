use serde_json::Value as Json;

/// Gives an error's document the shape of `/v2`: codes of its own for what is missing and for wrong fields, a type for too
/// many requests, and fields named with dots.
pub(crate) fn reshape(document: &mut Json, status: u16) {
    let Some(error) = document["error"].as_object_mut() else { return };
    // The pages it would lead to are about the codes of `/v1`.
    error.remove("doc_url");
    if status == 429 {
        error.insert("type".into(), "rate_limit".into());
    }
    let idempotency = error.get("type").is_some_and(|kind| kind == "idempotency_error");
    let missing = error.get("code").is_some_and(|code| code == "resource_missing");
    if missing && status == 404 {
        error.insert("code".into(), "not_found".into());
    } else if status == 400 && !idempotency && error.contains_key("param") {
        error.insert("code".into(), "invalid_fields".into());
    }
    let Some(param) = error.get("param").and_then(Json::as_str).map(str::to_owned) else { return };
    let dotted = param.replace('[', ".").replace(']', "");
    if let Some(message) = error.get("message").and_then(Json::as_str) {
        let message = message.replace(&param, &dotted);
        error.insert("message".into(), message.into());
    }
    error.insert("param".into(), dotted.into());
}

#[cfg(test)]
mod tests {
    use form::FormError;
    use kernel::ApiError;

    use super::*;

    fn shaped(error: &ApiError) -> Json {
        let mut document = error.to_json();
        reshape(&mut document, error.status());
        document["error"].clone()
    }

    #[test]
    fn errors_have_the_codes_of_v2() {
        let wrong = shaped(&FormError::missing("webhook_endpoint[url]").into());
        assert_eq!((&wrong["code"], &wrong["param"]), (&"invalid_fields".into(), &"webhook_endpoint.url".into()));
        assert_eq!(wrong["message"], "Missing required param: webhook_endpoint.url.");
        assert_eq!(shaped(&ApiError::missing("event", "evt_1", "id"))["code"], "not_found");
        assert_eq!(shaped(&ApiError::idempotency_mismatch("k"))["type"], "idempotency_error");
        assert_eq!(shaped(&ApiError::from(store::StoreError::LockTimeout))["type"], "rate_limit");
        assert_eq!(shaped(&ApiError::missing("event", "evt_1", "id")).get("doc_url"), None);
    }
}
