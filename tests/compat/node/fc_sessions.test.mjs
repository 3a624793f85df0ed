import assert from 'node:assert/strict';
import test from 'node:test';
import { Person, openFlow, walk } from '../support/link.mjs';
import { Sandbox, base, direct, failed, refused } from '../support/world.mjs';

const kinds = ['checking', 'savings', 'mortgage', 'line_of_credit', 'credit_card'];

async function world() {
  const sandbox = new Sandbox();
  const customer = await sandbox.stripe.customers.create({ name: 'Jenny Rosen' });
  const holder = { type: 'customer', customer: customer.id };
  return { sandbox, customer, holder, sessions: sandbox.stripe.financialConnections.sessions };
}

test('a session has the defaults of today', async () => {
  const { sandbox, customer, holder, sessions } = await world();
  const session = await sessions.create({ account_holder: holder, permissions: ['balances'] });
  assert.match(session.id, /^fcsess_[A-Za-z0-9]{14,}$/);
  assert.equal(session.object, 'financial_connections.session');
  assert.match(session.client_secret, /^fcsess_client_secret_[A-Za-z0-9]{16,}$/);
  assert.deepEqual({ ...session.account_holder }, { type: 'customer', customer: customer.id });
  assert.deepEqual({ ...session.accounts }, { object: 'list', data: [], has_more: false, url: '/v1/financial_connections/accounts' });
  assert.deepEqual(session.permissions, ['balances']);
  assert.deepEqual(session.prefetch, []);
  assert.equal(session.livemode, false);
  assert.equal(session.manual_entry.mode, 'disabled');
  assert.equal(session.filters.country, 'US');
  assert.equal(session.filters.require_payment_method_support, 'none');
  if (session.filters.account_subcategories) assert.deepEqual([...session.filters.account_subcategories].sort(), [...kinds].sort());
  assert.equal(session.limits?.accounts, undefined);
  assert.equal('return_url' in session, false);
  assert.equal('status' in session, false);
  assert.deepEqual({ ...await sessions.retrieve(session.id) }, { ...session });
  assert.equal((await sandbox.stripe.events.list({ type: 'financial_connections.*' })).data.length, 0, 'making a session is no event');
});

test('every parameter of a session comes back', async () => {
  const { customer, holder, sessions } = await world();
  const session = await sessions.create({
    account_holder: holder,
    permissions: ['payment_method', 'balances', 'ownership', 'transactions'],
    prefetch: ['balances', 'ownership', 'transactions'],
    filters: { account_subcategories: ['checking', 'savings'], country: 'US', require_payment_method_support: 'at_least_one' },
    limits: { accounts: 3 }, manual_entry: { mode: 'automatic' }, return_url: 'https://shop.example/back',
    expand: ['account_holder.customer'],
  });
  assert.equal(session.account_holder.customer.id, customer.id);
  assert.equal(session.account_holder.customer.name, 'Jenny Rosen');
  const kept = await sessions.retrieve(session.id);
  assert.equal(kept.account_holder.customer, customer.id);
  assert.deepEqual(kept.permissions, ['payment_method', 'balances', 'ownership', 'transactions']);
  assert.deepEqual(kept.prefetch, ['balances', 'ownership', 'transactions']);
  assert.deepEqual(kept.filters.account_subcategories, ['checking', 'savings']);
  assert.equal(kept.filters.country, 'US');
  assert.equal(kept.filters.require_payment_method_support, 'at_least_one');
  assert.equal(kept.limits.accounts, 3);
  assert.equal(kept.manual_entry.mode, 'automatic');
  assert.equal(kept.return_url, 'https://shop.example/back');
  const unlimited = await sessions.create({ account_holder: holder, permissions: ['balances'], limits: { accounts: '' } });
  assert.equal(unlimited.limits?.accounts ?? null, null);
});

