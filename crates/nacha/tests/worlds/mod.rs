//! Arbitrary files.

use nacha::{
    Addenda, Advice, Batch, BatchHeader, Change, ChangeCode, Contested, Dishonored, Entry, EntryClass, File, FileHeader, IatBank,
    IatBatchHeader, IatCorrespondent, IatOriginator, IatPlace, IatReceiver, IatTransaction, RefusedChange, Remittance, Return,
    ReturnCode, RoutingNumber, ServiceClass, Terminal, Text, TransactionCode,
};
use proptest::prelude::*;
use proptest::sample::select;

/// Printable text of at most `width` characters that does not end with a blank.
fn text(width: usize) -> impl Strategy<Value = Text> {
    prop::collection::vec(b' '..=b'~', 0..=width)
        .prop_map(|bytes| Text::new(String::from_utf8_lossy(&bytes).trim_end_matches(' ')))
}

fn digits(width: usize) -> impl Strategy<Value = Text> {
    prop::collection::vec(b'0'..=b'9', width).prop_map(|bytes| Text::new(String::from_utf8_lossy(&bytes)))
}

fn routing() -> impl Strategy<Value = Text> {
    (0..=99_999_999u32).prop_map(|dfi| RoutingNumber::from_dfi(dfi).map(|number| number.to_string()).unwrap_or_default().into())
}

fn return_code(from: u8, to: u8) -> impl Strategy<Value = ReturnCode> {
    (from..=to).prop_filter_map("no code", ReturnCode::new)
}

fn terminal() -> impl Strategy<Value = Addenda> {
    let parts = (text(7), text(3), text(6), text(6), text(4), text(6), text(27), text(15), text(2));
    parts.prop_map(|(reference_1, reference_2, terminal, serial, date, authorization, location, city, state)| {
        Addenda::Terminal(Terminal { reference_1, reference_2, terminal, serial, date, authorization, location, city, state })
    })
}

fn answer(international: bool) -> impl Strategy<Value = Addenda> {
    let original = || (text(15), text(8));
    let back = (return_code(1, 60), original(), text(6), text(34), 0..10_000_000_000u64).prop_map(
        move |(code, (original_trace, original_rdfi), date_of_death, information, amount)| {
            let original_amount = international.then_some(amount);
            Addenda::Return(Return { code, original_trace, date_of_death, original_rdfi, information, original_amount })
        },
    );
    let dishonored = (return_code(61, 70), original(), text(15), text(3), prop::option::of(return_code(1, 60)), text(21))
        .prop_map(|(code, (original_trace, original_rdfi), return_trace, return_settlement, return_code, information)| {
            let (trace, settlement) = (return_trace, return_settlement);
            Addenda::Dishonored(Dishonored {
                code,
                original_trace,
                original_rdfi,
                return_trace: trace,
                return_settlement: settlement,
                return_code,
                information,
            })
        });
    let contested = (return_code(71, 77), original(), (text(6), text(3)), (text(15), text(3)), (text(15), text(3))).prop_map(
        |(code, (original_trace, original_rdfi), (returned_on, original_settlement), back, dishonored)| {
            Addenda::Contested(Contested {
                code,
                original_trace,
                returned_on,
                original_rdfi,
                original_settlement,
                return_trace: back.0,
                return_settlement: back.1,
                return_code: ReturnCode::new(1),
                dishonored_trace: dishonored.0,
                dishonored_settlement: dishonored.1,
                dishonored_code: ReturnCode::new(68),
            })
        },
    );
    let change = (1..=14u8, original(), text(29)).prop_map(|(code, (original_trace, original_rdfi), corrected_data)| {
        let code = ChangeCode::new(code).unwrap_or_default();
        Addenda::Change(Change { code, original_trace, original_rdfi, corrected_data })
    });
    let refused = (61..=69u8, original(), text(29), digits(7)).prop_map(
        |(code, (original_trace, original_rdfi), corrected_data, change_trace_sequence)| {
            Addenda::RefusedChange(RefusedChange {
                code: ChangeCode::new(code).unwrap_or_default(),
                original_trace,
                original_rdfi,
                corrected_data,
                change_code: ChangeCode::new(1),
                change_trace_sequence,
            })
        },
    );
    prop_oneof![back, dishonored, contested, change, refused]
}

