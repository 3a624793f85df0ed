//! What happens to a request while another with the same idempotency key is at work, and to one whose caller hangs up.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use serde_json::Value;
use testkit::{Answer, Sandbox, WebhookReceiver, each, encode, ids, on_postgres};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

const CUSTOMERS: &str = "/v1/customers";
const ADVANCE: &str = "/drawbridge/v1/clock/advance";
/// What is waited for must happen within this time; it is a bound, not a pause.
const WAIT_MAX: Duration = Duration::from_secs(20);
/// Callers that hang up while their writes are held; each takes one of the test's connections to PostgreSQL.
const HELD: usize = 4;
/// Callers that hang up, the others included.
const CALLERS: usize = 24;

/// The answer that comes first, and the other one still to come.
async fn first_of<'a>(
    left: impl Future<Output = Answer> + 'a,
    right: impl Future<Output = Answer> + 'a,
) -> (Answer, Pending<'a>) {
    let (mut left, mut right): (Pending<'a>, Pending<'a>) = (Box::pin(left), Box::pin(right));
    let first = async move {
        tokio::select! {
            answer = &mut left => (answer, right),
            answer = &mut right => (answer, left),
        }
    };
    tokio::time::timeout(WAIT_MAX, first).await.expect("one of them is answered")
}

type Pending<'a> = Pin<Box<dyn Future<Output = Answer> + 'a>>;

/// Asserts that a request was refused because another with its key is at work, and says how to go on.
#[track_caller]
fn refused_as_in_use(answer: &Answer, key: &str) {
    let error = answer.error(409, "idempotency_key_in_use", None);
    assert_eq!(error["type"], "idempotency_error");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("still being worked on") && message.contains(key), "{message}");
    assert_eq!((answer.is_replay(), answer.header("idempotency-key")), (false, Some(key)));
}

/// The same write arrives twice while the first can not commit: one is refused, one does the work, and from then on both
/// get its answer.
async fn one_works_and_one_is_refused(here: &Sandbox, there: &Sandbox, held: testkit::HeldWrites) {
    let (left, right) = (here.idempotent("twice"), there.idempotent("twice"));
    let params = [("name", "Jane")];
    let (refused, rest) = first_of(left.post(CUSTOMERS, &params), right.post(CUSTOMERS, &params)).await;
    refused_as_in_use(&refused, "twice");
    assert!(ids(&here.get(CUSTOMERS).await.ok()).is_empty(), "nothing is stored before the commit");
    held.release().await;
    let worked = rest.await;
    assert_eq!((worked.status, worked.is_replay()), (200, false), "{}", worked.text());
    // The refusal is not kept under the key.
    for node in [&left, &right] {
        let again = node.post(CUSTOMERS, &params).await;
        assert_eq!((again.is_replay(), again.ok()), (true, worked.ok()));
    }
    assert_eq!(ids(&there.get(CUSTOMERS).await.ok()), [worked.ok()["id"].as_str().unwrap()]);
    assert_eq!(here.events("customer.created").await.len(), 1);
}

#[tokio::test]
async fn a_key_at_work_is_refused_on_the_same_node() {
    each(async |server| {
        let sandbox = server.sandbox();
        sandbox.get("/v1/account").await.ok();
        let held = server.hold_writes().await;
        one_works_and_one_is_refused(&sandbox, &sandbox, held).await;
    })
    .await;
}

#[tokio::test]
async fn a_key_at_work_is_refused_on_another_node() {
    on_postgres(async |one, other| {
        let here = one.sandbox();
        let there = here.on(other);
        here.get("/v1/account").await.ok();
        let held = one.hold_writes().await;
        one_works_and_one_is_refused(&here, &there, held).await;
    })
    .await;
}

/// A request that takes as long as others let it, and has transactions of its own, keeps its key on all nodes meanwhile.
#[tokio::test]
async fn a_long_request_keeps_its_key_on_all_nodes() {
    on_postgres(async |one, other| {
        let here = one.sandbox();
        let there = here.on(other).idempotent("move");
        let receiver = WebhookReceiver::start().await;
        let endpoint = [("url", receiver.url.as_str()), ("enabled_events[]", "customer.created")];
        here.post("/v1/webhook_endpoints", &endpoint).await.ok();
        let gate = receiver.hold();
        here.customer("Jane").await;
        let keyed = here.idempotent("move");
        let first = tokio::spawn(async move { keyed.post(ADVANCE, &[("seconds", "60")]).await });
        receiver.wait_for(1).await;
        refused_as_in_use(&there.post(ADVANCE, &[("seconds", "60")]).await, "move");
        let other_params = there.post(ADVANCE, &[("seconds", "61")]).await.error(400, None, None);
        assert_eq!(other_params["type"], "idempotency_error", "another request under a key that is taken");
        gate.open();
        let first = first.await.unwrap().ok();
        let again = there.post(ADVANCE, &[("seconds", "60")]).await;
        assert_eq!((again.is_replay(), again.ok()), (true, first));
        assert_eq!(here.now().await, testkit::START + 60, "it moved once");
    })
    .await;
}

/// Sends a request as a caller would that does not wait for the answer.
async fn send_and_hang_up(sandbox: &Sandbox, name: &str) {
    let address = sandbox.base_url.strip_prefix("http://").unwrap();
    let body = encode(&[("name", name)]);
    let request = format!(
        "POST {CUSTOMERS} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\nIdempotency-Key: {name}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        sandbox.secret_key,
        body.len()
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
}

/// The customers, once there are so many.
async fn customers(sandbox: &Sandbox, count: usize) -> Vec<Value> {
    let look = async || sandbox.find(CUSTOMERS, &[("limit", "100")]).await.ok()["data"].as_array().unwrap().clone();
    let wait = async {
        loop {
            // A look may be over without ever having waited, and the server runs on this thread too.
            tokio::task::yield_now().await;
            let found = look().await;
            if found.len() >= count {
                return found;
            }
        }
    };
    let found = tokio::time::timeout(WAIT_MAX, wait).await;
    found.unwrap_or_else(|_| panic!("waited for {count} customers"))
}

#[tokio::test]
async fn a_write_ends_although_its_caller_hung_up() {
    each(async |server| {
        let sandbox = server.sandbox();
        sandbox.get("/v1/account").await.ok();
        // First with writes that can not end before their callers are gone.
        let held = server.hold_writes().await;
        for number in 0..HELD {
            send_and_hang_up(&sandbox, &format!("held-{number}")).await;
        }
        for _ in 0..CALLERS {
            // Each look lets the server see that the connections have ended.
            assert!(customers(&sandbox, 0).await.is_empty());
        }
        held.release().await;
        customers(&sandbox, HELD).await;
        for number in HELD..CALLERS {
            send_and_hang_up(&sandbox, &format!("quick-{number}")).await;
        }
        let found = customers(&sandbox, CALLERS).await;
        assert_eq!(found.len(), CALLERS, "each once");
        // The answer that nobody read is there for who asks again.
        for customer in found {
            let name = customer["name"].as_str().unwrap();
            let again = sandbox.idempotent(name).post(CUSTOMERS, &[("name", name)]).await;
            assert_eq!((again.is_replay(), again.ok()), (true, customer));
        }
        assert_eq!(sandbox.events("customer.created").await.len(), CALLERS);
    })
    .await;
}
