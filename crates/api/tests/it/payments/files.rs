use http::Method;
use serde_json::{Value, json};
use testkit::{each, ids};

use super::upload::{self, CONTENT_TYPE, PNG};

const URL: &str = "/v1/files";
const LINKS: &str = "/v1/file_links";

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}")).to_owned()
}

/// What is behind an address of this server.
fn path<'a>(url: &'a str, base: &str) -> &'a str {
    url.strip_prefix(base).expect("an address of this server")
}

#[tokio::test]
async fn files_are_kept_and_handed_out_to_secret_keys() {
    each(async |server| {
        let sandbox = server.sandbox();
        let made = upload::evidence(&sandbox).await;
        assert_eq!((&made["filename"], &made["type"], &made["size"]), (&json!("receipt.png"), &json!("png"), &json!(PNG.len())));
        assert_eq!((&made["purpose"], &made["links"]["data"]), (&json!("dispute_evidence"), &json!([])));
        let id = text(&made, "id");
        assert_eq!(sandbox.get(&format!("{URL}/{id}")).await.ok(), made);
        assert_eq!(ids(&sandbox.find(URL, &[("purpose", "dispute_evidence")]).await.ok()), std::slice::from_ref(&id));
        assert_eq!(ids(&sandbox.find(URL, &[("purpose", "selfie")]).await.ok()), Vec::<String>::new());
        assert_eq!(sandbox.events("file.created").await[0]["data"]["object"], made);

        let url = text(&made, "url");
        let content = sandbox.get(path(&url, &sandbox.base_url)).await;
        assert_eq!((content.status, &content.body[..]), (200, PNG));
        assert_eq!(content.header("content-type"), Some("image/png"));
        assert_eq!(content.header("content-disposition"), Some("attachment; filename*=UTF-8''receipt.png"));
        assert!(content.header("content-security-policy").is_some_and(|policy| policy.contains("sandbox")));
        assert!(content.header("request-id").is_some());
        sandbox.publishable().get(path(&url, &sandbox.base_url)).await.error(401, "secret_key_required", None);
    })
    .await;
}

