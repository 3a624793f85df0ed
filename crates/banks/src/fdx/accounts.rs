//! Accounts and balances.

use money::Currency;

use super::transport::Read;
use super::{DataCall, Fdx};
use crate::account::{Balance, BankAccount, Category, Subcategory};
use crate::clean;
use crate::connector::{CallContext, DataKind};
use crate::error::BankError;
use crate::json::Object;

/// Accounts per page asked for.
const PAGE_SIZE: &str = "100";
/// No person has more accounts at one bank; a consent with more is cut here.
const ACCOUNTS_MAX: usize = 1_000;
/// Accounts whose details are fetched one by one when the list gives none.
const DETAILS_MAX: usize = 50;

impl Fdx {
    pub(super) async fn list_accounts(&self, call: DataCall<'_>) -> Result<Vec<BankAccount>, BankError> {
        let balances = covers_balances(&call.tokens.scope);
        let mut url = self.resource(&["accounts"])?;
        url.query_pairs_mut()
            // Details beyond the consent are refused, not left out.
            .append_pair("resultType", if balances { "details" } else { "lightweight" })
            .append_pair("limit", PAGE_SIZE);
        let mut accounts: Vec<BankAccount> = Vec::new();
        self.each_row(call, url, "accounts", |raw| {
            let account = Object::of(raw).and_then(|object| read_account(object, call.ctx));
            if let Some(account) = account
                && accounts.len() < ACCOUNTS_MAX
                && !accounts.iter().any(|known| known.bank_account_id == account.bank_account_id)
            {
                accounts.push(account);
            }
            accounts.len()
        })
        .await?;
        if balances {
            self.fill_balances(call, &mut accounts).await?;
        }
        Ok(accounts)
    }

    /// Some banks give balances only account by account.
    async fn fill_balances(&self, call: DataCall<'_>, accounts: &mut [BankAccount]) -> Result<(), BankError> {
        let lacking = accounts.iter_mut().filter(|account| account.balance.is_none());
        for account in lacking.take(DETAILS_MAX) {
            let call = DataCall { kind: DataKind::Balances, ..call };
            match self.one_account(call, &account.bank_account_id).await {
                Ok(detailed) => *account = detailed,
                Err(error @ (BankError::TokenExpired | BankError::GrantRevoked)) => {
                    return Err(error);
                }
                // The account itself is known; its balance can be asked for later.
                Err(_) => {}
            }
        }
        Ok(())
    }

    pub(super) async fn one_account(&self, call: DataCall<'_>, bank_account_id: &str) -> Result<BankAccount, BankError> {
        let url = self.resource(&["accounts", bank_account_id])?;
        match self.read(call, url).await? {
            Read::Found { object, .. } => read_account(object, call.ctx)
                .filter(|account| account.bank_account_id == bank_account_id)
                .ok_or_else(|| BankError::Protocol("the account makes no sense".to_owned())),
            Read::Nothing => Err(BankError::NotFound),
            Read::Unsupported => Err(BankError::NotPermitted(call.kind)),
        }
    }
}

/// An empty scope says nothing, so it is tried.
fn covers_balances(scope: &str) -> bool {
    scope.is_empty() || scope.split(' ').any(|scope| scope == DataKind::Balances.scope() || scope == "fdx:accountdetailed:read")
}

/// None for an account without identifier or in a currency we do not know.
fn read_account(object: Object, ctx: &CallContext) -> Option<BankAccount> {
    let (object, wrapper) = object.unwrap("accountId", "Account");
    let bank_account_id = object.text("accountId").and_then(clean::identifier)?;
    let code = object.object("currency").and_then(|currency| currency.text("currencyCode"));
    // FDX 4.6 banks leave the currency out; they are all in the United States.
    let code = code.map_or_else(|| "usd".to_owned(), |code| code.to_ascii_lowercase());
    let currency = Currency::parse(&code).ok()?;
    let category = object.text("accountCategory").or(wrapper).unwrap_or_default();
    let kind = object.text("accountType").unwrap_or_default();
    let (category, subcategory) = classify(&category, &kind);
    let status = object.text("status").unwrap_or_default().to_ascii_uppercase();
    let name = object.text("nickname").and_then(|raw| clean::text(&raw, clean::TEXT_MAX));
    let name = name.or_else(|| object.text("productName").and_then(|raw| clean::text(&raw, clean::TEXT_MAX)));
    Some(BankAccount {
        bank_account_id,
        display_name: name,
        last4: object.text("accountNumberDisplay").and_then(|raw| clean::last_four(&raw)),
        category,
        subcategory,
        currency: code,
        open: !matches!(status.as_str(), "CLOSED" | "PAID" | "PENDINGOPEN"),
        balance: read_balance(&object, category, currency, ctx.now),
    })
}

