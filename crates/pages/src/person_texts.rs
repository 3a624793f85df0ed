//! Every text of the person's page, in one catalogue per language. Placeholders stand in braces and are filled by
//! [`PersonTexts::fill`].

use api::connections::consents::{ConsentStatus, EndedBy};
use api::connections::person::view::{SharedAccount, SharedState};

use crate::view::Asked;

/// The texts of the page in one language.
pub struct PersonTexts {
    pub lang: &'static str,
    /// The language's own name.
    pub language: &'static str,
    pub page_title: &'static str,
    pub test_mode: &'static str,
    pub heading: &'static str,
    pub lead: &'static str,
    pub since: &'static str,
    pub until: &'static str,
    pub data: &'static str,
    pub last_read: &'static str,
    pub never_read: &'static str,
    pub paused_lead: &'static str,
    ending_in: &'static str,
    pub stop: &'static str,
    pub stop_all: &'static str,
    pub delete: &'static str,
    pub delete_all: &'static str,
    pub empty_heading: &'static str,
    pub empty_lead: &'static str,
    pub nothing_heading: &'static str,
    pub nothing_lead: &'static str,
    pub ended: &'static str,
    pub ended_lead: &'static str,
    pub receipts: &'static str,
    pub receipts_lead: &'static str,
    pub receipt_business: &'static str,
    pub receipt_bank: &'static str,
    pub receipt_accounts: &'static str,
    pub receipt_typed: &'static str,
    pub receipt_agreed: &'static str,
    pub receipt_until: &'static str,
    pub receipt_ended: &'static str,
    pub receipt_number: &'static str,
    pub receipt_text: &'static str,
    pub receipt_no_text: &'static str,
    pub download: &'static str,
    pub download_heading: &'static str,
    pub download_lead: &'static str,
    pub stop_heading: &'static str,
    pub stop_heading_many: &'static str,
    pub delete_heading: &'static str,
    pub delete_heading_many: &'static str,
    pub affected: &'static str,
    pub what_happens: &'static str,
    pub stop_facts: [&'static str; 4],
    pub delete_facts: [&'static str; 5],
    pub go_back: &'static str,
    pub stopped: &'static str,
    pub deleted: &'static str,
    pub expired_heading: &'static str,
    pub expired_lead: &'static str,
    pub unavailable_heading: &'static str,
    pub unavailable_lead: &'static str,
    pub try_again: &'static str,
    details: &'static str,
    asked: [&'static str; 4],
    kinds: [&'static str; 6],
    states: [&'static str; 3],
    statuses: [&'static str; 4],
    ended_by: [&'static str; 5],
    months: [&'static str; 12],
    date: &'static str,
}

/// English.
pub static ENGLISH: PersonTexts = PersonTexts {
    lang: "en",
    language: "English",
    page_title: "Your bank data",
    test_mode: "Test mode: no real bank data",
    heading: "What you share with {business}",
    lead: "The bank accounts that you have linked. You can stop sharing them at any time.",
    since: "Shared since",
    until: "Ends by itself",
    data: "{business} can see",
    last_read: "Last read",
    never_read: "Not read from the bank so far",
    paused_lead: "The bank is not asked any more. {business} can still see what was read before.",
    ending_in: "ending in {last4}",
    stop: "Stop sharing",
    stop_all: "Stop sharing all",
    delete: "Delete data",
    delete_all: "Delete all data",
    empty_heading: "Nothing is shared any more",
    empty_lead: "{business} cannot read any of your bank accounts.",
    nothing_heading: "Nothing is shared",
    nothing_lead: "You have not linked a bank account with {business}.",
    ended: "No longer shared",
    ended_lead: "{business} cannot read these accounts any more. Their names are still stored here.",
    receipts: "What you agreed to",
    receipts_lead: "One receipt for each time that you linked accounts. Receipts are kept, also when you delete your data.",
    receipt_business: "Shared with",
    receipt_bank: "Bank",
    receipt_accounts: "Accounts",
    receipt_typed: "Numbers that you typed",
    receipt_agreed: "Agreed",
    receipt_until: "Valid until",
    receipt_ended: "Ended",
    receipt_number: "Receipt number",
    receipt_text: "The text that you were shown ({language}, version {version})",
    receipt_no_text: "The text was shown by an app of {business} and is not stored here.",
    download: "Download your data",
    download_heading: "Your data as a file",
    download_lead: "Accounts, balances, owners, transactions and receipts, as a JSON file. Account numbers are not in it.",
    stop_heading: "Stop sharing this account?",
    stop_heading_many: "Stop sharing these accounts?",
    delete_heading: "Delete the data of this account?",
    delete_heading_many: "Delete the data of these accounts?",
    affected: "This concerns",
    what_happens: "What happens",
    stop_facts: [
        "Sharing stops at once and for good: {business} can no longer read anything of it here. To share again, you link again.",
        "Balances, transactions, owners and account numbers that were fetched from the bank are deleted here.",
        "When nothing else is shared by this log-in, the access is ended at {bank} as well.",
        "What {business} has copied to its own systems before is not affected. Ask {business} about that.",
    ],
    delete_facts: [
        "Sharing stops at once and for good. To share again, you link again.",
        "Everything that was fetched from the bank is deleted here: balances, transactions, owners, account numbers, names and last four digits.",
        "When nothing else is shared by this log-in, the access is ended at {bank} as well.",
        "The receipts of what you agreed to are kept as proof.",
        "What {business} has copied to its own systems before is not affected. Ask {business} about that.",
    ],
    go_back: "Go back",
    stopped: "Sharing has stopped. {business} can no longer read what you chose.",
    deleted: "The data is deleted, and nothing of it is shared any more.",
    expired_heading: "This link has expired",
    expired_lead: "For your safety it works for a limited time. Ask the business that sent it for a new one.",
    unavailable_heading: "Something went wrong",
    unavailable_lead: "The server could not answer just now. Try again in a moment.",
    try_again: "Try again",
    details: "Account details",
    asked: ["Account and routing number", "Balances", "Account owners", "Transactions"],
    kinds: ["Checking", "Savings", "Credit card", "Line of credit", "Mortgage", "Account"],
    states: ["Shared", "Paused", "Ended"],
    statuses: ["Valid", "Expired", "Renewed", "Ended"],
    ended_by: ["at the bank", "by {business}", "by itself, its time being over", "by you", "by linking again"],
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    date: "{month} {day}, {year}",
};

/// Spanish, as it is used in the United States.
pub static SPANISH: PersonTexts = PersonTexts {
    lang: "es",
    language: "español",
    page_title: "Sus datos bancarios",
    test_mode: "Modo de prueba: sin datos bancarios reales",
    heading: "Lo que usted comparte con {business}",
    lead: "Las cuentas bancarias que usted vinculó. Puede dejar de compartirlas en cualquier momento.",
    since: "Compartida desde el",
    until: "Termina por sí sola el",
    data: "{business} puede ver",
    last_read: "Última lectura",
    never_read: "Aún no se ha leído del banco",
    paused_lead: "Ya no se consulta al banco. {business} todavía puede ver lo que se leyó antes.",
    ending_in: "terminada en {last4}",
    stop: "Dejar de compartir",
    stop_all: "Dejar de compartir todo",
    delete: "Borrar datos",
    delete_all: "Borrar todos los datos",
    empty_heading: "Ya no se comparte nada",
    empty_lead: "{business} no puede leer ninguna de sus cuentas bancarias.",
    nothing_heading: "No se comparte nada",
    nothing_lead: "Usted no ha vinculado ninguna cuenta bancaria con {business}.",
    ended: "Ya no se comparten",
    ended_lead: "{business} ya no puede leer estas cuentas. Sus nombres siguen guardados aquí.",
    receipts: "Lo que usted aceptó",
    receipts_lead: "Un comprobante por cada vez que vinculó cuentas. Los comprobantes se conservan aunque borre sus datos.",
    receipt_business: "Compartido con",
    receipt_bank: "Banco",
    receipt_accounts: "Cuentas",
    receipt_typed: "Números que usted escribió",
    receipt_agreed: "Aceptado el",
    receipt_until: "Válido hasta el",
    receipt_ended: "Terminó el",
    receipt_number: "Número de comprobante",
    receipt_text: "El texto que se le mostró ({language}, versión {version})",
    receipt_no_text: "El texto lo mostró una aplicación de {business} y no está guardado aquí.",
    download: "Descargar sus datos",
    download_heading: "Sus datos en un archivo",
    download_lead: "Cuentas, saldos, titulares, movimientos y comprobantes, en un archivo JSON. No contiene números de cuenta.",
    stop_heading: "¿Dejar de compartir esta cuenta?",
    stop_heading_many: "¿Dejar de compartir estas cuentas?",
    delete_heading: "¿Borrar los datos de esta cuenta?",
    delete_heading_many: "¿Borrar los datos de estas cuentas?",
    affected: "Se trata de",
    what_happens: "Qué sucede",
    stop_facts: [
        "Se deja de compartir de inmediato y para siempre: {business} ya no podrá leer nada de ello aquí. Para volver a compartir, vincula de nuevo.",
        "Los saldos, movimientos, titulares y números de cuenta que se obtuvieron del banco se borran aquí.",
        "Si este inicio de sesión ya no comparte nada más, el acceso termina también en {bank}.",
        "Lo que {business} haya copiado antes a sus propios sistemas no cambia. Pregunte a {business} al respecto.",
    ],
    delete_facts: [
        "Se deja de compartir de inmediato y para siempre. Para volver a compartir, vincula de nuevo.",
        "Todo lo que se obtuvo del banco se borra aquí: saldos, movimientos, titulares, números de cuenta, nombres y últimos cuatro dígitos.",
        "Si este inicio de sesión ya no comparte nada más, el acceso termina también en {bank}.",
        "Los comprobantes de lo que usted aceptó se conservan como prueba.",
        "Lo que {business} haya copiado antes a sus propios sistemas no cambia. Pregunte a {business} al respecto.",
    ],
    go_back: "Volver",
    stopped: "Ya no se comparte. {business} no puede leer lo que usted eligió.",
    deleted: "Los datos están borrados y ya no se comparte nada de ellos.",
    expired_heading: "Este enlace ha caducado",
    expired_lead: "Por su seguridad funciona durante un tiempo limitado. Pida uno nuevo a la empresa que se lo envió.",
    unavailable_heading: "Algo salió mal",
    unavailable_lead: "El servidor no pudo responder en este momento. Inténtelo de nuevo en un instante.",
    try_again: "Intentar de nuevo",
    details: "Datos de la cuenta",
    asked: ["Número de cuenta y de ruta", "Saldos", "Titulares de la cuenta", "Movimientos"],
    kinds: ["Cuenta corriente", "Cuenta de ahorros", "Tarjeta de crédito", "Línea de crédito", "Hipoteca", "Cuenta"],
    states: ["Compartida", "En pausa", "Terminada"],
    statuses: ["Válido", "Caducado", "Renovado", "Terminado"],
    ended_by: ["en el banco", "por {business}", "por sí solo, al cumplirse su plazo", "por usted", "al vincular de nuevo"],
    months: [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    date: "{day} de {month} de {year}",
};

impl PersonTexts {
    /// The texts in the language that a browser asks for, chosen as for the flow.
    pub fn preferred(accept_language: &str) -> &'static PersonTexts {
        PersonTexts::named(crate::texts::choose(None, Some(accept_language)).lang).unwrap_or(&ENGLISH)
    }

    /// The catalogue of a language tag such as `es-MX`.
    fn named(tag: &str) -> Option<&'static PersonTexts> {
        let language = tag.split('-').next().unwrap_or_default();
        [&ENGLISH, &SPANISH].into_iter().find(|texts| texts.lang.eq_ignore_ascii_case(language))
    }

    /// The name of the language of a stored text; the tag itself for one that there is no catalogue of.
    pub fn language_of<'a>(&self, tag: &'a str) -> &'a str {
        PersonTexts::named(tag).map_or(tag, |texts| texts.language)
    }

    /// Puts values where the text has `{name}`, in one pass, so that a value that itself looks like a placeholder stays as it
    /// is. The result is plain text: templates escape it.
    pub fn fill(&self, text: &str, values: &[(&str, &str)]) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let (name, behind) = after.split_once('}').unwrap_or((after, ""));
            out.push_str(values.iter().find(|(own, _)| *own == name).map_or("", |(_, value)| *value));
            rest = behind;
        }
        out + rest
    }

    /// A text with the business in it.
    pub fn with(&self, text: &str, business: &str) -> String {
        self.fill(text, &[("business", business)])
    }

    /// The last four digits, as they are read out.
    pub fn ending_in(&self, last4: &str) -> String {
        self.fill(self.ending_in, &[("last4", last4)])
    }

    /// What is shared: what every account shows, and what was asked for.
    pub fn data_types(&self, asked: &[Asked]) -> Vec<&'static str> {
        let name = |one: &Asked| match one {
            Asked::PaymentMethod => self.asked[0],
            Asked::Balances => self.asked[1],
            Asked::Ownership => self.asked[2],
            Asked::Transactions => self.asked[3],
        };
        std::iter::once(self.details).chain(asked.iter().map(name)).collect()
    }

    /// The type of an account.
    pub fn kind(&self, subcategory: &str) -> &'static str {
        let names = ["checking", "savings", "credit_card", "line_of_credit", "mortgage"];
        self.kinds[names.iter().position(|name| *name == subcategory).unwrap_or(5)]
    }

    /// What an account is called: the bank's name for it, or its type.
    pub fn name<'a>(&self, account: &'a SharedAccount) -> &'a str {
        account.name.as_deref().unwrap_or_else(|| self.kind(&account.subcategory))
    }

    /// How far the sharing of an account goes.
    pub fn state(&self, state: &SharedState) -> &'static str {
        match state {
            SharedState::Active => self.states[0],
            SharedState::Paused => self.states[1],
            SharedState::Ended => self.states[2],
        }
    }

    /// Whether a receipt still holds.
    pub fn status(&self, status: &ConsentStatus) -> &'static str {
        match status {
            ConsentStatus::Active => self.statuses[0],
            ConsentStatus::Expired => self.statuses[1],
            ConsentStatus::Renewed => self.statuses[2],
            ConsentStatus::Withdrawn => self.statuses[3],
        }
    }

    /// What ended a consent for an account.
    pub fn ended_by(&self, by: &EndedBy, business: &str) -> String {
        let text = match by {
            EndedBy::Bank => self.ended_by[0],
            EndedBy::Business => self.ended_by[1],
            EndedBy::Expiry => self.ended_by[2],
            EndedBy::Person => self.ended_by[3],
            EndedBy::Renewal => self.ended_by[4],
        };
        self.with(text, business)
    }

    /// A day in UTC, as people write it.
    pub fn day(&self, seconds: &i64) -> String {
        let Ok(time) = jiff::Timestamp::from_second(*seconds) else { return String::new() };
        let date = time.to_zoned(jiff::tz::TimeZone::UTC).date();
        let month = usize::try_from(date.month()).unwrap_or(1) - 1;
        let (day, year) = (date.day().to_string(), date.year().to_string());
        self.fill(self.date, &[("month", self.months[month]), ("day", &day), ("year", &year)])
    }

    /// A day and a time in UTC.
    pub fn moment(&self, seconds: &i64) -> String {
        let time = jiff::Timestamp::from_second(*seconds).map(|time| time.strftime("%H:%M UTC").to_string());
        format!("{}, {}", self.day(seconds), time.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_of_the_flow_is_there() {
        for texts in crate::texts::LANGUAGES {
            assert_eq!(PersonTexts::preferred(texts.lang).lang, texts.lang);
        }
    }

    #[test]
    fn names_that_look_like_placeholders_stay_as_they_are() {
        let values = [("business", "{bank}"), ("bank", "{business}")];
        assert_eq!(ENGLISH.fill("{business} at {bank}.", &values), "{bank} at {business}.");
        assert_eq!(ENGLISH.fill("open {bank", &values), "open {business}");
    }

    #[test]
    fn days_are_written_as_people_write_them() {
        assert_eq!(ENGLISH.day(&1_795_501_800), "November 24, 2026");
        assert_eq!(SPANISH.day(&1_795_501_800), "24 de noviembre de 2026");
        assert_eq!(ENGLISH.moment(&1_795_501_800), "November 24, 2026, 06:30 UTC");
        assert_eq!(ENGLISH.day(&i64::MAX), "");
    }

    #[test]
    fn both_catalogues_have_the_same_placeholders() {
        let texts = |t: &PersonTexts| {
            let mut all = vec![
                t.heading,
                t.paused_lead,
                t.lead,
                t.data,
                t.ending_in,
                t.stop_all,
                t.delete_all,
                t.empty_lead,
                t.nothing_lead,
                t.ended_lead,
                t.receipt_text,
                t.receipt_no_text,
                t.stopped,
                t.deleted,
            ];
            all.extend(t.stop_facts.iter().chain(&t.delete_facts).chain(&t.ended_by));
            all
        };
        let places = |text: &str| {
            let mut names: Vec<String> =
                text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).map(str::to_owned).collect();
            names.sort();
            names.dedup();
            names
        };
        for (english, spanish) in texts(&ENGLISH).into_iter().zip(texts(&SPANISH)) {
            assert_ne!(english, spanish);
            assert_eq!(places(english), places(spanish), "{english}");
        }
    }
}
