// Paying from a bank account on a merchant's page: what every function of the browser SDK resolves with.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { accessible } from '../support/axe.mjs';
import { close, merchant } from '../support/merchant.mjs';
import { eventually } from '../support/world.mjs';

after(close);

const billing = { name: 'Jenny Rosen', email: 'jenny@example.com' };
const params = { payment_method_type: 'us_bank_account', payment_method_data: { billing_details: billing } };
const numbers = { routing_number: '110000000', account_number: '000123456789', account_holder_type: 'individual' };

/** Calls a function of the SDK on the merchant's page; `shop.result()` waits for what it resolves with. */
async function begin(shop, name, ...given) {
  await shop.tab.evaluate(([name, given]) => {
    window.result = undefined;
    const settle = (value) => { window.result = value; };
    (async () => stripe[name](...given))().then(settle, (error) => settle({ thrown: `${error.name}: ${error.message}` }));
  }, [name, given]);
}

async function ask(shop, name, ...given) {
  await begin(shop, name, ...given);
  return shop.result();
}

/** A merchant with an intent to pay 20 dollars. */
async function payment(context, options = {}) {
  const shop = await merchant(context);
  const intent = await shop.sandbox.stripe.paymentIntents.create({ amount: 2_000, currency: 'usd', ...options });
  return { shop, intent, secret: intent.client_secret };
}

async function setup(context, options = {}) {
  const shop = await merchant(context);
  const intent = await shop.sandbox.stripe.setupIntents.create(options);
  return { shop, intent, secret: intent.client_secret };
}

/** Links an account at the bank, once the dialog is open. */
async function linkAccount(shop) {
  await shop.toAccounts();
  await shop.account('Everyday Checking').check();
  await shop.button('Connect').click();
  await shop.heading('Your account is linked').waitFor();
  await shop.button('Done').click();
}

/** Types the numbers, once the dialog is open. */
async function typeNumbers(shop) {
  await shop.button('Agree and continue').click();
  await shop.button('Enter details manually').click();
  await shop.flow.getByLabel('Routing number', { exact: true }).fill(numbers.routing_number);
  await shop.flow.getByLabel('Account number', { exact: true }).fill(numbers.account_number);
  await shop.flow.getByLabel('Confirm account number', { exact: true }).fill(numbers.account_number);
  await accessible(shop.tab, 'typing the numbers to pay');
  await shop.button('Connect account').click();
  await shop.button('Done').click();
}

const status = async (shop, id) => (await shop.sandbox.stripe.paymentIntents.retrieve(id)).status;

test('a payment from a linked account', async (context) => {
  const { shop, intent, secret } = await payment(context);
  await begin(shop, 'collectBankAccountForPayment', { clientSecret: secret, params, expand: ['payment_method'] });
  await linkAccount(shop);
  const collected = await shop.result();
  assert.equal(collected.error, undefined);
  assert.equal(collected.paymentIntent.status, 'requires_confirmation');
  assert.equal(collected.paymentIntent.payment_method.us_bank_account.last4.length, 4);
  assert.equal(collected.paymentIntent.payment_method.billing_details.name, billing.name);
  assert.equal(await status(shop, intent.id), 'requires_confirmation');
  const confirmed = await ask(shop, 'confirmUsBankAccountPayment', secret);
  assert.equal(confirmed.error, undefined);
  assert.equal(confirmed.paymentIntent.id, intent.id);
  assert.equal(confirmed.paymentIntent.status, 'processing');
  assert.equal(confirmed.paymentIntent.metadata, undefined, 'a page sees a part of it');
  await shop.sandbox.advance(600);
  assert.equal(await status(shop, intent.id), 'succeeded');
  const { paymentIntent: known } = await ask(shop, 'retrievePaymentIntent', secret);
  assert.equal(known.status, 'succeeded');
});

test('typed numbers are verified on the hosted page', async (context) => {
  const { shop, intent, secret } = await payment(context);
  await begin(shop, 'collectBankAccountForPayment', { clientSecret: secret, params });
  await typeNumbers(shop);
  assert.equal((await shop.result()).paymentIntent.status, 'requires_confirmation');
  const { paymentIntent: waiting } = await ask(shop, 'confirmUsBankAccountPayment', secret);
  assert.equal(waiting.status, 'requires_action');
  assert.equal(waiting.next_action.type, 'verify_with_microdeposits');
  const again = await ask(shop, 'handleNextAction', { clientSecret: secret });
  assert.equal(again.paymentIntent.status, 'requires_action', 'a page can do nothing more');
  const address = waiting.next_action.verify_with_microdeposits.hosted_verification_url;
  const { body: mails } = await shop.sandbox.call('GET', '/drawbridge/v1/mails', { about: intent.id });
  assert.equal(mails.data.length, 1);
  assert.ok(mails.data[0].text.includes(address), mails.data[0].text);

  const page = await shop.context.newPage();
  await page.goto(address);
  const answer = async (code) => {
    await page.getByLabel('Code', { exact: true }).fill(code);
    await page.getByRole('button', { name: 'Verify account' }).click();
  };
  await accessible(page, 'the page of deposits');
  await answer('SM0000');
  await page.getByRole('alert').filter({ hasText: 'not the code that was sent' }).waitFor();
  await page.getByText('9 attempts left').waitFor();
  await accessible(page, 'the page of deposits after a wrong answer');
  await answer('sm11aa');
  await page.getByRole('heading', { name: 'Your account is verified' }).waitFor();
  await accessible(page, 'the page of deposits that were verified');
  await shop.sandbox.advance(600);
  assert.equal(await status(shop, intent.id), 'succeeded');
});

