//! The names of all payment methods, as parameters.

use form::{ParamEnum, Params};

/// The one kind of payment method that is made here.
pub(super) const US_BANK_ACCOUNT: &str = "us_bank_account";

#[derive(Debug, Clone, Default, Params)]
pub struct MethodParams {
    pub display_preference: Option<DisplayParams>,
}

#[derive(Debug, Clone, Default, Params)]
pub struct DisplayParams {
    pub preference: Option<Preference>,
}

/// Whether a payment method is offered; `none` leaves it to the parent, or to this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum Preference {
    None,
    Off,
    On,
}

/// Declares a parameter for each payment method, and lists their names.
macro_rules! methods {
    ($($name:ident),* $(,)?) => {
        /// A preference for any payment method.
        #[derive(Debug, Clone, Default, Params)]
        pub struct Methods {
            $(pub $name: Option<MethodParams>,)*
            /// Accepted and never shown, as these no longer exist.
            pub apple_pay_later: Option<MethodParams>,
            pub fr_meal_voucher_conecs: Option<MethodParams>,
        }

        impl Methods {
            /// The preferences that were sent, by name.
            pub(super) fn sent(self) -> impl Iterator<Item = (&'static str, Preference)> {
                [$((stringify!($name), self.$name)),*].into_iter().filter_map(|(name, sent)| {
                    Some((name, sent?.display_preference?.preference?))
                })
            }
        }

        /// Every payment method that a configuration shows.
        pub(super) const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

methods! {
    acss_debit, affirm, afterpay_clearpay, alipay, alma, amazon_pay, apple_pay, au_becs_debit, bacs_debit,
    bancontact, billie, bizum, blik, boleto, card, cartes_bancaires, cashapp, crypto, customer_balance, eps, fpx,
    giropay, google_pay, grabpay, ideal, jcb, kakao_pay, klarna, konbini, kr_card, link, mb_way, mobilepay,
    multibanco, naver_pay, nz_bank_account, oxxo, p24, pay_by_bank, payco, paynow, paypal, paypay, payto, pix,
    promptpay, revolut_pay, samsung_pay, satispay, scalapay, sepa_debit, sequra, sofort, sunbit, swish, twint, upi,
    us_bank_account, wechat_pay, zip,
}
