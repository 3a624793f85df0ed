import assert from 'node:assert/strict';
import test from 'node:test';
import { Sandbox, random, refused } from '../support/world.mjs';

test('the same key gives the same answer and does nothing twice', async () => {
  const { stripe } = new Sandbox();
  const key = random(32);
  const first = await stripe.customers.create({ name: 'Jenny' }, { idempotencyKey: key });
  const second = await stripe.customers.create({ name: 'Jenny' }, { idempotencyKey: key });
  assert.deepEqual({ ...second }, { ...first });
  assert.equal(first.lastResponse.headers['idempotent-replayed'], undefined);
  assert.equal(second.lastResponse.headers['idempotent-replayed'], 'true');
  assert.equal(second.lastResponse.idempotencyKey, key);
  assert.equal((await stripe.customers.list()).data.length, 1);
  assert.equal((await stripe.events.list({ type: 'customer.created' })).data.length, 1);
});

test('a replay shows what was answered, not what is now', async () => {
  const { stripe } = new Sandbox();
  const key = random(32);
  const { id } = await stripe.customers.create({ name: 'Jenny' }, { idempotencyKey: key });
  await stripe.customers.update(id, { name: 'Jane' });
  assert.equal((await stripe.customers.create({ name: 'Jenny' }, { idempotencyKey: key })).name, 'Jenny');
});

test('a key used for something else is refused', async () => {
  const { stripe } = new Sandbox();
  const key = random(32);
  const { id } = await stripe.customers.create({ name: 'Jenny' }, { idempotencyKey: key });
  const wrong = { status: 400, type: 'idempotency_error' };
  const error = await refused(stripe.customers.create({ name: 'Jane' }, { idempotencyKey: key }), wrong);
  assert.match(error.message, /parameters they were first used with/);
  await refused(stripe.customers.update(id, { name: 'Jenny' }, { idempotencyKey: key }), wrong);
  assert.equal((await stripe.customers.list()).data.length, 1);
});

test('a request that was not taken leaves its key free', async () => {
  const { stripe } = new Sandbox();
  const key = random(32);
  await refused(stripe.customers.create({ shoe_size: 44 }, { idempotencyKey: key }), { code: 'parameter_unknown' });
  const customer = await stripe.customers.create({ name: 'Jenny' }, { idempotencyKey: key });
  assert.equal(customer.name, 'Jenny');
});

test('of many requests at once with one key, one is done', async () => {
  const sandbox = new Sandbox();
  const headers = { 'idempotency-key': random(32) };
  const answers = await Promise.all(Array.from({ length: 10 }, () => sandbox.call('POST', '/v1/customers', { name: 'Jenny' }, { headers })));
  for (const answer of answers) assert.ok([200, 409].includes(answer.status), JSON.stringify(answer.body));
  for (const answer of answers.filter((one) => one.status === 409)) assert.equal(answer.body.error.code, 'idempotency_key_in_use');
  const made = new Set(answers.filter((one) => one.status === 200).map((one) => one.body.id));
  assert.equal(made.size, 1);
  assert.equal((await sandbox.stripe.customers.list()).data.length, 1);
});

test('keys belong to a sandbox and have a limit', async () => {
  const sandbox = new Sandbox();
  const key = random(32);
  const first = await sandbox.stripe.customers.create({}, { idempotencyKey: key });
  const elsewhere = await new Sandbox().stripe.customers.create({}, { idempotencyKey: key });
  assert.notEqual(elsewhere.id, first.id);
  // The day that a key lives is a day of the caller's retries, not of the sandbox's clock.
  await sandbox.advance(48 * 3600);
  assert.equal((await sandbox.stripe.customers.create({}, { idempotencyKey: key })).id, first.id);
  await refused(sandbox.stripe.customers.create({}, { idempotencyKey: 'k'.repeat(256) }), { status: 400 });
  assert.ok((await sandbox.stripe.customers.create({}, { idempotencyKey: 'k'.repeat(255) })).id);
});

test('an event names the request and the key that caused it', async () => {
  const { stripe } = new Sandbox();
  const key = random(32);
  const customer = await stripe.customers.create({}, { idempotencyKey: key });
  const [event] = (await stripe.events.list({ type: 'customer.created' })).data;
  assert.equal(event.request.idempotency_key, key);
  assert.equal(event.request.id, customer.lastResponse.requestId);
});
