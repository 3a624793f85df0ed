//! The words of the consent pane as a list, for the receipt. What is in it is what the pane shows: a test compares the two.

use crate::backend::ConsentText;
use crate::texts::Texts;
use crate::view::FlowView;

/// The version of the wording. Whoever changes a text of the consent pane, in any language, adds one; the test below says so.
const VERSION: i64 = 1;

/// Everything that the consent pane of a flow says, in the order in which it says it.
pub fn shown(view: &FlowView, t: &Texts) -> ConsentText {
    let business = |text: &str| t.fill(text, "business", &view.business_name);
    let mut lines = vec![
        business(t.consent_heading),
        t.consent_lead.to_owned(),
        business(t.consent_asks),
        t.details_title.to_owned(),
        t.details_line.to_owned(),
    ];
    for asked in &view.asked {
        lines.extend([t.asked_title(asked).to_owned(), t.asked_line(asked).to_owned()]);
    }
    lines.push(t.consent_promises.to_owned());
    lines.extend([t.promise_password, t.promise_choice, t.promise_stop].map(business));
    lines.push(t.agree.to_owned());
    ConsentText { language: t.lang.to_owned(), lines, version: VERSION }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::short_hash;
    use crate::texts::LANGUAGES;

    /// What can be read on a pane of ours, line by line.
    fn texts(html: &str) -> Vec<String> {
        let parts = html.split('<').filter_map(|part| part.split_once('>'));
        let plain = |text: &str| text.replace("&#38;", "&").replace("&#60;", "<").replace("&#62;", ">");
        parts.map(|(_, text)| plain(text.trim())).filter(|text| !text.is_empty()).collect()
    }

    #[test]
    fn the_receipt_has_every_word_of_the_pane() {
        let samples = crate::samples::flows();
        let consents: Vec<_> = samples.iter().filter(|sample| sample.name.starts_with("consent")).collect();
        assert!(consents.len() > 2);
        for (sample, t) in consents.into_iter().flat_map(|sample| LANGUAGES.map(|t| (sample, t))) {
            assert_eq!(shown(&sample.view, t).lines, texts(&crate::flow::lone_pane(&sample.view, t)), "{}", sample.name);
        }
    }

    /// If this fails, the wording has changed: add one to [`VERSION`] and write the new hash here.
    #[test]
    fn the_version_grows_with_the_wording() {
        let sample = crate::samples::flows().swap_remove(0);
        let words: Vec<String> = LANGUAGES.into_iter().flat_map(|t| shown(&sample.view, t).lines).collect();
        assert_eq!((VERSION, short_hash(words.join("\n").as_bytes()).as_str()), (1, "ef2303a816db"));
    }
}
