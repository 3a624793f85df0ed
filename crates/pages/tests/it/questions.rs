//! Signing in on our own pages and typing numbers, as plain forms; and flows that are pages of their own.

use axum::body::Body;
use http::{Request, StatusCode};
use pages::view::{Pane, Problem};

use crate::client::{Answer, BASE, Client};

const TYPE: &str = "multipart/form-data; boundary=b0undary";

/// A form with one file, as browsers write it.
fn with_file(content: &[u8]) -> Vec<u8> {
    let head = "--b0undary\r\nContent-Disposition: form-data; name=\"statement\"; filename=\"my bank.ofx\"\r\nContent-Type: application/x-ofx\r\n\r\n";
    [head.as_bytes(), content, b"\r\n--b0undary--\r\n"].concat()
}

async fn send(client: &Client, content_type: &str, body: Vec<u8>) -> Answer {
    let request = Request::post("/connections/t0/sign_in")
        .header("host", "127.0.0.1:12111")
        .header("origin", BASE)
        .header("content-type", content_type)
        .body(Body::from(body));
    client.send(request.expect("a valid request")).await
}

#[tokio::test]
async fn a_person_signs_in_with_user_and_password_and_a_code() {
    let client = Client::new();
    let form = client.act("/connections/t0/institution", "institution=fcinst_3").await;
    assert!(form.body.contains("autocomplete=\"current-password\"") && form.body.contains("keep them encrypted"));
    assert!(form.body.contains("Juniper Budget never sees them."));
    let refused = client.act("/connections/t0/sign_in", "user=jenny&pass=incorrect").await;
    assert!(refused.body.contains("does not accept this username and password"));
    assert_eq!(refused.body.matches("aria-invalid=\"true\" aria-describedby=\"refused\"").count(), 2);
    let missing = client.act("/connections/t0/sign_in", "user=jenny").await;
    assert!(missing.body.contains("Something is still empty"));
    let code = client.act("/connections/t0/sign_in", "user=jenny&pass=mfa").await;
    assert!(code.body.contains("autocomplete=\"one-time-code\"") && code.body.contains("ending in 4411"));
    let accounts = client.act("/connections/t0/sign_in", "code=123456").await;
    assert!(accounts.body.contains("Choose accounts"));
}

#[tokio::test]
async fn what_was_typed_is_never_sent_back() {
    let client = Client::new();
    client.act("/connections/t0/institution", "institution=fcinst_3").await;
    let again = client.act("/connections/t0/sign_in", "user=jenny-rosen-1&pass=incorrect&extra=s3cret").await;
    for typed in ["jenny-rosen-1", "incorrect", "s3cret"] {
        assert!(!again.body.contains(typed), "{typed}");
    }
    client.act("/connections/t0/picker", "").await;
    client.act("/connections/t0/manual", "").await;
    let form = "routing_number=021000021&account_number=55443322&account_number_again=55443323";
    let again = client.act("/connections/t0/numbers", form).await;
    assert!(again.body.contains("are not the same"));
    for typed in ["021000021", "55443322", "55443323"] {
        assert!(!again.body.contains(typed), "{typed}");
    }
}

