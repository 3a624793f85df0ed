//! The search language: `email:"x"`, `name~"x"`, `metadata["k"]:"v"`, `created>5`, `-`, `AND` / `OR` (not both).

use kernel::{ApiError, ApiResult};
use serde_json::Value;

/// Terms in one query.
const TERMS_MAX: usize = 10;

/// What can be searched: fields by name, `metadata` aside, which everything has.
#[derive(Debug, Clone, Copy)]
pub struct Searchable {
    /// In messages: `customers`.
    pub plural: &'static str,
    /// Names as queries and documents have them, with dots into hashes.
    pub fields: &'static [(&'static str, Kind)],
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Compared whole or in part, in either case.
    Text,
    /// Compared by size.
    Number,
    /// `true` or `false`, in quotes.
    Flag,
}

/// A query that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    terms: Vec<Term>,
    any: bool,
}

#[derive(Debug, Clone, PartialEq)]
struct Term {
    negated: bool,
    field: Field,
    sign: Sign,
    value: Wanted,
}

#[derive(Debug, Clone, PartialEq)]
enum Field {
    Known(&'static str, Kind),
    Metadata(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Is,
    Contains,
    More,
    Less,
    MoreOrIs,
    LessOrIs,
}

#[derive(Debug, Clone, PartialEq)]
enum Wanted {
    Text(String),
    Number(i64),
    Null,
}

impl Query {
    /// Reads a query over what `searchable` has.
    ///
    /// # Errors
    /// 400 naming `query`, saying where it does not read.
    pub fn parse(text: &str, searchable: Searchable) -> ApiResult<Query> {
        let mut reader = Reader { rest: text.trim(), searchable };
        let mut terms = vec![reader.term()?];
        let mut joins = Vec::new();
        while !reader.rest.is_empty() {
            joins.push(reader.join());
            terms.push(reader.term()?);
        }
        if terms.len() > TERMS_MAX {
            return Err(wrong(&format!("a query has at most {TERMS_MAX} clauses")));
        }
        let any = joins.contains(&true);
        if any && joins.contains(&false) {
            return Err(wrong("AND and OR cannot be used in one query"));
        }
        Ok(Query { terms, any })
    }

    /// Whether a document is wanted.
    #[must_use]
    pub fn matches(&self, document: &Value) -> bool {
        if self.any {
            self.terms.iter().any(|term| term.matches(document))
        } else {
            self.terms.iter().all(|term| term.matches(document))
        }
    }
}

impl Term {
    fn matches(&self, document: &Value) -> bool {
        let actual = match &self.field {
            Field::Known(path, _) => path.split('.').try_fold(document, |value, name| value.get(name)),
            Field::Metadata(key) => document.get("metadata").and_then(|metadata| metadata.get(key)),
        };
        let actual = actual.filter(|value| !value.is_null());
        let found = match (&self.value, actual) {
            (Wanted::Null, actual) => actual.is_none(),
            (_, None) => false,
            (Wanted::Number(wanted), Some(actual)) => actual.as_i64().is_some_and(|actual| self.compare(actual, *wanted)),
            (Wanted::Text(wanted), Some(actual)) => {
                let actual = match actual {
                    Value::Bool(flag) => flag.to_string(),
                    other => other.as_str().unwrap_or_default().to_lowercase(),
                };
                let wanted = wanted.to_lowercase();
                if self.sign == Sign::Contains { actual.contains(&wanted) } else { actual == wanted }
            }
        };
        found != self.negated
    }

    fn compare(&self, actual: i64, wanted: i64) -> bool {
        match self.sign {
            Sign::Is | Sign::Contains => actual == wanted,
            Sign::More => actual > wanted,
            Sign::Less => actual < wanted,
            Sign::MoreOrIs => actual >= wanted,
            Sign::LessOrIs => actual <= wanted,
        }
    }
}

struct Reader<'t> {
    rest: &'t str,
    searchable: Searchable,
}

impl<'t> Reader<'t> {
    /// True for OR; a blank between clauses is AND.
    fn join(&mut self) -> bool {
        for (word, any) in [("AND ", false), ("OR ", true), ("and ", false), ("or ", true)] {
            if let Some(rest) = self.rest.strip_prefix(word) {
                self.rest = rest.trim_start();
                return any;
            }
        }
        false
    }

    fn term(&mut self) -> ApiResult<Term> {
        let negated = self.eat("-");
        let field = self.field()?;
        let signs = [
            (">=", Sign::MoreOrIs),
            ("<=", Sign::LessOrIs),
            (":", Sign::Is),
            ("~", Sign::Contains),
            (">", Sign::More),
            ("<", Sign::Less),
        ];
        let Some((_, sign)) = signs.into_iter().find(|(text, _)| self.eat(text)) else {
            return Err(wrong("a field must be followed by one of : ~ > < >= <="));
        };
        let value = self.value()?;
        check(&field, sign, &value)?;
        self.rest = self.rest.trim_start();
        Ok(Term { negated, field, sign, value })
    }

