//! Mails to people who pay: what they have to do to verify an account, and what they have agreed to. In the language that their
//! customer prefers, English or Spanish; nobody is written to without an address.

use calendar::eastern_date;
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{ApiResult, Cx};

use super::mandates::Mandate;
use super::mandates::wording::{self, Scope};
use super::microdeposits::{Kind, Microdeposit};
use super::payment_methods::PaymentMethod;
use crate::core::account::business_name;
use crate::core::customers::Customer;
use crate::core::mails::{self, NewMail};

/// When a mail about small deposits is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// They are on their way.
    Sent,
    /// They should have arrived, and nobody has answered.
    Arrived,
    /// The time to answer is nearly over.
    Ending,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    English,
    Spanish,
}

/// What a mail says, beside the address of its reader.
struct Words {
    subject: String,
    paragraphs: Vec<String>,
}

/// Writes about small deposits, with the address of the page on which they are answered.
///
/// # Errors
/// Those of the database.
pub(crate) async fn deposits(
    cx: &mut Cx<'_>,
    deposit: &Microdeposit,
    method: &PaymentMethod,
    customer: Option<&str>,
    moment: Moment,
) -> ApiResult<()> {
    let business = business_name(cx).await?;
    let words = match language(cx, customer).await? {
        Language::English => deposits_in_english(deposit, method, moment, &business),
        Language::Spanish => deposits_in_spanish(deposit, method, moment, &business),
    };
    send(cx, method, &deposit.subject, words).await
}

/// Confirms what a payer has just agreed to, in the words of the agreement.
///
/// # Errors
/// Those of the database.
pub(crate) async fn mandate(cx: &mut Cx<'_>, mandate: &Mandate, method: &PaymentMethod, customer: Option<&str>) -> ApiResult<()> {
    let business = business_name(cx).await?;
    let day = day(mandate.customer_acceptance.accepted_at.unwrap_or(cx.now()));
    let scope = if mandate.single_use.is_some() { Scope::Once } else { Scope::Saved };
    let words = match language(cx, customer).await? {
        Language::English => mandate_in_english(method, day, scope, &business),
        Language::Spanish => mandate_in_spanish(method, day, scope, &business),
    };
    send(cx, method, &mandate.id, words).await
}

async fn send(cx: &mut Cx<'_>, method: &PaymentMethod, about: &str, words: Words) -> ApiResult<()> {
    let Some(to) = &method.billing_details.email else { return Ok(()) };
    let text = words.paragraphs.join("\n\n") + "\n";
    mails::write(cx, NewMail { to, about: Some(about), subject: words.subject, text }).await
}

/// The first language that the customer prefers and that there are words in.
async fn language(cx: &mut Cx<'_>, customer: Option<&str>) -> ApiResult<Language> {
    let Some(id) = customer else { return Ok(Language::English) };
    let locales = cx.find::<Customer>(id).await?.map(|customer| customer.value.preferred_locales).unwrap_or_default();
    let known = locales.iter().find_map(|tag| match tag.split(['-', '_']).next()?.to_ascii_lowercase().as_str() {
        "en" => Some(Language::English),
        "es" => Some(Language::Spanish),
        _ => None,
    });
    Ok(known.unwrap_or(Language::English))
}

/// The day of a moment where the banks are.
fn day(seconds: i64) -> Date {
    eastern_date(Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH))
}

fn day_in_english(day: Date) -> String {
    day.strftime("%B %-d, %Y").to_string()
}

fn day_in_spanish(day: Date) -> String {
    const MONTHS: [&str; 12] = [
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
    ];
    let month = usize::try_from(day.month()).ok().and_then(|month| MONTHS.get(month.wrapping_sub(1))).unwrap_or(&"");
    format!("{} de {month} de {}", day.day(), day.year())
}

fn deposits_in_english(deposit: &Microdeposit, method: &PaymentMethod, moment: Moment, business: &str) -> Words {
    let account = account_in_english(method);
    let arrival = day_in_english(day(deposit.arrival_date));
    let (what, task) = match deposit.kind {
        Kind::DescriptorCode => {
            ("A deposit of $0.01", "Beside it stands a code of six characters that begins with SM. Enter it here:")
        }
        Kind::Amounts => ("Two deposits below $1.00", "Enter both amounts here:"),
    };
    let (subject, news) = match moment {
        Moment::Sent => (
            format!("Verify your bank account for {business}"),
            format!("{business} wants to be sure that {account} is yours. {what} will arrive in it on {arrival}."),
        ),
        Moment::Arrived => (
            format!("Please verify your bank account for {business}"),
            format!("{business} still waits for you to verify {account}. {what} should have arrived in it on {arrival}."),
        ),
        Moment::Ending => (
            format!("Two days left to verify your bank account for {business}"),
            format!(
                "{business} can wait for two more days for you to verify {account}. {what} should have arrived on {arrival}."
            ),
        ),
    };
    Words {
        subject,
        paragraphs: vec![
            news,
            format!("Look for the text ACCTVERIFY on your statement. {task}"),
            deposit.url.clone(),
            "If you did not ask for this, you need not do anything. The account is not debited without your answer.".to_owned(),
        ],
    }
}

