//! What apps show on their screens in our name, in plain sentences; only links and emphasis of Markdown have a meaning there.

use serde_json::{Value as Json, json};

use crate::connections::consents::ConsentText;
use crate::connections::linking::view::Refused;

/// The version of the wording of the consent. Whoever changes a sentence of its screens, in any language, adds one.
const CONSENT_VERSION: i64 = 1;

/// The sentences of one language. `{business}` and `{bank}` stand for names.
pub(super) struct Texts {
    /// BCP 47.
    lang: &'static str,
    consent_title: &'static str,
    consent_bullets: [(&'static str, &'static str); 3],
    consent_above: &'static str,
    consent_button: &'static str,
    data_title: &'static str,
    data_lead: &'static str,
    data_names: [(&'static str, &'static str, &'static str); 4],
    terms_title: &'static str,
    terms_lead: &'static str,
    terms: [(&'static str, &'static str); 3],
    understood: &'static str,
    picker_notice: &'static str,
    prepane_title: &'static str,
    prepane_lead: &'static str,
    prepane_body: &'static str,
    prepane_button: &'static str,
    type_not_asked: &'static str,
    not_payable: &'static str,
    closed: &'static str,
    already_linked: &'static str,
}

const ENGLISH: Texts = Texts {
    lang: "en",
    consent_title: "{business} asks to see your bank accounts",
    consent_bullets: [
        (
            "You choose",
            "You say which accounts are shared. {business} gets [these data](stripe://data-access-notice) and no more.",
        ),
        ("Your bank asks you", "You sign in at your bank. {business} never sees your password."),
        ("You can stop", "Sharing ends when you say so, and after twelve months at the latest."),
    ],
    consent_above: "If you continue, [you agree to share these data](stripe://legal-details-notice) with {business}.",
    consent_button: "Agree and continue",
    data_title: "What is shared",
    data_lead: "{business} will be able to read this of the accounts that you choose:",
    data_names: [
        ("payment_method", "Account numbers", "Routing and account number, for payments that you approve."),
        ("balances", "Balances", "What is on the account, and what can be spent."),
        ("ownership", "Account holders", "Names, addresses, e-mail addresses and phone numbers."),
        ("transactions", "Transactions", "Up to 180 days back, and new ones as they come."),
    ],
    terms_title: "What you agree to",
    terms_lead: "Nothing is shared before you choose accounts.",
    terms: [
        ("Who gets the data", "{business}, and nobody else by this agreement."),
        ("For how long", "Until you end it, and for twelve months at most. Then you are asked again."),
        ("How it ends", "At {business}, or at your bank, whenever you like."),
    ],
    understood: "OK",
    picker_notice: "{business} will see [these data](stripe://data-access-notice) of the accounts that you choose.",
    prepane_title: "Sign in at {bank}",
    prepane_lead: "The page of {bank} opens now. You come back here afterwards.",
    prepane_body: "{bank} asks which accounts you share with {business}. [See which data](stripe://data-access-notice).",
    prepane_button: "Continue to {bank}",
    type_not_asked: "Accounts of this type are not asked for",
    not_payable: "Payments cannot be taken from this account",
    closed: "This account is closed",
    already_linked: "Already linked",
};

const SPANISH: Texts = Texts {
    lang: "es",
    consent_title: "{business} pide ver tus cuentas bancarias",
    consent_bullets: [
        (
            "Tú eliges",
            "Tú decides qué cuentas se comparten. {business} recibe [estos datos](stripe://data-access-notice) y nada más.",
        ),
        ("Tu banco te pregunta a ti", "Inicias sesión en tu banco. {business} nunca ve tu contraseña."),
        ("Puedes dejarlo", "Se deja de compartir cuando tú lo digas, y a los doce meses como máximo."),
    ],
    consent_above: "Si continúas, [aceptas compartir estos datos](stripe://legal-details-notice) con {business}.",
    consent_button: "Aceptar y continuar",
    data_title: "Qué se comparte",
    data_lead: "{business} podrá leer esto de las cuentas que elijas:",
    data_names: [
        ("payment_method", "Números de cuenta", "Número de ruta y de cuenta, para los pagos que apruebes."),
        ("balances", "Saldos", "Lo que hay en la cuenta y lo que se puede gastar."),
        ("ownership", "Titulares", "Nombres, direcciones, correos electrónicos y teléfonos."),
        ("transactions", "Movimientos", "Hasta 180 días atrás, y los nuevos según lleguen."),
    ],
    terms_title: "Qué aceptas",
    terms_lead: "No se comparte nada antes de que elijas cuentas.",
    terms: [
        ("Quién recibe los datos", "{business}, y nadie más por este acuerdo."),
        ("Por cuánto tiempo", "Hasta que lo termines, y doce meses como máximo. Después se te pregunta de nuevo."),
        ("Cómo termina", "En {business} o en tu banco, cuando quieras."),
    ],
    understood: "Entendido",
    picker_notice: "{business} verá [estos datos](stripe://data-access-notice) de las cuentas que elijas.",
    prepane_title: "Inicia sesión en {bank}",
    prepane_lead: "Ahora se abre la página de {bank}. Después vuelves aquí.",
    prepane_body: "{bank} pregunta qué cuentas compartes con {business}. [Ver qué datos](stripe://data-access-notice).",
    prepane_button: "Continuar a {bank}",
    type_not_asked: "No se piden cuentas de este tipo",
    not_payable: "Desde esta cuenta no se pueden hacer pagos",
    closed: "Esta cuenta está cerrada",
    already_linked: "Ya está vinculada",
};

impl Texts {
    /// The language that was asked for, English if it is none of ours.
    pub(super) fn choose(locale: Option<&str>) -> &'static Texts {
        let language = locale.and_then(|locale| locale.split('-').next()).unwrap_or_default();
        if language.eq_ignore_ascii_case("es") { &SPANISH } else { &ENGLISH }
    }

    /// The texts of the screens that do not depend on a bank.
    pub(super) fn screens(&self, business: &str, permissions: &[String]) -> Json {
        let say = |text: &str| fill(text, business, "");
        let bullets: Vec<Json> =
            self.consent_bullets.iter().map(|(title, content)| bullet(&say(title), Some(&say(content)))).collect();
        let terms: Vec<Json> =
            self.terms.iter().map(|(title, content)| json!({"title": say(title), "content": say(content)})).collect();
        json!({
            "account_picker_pane": {"data_access_notice": say(self.picker_notice)},
            "consent_pane": {
                "above_cta": say(self.consent_above),
                "below_cta": null,
                "body": {"bullets": bullets},
                "cta": self.consent_button,
                "data_access_notice": self.data_notice(business, permissions),
                "legal_details_notice": {
                    "body": {"links": terms},
                    "cta": self.understood,
                    "disclaimer": null,
                    "icon": null,
                    "subtitle": say(self.terms_lead),
                    "title": self.terms_title,
                },
                "title": say(self.consent_title),
            },
        })
    }

    /// Everything that the screens of the consent say, for the receipt. The names of the links stand where the links do.
    pub(super) fn consent(&self, business: &str, permissions: &[String]) -> ConsentText {
        let say = |text: &str| without_links(&fill(text, business, ""));
        let mut lines = vec![say(self.consent_title)];
        lines.extend(self.consent_bullets.iter().flat_map(|(title, content)| [say(title), say(content)]));
        lines.extend([self.data_title.to_owned(), say(self.data_lead)]);
        let asked = self.data_names.iter().filter(|(name, ..)| permissions.iter().any(|own| own == name));
        lines.extend(asked.flat_map(|(_, title, content)| [(*title).to_owned(), (*content).to_owned()]));
        lines.extend([self.terms_title.to_owned(), say(self.terms_lead)]);
        lines.extend(self.terms.iter().flat_map(|(title, content)| [say(title), say(content)]));
        lines.extend([say(self.consent_above), self.consent_button.to_owned()]);
        ConsentText { language: self.lang.to_owned(), lines, version: CONSENT_VERSION }
    }

    /// The screen before a bank's own page.
    pub(super) fn prepane(&self, bank: &str, business: &str, permissions: &[String]) -> Json {
        let say = |text: &str| fill(text, business, bank);
        json!({
            "body": {"entries": [{"type": "text", "content": say(self.prepane_body)}]},
            "cta": {"icon": null, "text": say(self.prepane_button)},
            "data_access_notice": self.data_notice(business, permissions),
            "institution_icon": image(),
            "partner_notice": null,
            "subtitle": say(self.prepane_lead),
            "title": say(self.prepane_title),
        })
    }

    /// Why an account cannot be chosen.
    pub(super) fn refused(&self, why: Refused) -> &'static str {
        match why {
            Refused::TypeNotAsked => self.type_not_asked,
            Refused::NotPayable => self.not_payable,
            Refused::Closed => self.closed,
            Refused::AlreadyLinked => self.already_linked,
        }
    }