#[tokio::test]
async fn one_key_means_one_file() {
    each(async |server| {
        let sandbox = server.sandbox();
        let purpose = [("purpose", "dispute_evidence")];
        let keyed = sandbox.idempotent("k1");
        let first = upload::send(&keyed, &purpose, "a.png", PNG).await.ok();
        let again = upload::send(&keyed, &purpose, "a.png", PNG).await;
        assert!(again.is_replay());
        assert_eq!(again.ok(), first);
        let other = [PNG, b"x"].concat();
        let refused = upload::send(&keyed, &purpose, "a.png", &other).await;
        assert_eq!((refused.status, refused.text().contains("idempotency_error")), (400, true));
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_said() {
    each(async |server| {
        let sandbox = server.sandbox();
        let evidence = [("purpose", "dispute_evidence")];
        upload::send(&sandbox, &[], "a.png", PNG).await.error(400, "parameter_missing", "purpose");
        upload::send(&sandbox, &[("purpose", "fun")], "a.png", PNG).await.error(400, None, "purpose");
        upload::send(&sandbox, &evidence, "a.png", b"").await.error(400, None, "file");
        // The name says that it is an image, and the bytes do not.
        upload::send(&sandbox, &evidence, "a.png", b"<html>").await.error(400, None, "file");
        sandbox.post(URL, &evidence).await.error(400, "parameter_missing", "file");
        sandbox.post(URL, &[evidence[0], ("file", "sha256:00")]).await.error(400, None, "file");
        let multipart = sandbox.with("content-type", CONTENT_TYPE);
        multipart.post_raw(URL, "nonsense").await.error(400, None, None);
        // Other endpoints take no files.
        let body = upload::body(&[("name", "Jane")], "a.png", PNG);
        assert_eq!(multipart.post_raw("/v1/customers", body).await.status, 400);
        let large = vec![b'a'; api::upload::FILE_BYTES_MAX + 1];
        upload::send(&sandbox, &[("purpose", "pci_document")], "a.txt", &large).await.error(413, None, None);
        let larger = vec![b'a'; api::upload::FILE_BYTES_MAX + 128 * 1024];
        multipart.send(Method::POST, URL, Some(larger.into())).await.error(413, None, None);
        assert_eq!(ids(&sandbox.get(URL).await.ok()), Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_link_opens_its_file_without_a_key_until_it_ends() {
    each(async |server| {
        let sandbox = server.sandbox();
        let ends = (sandbox.now().await + 60).to_string();
        let params = [
            ("purpose", "pci_document"),
            ("file_link_data[create]", "true"),
            ("file_link_data[expires_at]", &ends),
            ("file_link_data[metadata][k]", "v"),
        ];
        let file = upload::send(&sandbox, &params, "evil.html", b"<script>alert(1)</script>").await.ok();
        let link = &file["links"]["data"][0];
        assert_eq!((&link["metadata"], &link["expired"], &link["file"]), (&json!({"k": "v"}), &json!(false), &file["id"]));
        let url = text(link, "url");
        let open = async || server.client().get(path(&url, &sandbox.base_url)).await;
        let opened = open().await;
        assert_eq!((opened.status, opened.text()), (200, "<script>alert(1)</script>"));
        assert_eq!(opened.header("content-type"), Some("application/octet-stream"), "nothing of it runs in a browser");
        assert!(opened.header("content-disposition").is_some_and(|text| text.starts_with("attachment")));
        sandbox.advance(61).await;
        assert_eq!(open().await.status, 404);
        let shown = sandbox.get(&format!("{LINKS}/{}", text(link, "id"))).await.ok();
        assert_eq!(shown["expired"], json!(true));
        assert_eq!(server.client().get("/links/nothing").await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn links_are_changed_ended_and_listed() {
    each(async |server| {
        let sandbox = server.sandbox();
        let file = text(&upload::evidence(&sandbox).await, "id");
        let made = sandbox.post(LINKS, &[("file", &file)]).await.ok();
        let (id, url) = (text(&made, "id"), text(&made, "url"));
        assert_eq!((&made["object"], &made["expires_at"], &made["livemode"]), (&json!("file_link"), &Value::Null, &json!(false)));
        let own = format!("{LINKS}/{id}");
        let expanded = sandbox.find(&own, &[("expand[]", "file")]).await.ok();
        assert_eq!(expanded["file"]["id"], json!(file));

        sandbox.post(&own, &[("expires_at", "1")]).await.error(400, None, "expires_at");
        sandbox.post(&own, &[("expires_at", "soon")]).await.error(400, None, "expires_at");
        sandbox.post(LINKS, &[("file", &file), ("expires_at", "1")]).await.error(400, None, "expires_at");
        sandbox.post(LINKS, &[("file", "file_none")]).await.error(400, "resource_missing", "file");
        let later = (sandbox.now().await + 60).to_string();
        sandbox.post(&own, &[("expires_at", &later)]).await.ok();
        let kept = sandbox.post(&own, &[("expires_at", ""), ("metadata[k]", "v")]).await.ok();
        assert_eq!((&kept["expires_at"], &kept["metadata"]), (&Value::Null, &json!({"k": "v"})));
        sandbox.advance(120).await;
        assert_eq!(server.client().get(path(&url, &sandbox.base_url)).await.status, 200, "it has no end any more");

        let ended = sandbox.post(&own, &[("expires_at", "now")]).await.ok();
        assert_eq!(ended["expired"], json!(true));
        assert_eq!(server.client().get(path(&url, &sandbox.base_url)).await.status, 404);
        sandbox.post(&own, &[("expires_at", "")]).await.error(400, None, "expires_at");
        let other = text(&sandbox.post(LINKS, &[("file", &file)]).await.ok(), "id");
        for (expired, expected) in [("true", &id), ("false", &other)] {
            assert_eq!(
                ids(&sandbox.find(LINKS, &[("file", &file), ("expired", expired)]).await.ok()),
                std::slice::from_ref(expected)
            );
        }
    })
    .await;
}
