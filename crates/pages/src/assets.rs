//! Files that browsers load: compiled into the binary, named after their content, so that they may be cached for ever.

use std::fmt::Write as _;
use std::sync::LazyLock;

/// One file as it is served.
pub struct Asset {
    /// The name in the address, with a hash of the content: `flow.1a2b3c4d5e6f.js`.
    pub file: String,
    pub content_type: &'static str,
    pub bytes: &'static [u8],
}

/// Addresses of the files, for templates.
pub struct Assets {
    pub style: String,
    pub start_style: String,
    pub person_style: String,
    pub flow: String,
    pub returned: String,
    pub start: String,
    pub mark: String,
    files: Vec<Asset>,
}

impl Assets {
    /// The file of that name, if there is one.
    pub fn find(&self, file: &str) -> Option<&Asset> {
        self.files.iter().find(|asset| asset.file == file)
    }
}

/// The browser SDK, served under fixed addresses that merchants write into their pages: a classic script that gives
/// `window.Stripe`. Its files are parts of one function, so that nothing else of it is seen on the page.
pub static SDK: &str = concat!(
    "(() => {\n\"use strict\";\n\n",
    include_str!("../sdk/environment.js"),
    include_str!("../sdk/checks.js"),
    include_str!("../sdk/calls.js"),
    include_str!("../sdk/modal.js"),
    include_str!("../sdk/connections.js"),
    include_str!("../sdk/payments.js"),
    include_str!("../sdk/stripe.js"),
    "})();\n",
);

/// All files; hashed once.
pub static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    const CSS: &str = "text/css; charset=utf-8";
    const JS: &str = "text/javascript; charset=utf-8";
    let mut files = Vec::new();
    let mut add = |stem: &str, extension: &str, content_type, bytes: &'static [u8]| {
        let file = format!("{stem}.{}.{extension}", short_hash(bytes));
        let address = format!("/static/{file}");
        files.push(Asset { file, content_type, bytes });
        address
    };
    Assets {
        style: add("style", "css", CSS, include_bytes!("../static/style.css")),
        start_style: add("start", "css", CSS, include_bytes!("../static/start.css")),
        person_style: add("person", "css", CSS, include_bytes!("../static/person.css")),
        flow: add("flow", "js", JS, include_bytes!("../static/flow.js")),
        returned: add("returned", "js", JS, include_bytes!("../static/returned.js")),
        start: add("start", "js", JS, include_bytes!("../static/start.js")),
        mark: add("mark", "svg", "image/svg+xml", include_bytes!("../static/mark.svg")),
        files,
    }
});

/// Twelve hexadecimal digits of the SHA-256 of `bytes`: enough to tell versions apart, not a proof of anything.
pub fn short_hash(bytes: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    digest.as_ref().iter().take(6).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// HTML of the largest first pane, style, script and SDK, uncompressed.
    #[test]
    fn first_pane_stays_under_its_budget() {
        let pages = crate::samples::flows();
        let [_, spanish] = crate::texts::LANGUAGES;
        let largest = pages.iter().map(|sample| crate::flow::full_page(&sample.view, spanish, true).len());
        let html = largest.max().unwrap_or(0);
        let loaded = [&ASSETS.style, &ASSETS.flow, &ASSETS.mark].map(|address| {
            let asset = ASSETS.find(address.trim_start_matches("/static/"));
            asset.map_or(0, |asset| asset.bytes.len())
        });
        let total = html + SDK.len() + loaded.iter().sum::<usize>();
        assert!(loaded.iter().all(|size| *size > 0));
        assert!(total < 60_000, "the first pane transfers {total} bytes");
    }
}
