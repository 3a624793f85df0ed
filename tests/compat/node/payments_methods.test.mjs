import assert from 'node:assert/strict';
import test from 'node:test';
import { AGREED, linkedMethod, numbers, payer } from '../support/payments.mjs';
import { Sandbox, direct, ids, refused } from '../support/world.mjs';

test('typed numbers make a payment method that shows the last four and the bank', async () => {
  const { stripe } = new Sandbox();
  const method = await stripe.paymentMethods.create({ ...numbers(), metadata: { a: '1' }, allow_redisplay: 'always' });
  assert.match(method.id, /^pm_/);
  assert.equal(method.type, 'us_bank_account');
  assert.equal(method.customer, null);
  assert.equal(method.allow_redisplay, 'always');
  const { fingerprint, ...bank } = method.us_bank_account;
  assert.match(fingerprint, /^[A-Za-z0-9]{8,}$/);
  assert.deepEqual(JSON.parse(JSON.stringify(bank)), {
    account_holder_type: 'individual', account_type: 'checking', bank_name: 'STRIPE TEST BANK', financial_connections_account: null,
    last4: '6789', networks: { preferred: null, supported: ['ach'] }, routing_number: '110000000', status_details: null,
  });
  assert.deepEqual({ ...await stripe.paymentMethods.retrieve(method.id) }, { ...method });
  const same = await stripe.paymentMethods.create(numbers());
  assert.equal(same.us_bank_account.fingerprint, fingerprint, 'the same account');
  assert.notEqual((await stripe.paymentMethods.create(numbers('000222222227'))).us_bank_account.fingerprint, fingerprint);
});

test('a linked account becomes one that is attached, updated, listed and detached', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const { method, account, customer } = await linkedMethod(sandbox);
  assert.equal(method.us_bank_account.financial_connections_account, account.id);
  assert.equal(method.us_bank_account.last4, account.last4);
  await refused(stripe.paymentMethods.update(method.id, { metadata: { a: '1' } }), { status: 400, type: 'invalid_request_error' });
  const attached = await stripe.paymentMethods.attach(method.id, { customer });
  assert.equal(attached.customer, customer);
  const updated = await stripe.paymentMethods.update(method.id, {
    billing_details: { phone: '+15555550100' }, metadata: { a: '1' }, us_bank_account: { account_holder_type: 'company' }, allow_redisplay: 'limited',
  });
  assert.equal(updated.billing_details.phone, '+15555550100');
  assert.equal(updated.billing_details.name, 'Jenny Rosen');
  assert.equal(updated.us_bank_account.account_holder_type, 'company');
  assert.deepEqual(ids(await stripe.paymentMethods.list({ customer, type: 'us_bank_account' })), [method.id]);
  assert.deepEqual(ids(await stripe.paymentMethods.list({ customer, allow_redisplay: 'always' })), []);
  assert.deepEqual(ids(await stripe.customers.listPaymentMethods(customer)), [method.id]);
  assert.deepEqual({ ...await stripe.customers.retrievePaymentMethod(customer, method.id) }, { ...updated });
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
  const detached = await stripe.paymentMethods.detach(method.id);
  assert.equal(detached.customer, null);
  assert.deepEqual(ids(await stripe.customers.listPaymentMethods(customer)), []);
  assert.equal((await stripe.customers.retrieve(customer)).invoice_settings.default_payment_method, null);
  await refused(stripe.paymentMethods.attach(method.id, { customer }), { status: 400, type: 'invalid_request_error' });
  await refused(stripe.customers.retrievePaymentMethod(customer, method.id), { status: 404, code: 'resource_missing' });
  for (const type of ['payment_method.attached', 'payment_method.updated', 'payment_method.detached']) {
    assert.equal((await stripe.events.list({ type })).data.length, 1, type);
  }
});

test('wrong numbers and unknown people are refused by name', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const bad = { status: 400, type: 'invalid_request_error' };
  await refused(stripe.paymentMethods.create({ type: 'us_bank_account' }), bad);
  await refused(stripe.paymentMethods.create({ ...numbers(), billing_details: {} }), { ...bad, code: 'parameter_missing', param: 'billing_details[name]' });
  await refused(stripe.paymentMethods.create(numbers('000123456789', { routing_number: '110000001' })), { ...bad, code: 'routing_number_invalid', param: 'us_bank_account[routing_number]' });
  await refused(stripe.paymentMethods.create(numbers('12ab')), { ...bad, code: 'account_number_invalid', param: 'us_bank_account[account_number]' });
  await refused(stripe.paymentMethods.create({ ...numbers(), us_bank_account: { financial_connections_account: 'fca_nobody' } }), { ...bad, code: 'resource_missing' });
  const { id } = await stripe.paymentMethods.create(numbers());
  await refused(stripe.paymentMethods.attach(id, { customer: 'cus_nobody' }), { ...bad, code: 'resource_missing', param: 'customer' });
  const customer = await stripe.customers.create();
  await refused(stripe.paymentMethods.attach(id, { customer: customer.id }), bad);
  await refused(stripe.paymentMethods.retrieve('pm_nobody'), { status: 404, code: 'resource_missing' });
});

