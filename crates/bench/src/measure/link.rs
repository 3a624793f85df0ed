//! Links accounts of the test bank as a person without scripts does: page by page, form by form.

use std::collections::BTreeMap;

use crate::client::{Answer, Client};

/// Pages that a flow may take before something is wrong.
const PAGES_MAX: usize = 25;

/// A form of a page, as far as it matters here.
#[derive(Debug, Default, PartialEq, Eq)]
struct Form {
    action: String,
    fields: Vec<(String, String)>,
    /// Whether its first button, the one that goes on, was seen.
    has_button: bool,
}

/// A person with one page open and a jar of cookies.
pub(super) struct Person {
    client: Client,
    origin: String,
    cookies: BTreeMap<String, String>,
    path: String,
    page: String,
}

impl Person {
    pub(super) fn new(address: std::net::SocketAddr) -> Person {
        let origin = format!("http://{address}");
        Person { client: Client::new(address, ""), origin, cookies: BTreeMap::new(), path: String::new(), page: String::new() }
    }

    /// Goes through a flow: agrees, takes the named bank, logs in there, shares every account, and is done.
    pub(super) fn link(&mut self, flow: &str, bank: &str) -> Result<(), String> {
        let flow = flow.strip_prefix(&self.origin).unwrap_or(flow).to_owned();
        self.open(&flow)?;
        let mut visited = false;
        for _ in 0..PAGES_MAX {
            let forms = forms(&self.page);
            let to = |ending: &str| forms.iter().find(|form| form.action.ends_with(ending));
            if let Some(form) = to("/agree") {
                self.submit(form, &[])?;
            } else if let Some(form) = to("/done") {
                return self.submit(form, &[]);
            } else if let (Some(form), true) = (to("/accounts"), visited) {
                self.submit(form, &[])?;
            } else if let (true, false) = (to("/institution").is_some(), visited) {
                self.choose_bank(&flow, bank)?;
            } else if !visited {
                visited = true;
                self.visit_bank(&flow)?;
            } else {
                return Err(format!("no way on from {}: {}", self.path, self.page));
            }
        }
        Err(format!("the flow does not end; it is at {}", self.path))
    }

    fn choose_bank(&mut self, flow: &str, bank: &str) -> Result<(), String> {
        self.open(&format!("{flow}?q={}", encoded(bank)))?;
        let forms = forms(&self.page);
        // The full name finds one bank; its option is the first button of the form.
        let form = forms.iter().find(|form| form.action.ends_with("/institution"));
        self.submit(form.ok_or_else(|| format!("{bank} is not offered: {}", self.page))?, &[])
    }

    fn visit_bank(&mut self, flow: &str) -> Result<(), String> {
        self.open(&format!("{flow}/bank"))?;
        for _ in 0..PAGES_MAX {
            if self.path.starts_with("/connections/") {
                return self.open(flow);
            }
            let forms = forms(&self.page);
            let form = forms.first().ok_or_else(|| format!("the bank's page {} has no form: {}", self.path, self.page))?;
            let user: Vec<(&str, &str)> = form
                .fields
                .iter()
                .filter_map(|(name, _)| match name.as_str() {
                    "username" | "user" => Some((name.as_str(), "jenny")),
                    "password" => Some((name.as_str(), "rosen")),
                    _ => None,
                })
                .collect();
            self.submit(form, &user)?;
        }
        Err(format!("the bank does not end; it is at {}", self.path))
    }

    fn open(&mut self, path: &str) -> Result<(), String> {
        self.request("GET", path, "")
    }

