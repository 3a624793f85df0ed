use std::fmt;

/// An API version: a date, and since 2024 the name of its line, e.g. `2026-10-28.endive`. Ordered by date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiVersion(String);

impl ApiVersion {
    /// The version that this server speaks by default.
    pub const LATEST: &'static str = "2026-10-28.endive";

    /// The newest version that also shows what is not general yet.
    pub const PREVIEW: &'static str = "2026-10-28.preview";

    /// The default version.
    #[must_use]
    pub fn latest() -> Self {
        ApiVersion(Self::LATEST.to_owned())
    }

    /// Reads `YYYY-MM-DD` with an optional `.name`; none if it is not one, or is newer than what this server knows. What
    /// mobile SDKs name behind it (`; some_beta=v1`) has no effect.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (text, betas) = text.split_once(';').map_or((text, None), |(text, betas)| (text.trim_end(), Some(betas)));
        if !betas.is_none_or(|betas| betas.split(';').all(is_beta)) {
            return None;
        }
        let (date, name) = text.split_once('.').map_or((text, None), |(date, name)| (date, Some(name)));
        let bytes = date.as_bytes();
        let digits = |range: std::ops::Range<usize>| bytes[range].iter().all(u8::is_ascii_digit);
        let shaped = bytes.len() == 10 && bytes[4] == b'-' && bytes[7] == b'-';
        let named = name.is_none_or(|name| (1..=20).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase()));
        if !shaped || !digits(0..4) || !digits(5..7) || !digits(8..10) || !named {
            return None;
        }
        let preview = name == Some("preview");
        let known = (("2011-01-01"..=&Self::LATEST[..10]).contains(&date)) || preview;
        known.then(|| ApiVersion(text.to_owned()))
    }

    /// The text as sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True if this version is of `date` (`YYYY-MM-DD`) or later.
    #[must_use]
    pub fn since(&self, date: &str) -> bool {
        &self.0[..10] >= date
    }

    /// True for the versions that also show what is not general yet: those named `preview`.
    #[must_use]
    pub fn is_preview(&self) -> bool {
        self.0.ends_with(".preview")
    }

    /// True for the default version, for which stored documents need no change.
    #[must_use]
    pub fn is_latest(&self) -> bool {
        self.0 == Self::LATEST
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `name=version`.
fn is_beta(text: &str) -> bool {
    let is_word = |word: &str| {
        (1..=100).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    text.trim().split_once('=').is_some_and(|(name, version)| is_word(name) && is_word(version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_versions() {
        for good in ["2026-10-28.endive", "2024-06-20", "2025-09-30.clover", "2026-08-26.preview"] {
            assert!(ApiVersion::parse(good).is_some(), "{good}");
        }
        for bad in ["", "latest", "2026-1-1", "2027-01-01.fig", "2026-10-28.", "2026-10-28.Endive", "2026/10/28"] {
            assert!(ApiVersion::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn tells_previews() {
        assert!(ApiVersion::parse(ApiVersion::PREVIEW).unwrap().is_preview());
        assert!(!ApiVersion::latest().is_preview());
    }

    #[test]
    fn what_mobile_sdks_name_behind_a_version_is_left_out() {
        for text in ["2020-08-27;client_api_beta=v1", "2020-08-27; client_api_beta=v1; other_beta=v2"] {
            assert_eq!(ApiVersion::parse(text).unwrap().as_str(), "2020-08-27", "{text}");
        }
        for bad in ["2020-08-27;", "2020-08-27;beta", "2020-08-27;a=v1;", ";a=v1", "2020-08-27;a=<b>"] {
            assert!(ApiVersion::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn orders_by_date() {
        let dahlia = ApiVersion::parse("2026-08-26.dahlia").unwrap();
        assert!(!dahlia.since("2026-09-30"));
        assert!(ApiVersion::latest().since("2026-09-30"));
    }
}
