import assert from 'node:assert/strict';
import test from 'node:test';
import { AGREED, AGREED_ONLINE, DEPOSITS, debit, kinds, linkedMethod, numbers, paid, payer } from '../support/payments.mjs';
import { Sandbox, direct, failed, ids, refused } from '../support/world.mjs';

test('a new payment intent waits for a payment method', async () => {
  const { stripe } = new Sandbox();
  const intent = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd', description: 'Rockets', metadata: { order: '6735' } });
  assert.match(intent.id, /^pi_/);
  assert.equal(intent.object, 'payment_intent');
  assert.equal(intent.status, 'requires_payment_method');
  assert.ok(intent.client_secret.startsWith(`${intent.id}_secret_`));
  assert.deepEqual(intent.payment_method_types, ['us_bank_account']);
  assert.deepEqual({ ...intent.automatic_payment_methods }, { allow_redirects: 'always', enabled: true });
  assert.equal(intent.amount_received, 0);
  assert.equal(intent.capture_method, 'automatic_async');
  assert.equal(intent.confirmation_method, 'automatic');
  for (const field of ['latest_charge', 'next_action', 'last_payment_error', 'customer', 'payment_method', 'processing', 'canceled_at']) {
    assert.equal(intent[field], null, field);
  }
  const configurations = await stripe.paymentMethodConfigurations.list();
  assert.deepEqual({ ...intent.payment_method_configuration_details }, { id: configurations.data[0].id, parent: null });
  assert.deepEqual({ ...await stripe.paymentIntents.retrieve(intent.id) }, { ...intent });
});

test('it is updated, confirmed, submitted and settled, and every step is told', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const { method, customer } = await linkedMethod(sandbox);
  const made = await stripe.paymentIntents.create({ amount: 1000, currency: 'usd', customer });
  const updated = await stripe.paymentIntents.update(made.id, {
    amount: 2000, description: 'Rockets', metadata: { order: '6735' }, receipt_email: 'jenny@example.com', payment_method: method.id,
    statement_descriptor: 'ROCKET RIDES', setup_future_usage: 'off_session',
    shipping: { name: 'Jenny Rosen', address: { line1: '510 Townsend St', city: 'San Francisco', state: 'CA', postal_code: '94103', country: 'US' } },
  });
  assert.equal(updated.status, 'requires_confirmation');
  assert.equal(updated.amount, 2000);
  assert.equal(updated.shipping.address.line1, '510 Townsend St');
  await sandbox.advance(1);
  const confirmed = await stripe.paymentIntents.confirm(made.id, { mandate_data: AGREED_ONLINE, expand: ['latest_charge', 'payment_method'] });
  assert.equal(confirmed.status, 'processing');
  assert.equal(confirmed.payment_method.customer, customer);
  assert.match(confirmed.latest_charge.id, /^py_/);
  assert.equal(confirmed.latest_charge.status, 'pending');
  assert.equal(confirmed.latest_charge.paid, false);
  assert.equal(confirmed.latest_charge.balance_transaction, null);
  await sandbox.advance(60);
  const done = await stripe.paymentIntents.retrieve(made.id, { expand: ['latest_charge.balance_transaction'] });
  assert.equal(done.status, 'succeeded');
  assert.equal(done.amount_received, 2000);
  const charge = done.latest_charge;
  assert.equal(charge.status, 'succeeded');
  assert.equal(charge.paid, true);
  assert.equal(charge.statement_descriptor, 'ROCKET RIDES');
  assert.deepEqual({ ...charge.metadata }, { order: '6735' });
  assert.equal(charge.balance_transaction.type, 'payment');
  assert.equal(charge.balance_transaction.amount, 2000);
  assert.equal(charge.balance_transaction.source, charge.id);
  const bank = charge.payment_method_details.us_bank_account;
  assert.match(bank.payment_reference, /^\d{15}$/);
  assert.match(bank.expected_debit_date, /^\d{4}-\d\d-\d\d$/);
  const mandate = await stripe.mandates.retrieve(bank.mandate);
  assert.equal(mandate.status, 'active');
  assert.equal(mandate.type, 'multi_use');
  assert.equal(mandate.payment_method, method.id);
  assert.equal(mandate.customer_acceptance.online.ip_address, '127.0.0.1');
  assert.deepEqual(await kinds(sandbox, 'payment_intent', 'charge'), [
    'payment_intent.created', 'payment_intent.processing', 'charge.pending', 'charge.updated', 'charge.succeeded', 'payment_intent.succeeded',
  ]);
  const changed = (await stripe.events.list({ type: 'charge.updated' })).data[0].data;
  assert.equal(changed.previous_attributes.balance_transaction, null);
  assert.equal(changed.object.balance_transaction, charge.balance_transaction.id);
});

