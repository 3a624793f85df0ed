import assert from 'node:assert/strict';
import test from 'node:test';
import { receiver } from '../support/receiver.mjs';
import { Sandbox, eventually, ids, refused } from '../support/world.mjs';

test('an endpoint is made, changed, listed and deleted', async () => {
  const { stripe } = new Sandbox();
  const endpoint = await stripe.webhookEndpoints.create({
    url: 'http://127.0.0.1:9/hooks', enabled_events: ['customer.created'], description: 'mine', metadata: { a: '1' }, api_version: '2024-06-20',
  });
  assert.match(endpoint.id, /^we_/);
  assert.equal(endpoint.object, 'webhook_endpoint');
  assert.match(endpoint.secret, /^whsec_/);
  assert.equal(endpoint.status, 'enabled');
  assert.equal(endpoint.api_version, '2024-06-20');
  assert.equal(endpoint.application, null);
  assert.equal(endpoint.livemode, false);
  const kept = await stripe.webhookEndpoints.retrieve(endpoint.id);
  assert.equal(kept.secret, undefined, 'the secret is told once');
  assert.equal(kept.description, 'mine');
  const changed = await stripe.webhookEndpoints.update(endpoint.id, {
    url: 'http://127.0.0.1:9/other', enabled_events: ['customer.deleted', 'customer.updated'], description: '', metadata: { a: '', b: '2' }, disabled: true,
  });
  assert.equal(changed.url, 'http://127.0.0.1:9/other');
  assert.deepEqual(changed.enabled_events, ['customer.deleted', 'customer.updated']);
  assert.equal(changed.description, null);
  assert.deepEqual({ ...changed.metadata }, { b: '2' });
  assert.equal(changed.status, 'disabled');
  assert.equal((await stripe.webhookEndpoints.update(endpoint.id, { disabled: false })).status, 'enabled');
  const other = await stripe.webhookEndpoints.create({ url: 'http://127.0.0.1:9/hooks', enabled_events: ['*'] });
  assert.equal(other.api_version, null);
  assert.deepEqual(ids(await stripe.webhookEndpoints.list()), [other.id, endpoint.id]);
  assert.deepEqual(ids(await stripe.webhookEndpoints.list({ limit: 1, starting_after: other.id })), [endpoint.id]);
  assert.deepEqual({ ...await stripe.webhookEndpoints.del(other.id) }, { id: other.id, object: 'webhook_endpoint', deleted: true });
  await refused(stripe.webhookEndpoints.retrieve(other.id), { status: 404, code: 'resource_missing' });
  assert.deepEqual(ids(await stripe.webhookEndpoints.list()), [endpoint.id]);
});

test('wrong endpoints are refused by name', async () => {
  const { stripe } = new Sandbox();
  const bad = { status: 400, type: 'invalid_request_error' };
  const url = 'http://127.0.0.1:9/hooks';
  await refused(stripe.webhookEndpoints.create({ enabled_events: ['*'] }), { ...bad, code: 'parameter_missing', param: 'url' });
  await refused(stripe.webhookEndpoints.create({ url }), { ...bad, code: 'parameter_missing', param: 'enabled_events' });
  await refused(stripe.webhookEndpoints.create({ url: 'no address', enabled_events: ['*'] }), { ...bad, param: 'url' });
  await refused(stripe.webhookEndpoints.create({ url: 'ftp://127.0.0.1/', enabled_events: ['*'] }), { ...bad, param: 'url' });
  const error = await refused(stripe.webhookEndpoints.create({ url, enabled_events: ['customer.tickled'] }), bad);
  assert.match(error.param, /^enabled_events/);
  await refused(stripe.webhookEndpoints.create({ url, enabled_events: ['*'], api_version: 'yesterday' }), { ...bad, param: 'api_version' });
  const { id } = await stripe.webhookEndpoints.create({ url, enabled_events: ['*'] });
  await refused(stripe.webhookEndpoints.update(id, { api_version: '2024-06-20' }), { ...bad, code: 'parameter_unknown', param: 'api_version' });
});

test('deliveries are signed, and the event counts them', async (context) => {
  const { stripe } = new Sandbox();
  const shop = await receiver(context);
  const endpoint = await stripe.webhookEndpoints.create({ url: shop.url, enabled_events: ['customer.created'] });
  const customer = await stripe.customers.create({ name: 'Jenny 🚲' });
  const delivery = await shop.next('the delivery');
  assert.equal(delivery.path, '/hooks');
  assert.match(delivery.headers['content-type'], /^application\/json/);
  assert.match(delivery.headers['stripe-signature'], /^t=\d+,v1=[0-9a-f]{64}/);
  const event = stripe.webhooks.constructEvent(delivery.body, delivery.headers['stripe-signature'], endpoint.secret);
  assert.equal(event.type, 'customer.created');
  assert.equal(event.data.object.id, customer.id);
  assert.equal(event.data.object.name, 'Jenny 🚲');
  assert.equal(event.pending_webhooks, 1);
  assert.throws(() => stripe.webhooks.constructEvent(delivery.body, delivery.headers['stripe-signature'], 'whsec_wrong'), /signature/i);
  assert.throws(() => stripe.webhooks.constructEvent(`${delivery.body} `, delivery.headers['stripe-signature'], endpoint.secret), /signature/i);
  await eventually('no pending webhooks', async () => (await stripe.events.retrieve(event.id)).pending_webhooks === 0);
  assert.deepEqual(ids(await stripe.events.list({ delivery_success: true })), [event.id]);
});

