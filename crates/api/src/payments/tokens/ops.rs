use form::FormError;
use kernel::{Access, ApiError, ApiResult, Cx, Resource, Stored};

use super::object::Token;
use super::params::{BankAccountParams, Create};
use crate::numbers::Numbers;
use crate::payments::payment_methods::{self, AccountType, HolderType, PaymentMethod};
use crate::payments::sources::BankAccount;
use crate::{App, Call, Nothing, Reply};

const PREFIX: &str = "btok_";

/// Makes a token of a bank account.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn create(cx: &mut Cx<'_>, call: Call<Create>) -> ApiResult<Reply> {
    let sent = call.params.bank_account.ok_or_else(|| FormError::missing("bank_account"))?;
    let (numbers, described) = match sent.payment_method {
        Some(_) if call.caller.access == Access::Publishable => {
            let message = "A page cannot make a token of a payment method. Use a secret key on your server.";
            return Err(ApiError::forbidden(None, message).with_param("bank_account[payment_method]"));
        }
        Some(id) => of_method(cx, &call.app, &id).await?,
        None => read(sent)?,
    };
    let ip = call.client.ip.map(|ip| ip.to_string());
    Reply::json(&made(cx, &call.app, &numbers, described, ip).await?)
}

/// The numbers that were sent, checked.
fn read(sent: BankAccountParams) -> ApiResult<(Numbers, Described)> {
    let missing = |name: &str| FormError::missing(format!("bank_account[{name}]"));
    let country = sent.country.ok_or_else(|| missing("country"))?;
    if !country.eq_ignore_ascii_case("US") {
        let message = "Only accounts at banks of the United States can be used: the country is US.";
        return Err(ApiError::coded("country_unsupported", message).with_param("bank_account[country]"));
    }
    let account = sent.account_number.ok_or_else(|| missing("account_number"))?;
    let routing = sent.routing_number.ok_or_else(|| missing("routing_number"))?;
    let numbers = Numbers::checked(&routing, &account, "bank_account[routing_number]", "bank_account[account_number]")?;
    let described = Described {
        holder_name: sent.account_holder_name,
        holder_type: sent.account_holder_type.map(|own| own.as_str()),
        account_type: sent.account_type.map(|own| own.as_str()),
        verified: false,
    };
    Ok((numbers, described))
}

/// The numbers of a payment method, and what is known of it.
async fn of_method(cx: &mut Cx<'_>, app: &App, id: &str) -> ApiResult<(Numbers, Described)> {
    const PARAM: &str = "bank_account[payment_method]";
    let method: Stored<PaymentMethod> = payment_methods::named(cx, app, id, PARAM).await?;
    let numbers = Numbers::of(cx, &method.id).await?;
    let numbers = numbers.ok_or_else(|| ApiError::invalid_param(PARAM, "This payment method has no numbers any more."))?;
    let verified = payment_methods::is_verified(cx, &method.id).await?;
    let account = &method.us_bank_account;
    let described = Described {
        holder_name: method.billing_details.name.clone(),
        holder_type: account.account_holder_type.as_deref().and_then(HolderType::parse).map(|own| own.as_str()),
        account_type: account.account_type.as_deref().and_then(AccountType::parse).map(|own| own.as_str()),
        verified,
    };
    Ok((numbers, described))
}

/// Shows a token.
///
/// # Errors
/// 404 if there is none.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    Ok(Reply::text(cx.raw_or_missing::<Token>(call.id(), "token").await?))
}

/// What is known of a bank account beside its numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Described {
    pub holder_name: Option<String>,
    /// `individual` or `company`.
    pub holder_type: Option<&'static str>,
    /// `checking` or `savings`.
    pub account_type: Option<&'static str>,
    /// Its holder has shown that it is theirs.
    pub verified: bool,
}

/// Makes a token for numbers that a person typed, and seals them.
pub(crate) async fn of_numbers(cx: &mut Cx<'_>, app: &App, numbers: &Numbers, account_type: &'static str) -> ApiResult<Token> {
    let described = Described { account_type: Some(account_type), ..Described::default() };
    made(cx, app, numbers, described, None).await
}

/// Makes a token for the numbers of a linked account, which its holder has shown to be theirs.
pub(crate) async fn of_linked(cx: &mut Cx<'_>, app: &App, numbers: &Numbers, subcategory: &str) -> ApiResult<Token> {
    let account_type = AccountType::parse(subcategory).map(|own| own.as_str());
    made(cx, app, numbers, Described { account_type, verified: true, ..Described::default() }, None).await
}

async fn made(
    cx: &mut Cx<'_>,
    app: &App,
    numbers: &Numbers,
    described: Described,
    client_ip: Option<String>,
) -> ApiResult<Token> {
    let token = Token {
        bank_account: bank_account(cx, app, numbers, described).await?,
        id: cx.id(PREFIX, 24),
        object: Token::KIND.into(),
        client_ip,
        created: cx.now(),
        livemode: cx.tenant.livemode(),
        r#type: BankAccount::KIND.into(),
        used: false,
    };
    cx.insert(&token).await?;
    Ok(token)
}

/// A bank account of nobody yet; its numbers are sealed.
async fn bank_account(cx: &mut Cx<'_>, app: &App, numbers: &Numbers, described: Described) -> ApiResult<BankAccount> {
    let account = BankAccount {
        id: cx.id("ba_", 24),
        object: BankAccount::KIND.into(),
        account_holder_name: described.holder_name,
        account_holder_type: described.holder_type.map(Into::into),
        account_type: described.account_type.map(Into::into),
        bank_name: app.surroundings.of(cx.tenant.livemode()).bank_name(&numbers.routing),
        country: "US".into(),
        currency: "usd".into(),
        customer: None,
        fingerprint: Some(numbers.fingerprint(cx)),
        last4: numbers.last4(),
        metadata: None,
        routing_number: Some(numbers.routing.clone()),
        status: if described.verified { "verified" } else { "new" }.into(),
    };
    numbers.keep(cx, &account.id).await?;
    Ok(account)
}

/// Uses a token up: its bank account is the caller's from now on. A sample that has a name, such as `btok_us_verified`, is a
/// new bank account at each use.
///
/// # Errors
/// 400 that names `param` for a token that is not there or was used.
pub(crate) async fn redeem(cx: &mut Cx<'_>, app: &App, id: &str, param: &str) -> ApiResult<BankAccount> {
    if let Some(sample) = Some(id).filter(|id| id.starts_with(PREFIX)).and_then(|id| sample(cx, app, id)) {
        let numbers = Numbers { routing: sample.routing, account: banks::Secret::new(sample.account), tokenized: false };
        let described = Described { verified: sample.verified, ..Described::default() };
        return bank_account(cx, app, &numbers, described).await;
    }
    let mut token = cx.get_named::<Token>(id, param).await?;
    if token.used {
        let message = format!("You cannot use a token more than once: {id}.");
        return Err(ApiError::coded("token_already_used", message).with_param(param));
    }
    token.used = true;
    cx.update(&mut token).await?;
    Ok(token.value.bank_account)
}

fn sample(cx: &Cx<'_>, app: &App, name: &str) -> Option<crate::payments::surroundings::Sample> {
    app.surroundings.of(cx.tenant.livemode()).sample(name)
}
