//! How strictly a file is read.

use crate::{Rule, Severity};

/// How much the breach of each rule matters.
///
/// ```
/// use nacha::{Options, Rule, Severity};
///
/// let mut bank = Options::strict();
/// bank.set(Rule::TraceOrder, Severity::Warning);
/// bank.allow_named("missing-file-header, missing-file-control")?;
/// assert_eq!(bank.severity(Rule::MissingFileHeader), Severity::Ignored);
/// assert_eq!(bank.severity(Rule::CheckDigit), Severity::Error);
/// # Ok::<(), nacha::UnknownRule>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    severities: [Severity; Rule::ALL.len()],
}

/// There is no rule of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no rule is named \"{0}\"")]
pub struct UnknownRule(pub String);

impl Options {
    /// Reports everything; what a bank or operator refuses is an error.
    pub fn strict() -> Options {
        Options::from(Rule::strict)
    }

    /// Takes everything that can be understood; what was wrong is a warning. Only lines that cannot be read remain errors.
    pub fn lenient() -> Options {
        Options::from(Rule::lenient)
    }

    fn from(severity: fn(Rule) -> Severity) -> Options {
        let mut severities = [Severity::Error; Rule::ALL.len()];
        for (rule, place) in Rule::ALL.iter().zip(&mut severities) {
            *place = severity(*rule);
        }
        Options { severities }
    }

    /// What the breach of `rule` is.
    pub fn severity(&self, rule: Rule) -> Severity {
        self.severities.get(rule as usize).copied().unwrap_or(Severity::Error)
    }

    /// Makes the breach of `rule` a `severity`.
    pub fn set(&mut self, rule: Rule, severity: Severity) -> &mut Options {
        if let Some(place) = self.severities.get_mut(rule as usize) {
            *place = severity;
        }
        self
    }

    /// No longer reports the breach of `rule`.
    #[must_use]
    pub fn allow(mut self, rule: Rule) -> Options {
        self.set(rule, Severity::Ignored);
        self
    }

    /// No longer reports the breach of the rules named in `names`, which commas or blanks separate.
    ///
    /// # Errors
    /// [`UnknownRule`] for the first name that is none; those before it are allowed.
    pub fn allow_named(&mut self, names: &str) -> Result<(), UnknownRule> {
        for name in names.split([',', ' ']).filter(|name| !name.is_empty()) {
            let rule = Rule::named(name).ok_or_else(|| UnknownRule(name.to_owned()))?;
            self.set(rule, Severity::Ignored);
        }
        Ok(())
    }
}

impl Default for Options {
    fn default() -> Options {
        Options::strict()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_its_own_place_and_name() {
        for (index, rule) in Rule::ALL.iter().enumerate() {
            assert_eq!(*rule as usize, index);
            assert_eq!(Rule::named(rule.name()), Some(*rule));
            assert!(rule.lenient() <= rule.strict(), "{rule}");
        }
        assert_eq!(Options::strict().allow_named("check-digit,nonsense"), Err(UnknownRule("nonsense".to_owned())));
    }
}