fn deposits_in_spanish(deposit: &Microdeposit, method: &PaymentMethod, moment: Moment, business: &str) -> Words {
    let account = account_in_spanish(method);
    let arrival = day_in_spanish(day(deposit.arrival_date));
    let (what, task) = match deposit.kind {
        Kind::DescriptorCode => {
            ("Un depósito de $0.01", "Al lado aparece un código de seis caracteres que empieza por SM. Escríbalo aquí:")
        }
        Kind::Amounts => ("Dos depósitos de menos de $1.00", "Escriba los dos importes aquí:"),
    };
    let (subject, news) = match moment {
        Moment::Sent => (
            format!("Verifique su cuenta bancaria para {business}"),
            format!("{business} quiere asegurarse de que {account} es suya. {what}: la llegada se espera el {arrival}."),
        ),
        Moment::Arrived => (
            format!("Por favor, verifique su cuenta bancaria para {business}"),
            format!("{business} todavía espera que verifique {account}. {what}: la llegada se esperaba el {arrival}."),
        ),
        Moment::Ending => (
            format!("Quedan dos días para verificar su cuenta bancaria para {business}"),
            format!(
                "{business} puede esperar dos días más a que verifique {account}. {what}: la llegada se esperaba el {arrival}."
            ),
        ),
    };
    Words {
        subject,
        paragraphs: vec![
            news,
            format!("Busque el texto ACCTVERIFY en su extracto. {task}"),
            deposit.url.clone(),
            "Si no lo ha pedido usted, no tiene que hacer nada. Sin su respuesta no se hace ningún cargo en la cuenta."
                .to_owned(),
        ],
    }
}

fn account_in_english(method: &PaymentMethod) -> String {
    let own = &method.us_bank_account;
    let last4 = own.last4.as_deref().unwrap_or_default();
    match &own.bank_name {
        Some(bank) => format!("the account at {bank} ending in {last4}"),
        None => format!("the account ending in {last4}"),
    }
}

fn account_in_spanish(method: &PaymentMethod) -> String {
    let own = &method.us_bank_account;
    let last4 = own.last4.as_deref().unwrap_or_default();
    match &own.bank_name {
        Some(bank) => format!("la cuenta de {bank} que termina en {last4}"),
        None => format!("la cuenta que termina en {last4}"),
    }
}

fn mandate_in_english(method: &PaymentMethod, day: Date, scope: Scope, business: &str) -> Words {
    let labels = ["Date", "Account holder", "Bank", "Routing number", "Account number"];
    let mut paragraphs = vec![
        format!("You have allowed {business} to debit your bank account. Keep this mail for your records."),
        facts(labels, &day_in_english(day), method),
    ];
    paragraphs.extend(wording::paragraphs("en", business, scope));
    Words { subject: format!("You allowed {business} to debit your bank account"), paragraphs }
}

fn mandate_in_spanish(method: &PaymentMethod, day: Date, scope: Scope, business: &str) -> Words {
    let labels = ["Fecha", "Titular", "Banco", "Número de ruta", "Número de cuenta"];
    let mut paragraphs = vec![
        format!("Usted ha permitido a {business} hacer cargos en su cuenta bancaria. Guarde este mensaje."),
        facts(labels, &day_in_spanish(day), method),
    ];
    paragraphs.extend(wording::paragraphs("es", business, scope));
    Words { subject: format!("Usted permitió a {business} hacer cargos en su cuenta bancaria"), paragraphs }
}

/// What is known of an agreement, a line each.
fn facts(labels: [&str; 5], day: &str, method: &PaymentMethod) -> String {
    let own = &method.us_bank_account;
    let number = own.last4.as_ref().map(|last4| format!("••••{last4}"));
    let values = [
        Some(day),
        method.billing_details.name.as_deref(),
        own.bank_name.as_deref(),
        own.routing_number.as_deref(),
        number.as_deref(),
    ];
    let known = labels.into_iter().zip(values).filter_map(|(label, value)| Some(format!("{label}: {}", value?)));
    known.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::{day_in_english, day_in_spanish};
    use jiff::civil::date;

    #[test]
    fn days_read_as_the_language_writes_them() {
        assert_eq!(day_in_english(date(2026, 11, 4)), "November 4, 2026");
        assert_eq!(day_in_spanish(date(2026, 11, 4)), "4 de noviembre de 2026");
        assert_eq!(day_in_spanish(date(2027, 12, 31)), "31 de diciembre de 2027");
    }
}
