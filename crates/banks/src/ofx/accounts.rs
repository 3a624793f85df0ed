//! Accounts, balances and numbers.

use ::ofx::{
    Account, AccountInfo, AccountKind, AccountList, AskContent, BankAccountKind, Content, Moment, Statement, StatusCode,
};
use money::Currency;
use serde::{Deserialize, Serialize};

use super::exchange::{Credentials, Exchange};
use super::{Ofx, statement, status};
use crate::account::{BankAccount, NumbersStatus, PaymentNumbers};
use crate::clean;
use crate::connector::{CallContext, DataKind};
use crate::error::BankError;
use crate::numbers::{is_account, is_routing};
use crate::secret::Secret;
use crate::transport::fingerprint;

/// No person has more accounts at one bank; a longer list is cut here.
const ACCOUNTS_MAX: usize = 100;
/// OFX gives no currency in the list of accounts; its banks are in the United States.
const CURRENCY_DEFAULT: &str = "usd";

/// The grant: with what to sign on, and the accounts seen when the person did.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SignedOn {
    pub(super) credentials: Credentials,
    pub(super) accounts: Vec<KnownAccount>,
}

impl SignedOn {
    pub(super) fn account(&self, bank_account_id: &str) -> Result<&KnownAccount, BankError> {
        self.accounts.iter().find(|account| account.id == bank_account_id).ok_or(BankError::NotFound)
    }
}

/// What requests need to name an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct KnownAccount {
    /// Lasting, and not the number: see [`lasting_id`].
    pub(super) id: String,
    bank: Option<String>,
    branch: Option<String>,
    number: Secret,
    key: Option<String>,
    kind: KnownKind,
    name: Option<String>,
    /// Whether statements can be had.
    readable: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum KnownKind {
    /// The code of its type.
    Bank(Option<String>),
    Card,
    Investment,
}

/// The same in every list, different in every installation. A hash, because the number itself must
/// not be an identifier.
fn lasting_id(account: &Account, client_id: &str) -> String {
    let kind = match &account.kind {
        AccountKind::Bank(kind) => kind.as_ref().map_or("BANK", BankAccountKind::code),
        AccountKind::Card => "CREDITCARD",
        AccountKind::Investment => "INVESTMENT",
    };
    fingerprint(&[account.bank.as_deref().unwrap_or_default(), &account.number, kind, client_id])
}

impl KnownAccount {
    /// The accounts of a list, each once.
    pub(super) fn of(list: &AccountList, client_id: &str) -> Vec<KnownAccount> {
        let mut known: Vec<KnownAccount> = Vec::new();
        for info in &list.accounts {
            let account = KnownAccount::new(info, client_id);
            if known.len() < ACCOUNTS_MAX && !known.iter().any(|other| other.id == account.id) {
                known.push(account);
            }
        }
        known
    }

    fn new(info: &AccountInfo, client_id: &str) -> KnownAccount {
        let account = &info.account;
        let kind = match &account.kind {
            AccountKind::Bank(kind) => KnownKind::Bank(kind.as_ref().map(|kind| kind.code().to_owned())),
            AccountKind::Card => KnownKind::Card,
            AccountKind::Investment => KnownKind::Investment,
        };
        KnownAccount {
            id: lasting_id(account, client_id),
            bank: account.bank.clone(),
            branch: account.branch.clone(),
            number: Secret::new(account.number.clone()),
            key: account.key.clone(),
            // The crate `ofx` does not ask for statements of brokers.
            readable: info.supports_download != Some(false) && !matches!(kind, KnownKind::Investment),
            kind,
            name: info.description.as_deref().and_then(|raw| clean::text(raw, clean::TEXT_MAX)),
        }
    }

    fn kind(&self) -> AccountKind {
        match &self.kind {
            KnownKind::Bank(code) => AccountKind::Bank(code.as_deref().map(BankAccountKind::from_code)),
            KnownKind::Card => AccountKind::Card,
            KnownKind::Investment => AccountKind::Investment,
        }
    }

    /// The request for its statement; none where the bank has none.
    pub(super) fn statement_request(&self, bank_id: Option<&str>, period: Option<::ofx::Period>) -> Option<AskContent> {
        if !self.readable {
            return None;
        }
        let kind = self.kind();
        let is_card = kind == AccountKind::Card;
        let account = Some(Account {
            bank: if is_card { None } else { bank_id.map(str::to_owned).or_else(|| self.bank.clone()) },
            branch: self.branch.clone(),
            number: self.number.expose().to_owned(),
            key: self.key.clone(),
            kind,
        });
        Some(if is_card {
            AskContent::CardStatement { account, transactions: period }
        } else {
            AskContent::BankStatement { account, transactions: period }
        })
    }

