//! The sentences in each language.

use super::Texts;

pub(super) const ENGLISH: Texts = Texts {
    language: "en",
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

pub(super) const SPANISH: Texts = Texts {
    language: "es",
    consent_title: "{business} pide ver sus cuentas bancarias",
    consent_bullets: [
        (
            "Usted elige",
            "Usted decide qué cuentas se comparten. {business} recibe [estos datos](stripe://data-access-notice) y nada más.",
        ),
        ("Su banco le pregunta a usted", "Inicia sesión en su banco. {business} nunca ve su contraseña."),
        ("Puede dejarlo", "Se deja de compartir cuando usted lo diga, y a los doce meses como máximo."),
    ],
    consent_above: "Si continúa, [acepta compartir estos datos](stripe://legal-details-notice) con {business}.",
    consent_button: "Aceptar y continuar",
    data_title: "Qué se comparte",
    data_lead: "{business} podrá leer esto de las cuentas que elija:",
    data_names: [
        ("payment_method", "Números de cuenta", "Número de ruta y de cuenta, para los pagos que apruebe."),
        ("balances", "Saldos", "Lo que hay en la cuenta y lo que se puede gastar."),
        ("ownership", "Titulares", "Nombres, direcciones, correos electrónicos y teléfonos."),
        ("transactions", "Movimientos", "Hasta 180 días atrás, y los nuevos según lleguen."),
    ],
    terms_title: "Qué acepta",
    terms_lead: "No se comparte nada antes de que elija cuentas.",
    terms: [
        ("Quién recibe los datos", "{business}, y nadie más por este acuerdo."),
        ("Por cuánto tiempo", "Hasta que lo termine, y doce meses como máximo. Después se le pregunta de nuevo."),
        ("Cómo termina", "En {business} o en su banco, cuando quiera."),
    ],
    understood: "Entendido",
    picker_notice: "{business} verá [estos datos](stripe://data-access-notice) de las cuentas que elija.",
    prepane_title: "Inicie sesión en {bank}",
    prepane_lead: "Ahora se abre la página de {bank}. Después vuelve aquí.",
    prepane_body: "{bank} pregunta qué cuentas comparte con {business}. [Ver qué datos](stripe://data-access-notice).",
    prepane_button: "Continuar a {bank}",
    type_not_asked: "No se piden cuentas de este tipo",
    not_payable: "Desde esta cuenta no se pueden hacer pagos",
    closed: "Esta cuenta está cerrada",
    already_linked: "Ya está vinculada",
};