fn bank() -> impl Strategy<Value = IatBank> {
    (text(35), text(2), text(34), text(3)).prop_map(|(name, qualifier, identification, country)| IatBank {
        name,
        qualifier,
        identification,
        country,
    })
}

fn place() -> impl Strategy<Value = IatPlace> {
    (text(35), text(35))
        .prop_map(|(city_and_state, country_and_postal_code)| IatPlace { city_and_state, country_and_postal_code })
}

fn international() -> impl Strategy<Value = Vec<Addenda>> {
    let transaction = (text(3), 0..1_000_000_000_000_000_000u64, text(22), text(35)).prop_map(
        |(transaction_type, foreign_amount, foreign_trace, receiver_name)| {
            Addenda::IatTransaction(IatTransaction { transaction_type, foreign_amount, foreign_trace, receiver_name })
        },
    );
    let originator = (text(35), text(35)).prop_map(|(name, street)| Addenda::IatOriginator(IatOriginator { name, street }));
    let receiver =
        (text(15), text(35)).prop_map(|(identification, street)| Addenda::IatReceiver(IatReceiver { identification, street }));
    let remittances = prop::collection::vec(text(80).prop_map(|text| Addenda::IatRemittance(Remittance { text })), 0..3);
    let correspondents = prop::collection::vec(bank(), 0..3);
    (transaction, originator, place(), bank(), bank(), receiver, place(), remittances, correspondents).prop_map(
        |(transaction, originator, from, originator_bank, receiver_bank, receiver, to, remittances, correspondents)| {
            let mut all = vec![transaction, originator, Addenda::IatOriginatorPlace(from)];
            all.extend([Addenda::IatOriginatorBank(originator_bank), Addenda::IatReceiverBank(receiver_bank)]);
            all.extend([receiver, Addenda::IatReceiverPlace(to)]);
            all.extend(remittances);
            all.extend(correspondents.into_iter().map(|IatBank { name, qualifier, identification, country }| {
                Addenda::IatCorrespondent(IatCorrespondent { name, qualifier, identification, country })
            }));
            all
        },
    )
}

fn addenda(class: EntryClass) -> BoxedStrategy<Vec<Addenda>> {
    let texts = prop::collection::vec(text(80).prop_map(Addenda::remittance), 0..4);
    let answered = answer(class == EntryClass::Iat).prop_map(|answer| vec![answer]);
    match class {
        EntryClass::Adv => Just(Vec::new()).boxed(),
        EntryClass::Iat => prop_oneof![international(), answered].boxed(),
        EntryClass::Pos | EntryClass::Shr | EntryClass::Mte => {
            prop_oneof![terminal().prop_map(|terminal| vec![terminal]), answered].boxed()
        }
        _ => prop_oneof![3 => texts, 1 => answered].boxed(),
    }
}

/// Widths of account, identification and name.
fn widths(class: EntryClass) -> (usize, usize, usize) {
    match class {
        EntryClass::Iat => (35, 0, 0),
        EntryClass::Adv => (15, 0, 22),
        EntryClass::Cie | EntryClass::Mte => (17, 22, 15),
        EntryClass::Ctx | EntryClass::Atx | EntryClass::Trx | EntryClass::Enr => (17, 15, 16),
        _ => (17, 15, 22),
    }
}