test('a page makes payment methods and tokens with a publishable key', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  // A publishable key works once its secret key was used.
  await stripe.customers.list();
  const page = sandbox.client({ key: sandbox.publishable, at: direct });
  const method = await page.paymentMethods.create(numbers());
  const { status } = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd', payment_method: method.id, confirm: true, mandate_data: AGREED });
  assert.equal(status, 'requires_action');
  await refused(page.paymentMethods.retrieve(method.id), { status: 401, code: 'secret_key_required' });
  const token = await page.tokens.create({ bank_account: { country: 'US', routing_number: '110000000', account_number: '000123456789' } });
  assert.equal((await stripe.tokens.retrieve(token.id)).used, false);
});

test('a token is used once, and its bank account is a source and a payment method', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const token = await stripe.tokens.create({ bank_account: {
    country: 'US', currency: 'usd', routing_number: '110000000', account_number: '000123456789',
    account_holder_name: 'Jenny Rosen', account_holder_type: 'individual', account_type: 'checking',
  } });
  assert.match(token.id, /^btok_/);
  assert.equal(token.type, 'bank_account');
  assert.equal(token.used, false);
  assert.equal(token.bank_account.status, 'new');
  const customer = await stripe.customers.create({ name: 'Jenny Rosen' });
  const source = await stripe.customers.createSource(customer.id, { source: token.id });
  assert.match(source.id, /^ba_/);
  assert.equal(source.customer, customer.id);
  assert.equal((await stripe.tokens.retrieve(token.id)).used, true);
  await refused(stripe.customers.createSource(customer.id, { source: token.id }), { status: 400, code: 'token_already_used' });
  assert.deepEqual({ ...await stripe.customers.retrieveSource(customer.id, source.id) }, { ...source });
  const updated = await stripe.customers.updateSource(customer.id, source.id, { account_holder_name: 'Jenny Doe', metadata: { a: '1' } });
  assert.equal(updated.account_holder_name, 'Jenny Doe');
  assert.equal((await stripe.paymentMethods.retrieve(source.id)).billing_details.name, 'Jenny Doe');
  await refused(stripe.customers.verifySource(customer.id, source.id, { amounts: [1, 2] }), { status: 400 });
  const verified = await stripe.customers.verifySource(customer.id, source.id, { amounts: [32, 45] });
  assert.equal(verified.status, 'verified');
  const second = await stripe.customers.createSource(customer.id, { source: 'btok_us_verified_noAccount' });
  assert.equal(second.status, 'verified');
  assert.deepEqual(ids(await stripe.customers.listSources(customer.id, { object: 'bank_account' })), [second.id, source.id]);
  assert.equal((await stripe.customers.retrieve(customer.id, { expand: ['sources'] })).sources.data.length, 2);
  assert.equal((await stripe.customers.retrieve(customer.id, { expand: ['default_source'] })).default_source.id, source.id);
  const gone = await stripe.customers.deleteSource(customer.id, source.id);
  assert.deepEqual({ ...gone }, { id: source.id, object: 'bank_account', deleted: true });
  await refused(stripe.customers.retrieveSource(customer.id, source.id), { status: 404, code: 'resource_missing' });
  for (const type of ['customer.source.created', 'customer.source.updated', 'customer.source.deleted']) {
    assert.ok((await stripe.events.list({ type })).data.length, type);
  }
});

test('a verified bank account pays by its own id', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const customer = await stripe.customers.create({ name: 'Jenny Rosen' });
  const source = await stripe.customers.createSource(customer.id, { source: 'btok_us_verified' });
  const intent = await stripe.paymentIntents.create({
    amount: 2000, currency: 'usd', customer: customer.id, payment_method: source.id, confirm: true, mandate_data: AGREED,
  });
  assert.equal(intent.status, 'processing');
  await sandbox.advance(60);
  assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, 'succeeded');
});

test('a token of a payment method is as verified as that', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const from = await payer(sandbox);
  const token = await stripe.tokens.create({ bank_account: { payment_method: from.method } });
  assert.equal(token.bank_account.status, 'verified');
});
