//! Currencies of ISO 4217.

use std::fmt;
use std::str::FromStr;

use crate::MoneyError;

/// Currencies without minor units.
const EXPONENT_0: &str = "bif clp djf gnf isk jpy kmf krw pyg rwf ugx uyi vnd vuv xaf xof xpf";

/// Currencies with thousandths.
const EXPONENT_3: &str = "bhd iqd jod kwd lyd omr tnd";

/// Currencies with hundredths. Units of account with four places, metals and test codes are not
/// money that accounts hold, and left out.
const EXPONENT_2: &str = "\
    aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob bov brl bsd btn bwp byn \
    bzd cad cdf che chf chw cny cop cou crc cup cve czk dkk dop dzd egp ern etb eur fjd fkp gbp \
    gel ghs gip gmd gtq gyd hkd hnl htg huf idr ils inr irr jmd kes kgs khr kpw kyd kzt lak lbp \
    lkr lrd lsl mad mdl mga mkd mmk mnt mop mru mur mvr mwk mxn mxv myr mzn nad ngn nio nok npr \
    nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sdg sek sgd shp sle sos srd ssp stn \
    svc syp szl thb tjs tmt top try ttd twd tzs uah usd usn uyu uzs ved ves wst xcd xcg yer zar \
    zmw zwg";

/// A currency by its ISO 4217 code, in lower case.
///
/// ```
/// let yen: money::Currency = "JPY".parse()?;
/// assert_eq!(yen.code(), "jpy");
/// assert_eq!(yen.exponent(), 0);
/// # Ok::<(), money::MoneyError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency {
    /// Lower case ASCII letters.
    code: [u8; 3],
    exponent: u8,
}

impl Currency {
    /// United States dollar.
    pub const USD: Currency = Currency { code: *b"usd", exponent: 2 };

    /// The currency with this code, in any case.
    ///
    /// # Errors
    /// [`MoneyError::UnknownCurrency`].
    pub fn parse(code: &str) -> Result<Currency, MoneyError> {
        let mut code: [u8; 3] = code.as_bytes().try_into().map_err(|_| MoneyError::UnknownCurrency)?;
        code.make_ascii_lowercase();
        let tables = [(EXPONENT_2, 2), (EXPONENT_0, 0), (EXPONENT_3, 3)];
        tables
            .into_iter()
            .find(|(table, _)| lists(table, &code))
            .map(|(_, exponent)| Currency { code, exponent })
            .ok_or(MoneyError::UnknownCurrency)
    }

    /// The code in lower case: `usd`.
    pub fn code(&self) -> &str {
        // Codes are made only from ASCII letters in the tables above.
        std::str::from_utf8(&self.code).unwrap_or_default()
    }

    /// Decimal places of the minor unit: 0, 2 or 3.
    pub fn exponent(&self) -> u32 {
        u32::from(self.exponent)
    }
}

fn lists(table: &str, code: &[u8; 3]) -> bool {
    table.as_bytes().chunks(4).any(|entry| entry.starts_with(code))
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(code: &str) -> Result<Currency, MoneyError> {
        Currency::parse(code)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_tables_hold_each_currency_once_and_nothing_else() {
        let codes = || [EXPONENT_0, EXPONENT_2, EXPONENT_3].map(|table| table.split(' '));
        let distinct: BTreeSet<&str> = codes().into_iter().flatten().collect();
        assert_eq!(codes().into_iter().flatten().count(), distinct.len());
        for code in distinct {
            assert!(code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_lowercase()));
            assert_eq!(Currency::parse(code).map(|currency| currency.code().to_owned()).as_deref(), Ok(code));
        }
    }

    #[test]
    fn exponents_follow_iso_4217() {
        let table = [("usd", 2), ("eur", 2), ("jpy", 0), ("KWD", 3), ("Isk", 0), ("zwg", 2)];
        for (code, exponent) in table {
            assert_eq!(Currency::parse(code).map(|currency| currency.exponent()), Ok(exponent));
        }
        assert_eq!(Currency::parse("usd"), Ok(Currency::USD));
    }

    #[test]
    fn other_texts_are_no_currency() {
        for code in ["", "us", "usdd", "xxx", "xau", "sd ", " us", "u d", "d a", "€", "clf"] {
            assert_eq!(Currency::parse(code), Err(MoneyError::UnknownCurrency), "{code}");
        }
    }
}