fn entry(class: EntryClass) -> impl Strategy<Value = Entry> {
    let (account, identification, name) = widths(class);
    let codes = if class == EntryClass::Adv { vec![81, 82, 83, 88] } else { vec![22, 23, 27, 32, 37, 21, 26, 24, 55] };
    let advice = (routing(), text(5), text(1), digits(8), digits(3), 0..10_000u16).prop_map(
        |(routing, file_identification, operator_data, operator_routing, day, sequence)| {
            Box::new(Advice { routing, file_identification, operator_data, operator_routing, day, sequence })
        },
    );
    let texts = (routing(), text(account), text(identification), text(name), text(2), digits(15));
    (select(codes), 0..10_000_000_000u64, texts, addenda(class), advice).prop_map(
        move |(code, amount, (routing, account, identification, name, discretionary, trace), addenda, advice)| {
            let is_advice = class == EntryClass::Adv;
            Entry {
                transaction_code: TransactionCode(code),
                routing,
                account,
                amount,
                identification,
                name,
                discretionary,
                trace: if is_advice { Text::default() } else { trace },
                addenda,
                advice: is_advice.then_some(advice),
            }
        },
    )
}

fn iat_header() -> impl Strategy<Value = IatBatchHeader> {
    (text(16), text(2), text(1), text(15), text(2), text(3), text(3)).prop_map(
        |(indicator, exchange_indicator, exchange_reference_indicator, exchange_reference, country, from, to)| IatBatchHeader {
            indicator,
            exchange_indicator,
            exchange_reference_indicator,
            exchange_reference,
            destination_country: country,
            originating_currency: from,
            destination_currency: to,
        },
    )
}

fn batch() -> impl Strategy<Value = Batch> {
    select(EntryClass::ALL.to_vec()).prop_flat_map(|class| {
        let names = (text(16), text(20), text(10), text(10), text(6));
        let rest = (digits(6), digits(3), select(vec!['0', '1', '2']), digits(8), 1..10_000_000u32);
        let service = select(vec![ServiceClass::Mixed, ServiceClass::Credits, ServiceClass::Debits, ServiceClass::Advices]);
        let entries = prop::collection::vec(entry(class), 0..4);
        (names, rest, service, iat_header(), entries, text(19)).prop_map(
            move |(names, rest, service_class, iat, entries, authentication_code)| {
                let (company_name, discretionary_data, company_identification, entry_description, descriptive_date) = names;
                let (effective_date, settlement_day, originator_status, odfi, batch_number) = rest;
                let abroad = class == EntryClass::Iat;
                let domestic = |text: Text| if abroad { Text::default() } else { text };
                // A name that would make the batch one about international changes.
                let company_name = if class == EntryClass::Cor { Text::default() } else { domestic(company_name) };
                let header = BatchHeader {
                    service_class,
                    company_name,
                    discretionary_data: domestic(discretionary_data),
                    company_identification,
                    entry_class: class,
                    entry_description,
                    descriptive_date: domestic(descriptive_date),
                    effective_date,
                    settlement_day,
                    originator_status,
                    odfi,
                    batch_number,
                    iat: abroad.then(|| Box::new(iat)),
                };
                Batch { header, entries, authentication_code }
            },
        )
    })
}

/// A file with any contents that fit. Accounting advices stay alone, as their file control is different.
pub fn file() -> impl Strategy<Value = File> {
    let header = (text(10), text(10), digits(6), digits(4), select(vec!['A', 'Z', '7']), text(23), text(23), text(8)).prop_map(
        |(destination, origin, creation_date, creation_time, modifier, destination_name, origin_name, reference)| FileHeader {
            destination: destination.trim_start().into(),
            origin: origin.trim_start().into(),
            creation_date,
            creation_time,
            modifier,
            destination_name,
            origin_name,
            reference,
        },
    );
    (header, prop::collection::vec(batch(), 0..4)).prop_map(|(header, mut batches)| {
        if batches.iter().any(|batch| batch.header.entry_class == EntryClass::Adv) {
            batches.retain(|batch| batch.header.entry_class == EntryClass::Adv);
        }
        File { header: Some(header), batches }
    })
}