    fn field(&mut self) -> ApiResult<Field> {
        if self.eat("metadata[") {
            let key = self.quoted()?;
            return if self.eat("]") { Ok(Field::Metadata(key)) } else { Err(wrong("metadata[\"key\"] lacks its bracket")) };
        }
        let end = self.rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.')).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        let Searchable { plural, fields } = self.searchable;
        if let Some((known, kind)) = fields.iter().find(|(known, _)| *known == name) {
            return Ok(Field::Known(known, *kind));
        }
        let shown: String = name.chars().take(40).collect();
        let known: Vec<&str> = fields.iter().map(|(known, _)| *known).collect();
        Err(wrong(&format!("{plural} cannot be searched by '{shown}'; use {} or metadata", known.join(", "))))
    }

    fn value(&mut self) -> ApiResult<Wanted> {
        if self.rest.starts_with(['"', '\'']) {
            return Ok(Wanted::Text(self.quoted()?));
        }
        let end = self.rest.find(char::is_whitespace).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        if word.eq_ignore_ascii_case("null") {
            return Ok(Wanted::Null);
        }
        word.parse().map(Wanted::Number).map_err(|_| wrong("a value is text in quotes, a whole number, or null"))
    }

    fn quoted(&mut self) -> ApiResult<String> {
        let quote =
            self.rest.chars().next().filter(|c| matches!(c, '"' | '\'')).ok_or_else(|| wrong("text must stand in quotes"))?;
        let mut text = String::new();
        let mut escaped = false;
        for (at, c) in self.rest.char_indices().skip(1) {
            match c {
                '\\' if !escaped => escaped = true,
                _ if c == quote && !escaped => {
                    self.rest = &self.rest[at + c.len_utf8()..];
                    return Ok(text);
                }
                _ => {
                    escaped = false;
                    text.push(c);
                }
            }
        }
        Err(wrong("a quote is not closed"))
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.rest.strip_prefix(text);
        if let Some(rest) = found {
            self.rest = rest;
        }
        found.is_some()
    }
}

fn check(field: &Field, sign: Sign, value: &Wanted) -> ApiResult<()> {
    let fits = match (field, value) {
        (_, Wanted::Null) => sign == Sign::Is,
        (Field::Known(_, Kind::Number), Wanted::Number(_)) => sign != Sign::Contains,
        (Field::Known(_, Kind::Flag), Wanted::Text(text)) => sign == Sign::Is && matches!(text.as_str(), "true" | "false"),
        (Field::Known(_, Kind::Text) | Field::Metadata(_), Wanted::Text(text)) => match sign {
            Sign::Is => true,
            Sign::Contains => text.chars().count() >= 3,
            _ => false,
        },
        _ => false,
    };
    if fits { Ok(()) } else { Err(wrong("this comparison does not fit the field (substrings need at least 3 characters)")) }
}

fn wrong(why: &str) -> ApiError {
    ApiError::invalid_param("query", format!("We were unable to parse your search query: {why}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const PEOPLE: Searchable = Searchable {
        plural: "people",
        fields: &[
            ("created", Kind::Number),
            ("email", Kind::Text),
            ("name", Kind::Text),
            ("phone", Kind::Text),
            ("address.city", Kind::Text),
            ("known", Kind::Flag),
        ],
    };

    #[test]
    fn reads_and_matches() {
        let jane = json!({"email": "Jane@example.com", "name": "Jane Doe", "created": 100, "metadata": {"k": "v"}, "phone": null,
                   "address": {"city": "Troy"}, "known": true});
        for (query, expected) in [
            ("email:\"jane@example.com\"", true),
            ("email~\"example\"", true),
            ("-email~\"example\"", false),
            ("metadata[\"k\"]:\"v\"", true),
            ("metadata['k']:'x'", false),
            ("created>99 AND created<=100", true),
            ("created>100 OR name~'doe'", true),
            ("phone:null", true),
            ("address.city:\"troy\"", true),
            ("known:\"true\"", true),
            ("known:\"false\"", false),
            ("name:\"Jane Doe\" email:\"nobody@x.y\"", false),
        ] {
            assert_eq!(Query::parse(query, PEOPLE).unwrap().matches(&jane), expected, "{query}");
        }
    }

    #[test]
    fn refuses_what_it_cannot_read() {
        for query in [
            "",
            "email",
            "email:",
            "email:\"x",
            "shoe:\"x\"",
            "name~\"ab\"",
            "created~5",
            "known:'maybe'",
            "name>'a'",
            "a:'b' AND",
            "email:'a' AND name:'b' OR phone:'c'",
        ] {
            let error = Query::parse(query, PEOPLE).unwrap_err();
            assert_eq!(error.param(), Some("query"), "{query}");
        }
    }
}
