use bytes::Bytes;
use http::Method;
use serde_json::json;
use testkit::{Params, each};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const CUSTOMERS: &str = "/v1/customers";

#[tokio::test]
async fn unknown_addresses_say_so() {
    each(async |server| {
        let sandbox = server.sandbox();
        let cases = [
            (Method::GET, "/v1/castles"),
            (Method::GET, "/v1/"),
            (Method::GET, "/v2/core/accounts"),
            (Method::GET, "/v1/customers/a/b/c"),
            (Method::PUT, CUSTOMERS),
            (Method::PATCH, "/v1/customers/cus_1"),
            (Method::DELETE, "/v1/account"),
            (Method::GET, "/drawbridge/v1/secrets"),
        ];
        for (method, path) in cases {
            let error = sandbox.send(method.clone(), path, None).await.error(404, None, None);
            let message = error["message"].as_str().unwrap();
            assert!(message.contains(&format!("({method}: {path})")), "{message}");
        }
        let long = format!("/v1/{}", "x".repeat(4_000));
        assert!(sandbox.get(&long).await.error(404, None, None)["message"].as_str().unwrap().len() < 1_000);
        sandbox.get("/v1/customers/").await.ok();
        sandbox.get(&format!("{CUSTOMERS}/{}", "x".repeat(300))).await.error(404, None, None);
        sandbox.get(&format!("{CUSTOMERS}/%ff%fe")).await.error(404, None, None);
        sandbox.get(&format!("{CUSTOMERS}/cus_%27%3B--")).await.error(404, "resource_missing", "id");
        sandbox.get(&format!("{CUSTOMERS}/cus_%00")).await.error(404, None, None);
    })
    .await;
}