test('typed numbers wait for small deposits, whose amounts or code verify them', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const params = { amount: 2000, currency: 'usd', payment_method_data: numbers(), confirm: true, mandate_data: AGREED };
  const byAmounts = await stripe.paymentIntents.create(params);
  assert.equal(byAmounts.status, 'requires_action');
  assert.equal(byAmounts.next_action.type, 'verify_with_microdeposits');
  const action = byAmounts.next_action.verify_with_microdeposits;
  assert.equal(action.microdeposit_type, 'descriptor_code');
  assert.ok(action.arrival_date > byAmounts.created);
  assert.equal((await fetch(action.hosted_verification_url)).status, 200);
  const wrong = await refused(stripe.paymentIntents.verifyMicrodeposits(byAmounts.id, { amounts: [1, 2] }),
    { status: 400, type: 'invalid_request_error', code: 'payment_method_microdeposit_verification_amounts_mismatch' });
  assert.match(wrong.message, /\d+ verification attempts? remaining/);
  assert.equal(wrong.payment_intent.status, 'requires_action');
  await refused(stripe.paymentIntents.verifyMicrodeposits(byAmounts.id, { amounts: [32] }),
    { status: 400, code: 'payment_method_microdeposit_verification_amounts_invalid' });
  await refused(stripe.paymentIntents.verifyMicrodeposits(byAmounts.id, { descriptor_code: 'SM00XX' }),
    { status: 400, code: 'payment_method_microdeposit_verification_descriptor_code_mismatch' });
  assert.equal((await stripe.paymentIntents.verifyMicrodeposits(byAmounts.id, { amounts: DEPOSITS })).status, 'processing');
  const byCode = await stripe.paymentIntents.create(params);
  assert.equal((await stripe.paymentIntents.verifyMicrodeposits(byCode.id, { descriptor_code: 'SM11AA' })).status, 'processing');
});

test('a debit needs consent, once', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const { method, customer } = await linkedMethod(sandbox);
  const made = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd', customer, payment_method: method.id, setup_future_usage: 'off_session' });
  const error = await refused(stripe.paymentIntents.confirm(made.id), { status: 400, type: 'invalid_request_error' });
  assert.match(error.message, /requires a mandate/);
  assert.equal(error.payment_intent.status, 'requires_confirmation');
  assert.equal((await stripe.paymentIntents.confirm(made.id, { mandate_data: AGREED })).status, 'processing');
  const again = await debit(sandbox, { customer, method: method.id });
  assert.equal(again.status, 'processing');
});

test('it is canceled until it is submitted', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const from = await payer(sandbox);
  const fresh = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd' });
  const canceled = await stripe.paymentIntents.cancel(fresh.id, { cancellation_reason: 'abandoned' });
  assert.equal(canceled.status, 'canceled');
  assert.equal(canceled.cancellation_reason, 'abandoned');
  assert.ok(canceled.canceled_at >= fresh.created);
  await refused(stripe.paymentIntents.cancel(fresh.id), { status: 400, code: 'payment_intent_unexpected_state' });
  await refused(stripe.paymentIntents.confirm(fresh.id, { payment_method: from.method }), { status: 400, code: 'payment_intent_unexpected_state' });
  const early = await debit(sandbox, from);
  assert.equal((await stripe.paymentIntents.cancel(early.id, { cancellation_reason: 'duplicate' })).status, 'canceled');
  const late = await debit(sandbox, from);
  await sandbox.advance(60);
  await refused(stripe.paymentIntents.cancel(late.id), { status: 400, type: 'invalid_request_error', code: 'payment_intent_unexpected_state' });
});

