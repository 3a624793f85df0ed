//! Every page of the gallery: a snapshot each, and rules that hold for all of them.

use std::collections::HashSet;

use crate::client::Client;

/// Name and HTML of every page of the gallery in English, and the gallery itself.
async fn every_page() -> Vec<(String, String)> {
    every_page_in("en").await
}

async fn every_page_in(language: &str) -> Vec<(String, String)> {
    let client = Client::new();
    let gallery = client.get(&format!("/drawbridge/gallery?lang={language}")).await.body;
    let mut pages = Vec::new();
    for path in gallery.split("href=\"/drawbridge/gallery/").skip(1).filter_map(|rest| rest.split('"').next()) {
        let page = client.get(&format!("/drawbridge/gallery/{path}")).await;
        assert!(page.status.is_success(), "{path}");
        let name = path.split('?').next().unwrap_or(path);
        pages.push((name.to_owned(), page.body));
    }
    assert!(pages.len() > 60, "{}", pages.len());
    pages.push(("gallery".to_owned(), gallery));
    pages
}

/// One opening tag: its name, its attributes, and the text up to its closing tag.
struct Tag<'a> {
    name: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
    /// The tag itself, as it is written.
    source: &'a str,
    rest: &'a str,
}

impl<'a> Tag<'a> {
    fn get(&self, name: &str) -> Option<&'a str> {
        self.attributes.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }

    /// The text inside, without tags and without what is hidden from names.
    fn text(&self) -> String {
        let end = self.rest.find(&format!("</{}>", self.name)).unwrap_or(0);
        let mut text = String::new();
        for part in self.rest[..end].split('<') {
            text.push_str(part.split_once('>').map_or(part, |(_, after)| after));
        }
        text.trim().to_owned()
    }
}

/// Opening tags of a page of ours. Not a parser of any HTML: it relies on quoted attributes, as our templates write.
fn tags(html: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    for (start, _) in html.match_indices('<') {
        let rest = &html[start + 1..];
        if !rest.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            continue;
        }
        let name_end = rest.find([' ', '>', '\n', '/']).unwrap_or(rest.len());
        let (mut attributes, mut at) = (Vec::new(), name_end);
        loop {
            let left = rest[at..].trim_start();
            at = rest.len() - left.len();
            if left.is_empty() || left.starts_with('>') || left.starts_with("/>") {
                break;
            }
            let key_end = left.find(['=', ' ', '>', '\n']).unwrap_or(left.len());
            let key = &left[..key_end];
            if left[key_end..].starts_with("=\"") {
                let value = &left[key_end + 2..];
                let close = value.find('"').unwrap_or(value.len());
                attributes.push((key, &value[..close]));
                at += key_end + 2 + close + 1;
            } else {
                attributes.push((key, ""));
                at += key_end.max(1);
            }
        }
        let inside = rest[at.min(rest.len())..].trim_start_matches(['/', '>']);
        let source = &html[start..html.len() - inside.len()];
        tags.push(Tag { name: &rest[..name_end], attributes, source, rest: inside });
    }
    tags
}

#[tokio::test]
async fn every_page_looks_as_reviewed() {
    for (name, html) in every_page().await {
        insta::assert_snapshot!(name, without_hashes(&html));
    }
}

/// Names of files carry a hash of their content, which is not what a snapshot is about.
fn without_hashes(html: &str) -> String {
    let mut parts = html.split("/static/");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (file, rest) = part.split_once('"').unwrap_or((part, ""));
        let names: Vec<_> = file.split('.').collect();
        text.push_str(&format!("/static/{}.{}\"{rest}", names[0], names[names.len() - 1]));
    }
    text
}

#[tokio::test]
async fn no_page_has_inline_code_or_style() {
    for (page, html) in every_page_in("es").await {
        for tag in tags(&html) {
            assert_ne!(tag.name, "style", "{page}");
            if tag.name == "script" {
                assert!(tag.get("src").is_some() && tag.text().is_empty(), "{page}");
            }
            for (key, value) in &tag.attributes {
                assert!(!key.starts_with("on") && *key != "style", "{page}: {key} on {}", tag.name);
                assert!(!value.trim_start().starts_with("javascript:"), "{page}: {value}");
            }
        }
    }
}

/// Pages on which there is nothing to do.
const WITHOUT_CONTROLS: [&str; 9] = [
    "not-found",
    "start-without-keys",
    "person-nothing",
    "person-expired",
    "verify-verified",
    "verify-exceeded",
    "verify-timed-out",
    "verify-sent-back",
    "verify-withdrawn",
];

