// Every published test number, the whole way: small deposits, a file, the test bank and what it sends back.
import assert from 'node:assert/strict';
import test from 'node:test';
import { AGREED_ONLINE, DEPOSITS, numbers } from '../support/payments.mjs';
import { Sandbox, refused } from '../support/world.mjs';

/** A payment by a sample or by typed numbers that waits for its small deposits. */
async function waiting(sandbox, by) {
  const from = by.startsWith('pm_') ? { payment_method: by } : { payment_method_data: numbers(by) };
  const intent = await sandbox.stripe.paymentIntents.create({
    amount: 2000, currency: 'usd', confirm: true, mandate_data: AGREED_ONLINE, ...from,
  });
  assert.equal(intent.status, 'requires_action');
  return intent.id;
}

const shown = ({ stripe }, id) => stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });

for (const by of ['000123456789', 'pm_usBankAccount_success']) {
  test(`${by} succeeds`, async () => {
    const sandbox = new Sandbox();
    const id = await waiting(sandbox, by);
    assert.equal((await sandbox.stripe.paymentIntents.verifyMicrodeposits(id, { amounts: DEPOSITS })).status, 'processing');
    await sandbox.advance(60);
    const intent = await shown(sandbox, id);
    assert.equal(intent.status, 'succeeded');
    assert.equal(intent.latest_charge.status, 'succeeded');
    assert.equal(intent.latest_charge.disputed, false);
  });
}

const FAILURES = [
  ['000111111113', 'pm_usBankAccount_accountClosed', 'account_closed', 'bank_account_closed'],
  ['000111111116', 'pm_usBankAccount_noAccount', 'no_account', 'bank_account_invalid_details'],
  ['000222222227', 'pm_usBankAccount_insufficientFunds', 'insufficient_funds', null],
  ['000333333335', 'pm_usBankAccount_debitNotAuthorized', 'debit_not_authorized', 'debit_not_authorized'],
  ['000444444440', 'pm_usBankAccount_invalidCurrency', 'payment_method_currency_mismatch', null],
  ['000888888885', null, 'bank_account_unusable', 'tokenized_account_number_deactivated'],
];
for (const [number, sample, code, blocked] of FAILURES) {
  for (const by of [number, sample].filter(Boolean)) {
    test(`${by} fails with ${code}`, async () => {
      const sandbox = new Sandbox();
      const { stripe } = sandbox;
      const id = await waiting(sandbox, by);
      assert.equal((await stripe.paymentIntents.verifyMicrodeposits(id, { amounts: DEPOSITS })).status, 'processing');
      await sandbox.advance(60);
      const intent = await shown(sandbox, id);
      assert.equal(intent.status, 'requires_payment_method');
      assert.equal(intent.last_payment_error.code, code);
      assert.equal(intent.last_payment_error.charge, intent.latest_charge.id);
      assert.equal(intent.latest_charge.status, 'failed');
      assert.equal(intent.latest_charge.failure_code, code);
      assert.ok(intent.latest_charge.failure_message);
      const method = await stripe.paymentMethods.retrieve(intent.last_payment_error.payment_method.id);
      assert.equal(method.us_bank_account.status_details?.blocked?.reason ?? null, blocked);
      if (!blocked) return;
      const updated = await stripe.events.list({ type: 'payment_method.automatically_updated' });
      assert.equal(updated.data[0].data.object.us_bank_account.status_details.blocked.reason, blocked);
      const again = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd', payment_method_data: numbers(number) });
      const error = await refused(stripe.paymentIntents.confirm(again.id, { mandate_data: AGREED_ONLINE }), { status: 402, code: 'bank_account_unusable' });
      assert.equal((await stripe.charges.retrieve(error.charge)).status, 'failed');
      assert.equal(error.payment_intent.status, 'requires_payment_method');
    });
  }
}

for (const by of ['000666666661', 'pm_usBankAccount_failMicrodeposits']) {
  test(`${by} gets no small deposits`, async () => {
    const sandbox = new Sandbox();
    const id = await waiting(sandbox, by);
    await sandbox.advance(60);
    const intent = await shown(sandbox, id);
    assert.equal(intent.status, 'requires_payment_method');
    assert.equal(intent.last_payment_error.code, 'payment_method_microdeposit_failed');
    assert.equal(intent.latest_charge, null);
    const { data } = await sandbox.stripe.events.list({ type: 'payment_intent.payment_failed' });
    assert.equal(data[0].data.object.id, id);
  });
}

