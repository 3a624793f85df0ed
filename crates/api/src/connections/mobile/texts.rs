//! What apps show on their screens in our name, in plain sentences; only links and emphasis of Markdown have a meaning there.

mod sentences;

use serde_json::{Value as Json, json};

use self::sentences::{ENGLISH, SPANISH};
use crate::connections::consents::ConsentText;
use crate::connections::linking::view::Refused;

/// The version of the consent's wording. Whoever changes a text of it, in any language, adds one; a test says so.
const VERSION: i64 = 2;

/// The sentences of one language. `{business}` and `{bank}` stand for names.
pub(super) struct Texts {
    language: &'static str,
    consent_title: &'static str,
    consent_bullets: [(&'static str, &'static str); 3],
    consent_above: &'static str,
    consent_button: &'static str,
    data_title: &'static str,
    data_lead: &'static str,
    data_names: [(&'static str, &'static str, &'static str); 4],
    terms_title: &'static str,
    terms_lead: &'static str,
    terms: [(&'static str, &'static str); 3],
    understood: &'static str,
    picker_notice: &'static str,
    prepane_title: &'static str,
    prepane_lead: &'static str,
    prepane_body: &'static str,
    prepane_button: &'static str,
    type_not_asked: &'static str,
    not_payable: &'static str,
    closed: &'static str,
    already_linked: &'static str,
}

impl Texts {
    /// The language that was asked for, English if it is none of ours.
    pub(super) fn choose(locale: Option<&str>) -> &'static Texts {
        let language = locale.and_then(|locale| locale.split('-').next()).unwrap_or_default();
        if language.eq_ignore_ascii_case("es") { &SPANISH } else { &ENGLISH }
    }

    /// The texts of the screens that do not depend on a bank.
    pub(super) fn screens(&self, business: &str, permissions: &[String]) -> Json {
        let say = |text: &str| fill(text, business, "");
        let bullets: Vec<Json> =
            self.consent_bullets.iter().map(|(title, content)| bullet(&say(title), Some(&say(content)))).collect();
        let terms: Vec<Json> =
            self.terms.iter().map(|(title, content)| json!({"title": say(title), "content": say(content)})).collect();
        json!({
            "account_picker_pane": {"data_access_notice": say(self.picker_notice)},
            "consent_pane": {
                "above_cta": say(self.consent_above),
                "below_cta": null,
                "body": {"bullets": bullets},
                "cta": self.consent_button,
                "data_access_notice": self.data_notice(business, permissions),
                "legal_details_notice": {
                    "body": {"links": terms},
                    "cta": self.understood,
                    "disclaimer": null,
                    "icon": null,
                    "subtitle": say(self.terms_lead),
                    "title": self.terms_title,
                },
                "title": say(self.consent_title),
            },
        })
    }

    /// Every text of the consent, for its receipt: the screen, and the two notes that it leads to.
    pub(super) fn consent(&self, business: &str, permissions: &[String]) -> ConsentText {
        let screen = &self.screens(business, permissions)["consent_pane"];
        let mut lines = Vec::new();
        // The order in which a screen shows them.
        for part in ["title", "body", "above_cta", "data_access_notice", "legal_details_notice", "cta"] {
            read(&screen[part], &mut lines);
        }
        ConsentText { language: self.language.to_owned(), lines, version: VERSION }
    }

    /// The screen before a bank's own page.
    pub(super) fn prepane(&self, bank: &str, business: &str, permissions: &[String]) -> Json {
        let say = |text: &str| fill(text, business, bank);
        json!({
            "body": {"entries": [{"type": "text", "content": say(self.prepane_body)}]},
            "cta": {"icon": null, "text": say(self.prepane_button)},
            "data_access_notice": self.data_notice(business, permissions),
            "institution_icon": image(),
            "partner_notice": null,
            "subtitle": say(self.prepane_lead),
            "title": say(self.prepane_title),
        })
    }

    /// Why an account cannot be chosen.
    pub(super) fn refused(&self, why: Refused) -> &'static str {
        match why {
            Refused::TypeNotAsked => self.type_not_asked,
            Refused::NotPayable => self.not_payable,
            Refused::Closed => self.closed,
            Refused::AlreadyLinked => self.already_linked,
        }
    }

