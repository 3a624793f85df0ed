use std::sync::Arc;

use axum::body::Body;
use http::{HeaderMap, HeaderName, Method, Request, header};
use http_body_util::BodyExt;
use server::http::Shell;
use url::{Url, form_urlencoded};

use crate::{Control, Page, Sandbox, UnreliableBank};

/// Redirects that a browser follows.
const REDIRECTS_MAX: usize = 10;
/// What every page tells browsers, so that none can be framed by strangers or run what is not ours.
const PAGE_HEADERS: [HeaderName; 2] = [header::CONTENT_SECURITY_POLICY, header::X_CONTENT_TYPE_OPTIONS];

/// A person with a browser that runs no script, in the linking flow.
pub struct Person {
    shell: Shell,
    base: Url,
    bank: Option<Arc<UnreliableBank>>,
    /// What the pages left with the browser.
    cookies: Vec<Cookie>,
    /// The next address may be one that is not served here.
    may_leave: bool,
    /// Where the flow is.
    pub flow: String,
    /// Where the last step led through, before it ended at the page.
    pub redirects: Vec<String>,
    /// What the person sees.
    pub page: Page,
}

impl Person {
    /// Opens the flow of a session.
    pub async fn open(sandbox: &Sandbox, client_secret: &str) -> Person {
        let opened =
            sandbox.publishable().post("/drawbridge/v1/connections/flows", &[("client_secret", client_secret)]).await.ok();
        let address = opened["url"].as_str().expect("an address");
        Person::at(sandbox, address).await
    }

    /// Opens the flow at an address.
    pub async fn at(sandbox: &Sandbox, address: &str) -> Person {
        let base = Url::parse(&sandbox.base_url).expect("an address");
        let mut person = Person {
            shell: sandbox.shell.clone(),
            base,
            bank: sandbox.bank.clone(),
            cookies: Vec::new(),
            may_leave: false,
            flow: address.to_owned(),
            redirects: Vec::new(),
            page: Page::default(),
        };
        person.reload().await;
        person
    }

    /// Which pane the flow shows.
    #[must_use]
    pub fn pane(&self) -> &str {
        &self.page.pane
    }

    /// Goes to the flow's own page.
    pub async fn reload(&mut self) -> &mut Person {
        let flow = self.flow.clone();
        self.go(&flow).await
    }

    /// Goes to an address.
    pub async fn go(&mut self, address: &str) -> &mut Person {
        self.walk(Method::GET, address, None, None).await;
        self
    }

    /// Goes to an address that a page of another site leads to.
    pub async fn is_sent_to(&mut self, address: &str) -> &mut Person {
        self.walk(Method::GET, address, None, Some("https://elsewhere.example")).await;
        self
    }

    /// Presses the button, or follows the link, that bears this text.
    ///
    /// # Panics
    /// If the page has none.
    pub async fn press(&mut self, text: &str) -> &mut Person {
        let button = self.page.controls.iter().find(|control| control.kind == "submit" && control.says(text)).cloned();
        if let Some(button) = button {
            assert!(!button.disabled, "'{text}' cannot be pressed");
            self.submit(&button).await;
            return self;
        }
        let link = self.page.links.iter().find(|link| link.texts.iter().any(|own| own == text));
        let address =
            link.unwrap_or_else(|| panic!("no '{text}' on {}: {:?}", self.page.address, self.page.texts)).address.clone();
        let here = self.page.address.clone();
        self.walk(Method::GET, &address, None, Some(&here)).await;
        self
    }

    /// Writes into a field.
    pub fn fill(&mut self, name: &str, value: &str) -> &mut Person {
        let field = self.page.controls.iter_mut().find(|control| control.name == name);
        field.unwrap_or_else(|| panic!("no field {name}")).value = value.to_owned();
        self
    }

    /// Ticks exactly the choices that bear these texts.
    pub fn tick(&mut self, texts: &[&str]) -> &mut Person {
        for text in texts {
            assert!(self.page.choices().any(|choice| choice.says(text)), "no '{text}' to tick: {:?}", self.page.texts);
        }
        for choice in self.page.controls.iter_mut().filter(|control| control.is_choice()) {
            choice.checked = texts.iter().any(|text| choice.says(text));
        }
        self
    }

    /// From wherever the flow is to the accounts that a bank offers, through the bank's own pages.
    pub async fn to_accounts(&mut self, bank: &str) -> &mut Person {
        self.to_bank(bank).await;
        self.agree_at_bank("jane").await
    }

    /// From wherever the flow is to the bank's own log-in page.
    pub async fn to_bank(&mut self, bank: &str) -> &mut Person {
        if self.pane() == "consent" {
            self.press("Agree and continue").await;
        }
        if self.pane() == "success" {
            self.press("Link another account").await;
        }
        self.press(bank).await;
        self.press(&format!("Continue to {bank}")).await
    }

    /// Logs in at the bank, shares everything there, and goes back to the flow.
    pub async fn agree_at_bank(&mut self, username: &str) -> &mut Person {
        self.share_everything(username).await;
        self.reload().await
    }

    /// Logs in at the bank and shares everything there; the bank sends the person on.
    pub async fn share_everything(&mut self, username: &str) -> &mut Person {
        self.fill("username", username).fill("password", "secret");
        self.press("Log in").await;
        self.press("Agree and share").await;
        if self.page.says("Choose accounts") && self.page.pane.is_empty() {
            for choice in self.page.controls.iter_mut().filter(|control| control.is_choice()) {
                choice.checked = true;
            }
            self.press("Continue").await;
        }
        self
    }

    /// Connects exactly these of the offered accounts.
    pub async fn connect(&mut self, accounts: &[&str]) -> &mut Person {
        self.tick(accounts);
        self.press("Connect").await
    }