/// Maps FDX kinds. The type decides where it is clear; the category, or the name of the wrapper in
/// old versions, where it is not.
fn classify(category: &str, kind: &str) -> (Category, Subcategory) {
    match kind.to_ascii_uppercase().as_str() {
        "CHECKING" => return (Category::Cash, Subcategory::Checking),
        "SAVINGS" | "MONEYMARKET" | "HIGHINTERESTSAVINGSACCOUNT" => {
            return (Category::Cash, Subcategory::Savings);
        }
        "CREDITCARD" | "CHARGE" => return (Category::Credit, Subcategory::CreditCard),
        "LINEOFCREDIT" | "HOMELINEOFCREDIT" | "COMMERCIALLINEOFCREDIT" => {
            return (Category::Credit, Subcategory::LineOfCredit);
        }
        "MORTGAGE" => return (Category::Credit, Subcategory::Mortgage),
        "COMMERCIALDEPOSIT" => return (Category::Cash, Subcategory::Other),
        "COMMERCIALLOAN" => return (Category::Credit, Subcategory::Other),
        "COMMERCIALINVESTMENT" => return (Category::Investment, Subcategory::Other),
        _ => {}
    }
    let category = category.to_ascii_uppercase();
    let category = category.strip_suffix("_ACCOUNT").unwrap_or(&category);
    let category = match category {
        "DEPOSIT" | "DIGITAL_WALLET" => Category::Cash,
        "LOC" | "LINEOFCREDIT" | "LOAN" | "BNPL" => Category::Credit,
        "INVESTMENT" | "ANNUITY" => Category::Investment,
        _ => Category::Other,
    };
    (category, Subcategory::Other)
}

