//! Flat form fields and query parameters, as OAuth and the bank's own pages send them.

/// Decoded name and value pairs in the order in which they came.
#[derive(Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Decodes a query or a form body. Bytes that are not UTF-8 become replacement characters, which match nothing.
    pub fn parse(encoded: &[u8]) -> Fields {
        Fields(url::form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// The value of a field; an empty one counts as absent.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).find(|value| !value.is_empty())
    }

    /// Every value of a repeated field.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The first name that occurs twice, which OAuth forbids.
    pub fn repeated(&self) -> Option<&str> {
        let names = self.0.iter().map(|(name, _)| name.as_str());
        names.enumerate().find(|(index, name)| self.0[..*index].iter().any(|pair| pair.0 == *name)).map(|(_, name)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_values_and_finds_repetitions() {
        let fields = Fields::parse(b"a=1&b=x+y%26z&c=&a=2");
        assert_eq!(fields.get("a"), Some("1"));
        assert_eq!(fields.get("b"), Some("x y&z"));
        assert_eq!(fields.get("c"), None);
        assert_eq!(fields.all("a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(fields.repeated(), Some("a"));
        assert_eq!(Fields::parse(b"a=1&b=2").repeated(), None);
    }
}
