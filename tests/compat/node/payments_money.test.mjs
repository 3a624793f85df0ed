// Refunds, disputes, the balance and its lines.
import assert from 'node:assert/strict';
import test from 'node:test';
import { debit, kinds, paid, payer } from '../support/payments.mjs';
import { Sandbox, ids, refused } from '../support/world.mjs';

test('a payment that arrived is refunded, in parts', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const intent = await paid(sandbox);
  const charge = intent.latest_charge.id;
  const part = await stripe.refunds.create({ payment_intent: intent.id, amount: 500, reason: 'requested_by_customer', metadata: { a: '1' } });
  assert.match(part.id, /^pyr_/);
  assert.equal(part.status, 'pending');
  assert.equal(part.charge, charge);
  assert.equal(part.reason, 'requested_by_customer');
  assert.equal(part.destination_details.type, 'us_bank_transfer');
  await refused(stripe.refunds.create({ charge, amount: 1501 }), { status: 400, type: 'invalid_request_error', param: 'amount' });
  const rest = await stripe.refunds.create({ charge });
  assert.equal(rest.amount, 1500);
  await refused(stripe.refunds.create({ charge }), { status: 400, code: 'charge_already_refunded' });
  await sandbox.advance(7 * 86_400);
  const done = await stripe.refunds.retrieve(part.id, { expand: ['balance_transaction', 'charge.refunds'] });
  assert.equal(done.status, 'succeeded');
  assert.equal(done.balance_transaction.type, 'payment_refund');
  assert.equal(done.balance_transaction.amount, -500);
  assert.equal(done.charge.refunded, true);
  assert.deepEqual(ids(done.charge.refunds), [rest.id, part.id]);
  assert.equal(done.destination_details.us_bank_transfer.reference_status, 'available');
  assert.match(done.destination_details.us_bank_transfer.reference, /^\d{15}$/);
  assert.deepEqual(ids(await stripe.refunds.list({ charge })), [rest.id, part.id]);
  assert.deepEqual(ids(await stripe.refunds.list({ payment_intent: intent.id, limit: 1 })), [rest.id]);
  assert.deepEqual({ ...(await stripe.refunds.update(part.id, { metadata: { b: '2' } })).metadata }, { a: '1', b: '2' });
  await refused(stripe.refunds.cancel(part.id), { status: 400, code: 'status_transition_invalid' });
  await refused(stripe.refunds.create({}), { status: 400, code: 'parameter_missing' });
  await refused(stripe.refunds.retrieve('pyr_nobody'), { status: 404, code: 'resource_missing' });
  for (const kind of ['refund.created', 'charge.refunded', 'refund.updated', 'charge.refund.updated']) {
    assert.ok((await kinds(sandbox, 'refund', 'charge')).includes(kind), kind);
  }
});

test('a refund waits for a payment on its way', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const { id } = await debit(sandbox, await payer(sandbox));
  const refund = await stripe.refunds.create({ payment_intent: id });
  assert.equal(refund.pending_reason, 'charge_pending');
  await sandbox.advance(7 * 86_400);
  assert.equal((await stripe.refunds.retrieve(refund.id)).status, 'succeeded');
});

test('a late return is a dispute that is lost at once', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const from = await payer(sandbox, '000555555559');
  const intent = await paid(sandbox, from);
  await sandbox.advance(60);
  const { data: [dispute] } = await stripe.disputes.list({ charge: intent.latest_charge.id });
  assert.match(dispute.id, /^du_/);
  assert.equal(dispute.status, 'lost');
  assert.equal(dispute.amount, 2000);
  assert.equal(dispute.is_charge_refundable, false);
  assert.equal(dispute.balance_transactions.length, 1);
  assert.ok(dispute.balance_transactions[0].net <= -2000);
  const shown = await stripe.disputes.retrieve(dispute.id, { expand: ['charge', 'payment_intent'] });
  assert.equal(shown.charge.disputed, true);
  assert.equal(shown.payment_intent.status, 'succeeded');
  assert.deepEqual(ids(await stripe.disputes.list({ payment_intent: intent.id })), [dispute.id]);
  assert.deepEqual({ ...(await stripe.disputes.update(dispute.id, { metadata: { a: '1' } })).metadata }, { a: '1' });
  await refused(stripe.disputes.update(dispute.id, { evidence: { uncategorized_text: 'But they agreed.' } }), { status: 400, param: 'evidence' });
  await refused(stripe.disputes.close(dispute.id), { status: 400, type: 'invalid_request_error' });
  await refused(stripe.refunds.create({ payment_intent: intent.id }), { status: 400, code: 'refund_disputed_payment' });
  await refused(stripe.disputes.retrieve('du_nobody'), { status: 404, code: 'resource_missing' });
  const told = await kinds(sandbox, 'charge.dispute');
  for (const kind of ['charge.dispute.created', 'charge.dispute.closed', 'charge.dispute.funds_withdrawn']) assert.ok(told.includes(kind), kind);
  const error = await refused(debit(sandbox, from), { status: 400, type: 'invalid_request_error' });
  assert.match(error.message, /mandate/, 'a dispute ends the consent');
});

test('the balance is what its lines add up to', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const empty = await stripe.balance.retrieve();
  assert.equal(empty.object, 'balance');
  assert.equal(empty.available[0].amount, 0);
  const from = await payer(sandbox);
  const first = await paid(sandbox, from);
  await paid(sandbox, from, { amount: 3000 });
  await stripe.refunds.create({ payment_intent: first.id, amount: 700 });
  await sandbox.advance(7 * 86_400);
  const lines = await stripe.balanceTransactions.list({ limit: 100 }).autoPagingToArray({ limit: 1000 });
  assert.deepEqual(lines.map((line) => line.type), ['payment_refund', 'payment', 'payment']);
  for (const line of lines) {
    assert.equal(line.net, line.amount - line.fee, line.id);
    assert.equal(line.fee, line.fee_details.reduce((sum, fee) => sum + fee.amount, 0), line.id);
  }
  const balance = await stripe.balance.retrieve();
  const held = [...balance.available, ...balance.pending].reduce((sum, own) => sum + own.amount, 0);
  assert.equal(held, lines.reduce((sum, line) => sum + line.net, 0));
  assert.equal(balance.available[0].source_types.card, balance.available[0].amount);
  const payment = lines[2];
  const shown = await stripe.balanceTransactions.retrieve(payment.id, { expand: ['source'] });
  assert.equal(shown.source.id, first.latest_charge.id);
  assert.equal(shown.status, 'available');
  assert.equal(shown.reporting_category, 'charge');
  assert.deepEqual(ids(await stripe.balanceTransactions.list({ source: first.latest_charge.id })), [payment.id]);
  assert.deepEqual(ids(await stripe.balanceTransactions.list({ type: 'payment_refund' })), [lines[0].id]);
  await refused(stripe.balanceTransactions.retrieve('txn_nobody'), { status: 404, code: 'resource_missing' });
});

test('a payment that comes back takes its money out of the balance', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const from = await payer(sandbox, '000222222227');
  const { id } = await debit(sandbox, from);
  await sandbox.advance(60);
  const intent = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge.failure_balance_transaction'] });
  assert.equal(intent.status, 'requires_payment_method');
  assert.equal(intent.latest_charge.failure_balance_transaction.type, 'payment_failure_refund');
  const lines = await stripe.balanceTransactions.list();
  assert.equal(lines.data.reduce((sum, line) => sum + line.amount, 0), 0);
});