    fn data_notice(&self, business: &str, permissions: &[String]) -> Json {
        let asked = self.data_names.iter().filter(|(name, ..)| permissions.iter().any(|own| own == name));
        let bullets: Vec<Json> = asked.map(|(_, title, content)| bullet(title, Some(content))).collect();
        json!({
            "body": {"bullets": bullets},
            "connected_account_notice": null,
            "cta": self.understood,
            "disclaimer": null,
            "icon": null,
            "subtitle": fill(self.data_lead, business, ""),
            "title": self.data_title,
        })
    }
}

/// No pictures are served: an app shows its own in their place.
fn image() -> Json {
    json!({"default": null})
}

fn bullet(title: &str, content: Option<&str>) -> Json {
    json!({"content": content, "icon": image(), "title": title})
}

/// The texts in a part of a screen, from its title to its button.
fn read(part: &Json, lines: &mut Vec<String>) {
    match part {
        Json::String(text) => lines.push(without_links(text)),
        Json::Array(parts) => parts.iter().for_each(|part| read(part, lines)),
        Json::Object(parts) => {
            let order = ["title", "subtitle", "content", "body", "bullets", "links", "cta"];
            order.iter().filter_map(|name| parts.get(*name)).for_each(|part| read(part, lines));
        }
        _ => {}
    }
}

/// `[words](address)` as people see it.
fn without_links(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, link)) = rest.split_once('[') {
        let Some((words, after)) = link.split_once("](") else { break };
        let Some((_, after)) = after.split_once(')') else { break };
        out.push_str(before);
        out.push_str(words);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Names are put in without what would make links, emphasis or markup of them.
fn fill(text: &str, business: &str, bank: &str) -> String {
    text.replace("{business}", &plain(business)).replace("{bank}", &plain(bank))
}

fn plain(name: &str) -> String {
    let shown: String = name.chars().filter(|character| !matches!(character, '[' | ']' | '*' | '<' | '>' | '{' | '}')).collect();
    shown.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speaks_the_language_that_was_asked_for() {
        for (locale, expected) in
            [(None, "OK"), (Some("en-US"), "OK"), (Some("fr"), "OK"), (Some("es"), "Entendido"), (Some("es-MX"), "Entendido")]
        {
            assert_eq!(Texts::choose(locale).understood, expected, "{locale:?}");
        }
    }

    fn all() -> [String; 4] {
        ["payment_method", "balances", "ownership", "transactions"].map(str::to_owned)
    }

    #[test]
    fn the_receipt_has_every_word_of_the_screen() {
        for texts in [&ENGLISH, &SPANISH] {
            let consent = texts.consent("Shop", &all());
            let screen = texts.screens("Shop", &all())["consent_pane"].to_string();
            let mut count = 0;
            for text in screen.split('"').filter(|text| text.contains(' ')) {
                assert!(consent.lines.contains(&without_links(text)), "{text}");
                count += 1;
            }
            assert!(count > 15 && consent.lines.last().map(String::as_str) == Some(texts.consent_button));
            assert!(consent.lines.iter().all(|line| !line.contains("stripe://")), "{:?}", consent.lines);
        }
    }

    /// If this fails, the wording has changed: add one to [`VERSION`] and write the new hash here.
    #[test]
    fn the_version_grows_with_the_wording() {
        let words: Vec<String> = [&ENGLISH, &SPANISH].iter().flat_map(|texts| texts.consent("Shop", &all()).lines).collect();
        let hash = kernel::Vault::secret_hash(&words.join("\n"));
        let hash: String = hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((VERSION, hash.as_str()), (2, "02d1fc8cc1d6"));
    }

    #[test]
    fn names_make_no_links() {
        let said = fill("{business} at {bank}", "**Shop** [free](https://evil.example) <b>", "{business}");
        assert_eq!(said, "Shop free(https://evil.example) b at business");
    }

    #[test]
    fn names_the_data_that_are_asked_for() {
        for texts in [&ENGLISH, &SPANISH] {
            let shown = texts.screens("Shop", &["balances".to_owned(), "transactions".to_owned()]);
            let bullets = shown["consent_pane"]["data_access_notice"]["body"]["bullets"].as_array().unwrap();
            let titles: Vec<&str> = bullets.iter().map(|bullet| bullet["title"].as_str().unwrap()).collect();
            assert_eq!(titles, [texts.data_names[1].1, texts.data_names[3].1]);
            assert!(!shown.to_string().contains('{') || !shown.to_string().contains("{business}"), "every name is put in");
        }
    }
}
