// What only preview versions have, asked for as an SDK of today can: by raw requests. Today's contract does not describe it, so
// these go to the server itself.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Person, link, one, openFlow, walk } from '../support/link.mjs';
import { Sandbox, direct, ids, refused } from '../support/world.mjs';

const folder = '/v1/financial_connections';
const permissions = ['payment_method', 'balances', 'ownership', 'transactions'];

/** A client that speaks the preview version; `raw` asks for a path below the folder. */
function preview(sandbox) {
  const client = sandbox.client({ at: direct, apiVersion: '2026-10-28.preview' });
  return (method, path, params = {}) => client.rawRequest(method, `${folder}${path}`, params);
}

test('banks are listed and shown', async () => {
  const sandbox = new Sandbox();
  const raw = preview(sandbox);
  const list = await raw('GET', '/institutions?limit=100');
  const bank = list.data.find((institution) => institution.name === 'Bank (OAuth)');
  assert.equal(bank.object, 'financial_connections.institution');
  assert.deepEqual({ ...bank.features.transactions }, { supported: true });
  assert.equal(bank.status, 'active');
  assert.deepEqual((await raw('GET', `/institutions/${bank.id}`)).name, bank.name);
  assert.deepEqual(ids(await raw('GET', `/institutions?limit=1&starting_after=${list.data[0].id}`)), [list.data[1].id]);
  const general = sandbox.client({ at: direct });
  await refused(general.rawRequest('GET', `${folder}/institutions`), { status: 404 });
});

test('an authorization covers the accounts that were linked by it', async () => {
  const sandbox = new Sandbox();
  const raw = preview(sandbox);
  const { accounts, customer } = await link(sandbox);
  const account = await raw('GET', `/accounts/${accounts[0].id}?expand[]=authorization&expand[]=institution`);
  assert.equal(account.authorization.object, 'financial_connections.authorization');
  assert.equal(account.authorization.account_holder.customer, customer);
  assert.equal(account.institution.name, 'Bank (OAuth)');
  const own = await raw('GET', `/authorizations/${account.authorization.id}`);
  assert.equal(own.status, 'active');
  const general = await sandbox.stripe.financialConnections.accounts.retrieve(accounts[0].id);
  assert.equal(general.authorization, undefined);
  assert.equal(general.institution, undefined);
});

test('a hosted session links again what an authorization covers', async () => {
  const sandbox = new Sandbox();
  const raw = preview(sandbox);
  const { id } = one((await link(sandbox)).accounts, 'checking');
  const { authorization } = await raw('GET', `/accounts/${id}`);
  const session = await raw('POST', '/sessions', {
    permissions, relink_options: { authorization }, ui_mode: 'hosted', hosted: { delivery_method: 'url' },
  });
  assert.equal(session.status, 'pending');
  const person = new Person();
  assert.ok((await walk(person, session.url)).linked);
  await person.press('Done');
  const ended = await raw('GET', `/sessions/${session.id}`);
  assert.equal(ended.status, 'succeeded');
  assert.equal(ended.relink_result.authorization, authorization);
  assert.equal(ended.url, null);
  const event = await sandbox.client({ at: direct, apiVersion: '2026-10-28.preview' }).events
    .list({ type: 'financial_connections.session.updated' });
  assert.equal(event.data[0].data.object.status, 'succeeded');
  assert.equal((await sandbox.stripe.events.list({ type: 'financial_connections.session.updated' })).data.length, 0);
});

test('balances of past days follow from transactions', async () => {
  const sandbox = new Sandbox();
  const raw = preview(sandbox);
  const { id } = one((await link(sandbox)).accounts, 'checking');
  await raw('POST', `/accounts/${id}/refresh`, { features: ['inferred_balances'] });
  await sandbox.advance(1);
  const account = await raw('GET', `/accounts/${id}`);
  assert.equal(account.inferred_balances_refresh.status, 'succeeded');
  const { data } = await raw('GET', `/accounts/${id}/inferred_balances?limit=100`);
  assert.equal(data.length, 100);
  assert.deepEqual({ ...data[0].current }, { ...account.balance.current });
  assert.ok(data.slice(1).every((balance) => (balance.as_of + 1) % 86_400 === 0));
});

test('one bank alone', async () => {
  const sandbox = new Sandbox();
  const raw = preview(sandbox);
  const { data } = await raw('GET', '/institutions?limit=100');
  const institution = data.find((one) => one.name === 'Ownership Accounts').id;
  const customer = await sandbox.stripe.customers.create();
  const session = await raw('POST', '/sessions', {
    account_holder: { type: 'customer', customer: customer.id }, permissions, filters: { institution },
  });
  const { url } = await openFlow(sandbox, session.client_secret);
  assert.ok((await walk(new Person(), url)).linked);
});
