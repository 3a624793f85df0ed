//! A bank's questions, and a person's answers to them.
//!
//! The standard knows questions only. What banks make of them is recognised by its form: a label with
//! numbered lines is a choice, one that begins with "Confirm" and shows a code is a confirmation.

use ::ofx::{Challenge, ChallengeAnswer, Moment, Secret as OfxSecret};
use serde::{Deserialize, Serialize};

use crate::clean;
use crate::sign_in::{ANSWER_BYTES_MAX, AnswerRefused, Answers, FieldInput, FormKind, SignInField, SignInForm};

/// Longest text of a bank on a form, in characters.
const SAYS_MAX: usize = 300;
/// Nobody is asked more at once.
const PHRASES_MAX: usize = 10;
/// Nobody chooses among more.
const OPTIONS_MAX: usize = 30;

/// One question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Phrase {
    /// What the bank calls it.
    id: String,
    /// The bank's words.
    label: Option<String>,
    kind: PhraseKind,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum PhraseKind {
    /// About the program, which answers it itself.
    Program,
    /// One of these.
    Choice(Vec<String>),
    /// A code to be confirmed elsewhere.
    Confirm,
    /// Anything.
    Question,
}

/// What the program knows about itself.
pub(super) struct Program<'a> {
    /// Unix seconds.
    pub(super) now: i64,
    /// Name and version.
    pub(super) agent: &'a str,
}

/// Understands what a bank asks.
pub(super) fn read<'a>(challenges: impl Iterator<Item = &'a Challenge>) -> Vec<Phrase> {
    challenges.take(PHRASES_MAX).map(phrase).collect()
}

fn phrase(challenge: &Challenge) -> Phrase {
    let question = challenge.question.as_deref().unwrap_or_default();
    let number = standard_number(&challenge.id);
    let (intro, options) = numbered_lines(question);
    let (label, kind) = match number {
        Some(101..) => (None, PhraseKind::Program),
        _ if options.len() > 1 => (clean::text(intro, SAYS_MAX), PhraseKind::Choice(options)),
        None if asks_to_confirm(&challenge.id, question) => (clean::text(question, SAYS_MAX), PhraseKind::Confirm),
        _ => {
            let standard = number.and_then(standard_question).map(str::to_owned);
            (clean::text(question, SAYS_MAX).or(standard), PhraseKind::Question)
        }
    };
    Phrase { id: challenge.id.clone(), label, kind }
}

/// The number of a question of the standard: `MFA1` and so on.
fn standard_number(id: &str) -> Option<u32> {
    id.strip_prefix("MFA")?.parse().ok()
}

/// What stands before `(1)`, and the texts behind `(1)`, `(2)` and so on.
fn numbered_lines(text: &str) -> (&str, Vec<String>) {
    let Some(start) = text.find("(1)") else {
        return (text, Vec::new());
    };
    let mut options = Vec::new();
    let mut rest = &text[start + "(1)".len()..];
    while options.len() < OPTIONS_MAX {
        let next = format!("({})", options.len() + 2);
        let (option, behind) = match rest.split_once(&next) {
            Some((option, behind)) => (option, Some(behind)),
            None => (rest, None),
        };
        // An empty line still has its number, so it cannot be left out.
        options.push(clean::text(option, SAYS_MAX).unwrap_or_else(|| "—".to_owned()));
        match behind {
            Some(behind) => rest = behind,
            None => break,
        }
    }
    (&text[..start], options)
}

/// A security question may begin with "Confirm" as well, but shows no code.
fn asks_to_confirm(id: &str, question: &str) -> bool {
    let shows_code = question.split(|character: char| !character.is_ascii_digit()).any(|digits| digits.len() >= 4);
    let begins = question.trim_start().to_ascii_lowercase().starts_with("confirm");
    id.to_ascii_uppercase().contains("CONFIRM") || (begins && shows_code)
}