test('wrong sessions are refused by name', async () => {
  const { sandbox, holder, sessions } = await world();
  const bad = { status: 400, type: 'invalid_request_error' };
  const good = { account_holder: holder, permissions: ['balances'] };
  await refused(sessions.create({ permissions: ['balances'] }), { ...bad, code: 'parameter_missing', param: 'account_holder' });
  await refused(sessions.create({ account_holder: holder }), { ...bad, code: 'parameter_missing', param: 'permissions' });
  await refused(sessions.create({ ...good, permissions: ['shoes'] }), { ...bad, param: 'permissions[0]' });
  await refused(sessions.create({ ...good, account_holder: { customer: holder.customer } }), { ...bad, code: 'parameter_missing', param: 'account_holder[type]' });
  await refused(sessions.create({ ...good, account_holder: { type: 'customer' } }), { ...bad, code: 'parameter_missing', param: 'account_holder[customer]' });
  await refused(sessions.create({ ...good, account_holder: { type: 'account' } }), { ...bad, code: 'parameter_missing', param: 'account_holder[account]' });
  await refused(sessions.create({ ...good, account_holder: { type: 'robot' } }), { ...bad, param: 'account_holder[type]' });
  await refused(sessions.create({ ...good, account_holder: { type: 'customer', customer: 'cus_nothing' } }), { code: 'resource_missing', param: 'account_holder[customer]' });
  await refused(sessions.create({ ...good, account_holder: { ...holder, account: 'acct_1' } }), bad);
  const early = await refused(sessions.create({ ...good, prefetch: ['transactions'] }), bad);
  assert.match(early.param, /^prefetch/);
  await refused(sessions.create({ ...good, prefetch: ['payment_method'] }), { ...bad, param: 'prefetch[0]' });
  await refused(sessions.create({ ...good, filters: { countries: ['US'] } }), { ...bad, code: 'parameter_unknown', param: 'filters[countries]' });
  await refused(sessions.create({ ...good, filters: { account_subcategories: ['other'] } }), { ...bad, param: 'filters[account_subcategories][0]' });
  await refused(sessions.create({ ...good, filters: { require_payment_method_support: 'some' } }), { ...bad, param: 'filters[require_payment_method_support]' });
  await refused(sessions.create({ ...good, limits: { accounts: 'few' } }), { ...bad, code: 'parameter_invalid_integer', param: 'limits[accounts]' });
  await refused(sessions.create({ ...good, limits: { accounts: 0 } }), { ...bad, param: 'limits[accounts]' });
  await refused(sessions.create({ ...good, manual_entry: { mode: 'custom' } }), { ...bad, param: 'manual_entry[mode]' });
  await refused(sessions.create({ ...good, return_url: 'nowhere' }), { ...bad, param: 'return_url' });
  await refused(sessions.create({ ...good, ui_mode: 'hosted' }), { ...bad, code: 'parameter_unknown', param: 'ui_mode' });
  await refused(sessions.retrieve('fcsess_nothing'), { status: 404, code: 'resource_missing' });
  const { id } = await sessions.create(good);
  await refused(new Sandbox().stripe.financialConnections.sessions.retrieve(id), { status: 404, code: 'resource_missing' });
  await refused(sandbox.client({ key: sandbox.publishable }).financialConnections.sessions.retrieve(id), { code: 'secret_key_required' });
});

test('older versions know countries as a list', async () => {
  const { sandbox, holder } = await world();
  const options = { at: direct, headers: { 'stripe-version': '2026-08-26.dahlia' } };
  const good = { account_holder: holder, permissions: ['balances'] };
  const answer = await sandbox.call('POST', '/v1/financial_connections/sessions', { ...good, filters: { countries: ['US'] } }, options);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  assert.deepEqual(answer.body.filters.countries, ['US']);
  const early = { at: direct, headers: { 'stripe-version': '2024-06-20' } };
  const older = await sandbox.call('POST', '/v1/financial_connections/sessions', good, early);
  assert.equal(older.status, 200, JSON.stringify(older.body));
});

test('a flow opens with a publishable key and the secret, once', async () => {
  const { sandbox, holder, sessions } = await world();
  const session = await sessions.create({ account_holder: holder, permissions: ['balances'] });
  const open = (key, clientSecret) => sandbox.call('POST', '/drawbridge/v1/connections/flows', { client_secret: clientSecret }, { key });
  failed(await open(sandbox.publishable, 'fcsess_client_secret_wrong'), { type: 'invalid_request_error' });
  failed(await open(new Sandbox().publishable, session.client_secret), { type: 'invalid_request_error' });
  const flow = await openFlow(sandbox, session.client_secret);
  assert.equal(flow.session, session.id);
  const person = new Person();
  const outcome = await walk(person, flow.url);
  assert.equal(outcome.linked, true, outcome.text);
  await person.press('Done');
  const result = await sandbox.call('POST', '/drawbridge/v1/connections/flows/result', { client_secret: session.client_secret }, { key: sandbox.publishable });
  assert.equal(result.status, 200, JSON.stringify(result.body));
  const shape = result.body.financialConnectionsSession;
  assert.equal(shape.id, session.id);
  assert.equal(shape.object, 'financial_connections.session');
  assert.ok(Array.isArray(shape.accounts) && shape.accounts.length > 0, 'accounts are a plain array here');
  assert.equal(shape.accounts[0].object, 'financial_connections.account');
  failed(await open(sandbox.publishable, session.client_secret), { type: 'invalid_request_error' });
});

test('an old session does not open', async () => {
  const { sandbox, holder, sessions } = await world();
  const session = await sessions.create({ account_holder: holder, permissions: ['balances'] });
  await sandbox.advance(8 * 86_400);
  const answer = await sandbox.call('POST', '/drawbridge/v1/connections/flows', { client_secret: session.client_secret }, { key: sandbox.publishable });
  failed(answer, { type: 'invalid_request_error' });
});

test('cancelling links nothing', async () => {
  const { sandbox, holder, sessions } = await world();
  const session = await sessions.create({ account_holder: holder, permissions: ['balances'] });
  const person = new Person();
  const { url } = await openFlow(sandbox, session.client_secret);
  await person.open(url);
  await person.press('Cancel');
  const kept = await sessions.retrieve(session.id);
  assert.deepEqual(kept.accounts.data, []);
});

test('an unknown flow is a plain page that says so', async () => {
  const answer = await fetch(new URL('/connections/nothing', base));
  assert.equal(answer.status, 404);
  assert.match(answer.headers.get('content-type'), /^text\/html/);
});
