//! What the server tells the pages about itself.

/// Settings of the pages, fixed for the life of the server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where people reach this server, such as `http://127.0.0.1:12111`.
    pub base_url: String,
    /// Keys of the local sandbox. None unless the server listens on a loopback address only: then the start page has
    /// no keys and there is no gallery.
    pub sandbox: Option<StartKeys>,
    /// Whether unknown test keys open sandboxes; the start page says so.
    pub open_sandboxes: bool,
    /// Version of the program.
    pub version: String,
}

/// The local sandbox, as the start page shows it.
#[derive(Debug, Clone)]
pub struct StartKeys {
    pub secret_key: String,
    pub publishable_key: String,
    pub business_name: String,
}
