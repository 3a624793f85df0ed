//! Arbitrary answers.

use ofx::{
    AccountInfo, AccountList, Answer, Balance, Challenge, Content, Correction, CorrectionAction, Document, Line, MessageSet,
    MessageSetKind, OtherCurrency, Payee, Profile, ServiceStatus, Severity, SignOn, SignOnInfo, Statement, StatementKind, Status,
    StatusCode, Transaction, TransactionKind,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

use super::{account, address, currency, decimal, format, institution, maybe, moment, secret, text};

pub fn document() -> BoxedStrategy<Document> {
    (format(), of(sign_on()), vec(answer(), 0..4))
        .prop_filter("an empty document is an error", |(_, sign_on, answers)| sign_on.is_some() || !answers.is_empty())
        .prop_map(|(format, sign_on, answers)| Document { format, sign_on, answers })
        .boxed()
}

fn status() -> BoxedStrategy<Status> {
    let severity = prop_oneof![Just(Severity::Info), Just(Severity::Warn), Just(Severity::Error)];
    (any::<u32>(), severity, maybe())
        .prop_map(|(code, severity, message)| Status { code: StatusCode(code), severity, message })
        .boxed()
}

fn sign_on() -> BoxedStrategy<SignOn> {
    let first = (of(status()), of(moment()), of(secret()), of(moment()), maybe(), of(moment()));
    let second = (of(moment()), of(institution()), of(secret()), of(secret()), maybe());
    (first, second)
        .prop_map(|(first, second)| SignOn {
            status: first.0,
            server_time: first.1,
            user_key: first.2,
            user_key_expires: first.3,
            language: first.4,
            profile_updated: first.5,
            accounts_updated: second.0,
            institution: second.1,
            session_cookie: second.2,
            access_key: second.3,
            intuit_bank_id: second.4,
            line: Line::default(),
        })
        .boxed()
}

fn answer() -> BoxedStrategy<Answer> {
    let kind = || prop_oneof![Just(StatementKind::Bank), Just(StatementKind::Card), Just(StatementKind::Investment)];
    let challenge = (text(), maybe()).prop_map(|(id, question)| Challenge { id, question });
    let content = prop_oneof![
        of(profile()).prop_map(|profile| Content::Profile(profile.map(Box::new))),
        of(account_list()).prop_map(Content::Accounts),
        vec(challenge, 0..3).prop_map(Content::Challenges),
        (kind(), vec(kind().prop_flat_map(statement), 0..3)).prop_map(|(kind, statements)| Content::Statements(kind, statements)),
    ];
    (text(), of(status()), maybe(), content)
        .prop_map(|(transaction_id, status, client_cookie, content)| Answer {
            transaction_id,
            status,
            client_cookie,
            content,
            line: Line::default(),
        })
        .boxed()
}

fn profile() -> BoxedStrategy<Profile> {
    let kind = prop_oneof![Just(MessageSetKind::SignUp), Just(MessageSetKind::Bank), Just(MessageSetKind::CreditCard)];
    let set = (kind, maybe(), maybe()).prop_map(|(kind, url, sign_on_realm)| MessageSet { kind, url, sign_on_realm });
    let flag = || of(any::<bool>());
    let first = (maybe(), of(any::<u32>()), of(any::<u32>()), maybe(), flag(), flag(), flag());
    let second = (flag(), flag(), maybe(), maybe(), flag(), flag(), maybe(), flag(), flag());
    let info = (first, second).prop_map(|(first, second)| SignOnInfo {
        realm: first.0,
        minimum_length: first.1,
        maximum_length: first.2,
        characters: first.3,
        case_sensitive: first.4,
        special_characters: first.5,
        spaces: first.6,
        password_change: second.0,
        password_change_first: second.1,
        first_credential_label: second.2,
        second_credential_label: second.3,
        client_id_required: second.4,
        auth_token_first: second.5,
        auth_token_label: second.6,
        challenges: second.7,
        challenges_first: second.8,
    });
    let texts = (maybe(), address(), maybe(), maybe(), maybe(), maybe(), maybe());
    (texts, of(moment()), vec(set, 0..3), vec(info, 0..2))
        .prop_map(|(texts, updated, message_sets, sign_ons)| Profile {
            name: texts.0,
            address: texts.1,
            customer_phone: texts.2,
            technical_phone: texts.3,
            fax: texts.4,
            url: texts.5,
            email: texts.6,
            updated,
            message_sets,
            sign_ons,
        })
        .boxed()
}

fn account_list() -> BoxedStrategy<AccountList> {
    let status = prop_oneof![Just(ServiceStatus::Available), Just(ServiceStatus::Pending), Just(ServiceStatus::Active)];
    let flag = || of(any::<bool>());
    let info = (account(), maybe(), maybe(), flag(), flag(), flag(), of(status)).prop_map(|parts| AccountInfo {
        account: parts.0,
        description: parts.1,
        phone: parts.2,
        supports_download: parts.3,
        transfer_source: parts.4,
        transfer_destination: parts.5,
        status: parts.6,
        line: Line::default(),
    });
    (of(moment()), vec(info, 0..3)).prop_map(|(updated, accounts)| AccountList { updated, accounts }).boxed()
}

fn statement(kind: StatementKind) -> BoxedStrategy<Statement> {
    let balance = || of((decimal(), of(moment())).prop_map(|(amount, as_of)| Balance { amount, as_of }));
    let head = (of(account()), of(currency()), balance(), balance(), of(moment()), of(moment()));
    (head, vec(transaction(), 0..4))
        .prop_map(move |(head, mut transactions)| {
            // Booked ones come first, and an id with equal content would be dropped.
            transactions.sort_by_key(|row| row.pending);
            for (number, row) in transactions.iter_mut().enumerate() {
                row.id = row.id.take().map(|id| format!("{id}x{number}"));
            }
            Statement {
                kind,
                account: head.0,
                currency: head.1,
                ledger: head.2,
                available: head.3,
                start: head.4,
                end: head.5,
                transactions,
                line: Line::default(),
            }
        })
        .boxed()
}

fn transaction() -> BoxedStrategy<Transaction> {
    let kind = prop_oneof![
        Just(TransactionKind::Debit),
        Just(TransactionKind::DirectDeposit),
        text().prop_map(|code| TransactionKind::from_code(&code)),
    ];
    let payee = (maybe(), address(), maybe()).prop_map(|(name, address, phone)| Payee { name, address, phone });
    let other =
        (currency(), of(decimal()), any::<bool>()).prop_map(|(code, rate, original)| OtherCurrency { code, rate, original });
    let action = prop_oneof![Just(CorrectionAction::Replace), Just(CorrectionAction::Delete)];
    let correction = (text(), of(action)).prop_map(|(id, action)| Correction { id, action });
    let counterparty = of(account()).prop_filter("only banks and cards", |account| {
        account.as_ref().is_none_or(|account| account.kind != ofx::AccountKind::Investment)
    });
    let first = (maybe(), of(kind), any::<bool>(), of(moment()), of(moment()), of(moment()), decimal());
    let second = (maybe(), maybe(), of(payee), counterparty, maybe(), maybe(), maybe());
    let third = (maybe(), maybe(), maybe(), of(other), of(correction));
    (first, second, third)
        .prop_map(|(first, second, third)| Transaction {
            id: first.0,
            kind: first.1,
            pending: first.2,
            posted: first.3,
            initiated: first.4,
            available: first.5,
            amount: first.6,
            name: second.0,
            extended_name: second.1,
            payee: second.2,
            counterparty: second.3,
            memo: second.4,
            check_number: second.5,
            reference_number: second.6,
            server_id: third.0,
            payee_id: third.1,
            industry_code: third.2,
            currency: third.3,
            correction: third.4,
            line: Line::default(),
        })
        .boxed()
}