/// The questions of the standard in words, for banks that give only their numbers.
fn standard_question(number: u32) -> Option<&'static str> {
    Some(match number {
        1 => "City of birth",
        2 => "Date of birth (MM/DD/YYYY)",
        3 => "Debit card number",
        4 => "Father's middle name",
        5 => "Favorite color",
        6 => "Name of your first pet",
        7 => "Five-digit ZIP code",
        8 => "Maiden name of your father's mother",
        9 => "Maiden name of your mother's mother",
        10 => "Last four digits of your cell phone number",
        11 => "Last four digits of your daytime phone number",
        12 => "Last four digits of your home phone number",
        13 => "Last four digits of your Social Security number",
        14 => "Last four digits of your tax ID",
        15 => "Birth month of your youngest sibling, in full",
        16 => "Mother's maiden name",
        17 => "Mother's middle name",
        18 => "Company of your first job",
        19 => "Manufacturer of your first car",
        20 => "Street you grew up on",
        21 => "Football team of your high school, without the school's name",
        22 => "Amount of a recent deposit or withdrawal",
        23 => "Year of birth (YYYY)",
        _ => return None,
    })
}

/// Whether a person has to do something.
pub(super) fn needs_person(phrases: &[Phrase]) -> bool {
    phrases.iter().any(|phrase| phrase.kind != PhraseKind::Program)
}

/// The page that asks. `says` is what the bank said when it refused to go on without.
pub(super) fn form(phrases: &[Phrase], says: Option<&str>) -> SignInForm {
    let has = |wanted: fn(&PhraseKind) -> bool| phrases.iter().any(|phrase| wanted(&phrase.kind));
    let kind = if has(|kind| matches!(kind, PhraseKind::Question)) {
        FormKind::Question
    } else if has(|kind| matches!(kind, PhraseKind::Choice(_))) {
        FormKind::Choice
    } else {
        FormKind::ConfirmCode
    };
    let to_confirm = phrases.iter().find(|phrase| phrase.kind == PhraseKind::Confirm).and_then(|phrase| phrase.label.clone());
    let says = to_confirm.or_else(|| says.and_then(|text| clean::text(text, SAYS_MAX)));
    let fields = phrases.iter().enumerate().filter_map(|(position, phrase)| field(position, phrase)).collect();
    SignInForm { kind, says, fields }
}

fn field(position: usize, phrase: &Phrase) -> Option<SignInField> {
    let input = match &phrase.kind {
        PhraseKind::Choice(options) => FieldInput::Choice { options: options.clone() },
        PhraseKind::Question => FieldInput::Secret,
        PhraseKind::Program | PhraseKind::Confirm => return None,
    };
    Some(SignInField { name: name(position), input, label: phrase.label.clone() })
}

fn name(position: usize) -> String {
    format!("answer_{}", position + 1)
}

/// What to send. A choice is answered by its number, counted from 1.
pub(super) fn answers(phrases: &[Phrase], given: &Answers, program: &Program<'_>) -> Result<Vec<ChallengeAnswer>, AnswerRefused> {
    let answer = |(position, phrase): (usize, &Phrase)| {
        let typed = || given.get(&name(position)).ok_or(AnswerRefused::Missing);
        let text = match &phrase.kind {
            PhraseKind::Program => own_answer(&phrase.id, program),
            PhraseKind::Confirm => "CONFIRMED".to_owned(),
            PhraseKind::Choice(options) => {
                let chosen: usize = typed()?.parse().map_err(|_| AnswerRefused::Wrong)?;
                if chosen >= options.len() {
                    return Err(AnswerRefused::Wrong);
                }
                (chosen + 1).to_string()
            }
            PhraseKind::Question => typed()?.to_owned(),
        };
        if text.len() > ANSWER_BYTES_MAX {
            return Err(AnswerRefused::Wrong);
        }
        Ok(ChallengeAnswer { id: phrase.id.clone(), answer: OfxSecret::new(text) })
    };
    phrases.iter().enumerate().map(answer).collect()
}

