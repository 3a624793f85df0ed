//! Sends the mails of live mode through the operator's mail server.

use api::core::mails::{Letter, Mailer, MailerError};
use lettre::message::{Mailbox, header::ContentType};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use store::BoxFuture;

/// A mail server, and who the mails are from.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Smtp {
    /// Reads the options; nothing is connected yet.
    ///
    /// # Errors
    /// What is wrong with the address or the sender.
    pub fn new(url: &str, from: &str) -> Result<Smtp, String> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|error| format!("--smtp does not read as the address of a mail server: {error}"))?
            .build();
        let from = from.parse().map_err(|error| format!("--mail-from does not read as a sender: {error}"))?;
        Ok(Smtp { transport, from })
    }

    fn message(&self, letter: Letter) -> Result<Message, MailerError> {
        let refused = |error: &dyn std::fmt::Display| MailerError::Refused(error.to_string());
        let to: Mailbox = letter.to.parse().map_err(|error| refused(&error))?;
        let domain = self.from.email.domain();
        Message::builder()
            .message_id(Some(format!("<{}@{domain}>", letter.message_id)))
            .from(self.from.clone())
            .to(to)
            .subject(letter.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text)
            .map_err(|error| refused(&error))
    }
}

impl Mailer for Smtp {
    fn send(&self, letter: Letter) -> BoxFuture<'static, Result<(), MailerError>> {
        let (message, transport) = (self.message(letter), self.transport.clone());
        Box::pin(async move {
            match transport.send(message?).await {
                Ok(_) => Ok(()),
                Err(error) if error.is_permanent() => Err(MailerError::Refused(error.to_string())),
                Err(error) => Err(MailerError::Later(error.to_string())),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Letter, MailerError, Smtp};

    #[test]
    fn a_letter_becomes_a_message_of_the_sender() {
        let smtp = Smtp::new("smtp://127.0.0.1:2525", "Rocket Rides <bank@example.com>").unwrap();
        let letter = Letter {
            message_id: "mail_1".into(),
            to: "ada@example.com".into(),
            subject: "Two small deposits".into(),
            text: "They arrive tomorrow.\n".into(),
        };
        let text = String::from_utf8(smtp.message(letter.clone()).unwrap().formatted()).unwrap();
        for line in ["Message-ID: <mail_1@example.com>", "To: ada@example.com", "Subject: Two small deposits"] {
            assert!(text.contains(line), "{text}");
        }
        let nowhere = smtp.message(Letter { to: "nobody".into(), ..letter });
        assert!(matches!(nowhere, Err(MailerError::Refused(_))));
    }

    #[test]
    fn options_that_do_not_read_are_named() {
        assert!(Smtp::new("http://mail", "a@example.com").err().unwrap().contains("--smtp"));
        assert!(Smtp::new("smtp://mail", "nobody").err().unwrap().contains("--mail-from"));
    }
}