/// Credit is reported as the amount owed, so its sign turns. None without a current amount.
fn read_balance(object: &Object, category: Category, currency: Currency, now: i64) -> Option<Balance> {
    let amount = |name: &str| object.text(name).and_then(|raw| clean::minor(&raw, currency));
    let as_of = object.text("balanceAsOf").and_then(|raw| clean::time(&raw)).unwrap_or(now);
    let owed = || amount("currentBalance").or_else(|| amount("principalBalance"));
    Some(match category {
        Category::Credit => {
            let current_minor = -owed()?;
            let credit_used_minor = match (amount("availableCredit"), amount("creditLine")) {
                (Some(available), Some(line)) => available - line,
                _ => current_minor,
            };
            Balance { as_of, current_minor, available_minor: None, credit_used_minor: Some(credit_used_minor) }
        }
        Category::Investment => Balance {
            as_of,
            current_minor: amount("currentValue").or_else(|| amount("currentBalance"))?,
            available_minor: amount("availableCashBalance"),
            credit_used_minor: None,
        },
        Category::Cash | Category::Other => Balance {
            as_of,
            current_minor: amount("currentBalance")?,
            available_minor: amount("availableBalance"),
            credit_used_minor: None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::{classify, covers_balances, read_account};
    use crate::account::{Balance, BankAccount, Category, Subcategory};
    use crate::connector::{CallContext, Entropy};
    use crate::json::Object;
    use std::sync::Arc;

    struct Zeros;
    impl Entropy for Zeros {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(0);
        }
    }

    fn read(text: &str) -> Option<BankAccount> {
        let ctx = CallContext { now: 1_000, policy: egress::Policy::default(), user_present: false, entropy: Arc::new(Zeros) };
        read_account(Object::parse(text.as_bytes()).unwrap(), &ctx)
    }

    #[test]
    fn a_flat_deposit_account() {
        let account = read(
            r#"{"accountId":"a1","accountCategory":"DEPOSIT_ACCOUNT","accountType":"CHECKING",
                "accountNumberDisplay":"****6789","productName":"Everyday","nickname":"Mine",
                "status":"OPEN","currency":{"currencyCode":"USD"},
                "currentBalance":100.10,"availableBalance":"99.9","balanceAsOf":"2026-01-02T03:04:05Z"}"#,
        )
        .unwrap();
        let balance =
            Balance { as_of: 1_767_323_045, current_minor: 10_010, available_minor: Some(9_990), credit_used_minor: None };
        let expected = BankAccount {
            bank_account_id: "a1".to_owned(),
            display_name: Some("Mine".to_owned()),
            last4: Some("6789".to_owned()),
            category: Category::Cash,
            subcategory: Subcategory::Checking,
            currency: "usd".to_owned(),
            open: true,
            balance: Some(balance),
        };
        assert_eq!(account, expected);
    }

    #[test]
    fn credit_is_owed_by_the_holder() {
        let card = read(
            r#"{"locAccount":{"accountId":"c","accountType":"CREDITCARD","currentBalance":250,
                "creditLine":1000.00,"availableCredit":700}}"#,
        )
        .unwrap();
        assert_eq!((card.category, card.subcategory), (Category::Credit, Subcategory::CreditCard));
        let balance = card.balance.unwrap();
        assert_eq!((balance.current_minor, balance.credit_used_minor), (-25_000, Some(-30_000)));
        assert_eq!((balance.as_of, balance.available_minor), (1_000, None));
        let loan = read(
            r#"{"accountId":"m","accountCategory":"LOAN_ACCOUNT","accountType":"MORTGAGE",
                "principalBalance":200000.00,"status":"PAID"}"#,
        )
        .unwrap();
        assert!(!loan.open);
        assert_eq!(loan.balance.unwrap().current_minor, -20_000_000);
    }

    #[test]
    fn accounts_that_make_no_sense_are_left_out() {
        assert!(read(r#"{"accountId":""}"#).is_none());
        assert!(read(r#"{"accountId":".."}"#).is_none());
        assert!(read(r#"{"accountId":"a","currency":{"currencyCode":"????"}}"#).is_none());
        let bare = read(r#"{"accountId":"a","currentBalance":1e400}"#).unwrap();
        assert_eq!((bare.category, bare.balance), (Category::Other, None));
    }

    #[test]
    fn kinds() {
        use Subcategory as Sub;
        for (category, kind, expected) in [
            ("DEPOSIT_ACCOUNT", "SAVINGS", (Category::Cash, Sub::Savings)),
            ("DEPOSIT_ACCOUNT", "MONEYMARKET", (Category::Cash, Sub::Savings)),
            ("DEPOSIT_ACCOUNT", "CD", (Category::Cash, Sub::Other)),
            ("deposit", "", (Category::Cash, Sub::Other)),
            ("LOC_ACCOUNT", "HOMELINEOFCREDIT", (Category::Credit, Sub::LineOfCredit)),
            ("LOAN_ACCOUNT", "AUTOLOAN", (Category::Credit, Sub::Other)),
            ("INVESTMENT_ACCOUNT", "401K", (Category::Investment, Sub::Other)),
            ("COMMERCIAL_ACCOUNT", "COMMERCIALDEPOSIT", (Category::Cash, Sub::Other)),
            ("INSURANCE_ACCOUNT", "X", (Category::Other, Sub::Other)),
            ("", "", (Category::Other, Sub::Other)),
        ] {
            assert_eq!(classify(category, kind), expected, "{category} {kind}");
        }
    }

    #[test]
    fn scopes() {
        assert!(covers_balances(""));
        assert!(covers_balances("openid fdx:balances:read"));
        assert!(!covers_balances("openid fdx:accountbasic:read"));
    }
}
