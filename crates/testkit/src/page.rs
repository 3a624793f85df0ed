//! Enough of a browser without script to read our pages: forms, what can be pressed or ticked, and links.

use std::collections::HashMap;

/// A page as a person sees it.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// HTTP status.
    pub status: u16,
    /// Its address, after redirects.
    pub address: String,
    /// `data-pane` of the pane it shows, if it is one of the flow.
    pub pane: String,
    /// Everything that can be read, in order.
    pub texts: Vec<String>,
    /// What can be filled in, ticked or pressed.
    pub controls: Vec<Control>,
    pub(crate) forms: Vec<Form>,
    pub(crate) links: Vec<Link>,
}

/// Something in a form.
#[derive(Debug, Clone, Default)]
pub struct Control {
    /// Of which form.
    pub(crate) form: usize,
    /// `submit`, `hidden`, `text`, `checkbox`, …
    pub kind: String,
    /// The name it is sent under.
    pub name: String,
    /// The value it is sent with.
    pub value: String,
    /// The texts on it or beside it.
    pub texts: Vec<String>,
    /// Ticked.
    pub checked: bool,
    /// Cannot be used.
    pub disabled: bool,
    pub(crate) target: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Form {
    pub action: String,
    pub method: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub address: String,
    pub texts: Vec<String>,
}

impl Page {
    /// Whether a text stands on the page, as a whole or in part.
    #[must_use]
    pub fn says(&self, text: &str) -> bool {
        self.texts.iter().any(|own| own.contains(text))
    }

    /// The accounts or other choices of the page: what can be ticked.
    pub fn choices(&self) -> impl Iterator<Item = &Control> {
        self.controls.iter().filter(|control| control.is_choice())
    }

    pub(crate) fn read(status: u16, address: String, html: &str) -> Page {
        let mut reader = Reader { page: Page { status, address, ..Page::default() }, open: None, form: None, skipped: 0 };
        for token in tokens(html) {
            reader.take(token);
        }
        reader.page
    }
}

impl Control {
    /// Whether a text stands on it or beside it.
    #[must_use]
    pub fn says(&self, text: &str) -> bool {
        self.texts.iter().any(|own| own == text)
    }

    pub(crate) fn is_choice(&self) -> bool {
        matches!(self.kind.as_str(), "checkbox" | "radio")
    }
}

/// What the texts that come next belong to.
enum Open {
    Control,
    Link,
}

struct Reader {
    page: Page,
    open: Option<Open>,
    form: Option<usize>,
    /// How deep within what is not shown.
    skipped: usize,
}

impl Reader {
    fn take(&mut self, token: Token) {
        match token {
            Token::Start(name, _) if matches!(name.as_str(), "template" | "script" | "style") => self.skipped += 1,
            Token::End(name) if matches!(name.as_str(), "template" | "script" | "style") => {
                self.skipped = self.skipped.saturating_sub(1);
            }
            _ if self.skipped > 0 => {}
            Token::Start(name, attributes) => self.start(&name, &attributes),
            Token::End(name) => match name.as_str() {
                "form" => (self.form, self.open) = (None, None),
                "button" | "div" | "a" => self.open = None,
                _ => {}
            },
            Token::Text(text) => self.text(text),
        }
    }

    fn start(&mut self, name: &str, attributes: &HashMap<String, String>) {
        let get = |key: &str| attributes.get(key).cloned();
        match name {
            "main" => self.page.pane = get("data-pane").unwrap_or_default(),
            "form" => {
                let method = get("method").unwrap_or_else(|| "get".into());
                self.page.forms.push(Form { action: get("action").unwrap_or_default(), method });
                self.form = Some(self.page.forms.len() - 1);
            }
            "a" => {
                self.page.links.push(Link { address: get("href").unwrap_or_default(), texts: Vec::new() });
                self.open = Some(Open::Link);
            }
            "button" | "input" => {
                let by_default = if name == "button" { "submit" } else { "text" };
                let Some(form) = self.form else { return };
                self.page.controls.push(Control {
                    form,
                    kind: get("type").unwrap_or_else(|| by_default.into()),
                    name: get("name").unwrap_or_default(),
                    value: get("value").unwrap_or_default(),
                    texts: Vec::new(),
                    checked: attributes.contains_key("checked"),
                    disabled: attributes.contains_key("disabled"),
                    target: get("formaction"),
                });
                self.open = Some(Open::Control);
            }
            _ => {}
        }
    }