for (const by of ['000555555559', 'pm_usBankAccount_dispute']) {
  test(`${by} succeeds and is disputed`, async () => {
    const sandbox = new Sandbox();
    const { stripe } = sandbox;
    const id = await waiting(sandbox, by);
    await stripe.paymentIntents.verifyMicrodeposits(id, { amounts: DEPOSITS });
    await sandbox.advance(120);
    const intent = await shown(sandbox, id);
    assert.equal(intent.status, 'succeeded');
    assert.equal(intent.latest_charge.disputed, true);
    const { data: [dispute] } = await stripe.disputes.list({ payment_intent: id });
    assert.equal(dispute.status, 'lost');
    assert.equal(dispute.reason, 'debit_not_authorized');
    assert.equal(dispute.charge, intent.latest_charge.id);
  });
}

for (const by of ['000000000009', 'pm_usBankAccount_processing']) {
  test(`${by} stays on its way until it is canceled`, async () => {
    const sandbox = new Sandbox();
    const { stripe } = sandbox;
    const id = await waiting(sandbox, by);
    await stripe.paymentIntents.verifyMicrodeposits(id, { amounts: DEPOSITS });
    await sandbox.advance(86_400);
    assert.equal((await shown(sandbox, id)).status, 'processing');
    assert.equal((await stripe.paymentIntents.cancel(id)).status, 'canceled');
    assert.equal((await shown(sandbox, id)).latest_charge.status, 'failed');
  });
}

for (const [by, code] of [
  ['000777777771', 'charge_exceeds_source_limit'], ['pm_usBankAccount_weeklyLimitExceeded', 'charge_exceeds_source_limit'],
  ['000000004954', 'payment_intent_payment_attempt_failed'], ['pm_usBankAccount_riskLevelHighest', 'payment_intent_payment_attempt_failed'],
]) {
  test(`${by} is refused before it is sent`, async () => {
    const sandbox = new Sandbox();
    const { stripe } = sandbox;
    const id = await waiting(sandbox, by);
    // The answer was right; what comes of the debit is said by the intent.
    await stripe.paymentIntents.verifyMicrodeposits(id, { amounts: DEPOSITS });
    const intent = await shown(sandbox, id);
    assert.equal(intent.status, 'requires_payment_method');
    assert.equal(intent.last_payment_error.code, code);
    assert.equal(intent.latest_charge.status, 'failed');
    assert.equal(intent.latest_charge.outcome.network_status, 'not_sent_to_network');
  });
}

test('answers use up the attempts and the time', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  for (const [answer, code] of [
    [{ amounts: [10, 11] }, 'payment_method_microdeposit_verification_attempts_exceeded'],
    [{ descriptor_code: 'SM33CC' }, 'payment_method_microdeposit_verification_attempts_exceeded'],
    [{ amounts: [40, 41] }, 'payment_method_microdeposit_verification_timeout'],
    [{ descriptor_code: 'SM44DD' }, 'payment_method_microdeposit_verification_timeout'],
  ]) {
    const id = await waiting(sandbox, 'pm_usBankAccount_success');
    await refused(stripe.paymentIntents.verifyMicrodeposits(id, answer), { status: 400, code });
    const intent = await shown(sandbox, id);
    assert.equal(intent.status, 'requires_payment_method');
    assert.equal(intent.last_payment_error.code, code);
  }
});

test('verified bank tokens stand for the same numbers', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  for (const [token, code] of [
    ['btok_us_verified', null], ['btok_us_verified_accountClosed', 'account_closed'], ['btok_us_verified_noAccount', 'no_account'],
    ['btok_us_verified_insufficientFunds', 'insufficient_funds'], ['btok_us_verified_debitNotAuthorized', 'debit_not_authorized'],
    ['btok_us_verified_invalidCurrency', 'payment_method_currency_mismatch'],
  ]) {
    const customer = await stripe.customers.create({ source: token });
    const { id } = await stripe.charges.create({ amount: 2000, currency: 'usd', customer: customer.id });
    await sandbox.advance(60);
    const charge = await stripe.charges.retrieve(id);
    assert.equal(charge.status, code ? 'failed' : 'succeeded', token);
    assert.equal(charge.failure_code, code, token);
  }
});
