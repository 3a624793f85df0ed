import assert from 'node:assert/strict';
import test from 'node:test';
import { Sandbox, ids, refused } from '../support/world.mjs';

async function history(sandbox) {
  const { id } = await sandbox.stripe.customers.create({ name: 'Jenny', metadata: { a: '1', b: '2' } });
  await sandbox.advance(1000);
  await sandbox.stripe.customers.update(id, { name: 'Jane', metadata: { b: '', c: '3' } });
  await sandbox.advance(1000);
  await sandbox.stripe.customers.del(id);
  return id;
}

test('every change of a customer is an event', async () => {
  const sandbox = new Sandbox();
  const id = await history(sandbox);
  const { data } = await sandbox.stripe.events.list();
  assert.deepEqual(data.map((event) => event.type), ['customer.deleted', 'customer.updated', 'customer.created']);
  const [deleted, updated, created] = data;
  for (const event of data) {
    assert.match(event.id, /^evt_/);
    assert.equal(event.object, 'event');
    assert.equal(event.livemode, false);
    assert.equal(event.api_version, '2026-10-28.endive');
    assert.equal(event.data.object.id, id);
    assert.equal(event.pending_webhooks, 0);
  }
  assert.equal(created.data.object.name, 'Jenny');
  assert.equal(created.data.previous_attributes, undefined);
  assert.equal(updated.data.object.name, 'Jane');
  assert.equal(updated.data.previous_attributes.name, 'Jenny');
  assert.equal(updated.data.previous_attributes.metadata.b, '2');
  assert.equal(deleted.data.object.object, 'customer');
  assert.deepEqual({ ...await sandbox.stripe.events.retrieve(updated.id) }, { ...updated });
});

test('an update that changes nothing is no event', async () => {
  const { stripe } = new Sandbox();
  const { id } = await stripe.customers.create({ name: 'Jenny' });
  await stripe.customers.update(id, { name: 'Jenny' });
  assert.equal((await stripe.events.list({ type: 'customer.updated' })).data.length, 0);
});

test('events are filtered by type, time and delivery', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  await history(sandbox);
  const [deleted, updated, created] = (await stripe.events.list()).data;
  const found = async (params) => ids(await stripe.events.list(params));
  assert.deepEqual(await found({ type: 'customer.updated' }), [updated.id]);
  assert.deepEqual(await found({ type: 'customer.*' }), [deleted.id, updated.id, created.id]);
  assert.deepEqual(await found({ types: ['customer.created', 'customer.deleted'] }), [deleted.id, created.id]);
  assert.deepEqual(await found({ type: 'invoice.*' }), []);
  assert.deepEqual(await found({ created: { gte: updated.created } }), [deleted.id, updated.id]);
  assert.deepEqual(await found({ created: { lt: updated.created } }), [created.id]);
  assert.deepEqual(await found({ type: 'customer.*', limit: 1, starting_after: deleted.id }), [updated.id]);
  assert.deepEqual(await found({ delivery_success: false }), [], 'nobody was to be told');
  const bad = { status: 400, type: 'invalid_request_error' };
  await refused(found({ type: 'customer.created', types: ['customer.deleted'] }), bad);
  await refused(found({ types: Array.from({ length: 21 }, () => 'customer.created') }), bad);
  await refused(stripe.events.retrieve('evt_nothing'), { status: 404, code: 'resource_missing' });
  await refused(new Sandbox().stripe.events.retrieve(created.id), { status: 404, code: 'resource_missing' });
});