    /// The statements of an answer that are about this account. Banks split one into several, by months as a rule. A lone
    /// statement is the one that was asked for, however the bank writes the number.
    pub(super) fn own<'a>(&self, statements: &'a [Statement]) -> Result<Vec<&'a Statement>, BankError> {
        let is_own = |one: &&Statement| one.account.as_ref().is_none_or(|account| account.number == *self.number.expose());
        let own: Vec<&Statement> = statements.iter().filter(is_own).collect();
        match (own.is_empty(), statements) {
            (false, _) => Ok(own),
            (true, [one]) => Ok(vec![one]),
            (true, _) => Err(BankError::Protocol("the answer has no statement of the account".to_owned())),
        }
    }

    /// The account as others see it; its statements bring currency and balance, the latest of which counts.
    fn show(&self, statements: &[&Statement], open: bool, now: i64) -> BankAccount {
        let (category, subcategory) = statement::classify(&self.kind());
        let currency = statements
            .iter()
            .find_map(|statement| Currency::parse(statement.currency.as_deref()?).ok())
            .map_or_else(|| CURRENCY_DEFAULT.to_owned(), |currency| currency.code().to_owned());
        let balances = statements.iter().filter_map(|statement| statement::balance(statement, category, &currency, now));
        let latest = balances.reduce(|one, other| if other.as_of > one.as_of { other } else { one });
        BankAccount {
            bank_account_id: self.id.clone(),
            display_name: self.name.clone(),
            last4: clean::last_four(self.number.expose()),
            category,
            subcategory,
            balance: latest,
            currency,
            open,
        }
    }
}

/// The statements at a position of what was asked, at least one, or why there is none.
pub(super) fn statements_at(exchange: &Exchange, position: usize, kind: DataKind) -> Result<&[Statement], BankError> {
    let missing = || BankError::Protocol("the answer has no statement".to_owned());
    let answer = exchange.answer(position).ok_or_else(missing)?;
    if let Some(status) = answer.status.as_ref().filter(|status| status.is_error()) {
        return Err(status::of_data(status.code, kind));
    }
    match &answer.content {
        Content::Statements(_, statements) if !statements.is_empty() => Ok(statements),
        _ => Err(missing()),
    }
}

/// The list of accounts at a position of what was asked, or why there is none.
fn list_at(exchange: &Exchange, position: usize, kind: DataKind) -> Result<&AccountList, BankError> {
    let missing = || BankError::Protocol("the answer has no accounts".to_owned());
    let answer = exchange.answer(position).ok_or_else(missing)?;
    if let Some(status) = answer.status.as_ref().filter(|status| status.is_error()) {
        return Err(status::of_data(status.code, kind));
    }
    match &answer.content {
        Content::Accounts(Some(list)) => Ok(list),
        _ => Err(missing()),
    }
}

const LIST: AskContent = AskContent::Accounts { since: Moment::EPOCH };

impl Ofx {
    /// One request document asks for the list and every balance.
    pub(super) async fn list_accounts(&self, ctx: &CallContext, grant: &SignedOn) -> Result<Vec<BankAccount>, BankError> {
        let bank_id = self.config.bank_id.as_deref();
        let mut contents = vec![LIST];
        let mut positions = Vec::with_capacity(grant.accounts.len());
        for account in &grant.accounts {
            let request = account.statement_request(bank_id, None);
            positions.push(request.as_ref().map(|_| contents.len()));
            contents.extend(request);
        }
        let exchange = self.ask(ctx, &grant.credentials, &contents).await?;
        let listed = list_at(&exchange, 0, DataKind::Accounts).ok();
        let accounts = grant.accounts.iter().zip(positions).map(|(account, position)| {
            let statements = position.map(|position| statements_at(&exchange, position, DataKind::Balances));
            let gone = matches!(statements, Some(Err(BankError::AccountClosed | BankError::NotFound)));
            let still_listed = listed.is_none_or(|list| find(list, account, &grant.credentials).is_some());
            let own = statements.and_then(Result::ok).and_then(|statements| account.own(statements).ok()).unwrap_or_default();
            account.show(&own, still_listed && !gone, ctx.now)
        });
        Ok(accounts.collect())
    }

