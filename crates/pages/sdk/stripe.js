// `window.Stripe`: the functions of the official script around bank accounts, under the official names.

function Stripe(publishableKey, options) {
  checkPublishableKey(publishableKey);
  const client = { key: publishableKey.trim(), options: checkOptions(options) };
  const name = (method) => `stripe.${method}()`;
  return {
    collectFinancialConnectionsAccounts: (input) => collectFinancialConnectionsAccounts(client, input),
    collectBankAccountToken: (input) => collectBankAccountToken(client, input),

    collectBankAccountForPayment: (input) => collectForIntent(client, name("collectBankAccountForPayment"), PAYMENT, input),
    collectBankAccountForSetup: (input) => collectForIntent(client, name("collectBankAccountForSetup"), SETUP, input),
    confirmUsBankAccountPayment: (secret, data) =>
      confirmIntent(client, name("confirmUsBankAccountPayment"), PAYMENT, secret, data),
    confirmUsBankAccountSetup: (secret, data) =>
      confirmIntent(client, name("confirmUsBankAccountSetup"), SETUP, secret, data),
    verifyMicrodepositsForPayment: (secret, data) =>
      verifyMicrodeposits(client, name("verifyMicrodepositsForPayment"), PAYMENT, secret, data),
    verifyMicrodepositsForSetup: (secret, data) =>
      verifyMicrodeposits(client, name("verifyMicrodepositsForSetup"), SETUP, secret, data),
    retrievePaymentIntent: (secret) => retrieveIntent(client, name("retrievePaymentIntent"), PAYMENT, secret),
    retrieveSetupIntent: (secret) => retrieveIntent(client, name("retrieveSetupIntent"), SETUP, secret),
    handleNextAction: (input) => handleNextAction(client, input),
    createPaymentMethod: (input) => createPaymentMethod(client, input),
    createToken: (type, data) => createToken(client, type, data),

    registerAppInfo() {},
    _registerWrapper() {},
  };
}
Stripe.version = version;

// The first copy wins, so that a page that loads the script twice keeps one modal.
if (!window.Stripe) window.Stripe = Stripe;