    fn data_notice(&self, business: &str, permissions: &[String]) -> Json {
        let asked = self.data_names.iter().filter(|(name, ..)| permissions.iter().any(|own| own == name));
        let bullets: Vec<Json> = asked.map(|(_, title, content)| bullet(title, Some(content))).collect();
        json!({
            "body": {"bullets": bullets},
            "connected_account_notice": null,
            "cta": self.understood,
            "disclaimer": null,
            "icon": null,
            "subtitle": fill(self.data_lead, business, ""),
            "title": self.data_title,
        })
    }
}

/// No pictures are served: an app shows its own in their place.
fn image() -> Json {
    json!({"default": null})
}

fn bullet(title: &str, content: Option<&str>) -> Json {
    json!({"content": content, "icon": image(), "title": title})
}

/// Names are put in without what would make links, emphasis or markup of them.
/// A sentence as it is read: of `[words](address)` the words.
fn without_links(text: &str) -> String {
    let mut out = String::new();
    for (at, part) in text.split("](").enumerate() {
        let rest = if at == 0 { part } else { part.split_once(')').map_or("", |(_, rest)| rest) };
        out.push_str(&rest.replace('[', ""));
    }
    out
}

fn fill(text: &str, business: &str, bank: &str) -> String {
    text.replace("{business}", &plain(business)).replace("{bank}", &plain(bank))
}