/// Answers about the program. What it does not know about its machine it does not make up.
fn own_answer(id: &str, program: &Program<'_>) -> String {
    match standard_number(id) {
        Some(101) => Moment::from_unix_seconds(program.now).map(|now| now.to_string()).unwrap_or_default(),
        Some(105) => std::env::consts::OS.to_owned(),
        Some(106) => std::env::consts::ARCH.to_owned(),
        Some(107) => program.agent.to_owned(),
        _ => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Program, answers, form, needs_person, read};
    use crate::sign_in::{AnswerRefused, Answers, FieldInput, FormKind};
    use ::ofx::Challenge;

    const PROGRAM: Program<'static> = Program { now: 1_767_323_045, agent: "QWIN 2700" };

    fn challenge(id: &str, question: &str) -> Challenge {
        Challenge { id: id.to_owned(), question: (!question.is_empty()).then(|| question.to_owned()) }
    }

    fn given(pairs: &[(&str, &str)]) -> Answers {
        Answers::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn forms_follow_what_is_asked() {
        let table = [
            ("MFA_CHOICE", "(1) Text to ••12\n(2) Mail", FormKind::Choice, Some("Where to?"), 1),
            ("x", "Send it where? (1) Text (2) Mail", FormKind::Choice, Some("Where to?"), 1),
            ("MFA_CONFIRM", "Confirm 482913 in the app.", FormKind::ConfirmCode, Some("Confirm 482913 in the app."), 0),
            ("77", "Confirm 482913 in the app.", FormKind::ConfirmCode, Some("Confirm 482913 in the app."), 0),
            ("77", "Confirm your mother's name", FormKind::Question, Some("Where to?"), 1),
            ("MFA16", "", FormKind::Question, Some("Where to?"), 1),
            ("MFA_QUESTION", "First pet? (1) word", FormKind::Question, Some("Where to?"), 1),
        ];
        for (id, question, kind, says, fields) in table {
            let phrases = read([challenge(id, question)].iter());
            let form = form(&phrases, Some("Where to?"));
            assert_eq!((form.kind, form.says.as_deref(), form.fields.len()), (kind, says, fields), "{question}");
        }
        let phrases = read([challenge("MFA16", ""), challenge("MFA107", "")].iter());
        assert_eq!(form(&phrases, None).fields[0].label.as_deref(), Some("Mother's maiden name"));
    }

    #[test]
    fn choices_are_lines_in_their_order() {
        let phrases = read([challenge("c", "Pick (1) a \u{202e}(2) \n(3) see (1) above")].iter());
        let form = form(&phrases, None);
        assert_eq!(form.fields[0].label.as_deref(), Some("Pick"));
        let options = ["a", "—", "see (1) above"].map(str::to_owned).to_vec();
        assert_eq!(form.fields[0].input, FieldInput::Choice { options });
        let many: String = (1..1000).map(|number| format!("({number}) x")).collect();
        let phrases = read([challenge("c", &many)].iter());
        let FieldInput::Choice { options } = &super::form(&phrases, None).fields[0].input else { panic!("no choice") };
        assert_eq!(options.len(), super::OPTIONS_MAX);
    }

    #[test]
    fn answers_are_what_the_bank_expects() {
        let asked =
            [challenge("c", "(1) a (2) b"), challenge("MFA101", ""), challenge("MFA107", ""), challenge("MFA_CONFIRM", "1234")];
        let phrases = read(asked.iter());
        assert!(needs_person(&phrases) && !needs_person(&phrases[1..3]));
        let sent = answers(&phrases, &given(&[("answer_1", "1")]), &PROGRAM).unwrap();
        let texts: Vec<&str> = sent.iter().map(|answer| answer.answer.expose()).collect();
        assert_eq!(texts, ["2", "20260102030405", "QWIN 2700", "CONFIRMED"]);
        for (answer, refused) in [
            ("", AnswerRefused::Missing),
            ("2", AnswerRefused::Wrong),
            ("-1", AnswerRefused::Wrong),
            ("two", AnswerRefused::Wrong),
        ] {
            assert_eq!(answers(&phrases, &given(&[("answer_1", answer)]), &PROGRAM), Err(refused), "{answer:?}");
        }
        let phrases = read([challenge("q", "?")].iter());
        let long = "x".repeat(3_000);
        assert_eq!(answers(&phrases, &given(&[("answer_1", &long)]), &PROGRAM), Err(AnswerRefused::Wrong));
    }
}
