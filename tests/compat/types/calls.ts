// Calls of the browser SDK as a merchant writes them, checked against the official declarations. Never run: see
// browser/types.test.mjs, which also checks what the functions resolve with.
import type { Stripe } from '@stripe/stripe-js';

const billing_details = { name: 'Jenny Rosen', email: 'jenny@example.com' };
const us_bank_account = {
  routing_number: '110000000', account_number: '000123456789', account_holder_type: 'individual' as const,
};

export async function calls(stripe: Stripe, clientSecret: string): Promise<void> {
  const params = { payment_method_type: 'us_bank_account' as const, payment_method_data: { billing_details } };
  await stripe.collectBankAccountForPayment({ clientSecret, params, expand: ['payment_method'] });
  await stripe.collectBankAccountForSetup({ clientSecret, params });
  await stripe.confirmUsBankAccountPayment(clientSecret);
  await stripe.confirmUsBankAccountPayment(clientSecret, { payment_method: { us_bank_account, billing_details } });
  await stripe.confirmUsBankAccountSetup(clientSecret, { payment_method: 'pm_1' });
  await stripe.verifyMicrodepositsForPayment(clientSecret, { amounts: [32, 45] });
  await stripe.verifyMicrodepositsForSetup(clientSecret, { amounts: [32, 45] });
  await stripe.retrievePaymentIntent(clientSecret);
  await stripe.retrieveSetupIntent(clientSecret);
  await stripe.handleNextAction({ clientSecret });
  await stripe.createPaymentMethod({ type: 'us_bank_account', us_bank_account, billing_details });
  await stripe.createToken('bank_account', {
    country: 'US', currency: 'usd', account_holder_name: 'Jenny Rosen', ...us_bank_account,
  });
  await stripe.collectBankAccountToken({ clientSecret });
  await stripe.collectFinancialConnectionsAccounts({ clientSecret });
}
