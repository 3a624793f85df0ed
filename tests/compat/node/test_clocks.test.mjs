import assert from 'node:assert/strict';
import test from 'node:test';
import { Sandbox, eventually, ids, refused } from '../support/world.mjs';

const start = 1_800_000_000;

test('a clock is made, read and listed', async () => {
  const { stripe } = new Sandbox();
  const clocks = stripe.testHelpers.testClocks;
  const clock = await clocks.create({ frozen_time: start, name: 'Renewal' });
  assert.match(clock.id, /^clock_/);
  assert.equal(clock.object, 'test_helpers.test_clock');
  assert.equal(clock.frozen_time, start);
  assert.equal(clock.name, 'Renewal');
  assert.equal(clock.status, 'ready');
  assert.equal(clock.livemode, false);
  assert.ok(clock.deletes_after > clock.created);
  assert.deepEqual({ ...await clocks.retrieve(clock.id) }, { ...clock });
  const other = await clocks.create({ frozen_time: start });
  assert.equal(other.name, null);
  assert.deepEqual(ids(await clocks.list()), [other.id, clock.id]);
  assert.deepEqual(ids(await clocks.list({ limit: 1, starting_after: other.id })), [clock.id]);
});

test('a clock moves forward and tells when it is there', async () => {
  const sandbox = new Sandbox();
  const clocks = sandbox.stripe.testHelpers.testClocks;
  const { id } = await clocks.create({ frozen_time: start });
  const moving = await clocks.advance(id, { frozen_time: start + 86_400 });
  assert.equal(moving.status, 'advancing');
  assert.equal(moving.status_details.advancing.target_frozen_time, start + 86_400);
  const there = await eventually('the clock', async () => {
    const clock = await clocks.retrieve(id);
    return clock.status === 'ready' && clock;
  });
  assert.equal(there.frozen_time, start + 86_400);
  const types = (await sandbox.stripe.events.list({ type: 'test_helpers.test_clock.*' })).data.map((event) => event.type);
  assert.deepEqual(types, ['test_helpers.test_clock.ready', 'test_helpers.test_clock.advancing', 'test_helpers.test_clock.created']);
});

test('a clock is deleted with its customers', async () => {
  const { stripe } = new Sandbox();
  const clocks = stripe.testHelpers.testClocks;
  const { id } = await clocks.create({ frozen_time: start });
  const customer = await stripe.customers.create({ test_clock: id });
  assert.equal(customer.created, start, 'its customers live in its time');
  assert.deepEqual({ ...await clocks.del(id) }, { id, object: 'test_helpers.test_clock', deleted: true });
  await refused(clocks.retrieve(id), { status: 404, code: 'resource_missing' });
  const gone = await stripe.customers.retrieve(customer.id);
  assert.equal(gone.deleted, true);
});

test('clocks have limits', async () => {
  const { stripe } = new Sandbox();
  const clocks = stripe.testHelpers.testClocks;
  const bad = { status: 400, type: 'invalid_request_error' };
  await refused(clocks.create({}), { ...bad, code: 'parameter_missing', param: 'frozen_time' });
  await refused(clocks.create({ frozen_time: 'noon' }), { ...bad, code: 'parameter_invalid_integer', param: 'frozen_time' });
  await refused(clocks.create({ frozen_time: start, name: 'n'.repeat(301) }), { ...bad, param: 'name' });
  const { id } = await clocks.create({ frozen_time: start });
  await refused(clocks.advance(id, { frozen_time: start - 1 }), { ...bad, param: 'frozen_time' });
  await refused(clocks.advance(id, { frozen_time: start + 3 * 366 * 86_400 }), { ...bad, param: 'frozen_time' });
  await refused(clocks.advance(id, {}), { ...bad, code: 'parameter_missing', param: 'frozen_time' });
  await refused(clocks.advance('clock_nothing', { frozen_time: start }), { status: 404, code: 'resource_missing' });
  for (let at = 0; at < 3; at += 1) await stripe.customers.create({ test_clock: id });
  await refused(stripe.customers.create({ test_clock: id }), { type: 'invalid_request_error' });
});
