import assert from 'node:assert/strict';
import test from 'node:test';
import { Sandbox, base, direct, failed, random, refused } from '../support/world.mjs';

const today = '2026-10-28.endive';

test('keys are taken as Bearer and as Basic user name', async () => {
  const sandbox = new Sandbox();
  const { id } = await sandbox.stripe.customers.create();
  const basic = Buffer.from(`${sandbox.secret}:`).toString('base64');
  const answer = await sandbox.call('GET', `/v1/customers/${id}`, {}, { key: null, headers: { authorization: `Basic ${basic}` } });
  assert.equal(answer.status, 200);
  assert.equal(answer.body.id, id);
});

test('wrong keys are refused, each for its own reason', async () => {
  const sandbox = new Sandbox();
  await sandbox.stripe.customers.list();
  const none = await sandbox.call('GET', '/v1/customers', {}, { key: null });
  const error = failed(none, { status: 401, type: 'invalid_request_error' });
  assert.match(error.message, /did not provide an API key/);
  const unknown = failed(await sandbox.call('GET', '/v1/customers', {}, { key: 'sk_test_short' }), { status: 401, type: 'invalid_request_error' });
  assert.match(unknown.message, /Invalid API Key provided/);
  assert.ok(!unknown.message.includes('sk_test_short'), 'keys are not repeated in full');
  failed(await sandbox.call('GET', '/v1/customers', {}, { key: `sk_live_${random(24)}` }), { status: 401 });
  const publishable = await sandbox.call('GET', '/v1/customers', {}, { key: sandbox.publishable });
  assert.ok([401, 403].includes(publishable.status), `${publishable.status}`);
  failed(publishable, { type: 'invalid_request_error', code: 'secret_key_required' });
  await refused(sandbox.client({ key: sandbox.publishable }).customers.create(), { code: 'secret_key_required' });
});

test('every answer names its request and its version', async () => {
  const sandbox = new Sandbox();
  const customer = await sandbox.stripe.customers.create();
  assert.match(customer.lastResponse.requestId, /^req_[A-Za-z0-9]{8,}$/);
  assert.equal(customer.lastResponse.apiVersion, today);
  const plain = await sandbox.call('GET', '/v1/customers');
  assert.equal(plain.headers.get('stripe-version'), today, 'without a header, the newest');
  assert.match(plain.headers.get('content-type'), /^application\/json/);
  const older = await sandbox.call('GET', '/v1/customers', {}, { headers: { 'stripe-version': '2024-06-20' }, at: direct });
  assert.equal(older.status, 200);
  assert.equal(older.headers.get('stripe-version'), '2024-06-20');
  const wrong = await sandbox.call('GET', '/v1/customers', {}, { headers: { 'stripe-version': 'yesterday' } });
  failed(wrong, { status: 400, type: 'invalid_request_error' });
  const error = await refused(sandbox.stripe.customers.retrieve('cus_nothing'), { status: 404 });
  assert.match(error.requestId, /^req_/);
  assert.match(error.doc_url ?? '', /resource-missing/);
});

test('unknown addresses are named in the answer', async () => {
  const sandbox = new Sandbox();
  for (const [method, path] of [['GET', '/v1/shoes'], ['POST', '/v1/customers/cus_1/shoes'], ['DELETE', '/v1/account']]) {
    const answer = await sandbox.call(method, path);
    const error = failed(answer, { status: 404, type: 'invalid_request_error' });
    assert.ok(error.message.startsWith(`Unrecognized request URL (${method}: ${path})`), error.message);
  }
});

test('every way to write a form is understood', async () => {
  const sandbox = new Sandbox();
  const { id } = await sandbox.stripe.customers.create();
  const holder = `account_holder[type]=customer&account_holder[customer]=${id}`;
  const written = {
    'empty brackets': 'permissions[]=balances&permissions[]=transactions',
    'numbered': 'permissions[0]=balances&permissions[1]=transactions',
    'numbered in any order': 'permissions[1]=transactions&permissions[0]=balances',
    'numbered with gaps': 'permissions[3]=balances&permissions[17]=transactions',
    'escaped': 'permissions%5B0%5D=balances&permissions%5B1%5D=transactions',
  };
  for (const [how, text] of Object.entries(written)) {
    const answer = await sandbox.call('POST', '/v1/financial_connections/sessions', `${holder}&${text}`);
    assert.equal(answer.status, 200, `${how}: ${JSON.stringify(answer.body)}`);
    assert.deepEqual(answer.body.permissions, ['balances', 'transactions'], how);
  }
  const spaced = await sandbox.call('POST', '/v1/customers', 'name=Jenny+Rosen%20Jr%2E&metadata[a b]=c%26d&description=%F0%9F%9A%B2');
  assert.equal(spaced.body.name, 'Jenny Rosen Jr.');
  assert.equal(spaced.body.metadata['a b'], 'c&d');
  assert.equal(spaced.body.description, '🚲');
  assert.equal((await sandbox.call('POST', '/v1/customers', '')).status, 200, 'an empty body');
  const custom = await sandbox.call('POST', '/v1/customers',
    'invoice_settings[custom_fields][][name]=PO&invoice_settings[custom_fields][][value]=1&invoice_settings[custom_fields][][name]=VAT&invoice_settings[custom_fields][][value]=2');
  assert.deepEqual(custom.body.invoice_settings?.custom_fields, [{ name: 'PO', value: '1' }, { name: 'VAT', value: '2' }], JSON.stringify(custom.body));
});

