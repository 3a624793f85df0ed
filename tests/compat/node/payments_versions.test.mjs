// `payment_method_types` was a parameter until 2026-08-26.dahlia; since 2026-09-30.endive types are computed.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Sandbox, direct, refused } from '../support/world.mjs';

const OLDER = '2026-08-26.dahlia';
const GONE = { status: 400, type: 'invalid_request_error', code: 'payment_method_types_no_longer_supported' };
const TYPES = { payment_method_types: ['us_bank_account'] };

test('since endive types are not sent but narrowed', async () => {
  const { stripe } = new Sandbox();
  const params = { amount: 2000, currency: 'usd' };
  await refused(stripe.paymentIntents.create({ ...params, ...TYPES }), GONE);
  await refused(stripe.setupIntents.create(TYPES), GONE);
  const intent = await stripe.paymentIntents.create({ ...params, allowed_payment_method_types: ['card', 'us_bank_account'] });
  assert.deepEqual(intent.payment_method_types, ['us_bank_account']);
  assert.deepEqual(intent.allowed_payment_method_types, ['card', 'us_bank_account']);
  await refused(stripe.paymentIntents.update(intent.id, TYPES), GONE);
  await refused(stripe.paymentIntents.confirm(intent.id, { ...TYPES, payment_method: 'pm_usBankAccount_success' }), GONE);
  const setup = await stripe.setupIntents.create({ allowed_payment_method_types: ['us_bank_account'] });
  await refused(stripe.setupIntents.update(setup.id, TYPES), GONE);
  await refused(stripe.paymentIntents.create({ ...params, allowed_payment_method_types: ['card'] }), { status: 400, param: 'allowed_payment_method_types' });
  await refused(stripe.paymentIntents.create({ ...params, excluded_payment_method_types: ['us_bank_account'] }), { status: 400, param: 'excluded_payment_method_types' });
  await refused(stripe.paymentIntents.create({ ...params, allowed_payment_method_types: ['us_bank_account'], automatic_payment_methods: { enabled: true } }),
    { status: 400, code: 'parameters_exclusive' });
});

test('older versions name their types', async () => {
  const sandbox = new Sandbox();
  const stripe = sandbox.client({ at: direct, apiVersion: OLDER });
  const intent = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd', ...TYPES });
  assert.deepEqual(intent.payment_method_types, ['us_bank_account']);
  assert.equal(intent.automatic_payment_methods, null);
  assert.equal((await stripe.paymentIntents.update(intent.id, { ...TYPES, amount: 2100 })).amount, 2100);
  assert.deepEqual((await stripe.setupIntents.create(TYPES)).payment_method_types, ['us_bank_account']);
  await refused(stripe.paymentIntents.create({ amount: 2000, currency: 'usd', payment_method_types: ['card'] }),
    { status: 400, type: 'invalid_request_error', param: 'payment_method_types' });
  // The version of one request counts, whatever the client's is.
  await refused(stripe.setupIntents.create(TYPES, { apiVersion: '2026-09-30.endive' }), GONE);
});
