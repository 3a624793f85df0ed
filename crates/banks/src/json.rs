//! JSON as banks send it: read field by field, so that one odd field spoils only itself.
//!
//! Numbers are kept as their text, because amounts must never pass through a binary float.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// A JSON object whose values are still text.
pub(crate) struct Object(BTreeMap<String, Box<RawValue>>);

impl Object {
    /// Reads an object; none for anything else.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Object> {
        serde_json::from_slice(bytes).ok().map(Object)
    }

    /// Reads an object inside another document.
    pub(crate) fn of(raw: &RawValue) -> Option<Object> {
        serde_json::from_str(raw.get()).ok().map(Object)
    }

    /// A text, or a number or boolean as its text; none when absent, null, empty or a container.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let raw = self.0.get(name)?;
        let text = match raw.get().as_bytes().first()? {
            b'"' => serde_json::from_str(raw.get()).ok()?,
            b'{' | b'[' | b'n' => return None,
            _ => raw.get().to_owned(),
        };
        (!text.is_empty()).then_some(text)
    }

    /// The first of several names that carries a text.
    pub(crate) fn first_text(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.text(name))
    }

    /// A nested object.
    pub(crate) fn object(&self, name: &str) -> Option<Object> {
        Object::of(self.0.get(name)?)
    }

    /// A nested list of anything.
    pub(crate) fn list(&self, name: &str) -> Option<Vec<Box<RawValue>>> {
        serde_json::from_str(self.0.get(name)?.get()).ok()
    }

    /// The objects of a nested list; what is not an object is left out.
    pub(crate) fn objects(&self, name: &str) -> Vec<Object> {
        let list = self.list(name).unwrap_or_default();
        list.iter().filter_map(|raw| Object::of(raw)).collect()
    }

    /// The texts of a nested list.
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        let list = self.list(name).unwrap_or_default();
        list.iter().filter_map(|raw| serde_json::from_str(raw.get()).ok()).collect()
    }

    /// A boolean, also as text.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.text(name).is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }

    /// Unwraps `{"depositAccount": {...}}` of FDX 4.6 and 5: when `id_name` is missing and the name
    /// of one field ends with `suffix`, that field's object, with the beginning of its name.
    pub(crate) fn unwrap(self, id_name: &str, suffix: &str) -> (Object, Option<String>) {
        if self.0.contains_key(id_name) {
            return (self, None);
        }
        let wrapped = self.0.iter().find_map(|(name, raw)| {
            let kind = name.strip_suffix(suffix)?;
            Some((Object::of(raw)?, kind.to_ascii_lowercase()))
        });
        match wrapped {
            Some((inner, kind)) => (inner, Some(kind)),
            None => (self, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Object;

    #[test]
    fn odd_fields_spoil_only_themselves() {
        let object = Object::parse(br#"{"a":"x","n":12.50,"b":true,"z":null,"e":"","o":{"i":1},"l":[{"i":2},3,"t"]}"#).unwrap();
        assert_eq!(object.text("a").as_deref(), Some("x"));
        assert_eq!(object.text("n").as_deref(), Some("12.50"), "the text, not a float");
        assert!(object.flag("b"));
        for name in ["z", "e", "o", "l", "missing"] {
            assert_eq!(object.text(name), None, "{name}");
        }
        assert_eq!(object.first_text(&["z", "a"]).as_deref(), Some("x"));
        assert_eq!(object.object("o").unwrap().text("i").as_deref(), Some("1"));
        assert_eq!(object.objects("l").len(), 1);
        assert_eq!(object.texts("l"), ["t"]);
        assert!(Object::parse(b"[1]").is_none());
        assert!(Object::parse(b"<html>").is_none());
    }

    #[test]
    fn old_wrappers_come_off() {
        let wrapped = Object::parse(br#"{"locAccount":{"accountId":"1"}}"#).unwrap();
        let (inner, kind) = wrapped.unwrap("accountId", "Account");
        assert_eq!(inner.text("accountId").as_deref(), Some("1"));
        assert_eq!(kind.as_deref(), Some("loc"));
        let flat = Object::parse(br#"{"accountId":"1","xAccount":{}}"#).unwrap();
        assert_eq!(flat.unwrap("accountId", "Account").1, None);
    }
}