    fn text(&mut self, text: String) {
        match self.open {
            Some(Open::Control) => {
                if let Some(control) = self.page.controls.last_mut() {
                    control.texts.push(text.clone());
                }
            }
            Some(Open::Link) => {
                if let Some(link) = self.page.links.last_mut() {
                    link.texts.push(text.clone());
                }
            }
            None => {}
        }
        self.page.texts.push(text);
    }
}

enum Token {
    Start(String, HashMap<String, String>),
    End(String),
    Text(String),
}

fn tokens(html: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        push_text(&mut out, &rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("<!--") {
            rest = after.find("-->").map_or("", |end| &after[end + 3..]);
            continue;
        }
        let end = tag_end(rest);
        let tag = rest[1..end].trim_end_matches('>').trim_end_matches('/');
        rest = &rest[end..];
        match tag.strip_prefix('/') {
            Some(name) => out.push(Token::End(name.trim().to_lowercase())),
            None => {
                let (name, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
                out.push(Token::Start(name.to_lowercase(), read_attributes(attributes)));
            }
        }
    }
    push_text(&mut out, rest);
    out
}

fn push_text(out: &mut Vec<Token>, raw: &str) {
    let text = plain(raw).split_whitespace().collect::<Vec<_>>().join(" ");
    if !text.is_empty() {
        out.push(Token::Text(text));
    }
}

/// Behind the `>` that ends a tag; one in quotes does not.
fn tag_end(text: &str) -> usize {
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '>' if !quoted => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn read_attributes(text: &str) -> HashMap<String, String> {
    let mut out = HashMap::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let name = rest[..end].to_lowercase();
        rest = &rest[end..];
        let mut value = String::new();
        if let Some(quoted) = rest.strip_prefix("=\"") {
            let close = quoted.find('"').unwrap_or(quoted.len());
            value = plain(&quoted[..close]);
            rest = quoted.get(close + 1..).unwrap_or("");
        } else if let Some(bare) = rest.strip_prefix('=') {
            let close = bare.find(char::is_whitespace).unwrap_or(bare.len());
            value = plain(&bare[..close]);
            rest = &bare[close..];
        }
        out.insert(name, value);
        rest = rest.trim_start();
    }
    out
}

/// Text without character references.
fn plain(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let reference = rest.find(';').filter(|end| *end <= 8).map(|end| &rest[1..end]);
        let character = reference.and_then(|name| match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => {
                let number = name.strip_prefix('#')?;
                let code = match number.strip_prefix('x') {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => number.parse().ok()?,
                };
                char::from_u32(code)
            }
        });
        match (character, reference) {
            (Some(character), Some(name)) => {
                out.push(character);
                rest = &rest[name.len() + 2..];
            }
            _ => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::Page;

    #[test]
    fn reads_what_a_person_can_use() {
        let page = Page::read(
            200,
            "/x".into(),
            "<main data-pane=\"accounts\"><!-- no --><form method=\"post\" action=\"/a\"><input type=hidden name=\"t\" value=\"a&#38;b\">\
             <label><input type=\"checkbox\" name=\"account\" value=\"1\" checked><span>Ann&#x27;s</span></label>\
             <button name=\"go\" value=\"1\">Go <b>on</b></button></form><a href=\"/b\">Back</a>\
             <template><form><button>Hidden</button></form></template></main>",
        );
        assert_eq!(page.pane, "accounts");
        assert_eq!(page.texts, ["Ann's", "Go", "on", "Back"]);
        assert_eq!(page.controls.len(), 3);
        assert_eq!(page.controls[0].value, "a&b");
        assert!(page.controls[1].checked && page.controls[1].says("Ann's"));
        assert_eq!(page.controls[2].texts, ["Go", "on"]);
        assert_eq!((page.forms[0].action.as_str(), page.links[0].address.as_str()), ("/a", "/b"));
    }
}
