use kernel::{ApiResult, Cx, Resource};

use super::object::{BankAccount, Token};
use crate::numbers::Numbers;
use crate::{Call, Nothing, Reply};

/// Shows a token.
///
/// # Errors
/// 404 if there is none.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    Ok(Reply::text(cx.raw_or_missing::<Token>(call.id(), "token").await?))
}

/// Makes a token for numbers that were checked, and seals them.
pub(crate) async fn of_numbers(cx: &mut Cx<'_>, numbers: &Numbers, account_type: &str) -> ApiResult<Token> {
    let account = BankAccount {
        id: cx.id("ba_", 24),
        object: "bank_account".into(),
        account_holder_name: None,
        account_holder_type: None,
        account_type: Some(account_type.into()),
        // No directory of banks by routing number is at hand.
        bank_name: None,
        country: "US".into(),
        currency: "usd".into(),
        fingerprint: Some(numbers.fingerprint(cx)),
        last4: numbers.last4(),
        routing_number: Some(numbers.routing.clone()),
        status: "new".into(),
    };
    numbers.keep(cx, &account.id).await?;
    let token = Token {
        id: cx.id("btok_", 24),
        object: Token::KIND.into(),
        bank_account: account,
        client_ip: None,
        created: cx.now(),
        livemode: cx.tenant.livemode(),
        r#type: "bank_account".into(),
        used: false,
    };
    cx.insert(&token).await?;
    Ok(token)
}
