// What pages and apps get to collect payment methods: configurations, sessions, short-lived keys, confirmation tokens.
import assert from 'node:assert/strict';
import test from 'node:test';
import { AGREED, DEPOSITS, linkedMethod, numbers, payer } from '../support/payments.mjs';
import { Sandbox, direct, ids, refused } from '../support/world.mjs';

const DEBITS_OFF = { us_bank_account: { display_preference: { preference: 'off' } } };

test('configurations are made, changed and listed, and count for payments', async () => {
  const { stripe } = new Sandbox();
  const { data: [standard] } = await stripe.paymentMethodConfigurations.list();
  assert.equal(standard.is_default, true);
  assert.equal(standard.us_bank_account.available, true);
  assert.equal(standard.card.available, false);
  const parent = await stripe.paymentMethodConfigurations.create({ name: 'Shop' });
  const child = await stripe.paymentMethodConfigurations.create({ name: 'Till', parent: parent.id });
  assert.match(child.id, /^pmc_/);
  assert.deepEqual(ids(await stripe.paymentMethodConfigurations.list()), [child.id, parent.id, standard.id]);
  assert.deepEqual({ ...await stripe.paymentMethodConfigurations.retrieve(child.id) }, { ...child });
  const params = { amount: 2000, currency: 'usd', payment_method_configuration: child.id };
  const intent = await stripe.paymentIntents.create(params);
  assert.deepEqual({ ...intent.payment_method_configuration_details }, { id: child.id, parent: parent.id });
  const off = await stripe.paymentMethodConfigurations.update(parent.id, { ...DEBITS_OFF, name: 'Closed' });
  assert.equal(off.name, 'Closed');
  assert.equal(off.us_bank_account.display_preference.value, 'off');
  const why = { status: 400, type: 'invalid_request_error', param: 'payment_method_configuration' };
  await refused(stripe.paymentIntents.create(params), why);
  await refused(stripe.setupIntents.create({ payment_method_configuration: child.id }), why);
  await stripe.paymentMethodConfigurations.update(child.id, { active: false, us_bank_account: { display_preference: { preference: 'on' } } });
  await refused(stripe.paymentIntents.create(params), why);
  await refused(stripe.paymentIntents.create({ ...params, payment_method_configuration: 'pmc_nobody' }), { ...why, code: 'resource_missing' });
  await refused(stripe.paymentMethodConfigurations.retrieve('pmc_nobody'), { status: 404, code: 'resource_missing' });
});

test('what the default configuration has off is not offered', async () => {
  const { stripe } = new Sandbox();
  const { data: [standard] } = await stripe.paymentMethodConfigurations.list();
  await stripe.paymentMethodConfigurations.update(standard.id, DEBITS_OFF);
  await refused(stripe.paymentIntents.create({ amount: 2000, currency: 'usd' }), { status: 400, type: 'invalid_request_error' });
});

test('a customer session says what its components may do', async () => {
  const { stripe } = new Sandbox();
  const customer = await stripe.customers.create({ name: 'Jenny Rosen' });
  const session = await stripe.customerSessions.create({
    customer: customer.id,
    components: { payment_element: { enabled: true, features: { payment_method_save: 'enabled', payment_method_save_usage: 'off_session' } } },
    expand: ['customer'],
  });
  assert.equal(session.object, 'customer_session');
  assert.equal(session.customer.name, 'Jenny Rosen');
  assert.ok(session.expires_at > session.created);
  assert.ok(session.client_secret);
  assert.equal(session.components.payment_element.features.payment_method_save, 'enabled');
  assert.equal(session.components.buy_button.enabled, false);
  await refused(stripe.customerSessions.create({ components: {} }), { status: 400, code: 'parameter_missing' });
  await refused(stripe.customerSessions.create({ customer: 'cus_nobody', components: { payment_element: { enabled: true } } }),
    { status: 400, code: 'resource_missing', param: 'customer' });
});

test('a short-lived key sees one customer, and ends', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const from = await payer(sandbox);
  const apiVersion = stripe.getApiField('version');
  const key = await stripe.ephemeralKeys.create({ customer: from.customer }, { apiVersion });
  assert.match(key.id, /^ephkey_/);
  assert.equal(key.object, 'ephemeral_key');
  assert.match(key.secret, /^ek_test_/);
  const app = sandbox.client({ key: key.secret });
  assert.deepEqual(ids(await app.paymentMethods.list({ customer: from.customer, type: 'us_bank_account' })), [from.method]);
  await assert.rejects(app.paymentIntents.list());
  const ended = await stripe.ephemeralKeys.del(key.id);
  assert.equal(ended.id, key.id);
  await refused(app.paymentMethods.list({ customer: from.customer }), { status: 401 });
  await refused(stripe.ephemeralKeys.create({ customer: 'cus_nobody' }, { apiVersion }), { status: 400, code: 'resource_missing' });
});

test('a confirmation token of a page confirms one intent', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  await stripe.customers.list();
  const made = await sandbox.call('POST', '/v1/confirmation_tokens',
    { payment_method_data: numbers(), return_url: 'https://shop.example/back', setup_future_usage: 'off_session' }, { key: sandbox.publishable, at: direct });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  const token = await stripe.confirmationTokens.retrieve(made.body.id);
  assert.equal(token.payment_method_preview.us_bank_account.last4, '6789');
  assert.equal(token.payment_intent, null);
  assert.equal(token.return_url, 'https://shop.example/back');
  const params = { amount: 2000, currency: 'usd', confirm: true, confirmation_token: token.id };
  const intent = await stripe.paymentIntents.create(params);
  assert.equal(intent.status, 'requires_action');
  assert.equal(intent.setup_future_usage, 'off_session');
  assert.equal((await stripe.paymentIntents.verifyMicrodeposits(intent.id, { amounts: DEPOSITS })).status, 'processing');
  assert.equal((await stripe.confirmationTokens.retrieve(token.id)).payment_intent, intent.id);
  await refused(stripe.paymentIntents.create(params), { status: 400, code: 'token_already_used', param: 'confirmation_token' });
});

test('a confirmation token made by a server confirms a setup', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const { method, customer } = await linkedMethod(sandbox);
  const token = await stripe.testHelpers.confirmationTokens.create({
    payment_method: method.id,
    shipping: { name: 'Jenny Rosen', address: { line1: '510 Townsend St', city: 'San Francisco', state: 'CA', postal_code: '94103', country: 'US' } },
  });
  assert.match(token.id, /^ctoken_/);
  assert.equal(token.shipping.name, 'Jenny Rosen');
  assert.equal(token.payment_method_preview.us_bank_account.last4, method.us_bank_account.last4);
  const done = await stripe.setupIntents.create({ customer, confirm: true, confirmation_token: token.id, mandate_data: AGREED });
  assert.equal(done.status, 'succeeded');
  assert.equal((await stripe.confirmationTokens.retrieve(token.id)).setup_intent, done.id);
  await refused(stripe.confirmationTokens.retrieve('ctoken_nobody'), { status: 404, code: 'resource_missing' });
});
