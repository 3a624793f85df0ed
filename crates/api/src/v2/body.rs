use form::{Form, Limits};
use kernel::{ApiError, ApiResult};
use serde_json::Value as Json;
use url::form_urlencoded::Serializer;

/// The parameters in a JSON body, as the form they stand for: `null` unsets as an empty text does, an object without names
/// says nothing.
///
/// # Errors
/// 400 for what is not a JSON object, for names that no parameter can have, and for more than `limits`.
pub(crate) fn form_of(body: &[u8], limits: &Limits) -> ApiResult<Form> {
    let Ok(Json::Object(fields)) = serde_json::from_slice(body) else {
        return Err(ApiError::invalid("The body of this request must be a JSON object.").before_work());
    };
    let mut writer = Writer { pairs: Serializer::new(String::new()), count: 0, written: 0, limits };
    for (name, value) in &fields {
        writer.add(checked(name)?, value, 1)?;
    }
    Ok(Form::parse(writer.pairs.finish().as_bytes(), limits)?)
}

/// A name that means the same between brackets.
fn checked(name: &str) -> ApiResult<&str> {
    if name.is_empty() || name.contains(['[', ']']) {
        let shown: String = name.chars().take(100).collect();
        return Err(ApiError::invalid(format!("Invalid name in the body: '{shown}'.")).before_work());
    }
    Ok(name)
}

struct Writer<'a> {
    pairs: Serializer<'static, String>,
    count: usize,
    written: usize,
    limits: &'a Limits,
}

impl Writer<'_> {
    fn add(&mut self, path: &str, value: &Json, depth: usize) -> ApiResult<()> {
        // Checked here as well as in the form, so that a small body cannot make a large form.
        if depth > self.limits.depth || self.count >= self.limits.pairs {
            return Err(ApiError::invalid("The body of this request is nested too deeply, or has too many values.").before_work());
        }
        if path.len() > self.limits.key_bytes || self.written > self.limits.bytes {
            return Err(ApiError::invalid("The names in the body of this request are too long.").before_work());
        }
        match value {
            Json::Object(fields) => {
                for (name, below) in fields {
                    self.add(&format!("{path}[{}]", checked(name)?), below, depth + 1)?;
                }
            }
            Json::Array(items) if !items.is_empty() => {
                for (index, item) in items.iter().enumerate() {
                    self.add(&format!("{path}[{index}]"), item, depth + 1)?;
                }
            }
            Json::Array(_) | Json::Null => self.put(path, ""),
            Json::String(text) => self.put(path, text),
            Json::Bool(_) | Json::Number(_) => self.put(path, &value.to_string()),
        }
        Ok(())
    }

    fn put(&mut self, path: &str, text: &str) {
        self.count += 1;
        self.written += path.len() + text.len();
        self.pairs.append_pair(path, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> Option<String> {
        form_of(text.as_bytes(), &Limits::default()).ok().map(|form| form.to_json_redacted(&|_| false))
    }

    #[test]
    fn a_body_is_the_form_it_stands_for() {
        let cases = [
            (r#"{}"#, "{}"),
            (r#"{"a":"x & y=ü","b":1,"c":true,"d":null}"#, r#"{"a":"x & y=ü","b":"1","c":"true","d":""}"#),
            (r#"{"a":["x","y"],"b":[],"c":{}}"#, r#"{"a":["x","y"],"b":""}"#),
            (r#"{"a":{"b":{"c":[{"d":"x"}]}}}"#, r#"{"a":{"b":{"c":[{"d":"x"}]}}}"#),
        ];
        for (body, expected) in cases {
            assert_eq!(form(body).as_deref(), Some(expected), "{body}");
        }
    }

    #[test]
    fn other_bodies_are_refused() {
        let deep = format!("{}1{}", r#"{"a":"#.repeat(40), "}".repeat(40));
        let long = format!(r#"{{"{}":[{}1]}}"#, "n".repeat(5_000), "1,".repeat(900));
        let wide = format!(r#"{{"a":[{}1]}}"#, "1,".repeat(20_000));
        for body in ["", "[]", "1", "a=b", r#"{"a"}"#, r#"{"":1}"#, r#"{"a":{"":1}}"#, r#"{"a[b]":1}"#, &deep, &wide, &long] {
            assert_eq!(form(body), None, "{}", body.chars().take(50).collect::<String>());
        }
    }
}
