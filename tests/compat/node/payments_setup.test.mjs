import assert from 'node:assert/strict';
import test from 'node:test';
import { AGREED, AGREED_ONLINE, DEPOSITS, debit, kinds, linkedMethod, numbers, payer } from '../support/payments.mjs';
import { Sandbox, ids, refused } from '../support/world.mjs';

test('a linked account is set up at once, and its attempt and mandate are kept', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const { method, customer } = await linkedMethod(sandbox);
  const made = await stripe.setupIntents.create({ customer, description: 'Rent', metadata: { flat: '7' } });
  assert.match(made.id, /^seti_/);
  assert.equal(made.status, 'requires_payment_method');
  assert.equal(made.usage, 'off_session');
  assert.equal(made.latest_attempt, null);
  const updated = await stripe.setupIntents.update(made.id, { payment_method: method.id, metadata: { flat: '8' }, description: '' });
  assert.equal(updated.status, 'requires_confirmation');
  assert.equal(updated.description, null);
  await sandbox.advance(1);
  const done = await stripe.setupIntents.confirm(made.id, { mandate_data: AGREED_ONLINE, expand: ['latest_attempt', 'mandate', 'payment_method'] });
  assert.equal(done.status, 'succeeded');
  assert.equal(done.payment_method.customer, customer);
  assert.equal(done.mandate.status, 'active');
  assert.equal(done.mandate.type, 'multi_use');
  assert.equal(done.latest_attempt.status, 'succeeded');
  assert.deepEqual({ ...await stripe.mandates.retrieve(done.mandate.id) }, { ...done.mandate });
  const attempts = await stripe.setupAttempts.list({ setup_intent: made.id });
  assert.deepEqual(ids(attempts), [done.latest_attempt.id]);
  assert.equal(attempts.data[0].payment_method_details.type, 'us_bank_account');
  assert.equal((await stripe.setupIntents.retrieve(made.id)).status, 'succeeded');
  assert.deepEqual(await kinds(sandbox, 'setup_intent', 'payment_method'), ['setup_intent.created', 'payment_method.attached', 'setup_intent.succeeded']);
});

test('typed numbers are set up by small deposits, and pay without a word from then on', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const customer = await stripe.customers.create({ name: 'Jenny Rosen' });
  const waiting = await stripe.setupIntents.create({ customer: customer.id, payment_method_data: numbers(), confirm: true, mandate_data: AGREED });
  assert.equal(waiting.status, 'requires_action');
  assert.equal(waiting.next_action.type, 'verify_with_microdeposits');
  await refused(stripe.setupIntents.verifyMicrodeposits(waiting.id, { amounts: [3, 4] }),
    { status: 400, code: 'payment_method_microdeposit_verification_amounts_mismatch' });
  const done = await stripe.setupIntents.verifyMicrodeposits(waiting.id, { amounts: DEPOSITS });
  assert.equal(done.status, 'succeeded');
  assert.equal(done.next_action, null);
  assert.deepEqual(ids(await stripe.customers.listPaymentMethods(customer.id)), [done.payment_method]);
  assert.equal((await debit(sandbox, { customer: customer.id, method: done.payment_method })).status, 'processing');
});

test('a code from the statement does as well', async () => {
  const { stripe } = new Sandbox();
  const waiting = await stripe.setupIntents.create({ payment_method: 'pm_usBankAccount_success', confirm: true, mandate_data: AGREED });
  assert.equal((await stripe.setupIntents.verifyMicrodeposits(waiting.id, { descriptor_code: 'SM11AA' })).status, 'succeeded');
});

test('a mandate for one payment says which', async () => {
  const sandbox = new Sandbox();
  const { method } = await linkedMethod(sandbox);
  const done = await sandbox.stripe.setupIntents.create({
    payment_method: method.id, confirm: true, mandate_data: AGREED, single_use: { amount: 2500, currency: 'usd' }, usage: 'on_session',
    expand: ['single_use_mandate'],
  });
  assert.equal(done.status, 'succeeded');
  assert.equal(done.single_use_mandate.type, 'single_use');
  assert.deepEqual({ ...done.single_use_mandate.single_use }, { amount: 2500, currency: 'usd' });
});

test('setup intents are listed and canceled', async () => {
  const { stripe } = new Sandbox();
  const customer = await stripe.customers.create({ name: 'Jenny Rosen' });
  const first = await stripe.setupIntents.create({ customer: customer.id });
  const second = await stripe.setupIntents.create();
  assert.deepEqual(ids(await stripe.setupIntents.list()), [second.id, first.id]);
  assert.deepEqual(ids(await stripe.setupIntents.list({ customer: customer.id })), [first.id]);
  const canceled = await stripe.setupIntents.cancel(second.id, { cancellation_reason: 'requested_by_customer' });
  assert.equal(canceled.status, 'canceled');
  assert.equal(canceled.cancellation_reason, 'requested_by_customer');
  await refused(stripe.setupIntents.cancel(second.id), { status: 400, code: 'setup_intent_unexpected_state' });
  await refused(stripe.setupIntents.confirm(first.id), { status: 400, code: 'setup_intent_unexpected_state' });
  await refused(stripe.setupAttempts.list({}), { status: 400, code: 'parameter_missing', param: 'setup_intent' });
  await refused(stripe.setupIntents.retrieve('seti_nobody'), { status: 404, code: 'resource_missing' });
  await refused(stripe.mandates.retrieve('mandate_nobody'), { status: 404, code: 'resource_missing' });
});

test('an account whose debits came back unauthorized is not set up again', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const from = await payer(sandbox, '000333333335');
  await debit(sandbox, from);
  await sandbox.advance(60);
  const made = await stripe.setupIntents.create({ payment_method_data: numbers('000333333335') });
  const error = await refused(stripe.setupIntents.confirm(made.id, { mandate_data: AGREED }), { status: 402, code: 'bank_account_unusable' });
  assert.equal(error.setup_intent.id, made.id);
  const attempts = await stripe.setupAttempts.list({ setup_intent: made.id });
  assert.equal(attempts.data[0].status, 'failed');
  assert.equal(attempts.data[0].setup_error.code, 'bank_account_unusable');
  assert.equal((await stripe.mandates.retrieve(from.mandate)).status, 'inactive');
  assert.equal((await stripe.events.list({ type: 'mandate.updated' })).data[0].data.object.id, from.mandate);
});

test('small deposits are not awaited for ever', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const waiting = await stripe.setupIntents.create({ payment_method_data: numbers(), confirm: true, mandate_data: AGREED });
  await sandbox.advance(11 * 86_400);
  const ended = await stripe.setupIntents.retrieve(waiting.id);
  assert.equal(ended.status, 'requires_payment_method');
  assert.equal(ended.last_setup_error.code, 'payment_method_microdeposit_verification_timeout');
  assert.equal((await stripe.events.list({ type: 'setup_intent.setup_failed' })).data.length, 1);
});
