import assert from 'node:assert/strict';
import test from 'node:test';
import { Sandbox, ids, refused } from '../support/world.mjs';

test('customers are searched by every kind of clause', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const jenny = await stripe.customers.create({ name: 'Jenny Rosen', email: 'jenny@example.com', phone: '+15555550100', metadata: { plan: 'gold' } });
  await sandbox.advance(1000);
  const jane = await stripe.customers.create({ name: 'Jane Smith', email: 'jane@example.com', metadata: { plan: 'free' } });
  const nobody = await stripe.customers.create();
  const found = async (query) => ids(await stripe.customers.search({ query })).sort();
  const sorted = (...customers) => customers.map((customer) => customer.id).sort();

  assert.deepEqual(await found('email:"jenny@example.com"'), sorted(jenny));
  assert.deepEqual(await found("email:'jenny@example.com'"), sorted(jenny));
  assert.deepEqual(await found('email~"example.com"'), sorted(jenny, jane));
  assert.deepEqual(await found('name~"rose"'), sorted(jenny));
  assert.deepEqual(await found('phone:"+15555550100"'), sorted(jenny));
  assert.deepEqual(await found('metadata["plan"]:"gold"'), sorted(jenny));
  assert.deepEqual(await found('-metadata["plan"]:"gold" AND email~"example"'), sorted(jane));
  assert.deepEqual(await found('name:"Jenny Rosen" OR name:"Jane Smith"'), sorted(jenny, jane));
  assert.deepEqual(await found(`created>${jenny.created}`), sorted(jane, nobody));
  assert.deepEqual(await found(`created<=${jenny.created}`), sorted(jenny));
  assert.deepEqual(await found('email:null'), sorted(nobody));
  assert.deepEqual(await found('-metadata["plan"]:null'), sorted(jenny, jane));
  assert.deepEqual(await found('email:"nobody@example.com"'), []);
});

test('a search has pages, and a total when asked', async () => {
  const { stripe } = new Sandbox();
  for (let at = 0; at < 5; at += 1) await stripe.customers.create({ name: 'Many' });
  const first = await stripe.customers.search({ query: 'name:"Many"', limit: 2, expand: ['total_count'] });
  assert.equal(first.object, 'search_result');
  assert.equal(first.url, '/v1/customers/search');
  assert.equal(first.total_count, 5);
  assert.equal(first.has_more, true);
  assert.ok(first.next_page);
  const second = await stripe.customers.search({ query: 'name:"Many"', limit: 2, page: first.next_page });
  assert.equal(second.data.length, 2);
  assert.equal(second.total_count, undefined);
  assert.equal(new Set([...ids(first), ...ids(second)]).size, 4);
  const all = await stripe.customers.search({ query: 'name:"Many"', limit: 2 }).autoPagingToArray({ limit: 100 });
  assert.equal(new Set(all.map((customer) => customer.id)).size, 5);
  const last = await stripe.customers.search({ query: 'name:"Many"', limit: 100 });
  assert.equal(last.has_more, false);
  assert.equal(last.next_page, null);
});

test('a search that cannot be read is refused', async () => {
  const { stripe } = new Sandbox();
  const bad = { status: 400, type: 'invalid_request_error' };
  await refused(stripe.customers.search({}), { ...bad, code: 'parameter_missing', param: 'query' });
  await refused(stripe.customers.search({ query: 'email:"unclosed' }), bad);
  await refused(stripe.customers.search({ query: 'shoe_size:"44"' }), bad);
  await refused(stripe.customers.search({ query: 'name:"a" AND name:"b" OR name:"c"' }), bad);
  await refused(stripe.customers.search({ query: 'name:"a"', page: 'nonsense' }), bad);
});
