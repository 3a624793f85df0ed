//! Names of parameters.

use std::collections::HashSet;

use syn::Ident;

/// `PaymentMethod` as `payment_method`, `ACHDebit` as `ach_debit`.
pub(crate) fn snake_case(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let mut snake = String::with_capacity(name.len() + 4);
    for (position, character) in characters.iter().enumerate() {
        let after_small = position > 0 && !characters[position - 1].is_uppercase();
        let before_small = characters.get(position + 1).is_some_and(|next| next.is_lowercase());
        if character.is_uppercase() && position > 0 && (after_small || before_small) {
            snake.push('_');
        }
        snake.extend(character.to_lowercase());
    }
    snake
}

/// The identifier without the `r#` of raw ones.
pub(crate) fn plain(ident: &Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
}

/// Refuses a name that was given twice.
pub(crate) fn check_distinct<'a>(names: impl Iterator<Item = (&'a str, &'a Ident)>) -> syn::Result<()> {
    let mut seen = HashSet::new();
    for (name, ident) in names {
        if !seen.insert(name) {
            return Err(syn::Error::new_spanned(ident, format!("`{name}` is named twice")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::snake_case;

    #[test]
    fn variants_become_snake_case() {
        let table = [
            ("Balances", "balances"),
            ("PaymentMethod", "payment_method"),
            ("ACHDebit", "ach_debit"),
            ("UsBankAccount", "us_bank_account"),
            ("Line1", "line1"),
            ("IdNumberV2", "id_number_v2"),
        ];
        for (variant, name) in table {
            assert_eq!(snake_case(variant), name);
        }
    }
}
