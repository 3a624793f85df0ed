import assert from 'node:assert/strict';
import test from 'node:test';
import { Sandbox, ids, refused } from '../support/world.mjs';

/** Customers made one after the other, the newest first, as lists have them. */
async function customers(sandbox, count, params = () => ({})) {
  const made = [];
  for (let at = 0; at < count; at += 1) made.unshift((await sandbox.stripe.customers.create(params(at))).id);
  return made;
}

test('a list is a page of the newest', async () => {
  const sandbox = new Sandbox();
  const made = await customers(sandbox, 12);
  const page = await sandbox.stripe.customers.list();
  assert.equal(page.object, 'list');
  assert.equal(page.url, '/v1/customers');
  assert.equal(page.has_more, true);
  assert.deepEqual(ids(page), made.slice(0, 10));
  const all = await sandbox.stripe.customers.list({ limit: 12 });
  assert.equal(all.has_more, false);
  assert.deepEqual(ids(all), made);
});

test('cursors page forwards and backwards', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const made = await customers(sandbox, 7);
  const second = await stripe.customers.list({ limit: 3, starting_after: made[2] });
  assert.deepEqual(ids(second), made.slice(3, 6));
  assert.equal(second.has_more, true);
  const third = await stripe.customers.list({ limit: 3, starting_after: made[5] });
  assert.deepEqual(ids(third), made.slice(6));
  assert.equal(third.has_more, false);
  const back = await stripe.customers.list({ limit: 2, ending_before: made[5] });
  assert.deepEqual(ids(back), made.slice(3, 5), 'those right before the cursor, the newest first');
  assert.equal(back.has_more, true);
  const front = await stripe.customers.list({ limit: 5, ending_before: made[2] });
  assert.deepEqual(ids(front), made.slice(0, 2));
  assert.equal(front.has_more, false);
  assert.deepEqual(ids(await stripe.customers.list({ starting_after: made[6] })), []);
});

test('the SDK walks through all pages in both directions', async () => {
  const sandbox = new Sandbox();
  const made = await customers(sandbox, 9);
  const seen = [];
  for await (const customer of sandbox.stripe.customers.list({ limit: 2 })) seen.push(customer.id);
  assert.deepEqual(seen, made);
  const back = [];
  for await (const customer of sandbox.stripe.customers.list({ limit: 2, ending_before: made[8] })) back.push(customer.id);
  assert.deepEqual(back, made.slice(0, 8).reverse());
});

test('a page keeps its place while new objects arrive', async () => {
  const sandbox = new Sandbox();
  const made = await customers(sandbox, 4);
  const first = await sandbox.stripe.customers.list({ limit: 2 });
  await customers(sandbox, 3);
  const second = await sandbox.stripe.customers.list({ limit: 2, starting_after: first.data[1].id });
  assert.deepEqual(ids(second), made.slice(2));
});

test('created ranges include and exclude their ends', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const made = [];
  for (let at = 0; at < 3; at += 1) {
    made.push(await stripe.customers.create());
    await sandbox.advance(1000);
  }
  const [first, second, third] = made;
  const found = async (created) => ids(await stripe.customers.list({ created }));
  assert.deepEqual(await found({ gt: second.created }), [third.id]);
  assert.deepEqual(await found({ gte: second.created }), [third.id, second.id]);
  assert.deepEqual(await found({ lt: second.created }), [first.id]);
  assert.deepEqual(await found({ lte: second.created }), [second.id, first.id]);
  assert.deepEqual(await found({ gt: first.created, lt: third.created }), [second.id]);
  assert.deepEqual(await found(second.created), [second.id]);
  assert.deepEqual(await found({ gt: third.created }), []);
  await refused(found({ after: 5 }), { status: 400, code: 'parameter_unknown', param: 'created[after]' });
  await refused(found({ gt: 'yesterday' }), { status: 400, code: 'parameter_invalid_integer', param: 'created[gt]' });
});

test('customers are found by e-mail address, also across pages', async () => {
  const sandbox = new Sandbox();
  const made = await customers(sandbox, 6, (at) => ({ email: at % 2 ? 'odd@example.com' : 'even@example.com' }));
  const odd = made.filter((_, at) => (made.length - 1 - at) % 2);
  const page = await sandbox.stripe.customers.list({ email: 'odd@example.com', limit: 2 });
  assert.deepEqual(ids(page), odd.slice(0, 2));
  assert.equal(page.has_more, true);
  const rest = await sandbox.stripe.customers.list({ email: 'odd@example.com', limit: 2, starting_after: odd[1] });
  assert.deepEqual(ids(rest), odd.slice(2));
  assert.deepEqual(ids(await sandbox.stripe.customers.list({ email: 'nobody@example.com' })), []);
});

test('customers of a test clock are listed with their clock only', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: Math.floor(Date.now() / 1000) });
  const timed = await stripe.customers.create({ test_clock: clock.id });
  const plain = await stripe.customers.create();
  assert.equal(timed.test_clock, clock.id);
  assert.deepEqual(ids(await stripe.customers.list({ test_clock: clock.id })), [timed.id]);
  assert.deepEqual(ids(await stripe.customers.list()), [plain.id]);
});

test('wrong paging is refused by name', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const [id] = await customers(sandbox, 1);
  const bad = { status: 400, type: 'invalid_request_error' };
  await refused(stripe.customers.list({ limit: 0 }), { ...bad, param: 'limit' });
  await refused(stripe.customers.list({ limit: 101 }), { ...bad, param: 'limit' });
  await refused(stripe.customers.list({ limit: 'ten' }), { ...bad, code: 'parameter_invalid_integer', param: 'limit' });
  await refused(stripe.customers.list({ starting_after: id, ending_before: id }), bad);
  await refused(stripe.customers.list({ starting_after: 'cus_nothing' }), { code: 'resource_missing', param: 'starting_after' });
  await refused(stripe.customers.list({ shoe_size: 44 }), { ...bad, code: 'parameter_unknown', param: 'shoe_size' });
});