#[tokio::test]
async fn everything_that_people_can_use_has_a_name() {
    for (page, html) in every_page().await {
        let all = tags(&html);
        let labels: HashSet<_> = all.iter().filter_map(|tag| tag.get("for")).collect();
        let mut controls = 0;
        for tag in &all {
            let named_by_text = match tag.name {
                "button" | "a" => !tag.text().is_empty(),
                "input" if tag.get("type") == Some("hidden") => continue,
                // A label around it, or one that names it.
                "input" if tag.get("type") == Some("radio") => {
                    html.contains(&format!("{}<span class=\"account-name\">", tag.source))
                }
                "input" | "textarea" => tag.get("id").is_some_and(|id| labels.contains(id)),
                "iframe" => tag.get("title").is_some_and(|title| !title.is_empty()),
                "dialog" => false,
                _ => continue,
            };
            controls += 1;
            let named = named_by_text
                || tag.get("aria-label").is_some_and(|label| !label.is_empty())
                || tag.get("aria-labelledby").is_some();
            assert!(named, "{page}: a {} without a name: {:?}", tag.name, tag.attributes);
        }
        assert!(controls > 0 || WITHOUT_CONTROLS.contains(&page.as_str()), "{page}");
        for image in all.iter().filter(|tag| tag.name == "img") {
            assert!(image.get("alt").is_some(), "{page}");
        }
    }
}

#[tokio::test]
async fn ids_are_unique_and_references_lead_to_one() {
    for (page, html) in every_page().await {
        // The pane for a lost connection waits in a template, where its id is not in the page yet.
        let visible: String = html.split("<template").next().unwrap_or_default().to_owned();
        let all = tags(&visible);
        let mut ids = HashSet::new();
        for id in all.iter().filter_map(|tag| tag.get("id")) {
            assert!(ids.insert(id), "{page}: {id} twice");
        }
        for tag in &all {
            for key in ["aria-labelledby", "aria-describedby", "for"] {
                for id in tag.get(key).unwrap_or_default().split_whitespace() {
                    assert!(ids.contains(id), "{page}: {key} leads to {id}");
                }
            }
        }
    }
}

#[tokio::test]
async fn the_names_that_others_rely_on_are_there() {
    let pages = every_page().await;
    let buttons = |page: &str| -> Vec<String> {
        let html = &pages.iter().find(|(name, _)| name == page).expect("a page").1;
        let html = html.split("<dialog").next().unwrap_or_default();
        tags(html).iter().filter(|tag| tag.name == "button").map(Tag::text).collect()
    };
    assert_eq!(buttons("consent"), ["Cancel", "Agree and continue"]);
    assert_eq!(buttons("accounts-many"), ["Cancel", "Connect", "Choose another bank"]);
    assert_eq!(buttons("success-one"), ["Cancel", "Done", "Link another account"]);
    assert_eq!(buttons("success-many"), ["Cancel", "Done"]);
    assert_eq!(buttons("problem-down-planned"), ["Cancel", "Choose another bank", "Try again"]);
    assert_eq!(buttons("problem-session-expired"), ["Cancel", "Close"]);
    assert_eq!(buttons("picker-no-results-manual")[1..], ["Search", "Enter details manually"]);
    assert_eq!(buttons("problem-down-unplanned-manual")[1..], ["Choose another bank", "Try again", "Enter details manually"]);
    assert_eq!(buttons("sign-in-credentials")[1..], ["Show", "Continue", "Choose another bank"]);
    assert_eq!(buttons("sign-in-confirm-code")[1..], ["Continue", "Choose another bank"]);
    assert_eq!(buttons("manual-entry")[1..], ["Use test account", "Connect account", "Choose a bank instead"]);
    assert_eq!(buttons("manual-done"), ["Cancel", "Done"]);
    let labels = |page: &str| -> Vec<String> {
        let html = &pages.iter().find(|(name, _)| name == page).expect("a page").1;
        tags(html).iter().filter(|tag| tag.name == "label").map(Tag::text).collect()
    };
    assert_eq!(labels("sign-in-credentials"), ["Username", "Password"]);
    assert_eq!(labels("sign-in-code"), ["Code"]);
    assert_eq!(labels("manual-entry"), ["Routing number", "Account number", "Confirm account number"]);
    assert_eq!(labels("verify-code"), ["Code"]);
    assert_eq!(labels("verify-amounts"), ["First amount", "Second amount"]);
    assert_eq!(buttons("verify-code"), ["Verify account"]);

    let picker = &pages.iter().find(|(name, _)| name == "picker").expect("the picker").1;
    let options: Vec<_> =
        tags(picker).iter().filter(|tag| tag.get("role") == Some("option")).map(|tag| name_of(picker, tag)).collect();
    assert_eq!(options[0], "Test (OAuth)");
    let accounts = &pages.iter().find(|(name, _)| name == "accounts-many").expect("accounts").1;
    let inputs = tags(accounts);
    let first = inputs.iter().find(|tag| tag.name == "input").expect("an account");
    assert_eq!(name_of(accounts, first), "Everyday Checking");
}

/// The text of the element that names this one.
fn name_of(html: &str, tag: &Tag<'_>) -> String {
    let id = tag.get("aria-labelledby").unwrap_or_default();
    tags(html).iter().find(|other| other.get("id") == Some(id)).map(Tag::text).unwrap_or_default()
}