    fn submit(&mut self, form: &Form, values: &[(&str, &str)]) -> Result<(), String> {
        let mut fields: Vec<String> = Vec::new();
        for (name, value) in &form.fields {
            if !values.iter().any(|(own, _)| own == name) {
                fields.push(format!("{}={}", encoded(name), encoded(value)));
            }
        }
        fields.extend(values.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))));
        let action = if form.action.is_empty() { self.path.clone() } else { form.action.clone() };
        self.request("POST", &action, &fields.join("&"))
    }

    fn request(&mut self, method: &str, path: &str, form: &str) -> Result<(), String> {
        let (mut method, mut form, mut path) = (method, form, self.resolved(path));
        for _ in 0..PAGES_MAX {
            let jar: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let headers = format!(
                "Accept: text/html\r\nOrigin: {}\r\nSec-Fetch-Site: same-origin\r\nCookie: {}\r\n",
                self.origin,
                jar.join("; ")
            );
            let answer = self.client.send(method, &path, &headers, form)?;
            self.keep_cookies(&answer);
            match answer.header("location") {
                Some(location) if answer.status < 400 => {
                    path = self.resolved(location);
                    (method, form) = ("GET", "");
                }
                _ if answer.status < 400 => {
                    self.path = path;
                    self.page = answer.body;
                    return Ok(());
                }
                _ => return Err(format!("{method} {path} answered {}: {}", answer.status, answer.body)),
            }
        }
        Err(format!("too many redirects at {path}"))
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        for (_, value) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            if let Some((name, value)) = value.split(';').next().unwrap_or("").split_once('=') {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// The path of an address on the same server.
    fn resolved(&self, address: &str) -> String {
        let address = unescaped(address);
        let path = address.strip_prefix(&self.origin).unwrap_or(&address);
        if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("{}{path}", &self.path[..self.path.rfind('/').map_or(0, |at| at + 1)])
        }
    }
}

/// The forms of a page, with everything that can be chosen chosen.
fn forms(page: &str) -> Vec<Form> {
    let mut found: Vec<Form> = Vec::new();
    for tag in page.split('<').skip(1) {
        let tag = &tag[..tag.find('>').unwrap_or(tag.len())];
        if tag.starts_with("form") {
            found.push(Form { action: attribute(tag, "action").unwrap_or_default(), ..Form::default() });
        } else if tag.starts_with("input")
            && let (Some(form), Some(name)) = (found.last_mut(), attribute(tag, "name"))
        {
            let kind = attribute(tag, "type").unwrap_or_default();
            let disabled = tag.contains(" disabled");
            let taken = form.fields.iter().any(|(own, _)| *own == name);
            if !disabled && kind != "submit" && (kind != "radio" || !taken) {
                form.fields.push((name, attribute(tag, "value").unwrap_or_default()));
            }
        } else if tag.starts_with("button")
            && let Some(form) = found.last_mut().filter(|form| !form.has_button)
        {
            form.has_button = true;
            let name = attribute(tag, "name");
            form.fields.extend(name.map(|name| (name, attribute(tag, "value").unwrap_or_default())));
        }
    }
    found
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag[start..].split('"').next().map(unescaped)
}

fn unescaped(text: &str) -> String {
    text.replace("&#38;", "&").replace("&amp;", "&").replace("&#x2F;", "/").replace("&quot;", "\"").replace("&#34;", "\"")
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_has_its_fields() {
        let page = "<form method=\"post\" action=\"/a?x=1&#38;y\"><input type=\"hidden\" name=\"t\" value=\"1\">\
                    <input type=\"checkbox\" name=\"account\" value=\"a\"><input type=\"checkbox\" name=\"account\" value=\"b\" disabled>\
                    <button name=\"go\" value=\"yes\">Go</button><button name=\"go\" value=\"no\">No</button></form>";
        let fields = [("t", "1"), ("account", "a"), ("go", "yes")];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        assert_eq!(forms(page), [Form { action: "/a?x=1&y".to_owned(), fields, has_button: true }]);
        // A first button without a name sends nothing of its own, and the second is not pressed.
        let unnamed =
            "<form action=\"/b\"><button>Log in</button><button name=\"decision\" value=\"deny\">Cancel</button></form>";
        assert!(forms(unnamed)[0].fields.is_empty());
    }
}
