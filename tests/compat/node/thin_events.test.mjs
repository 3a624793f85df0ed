// Event destinations and thin events, as an application uses them through the SDK: a receiver that parses notifications.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import Stripe from 'stripe';
import { link } from '../support/link.mjs';
import { receiver } from '../support/receiver.mjs';
import { Sandbox, eventually, ids, refused } from '../support/world.mjs';

const connection = 'v1.financial_connections.account';

/** A destination of thin events, with its secret. */
function destination(stripe, url, changes = {}) {
  return stripe.v2.core.eventDestinations.create({
    name: 'Shop', type: 'webhook_endpoint', event_payload: 'thin', enabled_events: ['v1.customer.created'],
    webhook_endpoint: { url }, include: ['webhook_endpoint.signing_secret', 'webhook_endpoint.url'], ...changes,
  });
}

/** What an application's handler does with a request. */
function notification(stripe, { body, headers }, made) {
  return stripe.parseEventNotification(body, headers['stripe-signature'], made.webhook_endpoint.signing_secret);
}

test('a destination is made, changed, listed and deleted', async () => {
  const { stripe } = new Sandbox();
  const api = stripe.v2.core.eventDestinations;
  const made = await destination(stripe, 'http://127.0.0.1:9/hooks', { description: 'mine', metadata: { a: '1' } });
  assert.match(made.id, /^ed_/);
  assert.equal(made.object, 'v2.core.event_destination');
  assert.match(made.webhook_endpoint.signing_secret, /^whsec_/);
  assert.match(made.created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const kept = await api.retrieve(made.id, { include: ['webhook_endpoint.url'] });
  assert.equal(kept.webhook_endpoint.url, 'http://127.0.0.1:9/hooks');
  assert.equal(kept.webhook_endpoint.signing_secret, undefined, 'the secret is told once');
  const changed = await api.update(made.id, { name: 'Other', metadata: { a: null, b: '2' }, enabled_events: ['*'] });
  assert.deepEqual([changed.name, { ...changed.metadata }, changed.enabled_events], ['Other', { b: '2' }, ['*']]);
  assert.equal((await api.disable(made.id)).status, 'disabled');
  assert.equal((await api.enable(made.id)).status, 'enabled');
  const others = [];
  for (let at = 0; at < 4; at += 1) others.unshift((await destination(stripe, 'http://127.0.0.1:9/hooks')).id);
  const walked = await api.list({ limit: 2 }).autoPagingToArray({ limit: 100 });
  assert.deepEqual(walked.map(({ id }) => id), [...others, made.id]);
  assert.deepEqual({ ...await api.del(made.id) }, { id: made.id, object: 'v2.core.event_destination' });
  const error = await refused(api.retrieve(made.id), { status: 404, code: 'not_found' });
  assert.ok(error instanceof Stripe.errors.StripeInvalidRequestError);
});

test('wrong destinations are refused in the classes of the SDK', async () => {
  const { stripe } = new Sandbox();
  const invalid = async (changes, param) => {
    const error = await refused(destination(stripe, 'http://127.0.0.1:9/', changes), { status: 400, code: 'invalid_fields', param });
    assert.ok(error instanceof Stripe.errors.StripeInvalidRequestError);
  };
  await invalid({ name: undefined }, 'name');
  await invalid({ webhook_endpoint: { url: 'nowhere' } }, 'webhook_endpoint.url');
  await invalid({ enabled_events: ['v1.customer.tickled'] }, 'enabled_events.0');
  await invalid({ type: 'amazon_eventbridge', amazon_eventbridge: { aws_account_id: '1', aws_region: 'us-east-1' } }, 'type');
  const options = { idempotencyKey: 'once' };
  const made = await stripe.v2.core.eventDestinations.create({ name: 'a', type: 'webhook_endpoint', event_payload: 'snapshot', enabled_events: ['*'], webhook_endpoint: { url: 'http://127.0.0.1:9/' } }, options);
  assert.equal(made.snapshot_api_version, Stripe.API_VERSION);
  const reused = stripe.v2.core.eventDestinations.create({ name: 'b', type: 'webhook_endpoint', event_payload: 'snapshot', enabled_events: ['*'], webhook_endpoint: { url: 'http://127.0.0.1:9/' } }, options);
  assert.ok(await refused(reused, { status: 400, type: 'idempotency_error' }) instanceof Stripe.errors.StripeIdempotencyError);
});

test('every thin event that the SDK knows of /v1 objects can be asked for', async () => {
  const { stripe } = new Sandbox();
  const types = await readFile(new URL('../node_modules/stripe/cjs/resources/V2/Core/Events.d.ts', import.meta.url), 'utf8');
  const names = [...new Set([...types.matchAll(/type: '(v1\.[^']+)'/g)].map(([, name]) => name))].sort();
  assert.ok(names.length > 250, `${names.length} names`);
  assert.equal(names.filter((name) => name.startsWith(connection)).length, 22);
  const made = await destination(stripe, 'http://127.0.0.1:9/hooks', { enabled_events: names });
  assert.deepEqual(made.enabled_events, names);
});

test('a notification leads to its event and its object', async (context) => {
  const { stripe } = new Sandbox();
  const shop = await receiver(context);
  const made = await destination(stripe, shop.url);
  const customer = await stripe.customers.create({ name: 'Jenny 🚲' }, { idempotencyKey: 'jenny' });
  const delivery = await shop.next('the notification');
  const seen = notification(stripe, delivery, made);
  assert.equal(seen.type, 'v1.customer.created');
  assert.equal(seen.object, 'v2.core.event');
  assert.equal(seen.livemode, false);
  assert.deepEqual(seen.related_object, { id: customer.id, type: 'customer', url: `/v1/customers/${customer.id}` });
  assert.deepEqual(seen.reason, { type: 'request', request: { id: customer.lastResponse.requestId, idempotency_key: 'jenny' } });
  assert.equal(seen.context.toString(), (await stripe.accounts.retrieveCurrent()).id);
  await stripe.customers.update(customer.id, { name: 'Jane' });
  const object = await seen.fetchRelatedObject();
  assert.deepEqual([object.id, object.name], [customer.id, 'Jane'], 'as it is now');
  const event = await seen.fetchEvent();
  assert.equal(event.id, seen.id);
  assert.equal((await stripe.events.retrieve(event.snapshot_event)).data.object.name, 'Jenny 🚲', 'as it was then');
  assert.equal((await (await stripe.v2.core.events.retrieve(seen.id)).fetchRelatedObject()).id, customer.id);
  assert.throws(() => stripe.parseEventNotification(delivery.body, delivery.headers['stripe-signature'], 'whsec_wrong'), /signature/i);
  assert.throws(() => stripe.webhooks.constructEvent(delivery.body, delivery.headers['stripe-signature'], made.webhook_endpoint.signing_secret), /parseEventNotification|thin/i);
});

test('the life of a linked account is told, refreshes by how they ended', async (context) => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const shop = await receiver(context);
  const made = await destination(stripe, shop.url, {
    enabled_events: ['created', 'refreshed_balance', 'balance_refresh_succeeded', 'balance_refresh_failed', 'disconnected'].map((name) => `${connection}.${name}`),
  });
  const { accounts: [account] } = await link(sandbox, { permissions: ['balances'] }, { institution: 'Ownership Accounts' });
  await stripe.financialConnections.accounts.refresh(account.id, { features: ['balance'] });
  const about = (type) => ({ event }) => event.type === `${connection}.${type}` && event.related_object.id === account.id;
  const ended = notification(stripe, await shop.next('the end of the refresh', about('balance_refresh_succeeded')), made);
  const fetched = await ended.fetchRelatedObject();
  assert.equal(fetched.object, 'financial_connections.account');
  assert.equal(fetched.balance_refresh.status, 'succeeded');
  await shop.next('its twin', about('refreshed_balance'));
  await stripe.financialConnections.accounts.disconnect(account.id);
  await shop.next('the end', about('disconnected'));
  assert.equal(shop.of(`${connection}.balance_refresh_failed`).length, 0);
  const mine = await stripe.v2.core.events.list({ object_id: account.id }).autoPagingToArray({ limit: 100 });
  assert.deepEqual(mine.map(({ type }) => type.replace(`${connection}.`, '')).sort(), ['balance_refresh_succeeded', 'created', 'disconnected', 'refreshed_balance']);
  assert.equal((await mine[0].fetchRelatedObject()).status, 'disconnected');
});

test('a handler of notifications dispatches by type', async (context) => {
  const { stripe } = new Sandbox();
  const shop = await receiver(context);
  const made = await destination(stripe, shop.url, { enabled_events: ['v1.customer.created', 'v1.customer.deleted'] });
  const seen = [];
  const handler = stripe.notificationHandler(made.webhook_endpoint.signing_secret, async (unhandled) => { seen.push(`other ${unhandled.type}`); });
  handler.on('v1.customer.created', async (event) => { seen.push(`created ${event.related_object.id}`); });
  const { id } = await stripe.customers.create();
  await stripe.customers.del(id);
  await shop.next('both', () => shop.received.length === 2);
  for (const { body, headers } of [...shop.received].sort((one, two) => one.event.id.localeCompare(two.event.id))) {
    await handler.handle(body, headers['stripe-signature']);
  }
  assert.deepEqual(seen.sort(), [`created ${id}`, 'other v1.customer.deleted']);
});

test('events are found by object, type and time', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  await destination(stripe, 'http://127.0.0.1:9/hooks', { enabled_events: ['*'] });
  const first = await stripe.customers.create();
  await sandbox.advance(100);
  const second = await stripe.customers.create();
  const found = async (params) => (await stripe.v2.core.events.list(params)).data.map((event) => event.related_object.id);
  assert.deepEqual(await found({}), [second.id, first.id]);
  assert.deepEqual(await found({ object_id: first.id }), [first.id]);
  assert.deepEqual(await found({ types: ['v1.customer.deleted'] }), []);
  assert.deepEqual(await found({ types: ['v1.customer.deleted', 'v1.customer.created'], created: { gte: second.created } }), [second.id]);
  const walked = [];
  for await (const event of stripe.v2.core.events.list({ limit: 1 })) walked.push(event.related_object.id);
  assert.deepEqual(walked, [second.id, first.id]);
  await refused(new Sandbox().stripe.v2.core.events.retrieve((await stripe.v2.core.events.list()).data[0].id), { status: 404, code: 'not_found' });
});

test('a ping is answered, delivered and parsed', async (context) => {
  const { stripe } = new Sandbox();
  const shop = await receiver(context);
  const made = await destination(stripe, shop.url);
  const answered = await stripe.v2.core.eventDestinations.ping(made.id);
  const seen = notification(stripe, await shop.next('the ping'), made);
  assert.deepEqual([seen.type, seen.id], ['v2.core.event_destination.ping', answered.id]);
  assert.equal((await seen.fetchRelatedObject()).id, made.id);
});

test('restricted keys need a right of their own', async () => {
  const sandbox = new Sandbox();
  const made = await destination(sandbox.stripe, 'http://127.0.0.1:9/hooks');
  const reader = await sandbox.restricted({ event_destinations: 'read', events: 'read' });
  assert.deepEqual(ids(await reader.v2.core.eventDestinations.list()), [made.id]);
  assert.deepEqual((await reader.v2.core.events.list()).data, []);
  const denied = await refused(reader.v2.core.eventDestinations.ping(made.id), { status: 403 });
  assert.ok(denied instanceof Stripe.errors.StripePermissionError);
  const none = await sandbox.restricted({ customers: 'write' });
  await refused(none.v2.core.eventDestinations.list(), { status: 403 });
  await refused(none.v2.core.events.list(), { status: 403 });
});

test('what was refused is tried again later', async (context) => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const shop = await receiver(context, (count) => (count < 2 ? 500 : 204));
  const made = await destination(stripe, shop.url);
  await stripe.customers.create();
  await shop.next('the first try');
  for (let hours = 0; hours < 5 && shop.received.length < 2; hours += 1) await sandbox.advance(3600);
  await eventually('the second try', () => shop.received.length === 2);
  const [first, second] = shop.received.map((delivery) => notification(stripe, delivery, made));
  assert.equal(first.id, second.id);
});
