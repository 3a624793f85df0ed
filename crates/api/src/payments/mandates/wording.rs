//! What payers agree to, in their language: shown before they confirm, and sent to them after.

use serde::{Deserialize, Serialize};

/// What an agreement covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// What is owed for this purchase.
    Once,
    /// Later debits as well: the account is saved.
    Saved,
}

/// The text of an agreement, one paragraph each. `language` is a BCP 47 tag; English unless it is a kind of Spanish.
#[must_use]
pub fn paragraphs(language: &str, merchant: &str, scope: Scope) -> Vec<String> {
    let spanish = language.to_ascii_lowercase().split('-').next() == Some("es");
    let mut out = vec![if spanish { once_in_spanish(merchant) } else { once_in_english(merchant) }];
    if scope == Scope::Saved {
        out.push(if spanish { saved_in_spanish(merchant) } else { saved_in_english(merchant) });
    }
    out
}

fn once_in_english(merchant: &str) -> String {
    format!(
        "You allow {merchant} to debit this bank account for what you owe for its goods and services, under its terms, until \
         you withdraw this permission. You can change or withdraw it at any time by telling {merchant} 30 days ahead."
    )
}

fn saved_in_english(merchant: &str) -> String {
    format!(
        "If you save the account, you also allow {merchant} to debit it from time to time as its terms provide. A payment \
         outside the regular schedule needs your permission anew."
    )
}

fn once_in_spanish(merchant: &str) -> String {
    format!(
        "Usted permite a {merchant} cargar en esta cuenta bancaria lo que deba por sus bienes y servicios, según sus \
         condiciones, hasta que retire este permiso. Puede cambiarlo o retirarlo en cualquier momento avisando a {merchant} \
         con 30 días de antelación."
    )
}

fn saved_in_spanish(merchant: &str) -> String {
    format!(
        "Si guarda la cuenta, también permite a {merchant} hacer cargos periódicos en ella según sus condiciones. Un pago \
         fuera del calendario habitual necesita de nuevo su permiso."
    )
}

#[cfg(test)]
mod tests {
    use super::{Scope, paragraphs};

    /// What an agreement has to say: who may debit, for what, until when, and how it is ended.
    #[test]
    fn every_text_says_what_it_has_to() {
        for (language, needed) in
            [("en", ["debit", "owe", "until", "30 days"]), ("es-MX", ["cargar", "deba", "hasta", "30 días"])]
        {
            let text = paragraphs(language, "Rocket Rides", Scope::Saved);
            assert_eq!(text.len(), 2);
            for word in needed.iter().chain(&["Rocket Rides"]) {
                assert!(text[0].contains(word), "{language}: {word}");
            }
        }
        assert_eq!(paragraphs("de", "Rocket Rides", Scope::Once).len(), 1);
    }
}
