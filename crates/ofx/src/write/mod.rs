//! Typed data to bytes.

pub(crate) mod answers;
mod profile;
pub(crate) mod requests;
mod statement;

use crate::text::escape;
use crate::{Account, AccountKind, Decimal, Format, Institution, Moment, Secret, Syntax};

/// Writes tags. Names are part of the program and values are escaped, so nothing that is handed in
/// can become a tag.
pub(crate) struct Writer {
    out: String,
    syntax: Syntax,
    /// The message set that is open: the aggregate around answers of one family.
    set: Option<&'static str>,
}

impl Writer {
    /// Begins a file: the header and `<OFX>`.
    pub(crate) fn new(format: Format) -> Writer {
        let version = format.version;
        let header = match format.syntax {
            Syntax::Sgml => format!(
                "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:{version}\r\nSECURITY:NONE\r\nENCODING:USASCII\r\n\
                 CHARSET:1252\r\nCOMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n"
            ),
            Syntax::Xml => format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\r\n<?OFX OFXHEADER=\"200\" \
                 VERSION=\"{version}\" SECURITY=\"NONE\" OLDFILEUID=\"NONE\" NEWFILEUID=\"NONE\"?>\r\n"
            ),
        };
        let mut writer = Writer { out: header, syntax: format.syntax, set: None };
        writer.open("OFX");
        writer
    }

    /// Ends the file.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.message_set(None);
        self.close("OFX");
        self.out.into_bytes()
    }

    /// Goes to another message set.
    pub(crate) fn message_set(&mut self, set: Option<&'static str>) {
        if self.set == set {
            return;
        }
        if let Some(open) = self.set {
            self.close(open);
        }
        if let Some(next) = set {
            self.open(next);
        }
        self.set = set;
    }

    fn open(&mut self, name: &'static str) {
        self.out.push('<');
        self.out.push_str(name);
        self.out.push_str(">\r\n");
    }

    fn close(&mut self, name: &'static str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push_str(">\r\n");
    }

    pub(crate) fn aggregate(&mut self, name: &'static str, inside: impl FnOnce(&mut Writer)) {
        self.open(name);
        inside(self);
        self.close(name);
    }

    /// A value, also an empty one. SGML has no end tag, except where the value is empty: without
    /// it, some readers take an empty value for an aggregate.
    pub(crate) fn text(&mut self, name: &'static str, value: &str) {
        self.out.push('<');
        self.out.push_str(name);
        self.out.push('>');
        let before = self.out.len();
        escape(value, self.syntax == Syntax::Sgml, &mut self.out);
        if self.syntax == Syntax::Xml || self.out.len() == before {
            self.close(name);
        } else {
            self.out.push_str("\r\n");
        }
    }

    pub(crate) fn optional(&mut self, name: &'static str, value: Option<&str>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.text(name, value);
        }
    }

    pub(crate) fn secret(&mut self, name: &'static str, value: Option<&Secret>) {
        self.optional(name, value.map(Secret::expose));
    }

    pub(crate) fn date(&mut self, name: &'static str, value: Option<Moment>) {
        if let Some(moment) = value {
            self.text(name, &moment.to_string());
        }
    }

    pub(crate) fn amount(&mut self, name: &'static str, value: Decimal) {
        self.text(name, &value.to_string());
    }

    pub(crate) fn flag(&mut self, name: &'static str, value: Option<bool>) {
        if let Some(value) = value {
            self.text(name, if value { "Y" } else { "N" });
        }
    }

    pub(crate) fn institution(&mut self, value: Option<&Institution>) {
        if let Some(institution) = value {
            self.aggregate("FI", |out| {
                out.optional("ORG", institution.organization.as_deref());
                out.optional("FID", institution.id.as_deref());
            });
        }
    }

    /// `BANKACCTFROM`, `CCACCTFROM` or `INVACCTFROM`.
    pub(crate) fn account_from(&mut self, account: &Account) {
        let name = match account.kind {
            AccountKind::Bank(_) => "BANKACCTFROM",
            AccountKind::Card => "CCACCTFROM",
            AccountKind::Investment => "INVACCTFROM",
        };
        self.account(name, account);
    }

    pub(crate) fn account(&mut self, name: &'static str, account: &Account) {
        self.aggregate(name, |out| {
            let bank = if account.kind == AccountKind::Investment { "BROKERID" } else { "BANKID" };
            out.optional(bank, account.bank.as_deref());
            out.optional("BRANCHID", account.branch.as_deref());
            out.text("ACCTID", &account.number);
            if let AccountKind::Bank(Some(kind)) = &account.kind {
                out.optional("ACCTTYPE", Some(kind.code()));
            }
            out.optional("ACCTKEY", account.key.as_deref());
        });
    }
}