test('an endpoint hears what it asked for, while it is enabled', async (context) => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const shop = await receiver(context);
  const { id } = await stripe.webhookEndpoints.create({ url: shop.url, enabled_events: ['customer.deleted', 'customer.updated'] });
  const one = await stripe.customers.create();
  await stripe.customers.update(one.id, { name: 'Jane' });
  await sandbox.advance(1);
  await stripe.webhookEndpoints.update(id, { disabled: true });
  await stripe.customers.update(one.id, { name: 'June' });
  await sandbox.advance(1);
  await stripe.webhookEndpoints.update(id, { disabled: false, enabled_events: ['customer.deleted'] });
  await stripe.customers.update(one.id, { name: 'Jill' });
  await stripe.customers.del(one.id);
  await shop.next('the deletion', ({ event }) => event.type === 'customer.deleted');
  await sandbox.advance(1);
  assert.deepEqual(shop.received.map(({ event }) => event.type), ['customer.updated', 'customer.deleted']);
});

test('an endpoint with a version of its own is told in that version', async (context) => {
  const { stripe } = new Sandbox();
  const [old, today] = [await receiver(context), await receiver(context)];
  await stripe.webhookEndpoints.create({ url: old.url, enabled_events: ['customer.created'], api_version: '2024-06-20' });
  await stripe.webhookEndpoints.create({ url: today.url, enabled_events: ['customer.created'] });
  await stripe.customers.create();
  assert.equal((await old.next('the old version')).event.api_version, '2024-06-20');
  assert.equal((await today.next('the new version')).event.api_version, '2026-10-28.endive');
});

test('what was refused is tried again later, signed at its own time', async (context) => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const shop = await receiver(context, (count) => (count < 3 ? 500 : 204));
  const endpoint = await stripe.webhookEndpoints.create({ url: shop.url, enabled_events: ['customer.created'] });
  await stripe.customers.create();
  await shop.next('the first try');
  for (let hours = 0; hours < 30 && shop.received.length < 3; hours += 1) await sandbox.advance(3600);
  assert.equal(shop.received.length, 3);
  const [first, second, third] = shop.received;
  assert.equal(second.event.id, first.event.id);
  assert.equal(third.event.id, first.event.id);
  for (const { body, headers } of shop.received) {
    const signature = headers['stripe-signature'];
    stripe.webhooks.constructEvent(body, signature, endpoint.secret);
    const age = Date.now() / 1000 - Number(/t=(\d+)/.exec(signature)[1]);
    assert.ok(Math.abs(age) < 60, `signed at the receiver's time, not ${age} s off`);
  }
  await sandbox.advance(72 * 3600);
  assert.equal(shop.received.length, 3, 'what was taken is not sent again');
  assert.equal((await stripe.events.retrieve(first.event.id)).pending_webhooks, 0);
});

test('a redirect is a failure and is not followed', async (context) => {
  const sandbox = new Sandbox();
  const shop = await receiver(context, () => 302);
  await sandbox.stripe.webhookEndpoints.create({ url: shop.url, enabled_events: ['customer.created'] });
  await sandbox.stripe.customers.create();
  const { event } = await shop.next('the try');
  await sandbox.advance(1);
  assert.equal((await sandbox.stripe.events.retrieve(event.id)).pending_webhooks, 1);
  assert.deepEqual(ids(await sandbox.stripe.events.list({ delivery_success: false })), [event.id]);
});

test('a slow endpoint does not keep another one waiting', async (context) => {
  const { stripe } = new Sandbox();
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  const slow = await receiver(context, () => held.then(() => 200));
  const fast = await receiver(context);
  await stripe.webhookEndpoints.create({ url: slow.url, enabled_events: ['customer.created'] });
  await stripe.webhookEndpoints.create({ url: fast.url, enabled_events: ['customer.created'] });
  for (let at = 0; at < 5; at += 1) await stripe.customers.create();
  await fast.next('all five', () => fast.received.length === 5);
  assert.ok(slow.received.length >= 1);
  release();
  await slow.next('all five after all', () => slow.received.length === 5);
});