test('intents and charges are listed, searched and noted upon', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const from = await payer(sandbox);
  const first = await paid(sandbox, from, { metadata: { order: '1' } });
  const second = await stripe.paymentIntents.create({ amount: 700, currency: 'usd', metadata: { order: '2' } });
  assert.deepEqual(ids(await stripe.paymentIntents.list()), [second.id, first.id]);
  assert.deepEqual(ids(await stripe.paymentIntents.list({ customer: from.customer })), [first.id]);
  assert.deepEqual(ids(await stripe.paymentIntents.list({ limit: 1, starting_after: second.id })), [first.id]);
  assert.deepEqual(ids(await stripe.paymentIntents.list({ created: { lt: first.created } })), []);
  assert.deepEqual(ids(await stripe.paymentIntents.search({ query: 'metadata["order"]:"2"' })), [second.id]);
  assert.deepEqual(ids(await stripe.paymentIntents.search({ query: 'status:"succeeded" AND amount>1000' })), [first.id]);
  const charge = first.latest_charge;
  assert.deepEqual(ids(await stripe.charges.list({ payment_intent: first.id })), [charge.id]);
  assert.deepEqual(ids(await stripe.charges.search({ query: 'metadata["order"]:"1"' })), [charge.id]);
  const noted = await stripe.charges.update(charge.id, { description: 'Rockets', metadata: { seen: 'yes' }, receipt_email: 'jenny@example.com' });
  assert.equal(noted.description, 'Rockets');
  assert.deepEqual({ ...noted.metadata }, { order: '1', seen: 'yes' });
  assert.deepEqual({ ...await stripe.charges.retrieve(charge.id) }, { ...noted });
});

test('a verified bank account of a customer is charged without an intent', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const customer = await stripe.customers.create({ source: 'btok_us_verified' });
  const charge = await stripe.charges.create({ amount: 1500, currency: 'usd', customer: customer.id, description: 'Old ways' });
  assert.match(charge.id, /^py_/);
  assert.equal(charge.status, 'pending');
  assert.equal(charge.payment_intent, null);
  assert.equal(charge.source.id, customer.default_source);
  await sandbox.advance(60);
  assert.equal((await stripe.charges.retrieve(charge.id)).status, 'succeeded');
});

test('what cannot be paid is refused by name', async () => {
  const { stripe } = new Sandbox();
  const bad = { status: 400, type: 'invalid_request_error' };
  const create = (params) => stripe.paymentIntents.create({ amount: 2000, currency: 'usd', ...params });
  await refused(stripe.paymentIntents.create({ currency: 'usd' }), { ...bad, code: 'parameter_missing', param: 'amount' });
  await refused(create({ amount: 49 }), { ...bad, code: 'amount_too_small', param: 'amount' });
  await refused(create({ amount: 100_000_000 }), { ...bad, code: 'amount_too_large', param: 'amount' });
  await refused(create({ amount: 'much' }), { ...bad, code: 'parameter_invalid_integer', param: 'amount' });
  await refused(create({ currency: 'eur' }), { ...bad, param: 'currency' });
  await refused(create({ customer: 'cus_nobody' }), { ...bad, code: 'resource_missing', param: 'customer' });
  await refused(create({ payment_method: 'pm_nobody' }), { ...bad, code: 'resource_missing', param: 'payment_method' });
  await refused(create({ shoe_size: 43 }), { ...bad, code: 'parameter_unknown', param: 'shoe_size' });
  await refused(create({ confirm: true }), bad);
  await refused(stripe.paymentIntents.retrieve('pi_nobody'), { status: 404, type: 'invalid_request_error', code: 'resource_missing' });
  await refused(create({ payment_method_data: numbers('000123456789', { routing_number: '110000001' }) }), { ...bad, code: 'routing_number_invalid' });
});

test('a page reads and confirms with the client secret, and with nothing else', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const { method, customer } = await linkedMethod(sandbox);
  const made = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd', customer, payment_method: method.id });
  const page = { key: sandbox.publishable, at: direct };
  const path = `/v1/payment_intents/${made.id}`;
  failed(await sandbox.call('GET', path, {}, page), { status: 401, code: 'secret_key_required' });
  failed(await sandbox.call('GET', path, { client_secret: `${made.id}_secret_wrong` }, page), { status: 404, code: 'resource_missing' });
  const seen = await sandbox.call('GET', path, { client_secret: made.client_secret }, page);
  assert.equal(seen.status, 200);
  assert.equal(seen.body.amount, 2000);
  assert.equal('customer' in seen.body, false);
  assert.equal('metadata' in seen.body, false);
  const confirmed = await sandbox.call('POST', `${path}/confirm`, { client_secret: made.client_secret }, page);
  assert.equal(confirmed.body.status, 'processing', JSON.stringify(confirmed.body));
});
