// Restricted keys, as an application uses them through the SDK: per resource nothing, reading, or reading and writing.
import assert from 'node:assert/strict';
import test from 'node:test';
import Stripe from 'stripe';
import { link } from '../support/link.mjs';
import { Sandbox, ids } from '../support/world.mjs';

/** Asserts that a call is refused because its key lacks a right, in the class that the SDK has for that. */
async function denied(promise, resource) {
  const error = await promise.then((value) => assert.fail(`not refused: ${JSON.stringify(value)}`), (thrown) => thrown);
  assert.ok(error instanceof Stripe.errors.StripePermissionError, `${error.constructor.name}: ${error.message}`);
  assert.equal(error.statusCode, 403);
  assert.equal(error.rawType, 'invalid_request_error');
  assert.match(error.requestId, /^req_/);
  assert.ok(error.message.includes(resource), `${error.message} names ${resource}`);
  return error;
}

/** A sandbox with one of everything, to read and to write by its other keys. */
async function filled() {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const { session, accounts, customer } = await link(sandbox, { prefetch: ['transactions', 'ownership'] }, { institution: 'Ownership Accounts' });
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: 1_800_000_000 });
  const endpoint = await stripe.webhookEndpoints.create({ url: 'http://127.0.0.1:9/hooks', enabled_events: ['customer.created'] });
  const [event] = (await stripe.events.list({ limit: 1 })).data;
  return { sandbox, session, account: accounts[0], customer, clock, endpoint, event };
}

/** For each resource: what only reads it, and what writes it. */
function calls(client, have) {
  const connections = client.financialConnections;
  const account = have.account.id;
  return {
    accounts: { read: [() => client.accounts.retrieveCurrent()], write: [] },
    customers: {
      read: [() => client.customers.retrieve(have.customer), () => client.customers.list(), () => client.customers.search({ query: 'name:"nobody"' })],
      write: [() => client.customers.create({ name: 'x' }), () => client.customers.update(have.customer, { name: 'x' }), () => client.customers.del(have.customer)],
    },
    events: { read: [() => client.events.retrieve(have.event.id), () => client.events.list()], write: [] },
    webhook_endpoints: {
      read: [() => client.webhookEndpoints.retrieve(have.endpoint.id), () => client.webhookEndpoints.list()],
      write: [
        () => client.webhookEndpoints.create({ url: 'http://127.0.0.1:9/more', enabled_events: ['*'] }),
        () => client.webhookEndpoints.update(have.endpoint.id, { description: 'x' }), () => client.webhookEndpoints.del(have.endpoint.id),
      ],
    },
    test_clocks: {
      read: [() => client.testHelpers.testClocks.retrieve(have.clock.id), () => client.testHelpers.testClocks.list()],
      write: [
        () => client.testHelpers.testClocks.create({ frozen_time: 1_800_000_000 }),
        () => client.testHelpers.testClocks.advance(have.clock.id, { frozen_time: 1_800_000_001 }),
        () => client.testHelpers.testClocks.del(have.clock.id),
      ],
    },
    financial_connections: {
      read: [
        () => connections.sessions.retrieve(have.session.id), () => connections.accounts.retrieve(account),
        () => connections.accounts.list(), () => connections.transactions.list({ account }),
        () => connections.accounts.listOwners(account, { ownership: have.account.ownership }),
      ],
      write: [
        () => connections.sessions.create({ account_holder: { type: 'customer', customer: have.customer }, permissions: ['balances'] }),
        () => connections.accounts.refresh(account, { features: ['balance'] }),
        () => connections.accounts.subscribe(account, { features: ['transactions'] }),
        () => connections.accounts.unsubscribe(account, { features: ['transactions'] }),
        () => connections.accounts.disconnect(account),
      ],
    },
  };
}

const resources = Object.keys(calls({ financialConnections: {} }, { account: {} }));

test('a key without rights may do nothing', async () => {
  const have = await filled();
  const client = await have.sandbox.restricted({});
  for (const [resource, { read, write }] of Object.entries(calls(client, have))) {
    for (const call of [...read, ...write]) await denied(call(), resource);
  }
});

for (const resource of resources) {
  test(`${resource}: read reads, write writes, and both reach nothing else`, async () => {
    const have = await filled();
    const named = (right) => ({ ...Object.fromEntries(resources.map((name) => [name, 'none'])), [resource]: right });
    const reader = calls(await have.sandbox.restricted(named('read')), have);
    for (const call of reader[resource].read) assert.ok((await call()).object);
    for (const call of reader[resource].write) {
      const error = await denied(call(), resource);
      assert.match(error.message, /write/);
    }
    const others = resources.filter((name) => name !== resource);
    for (const name of others) await denied(reader[name].read[0](), name);
    const writer = calls(await have.sandbox.restricted(named('write')), have);
    // What deletes comes last.
    for (const call of [...writer[resource].read, ...writer[resource].write]) assert.ok((await call()).object);
    for (const name of others) await denied(writer[name].read[0](), name);
  });
}

test('a refused write has done nothing, and its idempotency key is free', async () => {
  const sandbox = new Sandbox();
  const reader = await sandbox.restricted({ customers: 'read' });
  const options = { idempotencyKey: 'refused' };
  await denied(reader.customers.create({ name: 'Jenny' }, options), 'customers');
  assert.deepEqual(ids(await reader.customers.list()), []);
  const made = await sandbox.stripe.customers.create({ name: 'Jenny' }, options);
  assert.equal(made.lastResponse.headers?.['idempotent-replayed'], undefined);
  assert.deepEqual(ids(await reader.customers.list()), [made.id]);
});

test('expanding needs the right to what is expanded', async () => {
  const sandbox = new Sandbox();
  const { session, customer } = await link(sandbox);
  const expand = ['account_holder.customer'];
  const narrow = await sandbox.restricted({ financial_connections: 'read' });
  assert.equal((await narrow.financialConnections.sessions.retrieve(session.id)).account_holder.customer, customer);
  await denied(narrow.financialConnections.sessions.retrieve(session.id, { expand }), 'customers');
  const wide = await sandbox.restricted({ financial_connections: 'read', customers: 'read' });
  assert.equal((await wide.financialConnections.sessions.retrieve(session.id, { expand })).account_holder.customer.id, customer);
});