#[tokio::test]
async fn errors_have_everything_that_helps() {
    each(async |server| {
        let sandbox = server.sandbox();
        let answer = sandbox.get(&format!("{CUSTOMERS}/cus_none")).await;
        let error = answer.error(404, "resource_missing", "id");
        assert_eq!(error["type"], "invalid_request_error");
        assert_eq!(error["doc_url"], "https://stripe.com/docs/error-codes/resource-missing");
        let log = error["request_log_url"].as_str().unwrap();
        assert!(log.ends_with(answer.header("request-id").unwrap()), "{log}");
        assert_eq!(sandbox.get(log.strip_prefix(&server.base_url).unwrap()).await.ok()["status"], 404);
        assert_eq!(answer.header("cache-control"), Some("no-cache, no-store"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    })
    .await;
}

/// What is no form, or too much of one.
#[tokio::test]
async fn bad_bodies_are_refused_and_change_nothing() {
    each(async |server| {
        let sandbox = server.sandbox();
        let id = sandbox.customer("Jane").await;
        let path = format!("{CUSTOMERS}/{id}");
        let deep = format!("metadata{}=x", "[a]".repeat(17));
        let many = (0..10_001).map(|number| format!("p{number}=1")).collect::<Vec<_>>().join("&");
        let long_name = format!("{}=1", "n".repeat(3_000));
        let bodies: [(&str, Bytes); 9] = [
            ("too deep", deep.into()),
            ("too many", many.into()),
            ("a long name", long_name.into()),
            ("not UTF-8", Bytes::from_static(b"name=%ff%fe")),
            ("raw bytes that are not UTF-8", Bytes::from_static(b"name=\xff\xfe")),
            ("a name that is not UTF-8", Bytes::from_static(b"na%ffme=x")),
            ("a value without a name", Bytes::from_static(b"=x")),
            ("a value and names below it", Bytes::from_static(b"address=x&address[city]=y")),
            ("a zero byte", Bytes::from_static(b"name=a%00b")),
        ];
        for (what, body) in bodies {
            let answer = sandbox.post_raw(&path, body).await;
            assert_eq!(answer.status, 400, "{what}: {}", answer.text());
            assert!(answer.text().len() < 2_000, "{what}: an error does not repeat what was sent");
        }
        let large = Bytes::from(format!("name={}", "x".repeat(1024 * 1024)));
        sandbox.post_raw(&path, large.clone()).await.error(413, None, None);
        sandbox.post_raw(&path, large.slice(..1024 * 1024)).await.error(400, None, "name");
        sandbox.with("content-type", "application/json").post_raw(&path, "{}").await.error(400, None, None);
        assert_eq!(sandbox.get(&path).await.ok()["name"], "Jane");
        assert_eq!(sandbox.post_raw(&path, "").await.ok()["name"], "Jane", "an empty body changes nothing");
    })
    .await;
}

#[tokio::test]
async fn metadata_has_bounds() {
    each(async |server| {
        let sandbox = server.sandbox();
        let names: Vec<String> = (0..51).map(|number| format!("metadata[k{number}]")).collect();
        let pairs: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "v")).collect();
        let full = sandbox.post(CUSTOMERS, &pairs[..50]).await.ok();
        assert_eq!(full["metadata"].as_object().unwrap().len(), 50);
        sandbox.post(CUSTOMERS, &pairs).await.error(400, None, "metadata");
        let path = format!("{CUSTOMERS}/{}", full["id"].as_str().unwrap());
        sandbox.post(&path, &[("metadata[one_more]", "v")]).await.error(400, None, "metadata");
        let (key, value) = ("k".repeat(41), "é".repeat(501));
        let long_key = format!("metadata[{key}]");
        let cases: [(Params<'_>, &str); 4] = [
            (&[(&long_key, "v")], &long_key),
            (&[("metadata[k0]", &value)], "metadata[k0]"),
            (&[("metadata[k0][x]", "v")], "metadata[k0]"),
            (&[("metadata", "x")], "metadata"),
        ];
        for (params, param) in cases {
            sandbox.post(&path, params).await.error(400, None, param);
        }
        let value = "é".repeat(500);
        assert_eq!(sandbox.post(&path, &[("metadata[k0]", &value)]).await.ok()["metadata"]["k0"], json!(value));
    })
    .await;
}

/// The same parameters in every shape that callers send.
#[tokio::test]
async fn every_shape_of_form_is_understood() {
    each(async |server| {
        let sandbox = server.sandbox();
        for body in [
            "address[city]=Rome&preferred_locales[]=en&preferred_locales[]=de&metadata[a b]=c%20d",
            "address%5Bcity%5D=Rome&preferred_locales%5B0%5D=en&preferred_locales%5B1%5D=de&metadata%5Ba+b%5D=c+d",
            "preferred_locales[1]=de&metadata[a%20b]=c d&preferred_locales[0]=en&address[city]=Rome&",
        ] {
            let customer = sandbox.post_raw(CUSTOMERS, body).await.ok();
            assert_eq!(customer["address"]["city"], "Rome", "{body}");
            assert_eq!(customer["preferred_locales"], json!(["en", "de"]), "{body}");
            assert_eq!(customer["metadata"], json!({"a b": "c d"}), "{body}");
        }
        // Some callers put the parameters of a POST into the query.
        let customer = sandbox.post_raw(&format!("{CUSTOMERS}?name=Jane"), "").await.ok();
        assert_eq!(customer["name"], "Jane");
    })
    .await;
}

/// A caller that goes away in the middle of a request has asked for nothing.
#[tokio::test]
async fn half_requests_change_nothing() {
    each(async |server| {
        let sandbox = server.sandbox();
        sandbox.get("/v1/account").await.ok();
        let address = server.base_url.strip_prefix("http://").unwrap();
        let head = format!("POST /v1/customers HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\n", sandbox.secret_key);
        let form = "content-type: application/x-www-form-urlencoded\r\n";
        let requests = [
            head.clone(),
            format!("{head}{form}content-length: 100\r\n\r\nname=Jane"),
            format!("{head}{form}transfer-encoding: chunked\r\n\r\n9\r\nname=Jane\r\n"),
            format!("{head}{form}transfer-encoding: chunked\r\n\r\nnonsense\r\n"),
            String::from("\0\x01\x02 not HTTP at all\r\n\r\n"),
        ];
        for request in requests {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(request.as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
            let mut answer = Vec::new();
            // The server has dealt with the request when it closes; a reset is as good.
            let _ = stream.read_to_end(&mut answer).await;
            assert!(!answer.starts_with(b"HTTP/1.1 200"), "{request}");
        }
        assert_eq!(sandbox.get(CUSTOMERS).await.ok()["data"], json!([]));
    })
    .await;
}