#[tokio::test]
async fn answers_that_no_pane_asks_for_change_nothing() {
    let client = Client::new();
    let consent = client.act("/connections/t0/sign_in", "user=jenny&pass=rosen").await;
    assert!(consent.body.contains("Agree and continue"));
    assert_eq!(client.post("/connections/none/sign_in", "user=jenny").await.status, StatusCode::NOT_FOUND);
    let foreign = client.post_from("/connections/t0/sign_in", "user=jenny", "https://evil.example").await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_file_becomes_the_answer_to_its_field() {
    let client = Client::new();
    let form = client.act("/connections/t0/institution", "institution=fcinst_5").await;
    assert!(form.body.contains("enctype=\"multipart/form-data\"") && form.body.contains("accept=\".ofx,.qfx,.qbo,.csv\""));
    let answer = send(&client, TYPE, with_file(b"nothing like it")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert!(client.get("/connections/t0").await.body.contains("cannot be read from line 1 on"));
    // Larger than any other form, in the letters of the time before Unicode.
    let file = [b"<OFX>Caf\xe9".as_slice(), &vec![b' '; 200_000]].concat();
    send(&client, TYPE, with_file(&file)).await;
    assert!(client.get("/connections/t0").await.body.contains("Choose accounts"));
    let answers = client.memory.answers();
    let (name, text) = &answers.last().expect("an answer")[0];
    assert_eq!(name, "statement");
    assert!(text.starts_with("<OFX>Caf\u{e9} ") && text.len() > 200_000);
}

#[tokio::test]
async fn what_is_too_large_or_broken_says_so() {
    let client = Client::new();
    client.act("/connections/t0/institution", "institution=fcinst_5").await;
    let most = 5 * 1024 * 1024;
    let large = send(&client, TYPE, with_file(&vec![b'x'; most + 1])).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(large.body.contains("The file is too large") && large.body.contains("href=\"/connections/t0\""));
    let larger = send(&client, TYPE, with_file(&vec![b'x'; most + 70_000])).await;
    assert_eq!(larger.status, StatusCode::PAYLOAD_TOO_LARGE);
    let allowed = send(&client, TYPE, with_file(&vec![b'x'; most])).await;
    assert_eq!(allowed.status, StatusCode::SEE_OTHER);
    // The room for files is for files only.
    let form = send(&client, "application/x-www-form-urlencoded", vec![b'x'; 65 * 1024]).await;
    assert_eq!(form.status, StatusCode::PAYLOAD_TOO_LARGE);
    for (content_type, body) in [
        (TYPE, b"--b0undary\r\nContent-Disp".to_vec()),
        (TYPE, b"no boundary at all".to_vec()),
        ("multipart/form-data", with_file(b"<OFX>")),
    ] {
        assert_eq!(send(&client, content_type, body).await.status, StatusCode::BAD_REQUEST, "{content_type}");
    }
    assert_eq!(client.memory.answers().len(), 1);
}

#[tokio::test]
async fn a_person_types_the_numbers() {
    let client = Client::new();
    let picker = client.act("/connections/t0/agree", "").await;
    assert!(picker.body.contains("Enter details manually"));
    let empty = client.get("/connections/t0?q=grinnwald").await;
    assert!(empty.body.contains("No bank matches") && empty.body.contains("Enter details manually"));
    let form = client.act("/connections/t0/manual", "").await;
    assert!(form.body.contains("Enter your account details"));
    let wrong = client.act("/connections/t0/numbers", "routing_number=12&account_number=1&account_number_again=1").await;
    let field = wrong.body.split("id=\"routing_number\"").nth(1).and_then(|rest| rest.split('>').next()).unwrap_or_default();
    assert!(field.contains("aria-invalid=\"true\"") && field.contains("aria-describedby=\"complaint\""), "{field}");
    assert!(wrong.body.contains("This is not a routing number."));
    // The button for the test account is a form with its numbers.
    let button = wrong.body.split("<form id=\"test-numbers\"").nth(1).expect("the form");
    assert!(button.contains("value=\"110000000\"") && button.contains("value=\"000123456789\""));
    let numbers = "routing_number=+110000000+&account_number=000123456789&account_number_again=000123456789";
    let done = client.act("/connections/t0/numbers", numbers).await;
    assert!(done.body.contains("ending in 6789"), "{}", done.body);
    assert!(client.act("/connections/t0/done", "").await.body.contains("All done"));
}

#[tokio::test]
async fn a_problem_may_lead_to_typing_the_numbers() {
    let client = Client::new();
    client.memory.set("t0", Pane::Problem { problem: Problem::DownUnplanned, institution: None, manual_entry: true });
    let form = client.act("/connections/t0/manual", "").await;
    assert!(form.body.contains("Routing number"));
}

#[tokio::test]
async fn a_flow_on_a_page_of_its_own_stays_in_its_window() {
    let client = Client::new();
    client.memory.alter("t0", |view| {
        view.hosted = true;
        view.return_url = Some("https://juniper.example/back?a=1&b=2".to_owned());
    });
    let consent = client.get("/connections/t0").await;
    assert!(consent.body.contains("<body class=\"flow hosted\""));
    let login = client.act("/connections/t0/institution", "institution=fcinst_0").await;
    assert!(login.body.contains("href=\"/connections/t0/bank?redirect=1\"") && !login.body.contains("data-bank"));
    client.follow("/connections/t0/bank?redirect=1").await;
    let waiting = client.get("/connections/t0").await;
    assert!(waiting.body.contains("Continue to Test (OAuth)") && !waiting.body.contains("A window of"));

    // At the end it goes on by itself, also without script.
    let finished = client.act("/connections/t0/cancel", "").await;
    let onward = "<noscript><meta http-equiv=\"refresh\" content=\"0; url=https://juniper.example/back?a=1&#38;b=2\"></noscript>";
    assert!(finished.body.contains(onward), "{}", finished.body);
    client.memory.alter("t0", |view| view.return_url = Some("javascript:alert(1)".to_owned()));
    assert!(!client.get("/connections/t0").await.body.contains("http-equiv=\"refresh\""));
    // In a modal the page that opened it goes on.
    client.memory.alter("t0", |view| {
        view.hosted = false;
        view.return_url = Some("https://juniper.example/back".to_owned());
    });
    assert!(!client.get("/connections/t0").await.body.contains("http-equiv=\"refresh\""));
}

#[tokio::test]
async fn the_way_to_the_bank_needs_no_script() {
    let client = Client::new();
    let login = client.act("/connections/t0/institution", "institution=fcinst_0").await;
    let link = login.body.split("<a class=\"button primary\"").nth(1).and_then(|rest| rest.split('>').next()).unwrap_or_default();
    assert!(link.contains("href=\"/connections/t0/bank?redirect=1\""), "{link}");
    assert!(link.contains("data-bank=\"/connections/t0/bank\""), "our script opens the window: {link}");
}

#[tokio::test]
async fn what_is_shared_can_be_seen_and_ended() {
    let client = Client::new();
    client.memory.set("t0", Pane::Success { can_link_another: false });
    let address = |address: &str| client.memory.alter("t0", |view| view.person_page = Some(address.to_owned()));
    assert!(!client.get("/connections/t0").await.body.contains("See and manage"));
    address("https://drawbridge.example/person/abc");
    let page = client.get("/connections/t0").await.body;
    assert!(page.contains("<a href=\"https://drawbridge.example/person/abc\" target=\"_blank\" rel=\"noopener\">See and manage what you share</a>"), "{page}");
    address("javascript:alert(1)");
    assert!(!client.get("/connections/t0").await.body.contains("See and manage"));
}