    pub(super) async fn one_account(
        &self,
        ctx: &CallContext,
        grant: &SignedOn,
        bank_account_id: &str,
    ) -> Result<BankAccount, BankError> {
        let account = grant.account(bank_account_id)?;
        let request = account.statement_request(self.config.bank_id.as_deref(), None);
        if let Some(request) = request {
            let exchange = self.ask(ctx, &grant.credentials, &[request]).await?;
            let own = account.own(statements_at(&exchange, 0, DataKind::Balances)?)?;
            return Ok(account.show(&own, true, ctx.now));
        }
        let exchange = self.ask(ctx, &grant.credentials, &[LIST]).await?;
        let listed = find(list_at(&exchange, 0, DataKind::Accounts)?, account, &grant.credentials);
        listed.map(|_| account.show(&[], true, ctx.now)).ok_or(BankError::NotFound)
    }

    /// The numbers are those that the bank lists itself: OFX names accounts by them.
    pub(super) async fn ach_numbers(
        &self,
        ctx: &CallContext,
        grant: &SignedOn,
        bank_account_id: &str,
    ) -> Result<Option<PaymentNumbers>, BankError> {
        let account = grant.account(bank_account_id)?;
        let exchange = self.ask(ctx, &grant.credentials, &[LIST]).await?;
        let list = list_at(&exchange, 0, DataKind::PaymentNumbers)?;
        let info = find(list, account, &grant.credentials).ok_or(BankError::NotFound)?;
        let routing = self.config.bank_id.clone().or_else(|| info.account.bank.clone()).filter(|text| is_routing(text));
        let takes_ach = matches!(
            &info.account.kind,
            AccountKind::Bank(Some(BankAccountKind::Checking | BankAccountKind::Savings | BankAccountKind::MoneyMarket))
        );
        let (true, Some(routing), true) = (takes_ach, routing, is_account(&info.account.number)) else {
            return Ok(None);
        };
        Ok(Some(PaymentNumbers {
            routing,
            account: Secret::new(info.account.number.clone()),
            tokenized: false,
            status: NumbersStatus::Transactable,
            expires_at: None,
            can_debit: info.transfer_source == Some(true),
            can_credit: info.transfer_destination == Some(true),
        }))
    }
}

fn find<'a>(list: &'a AccountList, account: &KnownAccount, credentials: &Credentials) -> Option<&'a AccountInfo> {
    list.accounts.iter().find(|info| lasting_id(&info.account, &credentials.client_id) == account.id)
}

/// Whether a bank refused only the span of time.
pub(super) fn refuses_dates(exchange: &Exchange, position: usize) -> bool {
    let status = exchange.answer(position).and_then(|answer| answer.status.as_ref());
    status.is_some_and(|status| matches!(status.code, StatusCode::INVALID_DATE | StatusCode::INVALID_DATE_RANGE))
}

#[cfg(test)]
mod tests {
    use super::{KnownAccount, lasting_id};
    use ::ofx::{Account, AccountInfo, AccountList, AskContent, BankAccountKind};

    #[test]
    fn ids_last_and_hide_the_number() {
        let checking = Account::bank("110000000", "000123456789", BankAccountKind::Checking);
        let savings = Account::bank("110000000", "000123456789", BankAccountKind::Savings);
        let id = lasting_id(&checking, "world_1");
        assert_eq!(id, lasting_id(&checking, "world_1"));
        assert_ne!(id, lasting_id(&savings, "world_1"));
        assert_ne!(id, lasting_id(&checking, "world_2"));
        assert!(!id.contains("000123456789") && id.len() == 64);
    }

    #[test]
    fn lists_are_bounded_and_without_repetition() {
        let info = |number: usize| AccountInfo::active(Account::card(number.to_string()), "Card");
        let list = AccountList { updated: None, accounts: (0..300).map(|number| info(number / 2)).collect() };
        assert_eq!(KnownAccount::of(&list, "c").len(), super::ACCOUNTS_MAX);
    }

    #[test]
    fn requests_name_the_account_as_the_bank_does() {
        let list = |account: Account| AccountList { updated: None, accounts: vec![AccountInfo::active(account, "Mine")] };
        let request = |account: Account| KnownAccount::of(&list(account), "c")[0].statement_request(Some("999"), None);
        let Some(AskContent::BankStatement { account: Some(account), .. }) =
            request(Account::bank("1", "22", BankAccountKind::Savings))
        else {
            panic!("no bank statement")
        };
        assert_eq!(account, Account::bank("999", "22", BankAccountKind::Savings));
        let Some(AskContent::CardStatement { account: Some(account), .. }) = request(Account::card("33")) else {
            panic!("no card statement")
        };
        assert_eq!(account, Account::card("33"));
    }
}
