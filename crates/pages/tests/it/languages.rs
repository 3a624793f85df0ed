//! Every page in every language, and who reads which.

use std::collections::BTreeSet;

use crate::client::Client;

/// What people read on a page, piece by piece: texts, names and titles.
fn words(html: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut in_icon = false;
    for part in html.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap_or((part, ""));
        in_icon = (in_icon || tag.starts_with("svg")) && !tag.starts_with("/svg");
        for name in ["placeholder=\"", "aria-label=\"", "title=\"", "data-reveal=\"", "data-announce=\""] {
            words.extend(tag.split(name).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned));
        }
        if !in_icon {
            words.push(text.trim().to_owned());
        }
    }
    words.retain(|text| text.chars().any(char::is_alphabetic));
    words
}

/// Names of flows and messages: what is written for people who link accounts.
async fn names(client: &Client) -> Vec<String> {
    let gallery = client.get("/drawbridge/gallery?lang=es").await.body;
    let names = gallery.split("href=\"/drawbridge/gallery/").skip(1).filter_map(|rest| rest.split('?').next());
    names.filter(|name| !name.starts_with("start")).map(str::to_owned).collect()
}

/// Names of the samples' own world, which no language changes.
const OWN: [&str; 31] = [
    "Juniper Budget",
    "Baker &#38; Sons &#60;Wholesale&#62; of Lower Saxon Street",
    "Test (OAuth)",
    "Bank (OAuth)",
    "Ownership Accounts",
    "Invalid Payment Accounts",
    "Down (Scheduled)",
    "The Farmers and Merchants Savings Bank of Upper Wexford County",
    "test-oauth.example",
    "bank-oauth.example",
    "ownership.example",
    "invalid-payment.example",
    "down-scheduled.example",
    "Everyday Checking",
    "High-Yield Savings",
    "Joint Checking",
    "Platinum Rewards Card",
    "Old Savings",
    "Home Mortgage",
    "Travel Fund",
    "Where should we send your code?",
    "Text message to (\u{2022}\u{2022}\u{2022}) \u{2022}\u{2022}\u{2022}-4411",
    "Call (\u{2022}\u{2022}\u{2022}) \u{2022}\u{2022}\u{2022}-4411",
    "E-mail to j\u{2022}\u{2022}\u{2022}@mail.example",
    "We sent a code to the phone number ending in 4411.",
    "Your code is 4821.",
    "What was the name of your first pet?",
    "bank-non-oauth.example",
    "bridge.simplefin.example",
    "Bank (Non-OAuth)",
    "Grandmother &#38; Sons &#60;Joint&#62; Household Account of Upper Wexford",
];

/// Names, codes and addresses, alone or after a colon.
fn is_own(text: &str) -> bool {
    let text = text.trim_start_matches(": ");
    OWN.contains(&text) || text.starts_with("fccons_")
}

#[tokio::test]
async fn no_english_is_left_in_spanish() {
    let client = Client::new();
    let mut pages = 0;
    for name in names(&client).await {
        let english = words(&client.get(&format!("/drawbridge/gallery/{name}?lang=en")).await.body);
        let spanish = client.get(&format!("/drawbridge/gallery/{name}?lang=es")).await.body;
        assert!(spanish.contains("<html lang=\"es\">"), "{name}");
        let spanish = words(&spanish);
        assert_eq!(english.len(), spanish.len(), "{name}");
        let same: BTreeSet<_> = english.iter().zip(&spanish).filter(|(one, other)| one == other).map(|(one, _)| one).collect();
        let left: Vec<_> = same.into_iter().filter(|text| !is_own(text)).collect();
        assert!(left.is_empty(), "{name}: {left:?}");
        pages += 1;
    }
    assert!(pages > 60, "{pages}");
}

/// Both languages side by side, each text once: what a reader of both reviews.
#[tokio::test]
async fn what_is_written_in_both_languages() {
    let client = Client::new();
    let (mut seen, mut list) = (BTreeSet::new(), String::new());
    for name in names(&client).await {
        let english = words(&client.get(&format!("/drawbridge/gallery/{name}?lang=en")).await.body);
        let spanish = words(&client.get(&format!("/drawbridge/gallery/{name}?lang=es")).await.body);
        for (one, other) in english.into_iter().zip(spanish).filter(|(one, other)| one != other) {
            if seen.insert(one.clone()) {
                list.push_str(&format!("{one}\n    {other}\n"));
            }
        }
    }
    insta::assert_snapshot!("languages", list);
}

#[tokio::test]
async fn people_read_the_language_of_the_flow_or_of_their_browser() {
    let client = Client::new();
    let spanish = [("accept-language", "es-MX,es;q=0.9,en;q=0.8")];
    let page = client.get_with("/connections/t0", &spanish).await;
    assert!(page.body.contains("Juniper Budget le pide conectar su cuenta bancaria"), "{}", page.body);
    assert!(page.body.contains("<html lang=\"es\">"));
    assert!(page.header("vary").contains("Accept-Language"));
    assert!(client.get("/connections/t0").await.body.contains("<html lang=\"en\">"));

    client.memory.alter("t0", |view| view.locale = Some("es-419".to_owned()));
    let german = [("accept-language", "de"), ("x-pane", "1")];
    assert!(client.get_with("/connections/t0", &german).await.body.contains("Aceptar y continuar"));
    client.act("/connections/t0/institution", "institution=fcinst_0").await;
    let returned = client.get("/connections/return?state=popup-t0&code=1").await;
    assert!(returned.body.contains("Puede cerrar esta ventana"), "the bank's window, too");

    client.memory.alter("t0", |view| view.locale = Some("en".to_owned()));
    assert!(client.get_with("/connections/t0", &spanish).await.body.contains("Choose accounts"));
    let missing = client.get_with("/connections/none", &spanish).await;
    assert!(missing.body.contains("Esta p\u{e1}gina no existe"));
}