test('typed numbers are verified by the merchant\'s page', async (context) => {
  const { shop, secret } = await payment(context);
  const given = { payment_method: { us_bank_account: numbers, billing_details: billing } };
  const { paymentIntent: waiting } = await ask(shop, 'confirmUsBankAccountPayment', secret, given);
  assert.equal(waiting.status, 'requires_action');
  const wrong = await ask(shop, 'verifyMicrodepositsForPayment', secret, { descriptor_code: 'SM0000' });
  assert.equal(wrong.paymentIntent, undefined);
  assert.equal(wrong.error.type, 'invalid_request_error');
  assert.equal(wrong.error.code, 'payment_method_microdeposit_verification_descriptor_code_mismatch');
  assert.equal(wrong.error.payment_intent.status, 'requires_action');
  const right = await ask(shop, 'verifyMicrodepositsForPayment', secret, { descriptor_code: 'SM11AA' });
  assert.equal(right.paymentIntent.status, 'processing');
});

test('an account is linked and saved', async (context) => {
  const { shop, intent, secret } = await setup(context);
  await begin(shop, 'collectBankAccountForSetup', { clientSecret: secret, params });
  await linkAccount(shop);
  assert.equal((await shop.result()).setupIntent.status, 'requires_confirmation');
  const { setupIntent: done } = await ask(shop, 'confirmUsBankAccountSetup', secret);
  assert.equal(done.status, 'succeeded');
  const { setupIntent: known } = await ask(shop, 'retrieveSetupIntent', secret);
  assert.deepEqual([known.id, known.status], [intent.id, 'succeeded']);
});

test('typed numbers are saved once they are verified', async (context) => {
  const { shop, secret } = await setup(context);
  const given = { payment_method: { us_bank_account: numbers, billing_details: billing } };
  assert.equal((await ask(shop, 'confirmUsBankAccountSetup', secret, given)).setupIntent.status, 'requires_action');
  assert.equal((await ask(shop, 'handleNextAction', { clientSecret: secret })).setupIntent.status, 'requires_action');
  const { setupIntent: done } = await ask(shop, 'verifyMicrodepositsForSetup', secret, { amounts: [32, 45] });
  assert.equal(done.status, 'succeeded');
});

test('closing the dialog changes nothing', async (context) => {
  const { shop, intent, secret } = await payment(context);
  await begin(shop, 'collectBankAccountForPayment', { clientSecret: secret, params });
  await shop.heading(/asks to link/).waitFor();
  await shop.button('Cancel').click();
  const { paymentIntent, error } = await shop.result();
  assert.deepEqual([error, paymentIntent.status], [undefined, 'requires_payment_method']);
  assert.equal(await status(shop, intent.id), 'requires_payment_method');
});

test('payment methods and tokens of typed numbers', async (context) => {
  const { shop, secret } = await payment(context);
  const input = { type: 'us_bank_account', us_bank_account: numbers, billing_details: billing };
  const { paymentMethod } = await ask(shop, 'createPaymentMethod', input);
  assert.match(paymentMethod.id, /^pm_/);
  const given = { payment_method: paymentMethod.id };
  assert.equal((await ask(shop, 'confirmUsBankAccountPayment', secret, given)).paymentIntent.status, 'requires_action');
  const account = { country: 'US', currency: 'usd', account_holder_name: 'Jenny Rosen', ...numbers };
  const { token } = await ask(shop, 'createToken', 'bank_account', account);
  assert.match(token.id, /^btok_/);
  const refused = await ask(shop, 'createToken', 'bank_account', { ...account, routing_number: '110000001' });
  assert.equal(refused.token, undefined);
  assert.equal(refused.error.type, 'invalid_request_error');
});

test('a token of a linked account', async (context) => {
  const shop = await merchant(context, { session: { limits: { accounts: 1 } } });
  await begin(shop, 'collectBankAccountToken', { clientSecret: shop.session.client_secret });
  await linkAccount(shop);
  const { token, financialConnectionsSession: session, error } = await shop.result();
  assert.equal(error, undefined);
  assert.match(token.id, /^btok_/);
  assert.equal(session.accounts.length, 1);
});

test('what is wrong is thrown at once, what the server refuses is an error', async (context) => {
  const { shop, secret } = await payment(context);
  const thrown = async (...call) => assert.match((await ask(shop, ...call)).thrown, /^IntegrationError: /, `${call[0]}`);
  await thrown('collectBankAccountForPayment', { clientSecret: secret });
  await thrown('collectBankAccountForPayment', { clientSecret: 'seti_1_secret_2', params });
  await thrown('confirmUsBankAccountPayment', 'nothing');
  await thrown('createPaymentMethod', { type: 'card' });
  await thrown('createToken', 'card', {});
  await thrown('handleNextAction', { clientSecret: secret });
  const unknown = `${secret.slice(0, -4)}zzzz`;
  for (const call of [
    ['retrievePaymentIntent', unknown],
    ['confirmUsBankAccountPayment', unknown],
    ['collectBankAccountForPayment', { clientSecret: unknown, params }],
  ]) {
    const { error, paymentIntent } = await ask(shop, ...call);
    assert.deepEqual([error.type, error.code, paymentIntent], ['invalid_request_error', 'resource_missing', undefined], call[0]);
  }
  await shop.context.setOffline(true);
  assert.equal((await ask(shop, 'retrievePaymentIntent', secret)).error.type, 'api_connection_error');
  await shop.context.setOffline(false);
  await eventually('the server again', async () => (await ask(shop, 'retrievePaymentIntent', secret)).paymentIntent);
});
