//! Texts of the linking flow: [`catalogue`] says which there are, each language has a file with all of them, [`words`] finds the
//! right one for what a view says, [`language`] the language that a person reads.

mod catalogue;
mod english;
mod language;
mod spanish;
mod words;

pub use catalogue::Texts;
pub use language::{LANGUAGES, choose};

/// Puts `value` where `text` has `{name}`. The result is plain text: templates escape it.
pub fn fill(text: &str, name: &str, value: &str) -> String {
    text.replace(&format!("{{{name}}}"), value)
}

/// Several placeholders in one pass, so that a value that itself looks like a placeholder stays as it is.
pub fn fill_all(text: &str, values: &[(&str, &str)]) -> String {
    let Some(((name, value), others)) = values.split_first() else { return text.to_owned() };
    text.split(&format!("{{{name}}}")).map(|part| fill_all(part, others)).collect::<Vec<_>>().join(value)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    /// The placeholders of every text, in the order of the catalogue's file.
    fn placeholders(source: &str) -> Vec<BTreeSet<&str>> {
        let lines = source.lines().filter(|line| line.trim_end().ends_with("\",") && !line.contains("thousands:"));
        lines
            .map(|line| line.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name))
            // What is left are characters by their number, such as `\u{2026}`.
            .map(|names| names.filter(|name| !name.starts_with("20")).collect())
            .collect()
    }

    #[test]
    fn a_text_has_the_same_placeholders_in_every_language() {
        let english = placeholders(include_str!("english.rs"));
        assert!(english.len() > 150, "{}", english.len());
        assert_eq!(english, placeholders(include_str!("spanish.rs")));
    }
}