    /// Presses a button that leads out of what this browser can show, to an app or to a merchant's page: where to.
    pub async fn leaves_by(&mut self, text: &str) -> String {
        self.may_leave = true;
        self.press(text).await;
        self.may_leave = false;
        self.page.address.clone()
    }

    async fn submit(&mut self, button: &Control) {
        let form = self.page.forms[button.form].clone();
        let action = button.target.clone().unwrap_or(form.action);
        let mut fields = form_urlencoded::Serializer::new(String::new());
        for control in self.page.controls.iter().filter(|control| control.form == button.form && !control.disabled) {
            let sent = match control.kind.as_str() {
                "submit" => false,
                "checkbox" | "radio" => control.checked,
                _ => true,
            };
            if sent && !control.name.is_empty() {
                fields.append_pair(&control.name, &control.value);
            }
        }
        if !button.name.is_empty() {
            fields.append_pair(&button.name, &button.value);
        }
        let fields = fields.finish();
        let here = self.page.address.clone();
        match form.method.as_str() {
            "post" => self.walk(Method::POST, &action, Some(fields), Some(&here)).await,
            _ => self.walk(Method::GET, &format!("{action}?{fields}"), None, Some(&here)).await,
        }
    }

    /// `from` is the page that leads there; none if the person goes there by themselves.
    async fn walk(&mut self, method: Method, address: &str, body: Option<String>, from: Option<&str>) {
        let mut address = self.absolute(address);
        let mut next = Some((method, body));
        let mut site = from.map_or("none", |from| if same_origin(from, &address) { "same-origin" } else { "cross-site" });
        self.redirects.clear();
        for _ in 0..REDIRECTS_MAX {
            let (method, body) = next.take().unwrap_or((Method::GET, None));
            let (status, headers, html) = self.fetch(method, &address, site, body).await;
            if let Some(location) = headers.get(header::LOCATION).filter(|_| (300..400).contains(&status)) {
                self.redirects.push(address.clone());
                let from = Url::parse(&address).expect("an address");
                address = from.join(location.to_str().expect("an address")).expect("an address").to_string();
                if site == "same-origin" && !same_origin(from.as_str(), &address) {
                    site = "cross-site";
                }
                if !address.starts_with("http") || (self.may_leave && !self.is_served(&address)) {
                    // An app opens, and the browser shows no more.
                    self.page = Page { status, address, ..Page::default() };
                    return;
                }
                continue;
            }
            for name in PAGE_HEADERS {
                assert!(headers.contains_key(&name), "{address} was answered without {name}");
            }
            self.page = Page::read(status, address, &html);
            return;
        }
        panic!("{address} goes on and on");
    }

    fn absolute(&self, address: &str) -> String {
        let from = Url::parse(&self.page.address).unwrap_or_else(|_| self.base.clone());
        from.join(address).expect("an address").to_string()
    }

    fn is_served(&self, address: &str) -> bool {
        let url = Url::parse(address).expect("an address");
        self.bank.as_ref().is_some_and(|bank| bank.has(&url)) || url.origin() == self.base.origin()
    }

    async fn fetch(&mut self, method: Method, address: &str, site: &str, body: Option<String>) -> (u16, HeaderMap, String) {
        let url = Url::parse(address).expect("an address");
        let bank = self.bank.as_ref().filter(|bank| bank.has(&url));
        assert!(self.is_served(address), "a person was sent away to {address}");
        let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let mut request = Request::builder().method(method).uri(target).header(header::HOST, url.authority());
        request = request.header("sec-fetch-site", site);
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let cookies: Vec<&str> = self.cookies.iter().filter(|one| one.goes_to(url.path())).map(|one| one.pair.as_str()).collect();
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let request = request.body(Body::from(body.unwrap_or_default())).expect("a request");
        let response = match bank {
            Some(bank) => bank.page(request).await,
            None => self.shell.clone().respond(request).await,
        };
        let (parts, body) = response.into_parts();
        for value in parts.headers.get_all(header::SET_COOKIE) {
            let cookie = Cookie::read(value.to_str().expect("text"));
            self.cookies.retain(|one| one.name() != cookie.name() || one.path != cookie.path);
            if !cookie.ends {
                self.cookies.push(cookie);
            }
        }
        let bytes = body.collect().await.expect("a whole page").to_bytes();
        (parts.status.as_u16(), parts.headers, String::from_utf8(bytes.to_vec()).expect("a page is text"))
    }
}

fn same_origin(one: &str, other: &str) -> bool {
    let origin = |address: &str| Url::parse(address).map(|url| url.origin());
    origin(one).is_ok() && origin(one) == origin(other)
}

/// A cookie, as browsers keep it.
struct Cookie {
    /// `name=value`
    pair: String,
    path: String,
    ends: bool,
}

impl Cookie {
    fn read(text: &str) -> Cookie {
        let mut parts = text.split(';').map(str::trim);
        let pair = parts.next().unwrap_or("").to_owned();
        let (mut path, mut ends) = (String::from("/"), false);
        for part in parts {
            match part.split_once('=') {
                Some((name, value)) if name.eq_ignore_ascii_case("path") => path = value.to_owned(),
                Some((name, "0")) if name.eq_ignore_ascii_case("max-age") => ends = true,
                _ => {}
            }
        }
        Cookie { pair, path, ends }
    }

    fn name(&self) -> &str {
        self.pair.split('=').next().unwrap_or("")
    }

    fn goes_to(&self, path: &str) -> bool {
        let rest = path.strip_prefix(self.path.as_str());
        rest.is_some_and(|rest| rest.is_empty() || self.path.ends_with('/') || rest.starts_with('/'))
    }
}
