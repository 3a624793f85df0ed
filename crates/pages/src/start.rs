//! The start page and the gallery.

use api::core::mails::Mail;
use askama::Template;

use crate::assets::{ASSETS, Assets};
use crate::flow::render;
use crate::settings::{Settings, StartKeys};
use crate::texts::{LANGUAGES, Texts};
use crate::{person_samples, samples};

/// `GET /`.
#[derive(Template)]
#[template(path = "start/index.html", whitespace = "minimize")]
struct StartPage<'a> {
    assets: &'static Assets,
    base_url: &'a str,
    scheme: String,
    host: String,
    port: u16,
    sandbox: Option<&'a StartKeys>,
    open_sandboxes: bool,
    version: &'a str,
    mails: &'a [Mail],
}

impl StartPage<'_> {
    /// Whether a line of a mail is an address of ours, alone.
    fn is_link(&self, line: &str) -> bool {
        line.strip_prefix(self.base_url).is_some_and(|path| path.starts_with('/')) && !line.contains(char::is_whitespace)
    }
}

/// The start page; with `show_keys` false it is a plain welcome. `mails` are those of the local sandbox, newest first.
pub fn start_page(settings: &Settings, show_keys: bool, mails: &[Mail]) -> String {
    let base = settings.base_url.trim_end_matches('/');
    let parsed = url::Url::parse(base).ok();
    let parsed = parsed.as_ref();
    render(&StartPage {
        assets: &ASSETS,
        base_url: base,
        scheme: parsed.map_or("http", url::Url::scheme).to_owned(),
        host: parsed.and_then(url::Url::host_str).unwrap_or("127.0.0.1").to_owned(),
        port: parsed.and_then(url::Url::port_or_known_default).unwrap_or(80),
        sandbox: settings.sandbox.as_ref().filter(|_| show_keys),
        open_sandboxes: settings.open_sandboxes,
        version: &settings.version,
        mails,
    })
}

/// `GET /drawbridge/gallery`.
#[derive(Template)]
#[template(path = "start/gallery.html", whitespace = "minimize")]
struct GalleryPage {
    assets: &'static Assets,
    lang: &'static str,
    languages: [&'static Texts; LANGUAGES.len()],
    names: Vec<&'static str>,
}

/// All samples in frames, in one language.
pub fn gallery_page(t: &'static Texts) -> String {
    let mut names: Vec<_> = samples::flows().iter().map(|sample| sample.name).collect();
    names.extend(samples::MESSAGES);
    names.extend(samples::DEPOSITS);
    names.extend(samples::STARTS);
    names.extend(person_samples::NAMES);
    render(&GalleryPage { assets: &ASSETS, lang: t.lang, languages: LANGUAGES, names })
}

/// One sample as a page without scripts, or none when there is no such sample. The start page is in English only.
pub fn gallery_sample(name: &str, t: &'static Texts) -> Option<String> {
    if let Some(sample) = samples::flows().into_iter().find(|sample| sample.name == name) {
        return Some(crate::flow::full_page(&sample.view, t, false));
    }
    samples::message(name, t)
        .or_else(|| samples::deposits(name, t))
        .or_else(|| samples::start(name))
        .or_else(|| person_samples::sample(name, t))
}
