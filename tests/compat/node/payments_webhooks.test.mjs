// The whole life of a payment as the merchant hears of it, every delivery signed.
import assert from 'node:assert/strict';
import test from 'node:test';
import { debit, payer } from '../support/payments.mjs';
import { receiver } from '../support/receiver.mjs';
import { Sandbox, eventually } from '../support/world.mjs';

/** What came, in the order of its making; every signature is checked. */
async function heard(sandbox, shop, endpoint, last) {
  await shop.next(last, ({ event }) => event.type === last);
  const { stripe } = sandbox;
  await eventually('no delivery under way', async () =>
    (await stripe.events.list({ limit: 100 })).data.every((event) => event.pending_webhooks === 0));
  return shop.received.map(({ body, headers }) => stripe.webhooks.constructEvent(body, headers['stripe-signature'], endpoint.secret));
}

const of = (events, type) => events.find((event) => event.type === type)?.data;

test('a payment that arrives is told step by step', async (context) => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const shop = await receiver(context);
  const from = await payer(sandbox);
  const endpoint = await stripe.webhookEndpoints.create({ url: shop.url, enabled_events: ['*'] });
  const { id } = await debit(sandbox, from, { metadata: { order: '6735' } });
  await sandbox.advance(60);
  const events = await heard(sandbox, shop, endpoint, 'payment_intent.succeeded');
  assert.deepEqual(events.map((event) => event.type).filter((type) => /^(payment_intent|charge)\./.test(type)).sort(), [
    'charge.pending', 'charge.succeeded', 'charge.updated', 'payment_intent.created', 'payment_intent.processing', 'payment_intent.succeeded',
  ]);
  assert.equal(of(events, 'payment_intent.processing').object.status, 'processing');
  assert.deepEqual(of(events, 'payment_intent.succeeded').object.metadata, { order: '6735' });
  const updated = of(events, 'charge.updated');
  assert.equal(updated.previous_attributes.balance_transaction, null);
  assert.match(updated.object.balance_transaction, /^txn_/);
  assert.equal(of(events, 'charge.succeeded').object.payment_intent, id);
  assert.match(of(events, 'charge.succeeded').object.payment_method_details.us_bank_account.payment_reference, /^\d{15}$/);
  for (const event of events) {
    assert.equal(event.api_version, stripe.getApiField('version'));
    assert.equal(event.livemode, false);
  }
  const [made] = events.filter((event) => event.type === 'payment_intent.created');
  assert.match(made.request.id, /^req_/);
  assert.ok(made.request.idempotency_key);
  const [settled] = events.filter((event) => event.type === 'charge.succeeded');
  assert.equal(settled.request?.id ?? null, null, 'nobody asked for that');
});

test('a payment that comes back is told as failed', async (context) => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const shop = await receiver(context);
  const from = await payer(sandbox, '000111111113');
  const endpoint = await stripe.webhookEndpoints.create({ url: shop.url, enabled_events: ['*'] });
  const { id } = await debit(sandbox, from);
  await sandbox.advance(60);
  const events = await heard(sandbox, shop, endpoint, 'payment_intent.payment_failed');
  const failed = of(events, 'payment_intent.payment_failed').object;
  assert.equal(failed.id, id);
  assert.equal(failed.last_payment_error.code, 'account_closed');
  assert.equal(of(events, 'charge.failed').object.failure_code, 'account_closed');
  assert.equal(of(events, 'payment_method.automatically_updated').object.us_bank_account.status_details.blocked.network_code, 'R02');
  assert.equal(of(events, 'mandate.updated').object.status, 'inactive');
});
