// Which class of error the SDK makes of a refusal, and what the error says.
import assert from 'node:assert/strict';
import test from 'node:test';
import { AGREED, DEPOSITS, debit, numbers, payer } from '../support/payments.mjs';
import { Sandbox, refused } from '../support/world.mjs';

test('a blocked bank account is a card error that carries the intent, the charge and the reason', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const from = await payer(sandbox, '000111111113');
  await debit(sandbox, from);
  await sandbox.advance(60);
  const error = await refused(debit(sandbox, from, { mandate_data: AGREED }), { status: 402, type: 'card_error', code: 'bank_account_unusable' });
  assert.ok(error instanceof stripe.errors.StripeCardError);
  assert.equal(error.raw.payment_intent.status, 'requires_payment_method');
  assert.equal(error.raw.payment_intent.last_payment_error.code, 'bank_account_unusable');
  assert.equal(error.raw.payment_intent.latest_charge, error.raw.charge);
  assert.equal(error.raw.payment_method.id, from.method);
  assert.ok(error.requestId);
  assert.ok(error.raw.doc_url);
  const charge = await stripe.charges.retrieve(error.raw.charge);
  assert.equal(charge.status, 'failed');
  assert.equal(charge.failure_code, 'bank_account_unusable');
});

test('an account of the highest risk is a card error', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const from = await payer(sandbox, '000000004954');
  const error = await refused(debit(sandbox, from), { status: 402, type: 'card_error' });
  assert.ok(error instanceof stripe.errors.StripeCardError);
  const charge = await stripe.charges.retrieve(error.raw.charge);
  assert.equal(charge.outcome.type, 'blocked');
  assert.equal(charge.outcome.risk_level, 'highest');
});

test('waiting can be refused', async () => {
  const { stripe } = new Sandbox();
  const error = await refused(stripe.paymentIntents.create({
    amount: 2000, currency: 'usd', confirm: true, mandate_data: AGREED, payment_method_data: numbers(), error_on_requires_action: true,
  }), { status: 402, type: 'card_error' });
  assert.ok(error instanceof stripe.errors.StripeCardError);
});

test('the same request twice is one payment', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const from = await payer(sandbox);
  const params = { amount: 2000, currency: 'usd', customer: from.customer, payment_method: from.method, confirm: true };
  const [one, two] = await Promise.all([1, 2].map(() => stripe.paymentIntents.create(params, { idempotencyKey: 'order-1', maxNetworkRetries: 5 })));
  assert.equal(one.id, two.id);
  assert.equal((await stripe.charges.list()).data.length, 1);
  const error = await refused(stripe.paymentIntents.create({ ...params, amount: 2100 }, { idempotencyKey: 'order-1' }), { status: 400, type: 'idempotency_error' });
  assert.ok(error instanceof stripe.errors.StripeIdempotencyError);
});

test('a 402 is replayed as it was', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const from = await payer(sandbox, '000777777771');
  const ask = () => stripe.paymentIntents.create(
    { amount: 2000, currency: 'usd', customer: from.customer, payment_method: from.method, confirm: true }, { idempotencyKey: 'order-2' });
  const first = await refused(ask(), { status: 402, code: 'charge_exceeds_source_limit' });
  const again = await refused(ask(), { status: 402, code: 'charge_exceeds_source_limit' });
  assert.equal(again.raw.charge, first.raw.charge);
  assert.equal((await stripe.charges.list()).data.length, 1);
});

test('keys that may not pay are told so', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const { id } = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd' });
  const reader = await sandbox.restricted({ payment_intents: 'read' });
  assert.equal((await reader.paymentIntents.retrieve(id)).id, id);
  const error = await refused(reader.paymentIntents.cancel(id), { status: 403 });
  assert.ok(error instanceof stripe.errors.StripePermissionError);
  await refused(reader.refunds.list(), { status: 403 });
  const page = sandbox.client({ key: sandbox.publishable });
  const denied = await refused(page.paymentIntents.create({ amount: 2000, currency: 'usd' }), { status: 401, code: 'secret_key_required' });
  assert.ok(denied instanceof stripe.errors.StripeAuthenticationError);
});

test('nothing of one sandbox is seen in another', async () => {
  const one = new Sandbox();
  const other = new Sandbox();
  const from = await payer(one);
  const { id } = await debit(one, from);
  const missing = { status: 404, code: 'resource_missing' };
  await refused(other.stripe.paymentIntents.retrieve(id), missing);
  await refused(other.stripe.setupIntents.verifyMicrodeposits(from.setup, { amounts: DEPOSITS }), missing);
  await refused(other.stripe.paymentMethods.retrieve(from.method), missing);
  await refused(other.stripe.mandates.retrieve(from.mandate), missing);
});