test('bad bodies get a clear error and the server goes on', async () => {
  const sandbox = new Sandbox();
  // Not through the proxy, which cannot pass on an answer that comes before the body has ended.
  const post = (text) => sandbox.call('POST', '/v1/customers', text, { at: direct });
  failed(await post('name=%FF%FE'), { status: 400, type: 'invalid_request_error' });
  failed(await post(Buffer.from([0x6e, 0x61, 0x6d, 0x65, 0x3d, 0xff])), { status: 400, type: 'invalid_request_error' });
  failed(await post(`metadata${'[a]'.repeat(5000)}=1`), { status: 400, type: 'invalid_request_error' });
  failed(await post('metadata[a=1'), { status: 400, type: 'invalid_request_error' });
  failed(await post('name[first]=Jenny'), { status: 400, type: 'invalid_request_error', param: 'name' });
  failed(await post('name=a&name[b]=c'), { status: 400, type: 'invalid_request_error' });
  const huge = await post(`description=${'x'.repeat(20_000_000)}`);
  assert.ok([400, 413].includes(huge.status), `${huge.status}`);
  assert.equal((await sandbox.stripe.customers.list()).data.length, 0, 'nothing was made');
});

test('expand reaches through objects and lists, to a depth of four', async () => {
  const { stripe } = new Sandbox();
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: 1_800_000_000 });
  const customer = await stripe.customers.create({ test_clock: clock.id, expand: ['test_clock'] });
  assert.equal(customer.test_clock.id, clock.id);
  assert.equal(customer.test_clock.object, 'test_helpers.test_clock');
  assert.equal((await stripe.customers.retrieve(customer.id)).test_clock, clock.id);
  const list = await stripe.customers.list({ test_clock: clock.id, expand: ['data.test_clock'] });
  assert.equal(list.data[0].test_clock.id, clock.id);
  const session = await stripe.financialConnections.sessions.create({
    account_holder: { type: 'customer', customer: customer.id }, permissions: ['balances'], expand: ['account_holder.customer.test_clock'],
  });
  assert.equal(session.account_holder.customer.test_clock.id, clock.id);
  await refused(stripe.customers.retrieve(customer.id, { expand: ['shoes'] }), { status: 400, type: 'invalid_request_error' });
  await refused(stripe.customers.retrieve(customer.id, { expand: ['name'] }), { status: 400, type: 'invalid_request_error' });
  await refused(stripe.customers.list({ expand: ['test_clock'] }), { status: 400, type: 'invalid_request_error' });
  await refused(stripe.customers.retrieve(customer.id, { expand: ['a.b.c.d.e'] }), { status: 400, type: 'invalid_request_error' });
});

test('the account of a sandbox is its own', async () => {
  const sandbox = new Sandbox();
  const account = await sandbox.stripe.accounts.retrieveCurrent();
  assert.equal(account.object, 'account');
  assert.match(account.id, /^acct_/);
  assert.equal(account.country, 'US');
  assert.equal((await sandbox.stripe.accounts.retrieveCurrent()).id, account.id);
  assert.notEqual((await new Sandbox().stripe.accounts.retrieveCurrent()).id, account.id);
  const named = await sandbox.call('GET', '/v1/account', {}, { headers: { 'stripe-account': account.id } });
  assert.equal(named.status, 200, JSON.stringify(named.body));
  assert.equal(named.headers.get('stripe-account'), account.id);
  const context = await sandbox.call('GET', '/v1/account', {}, { headers: { 'stripe-context': account.id } });
  assert.equal(context.status, 200, JSON.stringify(context.body));
  for (const header of ['stripe-account', 'stripe-context']) {
    const foreign = await sandbox.call('GET', '/v1/customers', {}, { headers: { [header]: 'acct_1OtherSandbox00' } });
    assert.ok(foreign.status >= 400 && foreign.status < 500, `${header}: ${foreign.status}`);
    failed(foreign, {});
  }
});

test('the probes answer', async () => {
  assert.equal((await fetch(new URL('/healthz', base))).status, 200);
  const metrics = await fetch(new URL('/metrics', base));
  assert.equal(metrics.status, 200);
  assert.match(await metrics.text(), /^# (HELP|TYPE) /m);
});