fn plain(name: &str) -> String {
    let shown: String = name.chars().filter(|character| !matches!(character, '[' | ']' | '*' | '<' | '>' | '{' | '}')).collect();
    shown.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speaks_the_language_that_was_asked_for() {
        for (locale, expected) in
            [(None, "OK"), (Some("en-US"), "OK"), (Some("fr"), "OK"), (Some("es"), "Entendido"), (Some("es-MX"), "Entendido")]
        {
            assert_eq!(Texts::choose(locale).understood, expected, "{locale:?}");
        }
    }

    #[test]
    fn names_make_no_links() {
        let said = fill("{business} at {bank}", "**Shop** [free](https://evil.example) <b>", "{business}");
        assert_eq!(said, "Shop free(https://evil.example) b at business");
    }

    #[test]
    fn names_the_data_that_are_asked_for() {
        for texts in [&ENGLISH, &SPANISH] {
            let shown = texts.screens("Shop", &["balances".to_owned(), "transactions".to_owned()]);
            let bullets = shown["consent_pane"]["data_access_notice"]["body"]["bullets"].as_array().unwrap();
            let titles: Vec<&str> = bullets.iter().map(|bullet| bullet["title"].as_str().unwrap()).collect();
            assert_eq!(titles, [texts.data_names[1].1, texts.data_names[3].1]);
            assert!(!shown.to_string().contains('{') || !shown.to_string().contains("{business}"), "every name is put in");
        }
    }
}
