// The official Stripe CLI, by what it sends. The binary is not needed: this was written after reading how it puts requests
// together (github.com/stripe/stripe-cli: pkg/requests/base.go, pkg/requests/ids.go, pkg/requests/webhook_endpoints.go,
// pkg/stripe/client.go, pkg/stripe/urls.go, pkg/useragent, pkg/cmd/resource/operation.go, pkg/fixtures with the triggers of
// customers, pkg/stripeauth/client.go). What matters of it:
//
// - `--api-base` takes http://127.0.0.1:PORT, but not the name localhost;
// - keys and values are escaped as a form, but square brackets stay; GET and DELETE have them in the query;
// - every request, GET too, says that it is a form, and asks for no compression; POST without data has an empty body;
// - without `--stripe-version` there is no Stripe-Version;
// - `stripe get cus_…` asks for the address that the beginning of an id stands for, if the id is letters and digits.
import assert from 'node:assert/strict';
import http from 'node:http';
import test from 'node:test';
import { receiver } from '../support/receiver.mjs';
import { link } from '../support/link.mjs';
import { Sandbox, base, direct, random } from '../support/world.mjs';

/** As the CLI escapes: spaces as plus, and brackets of names not at all. */
function escape(text) {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`).replaceAll('%20', '+');
}

function encode(data) {
  return data.map((datum) => {
    const at = datum.indexOf('=');
    assert.ok(at >= 0, `${datum} is no data`);
    const name = escape(datum.slice(0, at)).replaceAll('%5B', '[').replaceAll('%5D', ']');
    return `${name}=${escape(datum.slice(at + 1))}`;
  }).join('&');
}

const addresses = { cus: '/v1/customers/', evt: '/v1/events/', we: '/v1/webhook_endpoints/' };

/** The path for what stands on the command line. */
function path(argument) {
  const [, kind] = /^([a-z]{2,5})_(test_|live_)?[a-zA-Z0-9]{3,}$/.exec(argument) ?? [];
  if (kind) {
    assert.ok(addresses[kind], `the CLI knows no address for ${argument}`);
    return addresses[kind] + argument;
  }
  return argument.startsWith('/v1/') ? argument : `/v1/${argument.replace(/^\/?(v1\/)?/, '')}`;
}

/** Runs `stripe get|post|delete …`, which is what `stripe customers create …` and the like come down to. */
function cli(sandbox, method, argument, { d = [], expand = [], limit, startingAfter, endingBefore, idempotency, account, version, at = base } = {}) {
  const data = [...d, ...expand.map((one) => `expand[]=${one}`)];
  if (method === 'GET') {
    if (limit) data.push(`limit=${limit}`);
    if (startingAfter) data.push(`starting_after=${startingAfter}`);
    if (endingBefore) data.push(`ending_before=${endingBefore}`);
  }
  const text = encode(data);
  const headers = {
    'User-Agent': 'Stripe/v1 stripe-cli/1.31.0',
    'X-Stripe-Client-User-Agent': '{"name":"stripe-cli","os":"linux","publisher":"stripe","uname":"Linux","version":"1.31.0"}',
    'Content-Type': 'application/x-www-form-urlencoded',
    'Accept-Encoding': 'identity',
    Authorization: `Bearer ${sandbox.secret}`,
    ...(idempotency ? { 'Idempotency-Key': idempotency } : {}),
    ...(account ? { 'Stripe-Account': account } : {}),
    ...(version ? { 'Stripe-Version': version } : {}),
  };
  const inBody = method === 'POST';
  if (inBody) headers['Content-Length'] = Buffer.byteLength(text);
  const { hostname, port } = new URL(at);
  const query = inBody || !text ? '' : `?${text}`;
  return new Promise((answered, failed) => {
    // Not fetch, which would send other headers and change the query.
    const request = http.request({ hostname, port, method, path: path(argument) + query, headers }, async (response) => {
      const chunks = [];
      for await (const chunk of response) chunks.push(chunk);
      const body = Buffer.concat(chunks).toString('utf8');
      answered({ status: response.statusCode, headers: response.headers, body: JSON.parse(body) });
    });
    request.on('error', failed);
    request.end(inBody ? text : undefined);
  });
}

/** The document of a good answer. */
async function good(answering) {
  const answer = await answering;
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  assert.match(answer.headers['content-type'], /^application\/json/);
  assert.equal(answer.headers['content-encoding'], undefined);
  assert.match(answer.headers['request-id'], /^req_/);
  return answer.body;
}

test('stripe get, post and delete, with every flag', async () => {
  const sandbox = new Sandbox();
  const made = await good(cli(sandbox, 'POST', 'customers', {
    d: ['name=Jenny Rosen & Sons', 'email=jenny+cli@example.com', 'metadata[a]=b', 'metadata[with space]=c=d', 'address[line1]=510 Townsend St',
      'address[country]=US', 'preferred_locales[]=de-AT', 'preferred_locales[]=en', 'invoice_settings[custom_fields][0][name]=PO',
      'invoice_settings[custom_fields][0][value]=7'],
    idempotency: 'cli-1',
  }));
  assert.deepEqual([made.name, made.email, made.address.line1], ['Jenny Rosen & Sons', 'jenny+cli@example.com', '510 Townsend St']);
  assert.deepEqual(made.metadata, { a: 'b', 'with space': 'c=d' });
  assert.deepEqual(made.preferred_locales, ['de-AT', 'en']);
  assert.deepEqual(made.invoice_settings.custom_fields, [{ name: 'PO', value: '7' }]);
  const read = await cli(sandbox, 'GET', made.id);
  assert.deepEqual((await good(read)).id, made.id);
  assert.equal(read.headers['stripe-version'], '2026-10-28.endive', 'without a version, the newest');
  const older = await cli(sandbox, 'GET', `/v1/customers/${made.id}`, { version: '2019-03-14', at: direct });
  assert.equal(older.headers['stripe-version'], '2019-03-14');
  for (const written of [`/customers/${made.id}`, `v1/customers/${made.id}`]) assert.equal((await good(cli(sandbox, 'GET', written))).id, made.id);
  const changed = await good(cli(sandbox, 'POST', `/v1/customers/${made.id}`, { d: ['metadata[a]=', 'description=(by the CLI)'] }));
  assert.deepEqual([changed.metadata, changed.description], [{ 'with space': 'c=d' }, '(by the CLI)']);
  assert.equal((await good(cli(sandbox, 'POST', '/v1/customers'))).name, null, 'without any data');
  const { id: account } = await good(cli(sandbox, 'GET', '/v1/account'));
  assert.equal((await cli(sandbox, 'GET', '/v1/account', { account })).headers['stripe-account'], account);
  // The CLI asks before it deletes; what it sends then has the form's type and no body.
  assert.deepEqual(await good(cli(sandbox, 'DELETE', made.id)), { id: made.id, object: 'customer', deleted: true });
});

test('stripe customers list, with --limit, --starting-after and --ending-before', async () => {
  const sandbox = new Sandbox();
  const made = [];
  for (const name of ['one', 'two', 'three', 'four']) made.unshift((await good(cli(sandbox, 'POST', '/v1/customers', { d: [`name=${name}`] }))).id);
  const ids = async (flags) => (await good(cli(sandbox, 'GET', '/v1/customers', flags))).data.map((row) => row.id);
  assert.deepEqual(await ids({ limit: '2' }), made.slice(0, 2));
  assert.deepEqual(await ids({ limit: '2', startingAfter: made[1] }), made.slice(2));
  assert.deepEqual(await ids({ limit: '2', endingBefore: made[3] }), made.slice(1, 3));
  assert.deepEqual(await ids({ d: ['created[gte]=1', 'email=nobody@example.com'] }), []);
  const found = await good(cli(sandbox, 'GET', '/v1/customers/search', { d: ['query=name:"three"'] }));
  assert.deepEqual(found.data.map((row) => row.name), ['three']);
});

test('stripe --expand, on objects and in lists', async () => {
  const sandbox = new Sandbox();
  const clock = await good(cli(sandbox, 'POST', '/v1/test_helpers/test_clocks', { d: ['frozen_time=1800000000'] }));
  const customer = await good(cli(sandbox, 'POST', '/v1/customers', { d: [`test_clock=${clock.id}`], expand: ['test_clock'] }));
  assert.equal(customer.test_clock.id, clock.id);
  assert.equal((await good(cli(sandbox, 'GET', customer.id, { expand: ['test_clock'] }))).test_clock.object, 'test_helpers.test_clock');
  const list = await good(cli(sandbox, 'GET', '/v1/customers', { d: [`test_clock=${clock.id}`], expand: ['data.test_clock'], limit: '1' }));
  assert.equal(list.data[0].test_clock.id, clock.id);
});

test('stripe financial_connections, from a session to its transactions', async () => {
  const sandbox = new Sandbox();
  const customer = await good(cli(sandbox, 'POST', '/v1/customers', { d: ['name=Jenny'] }));
  const session = await good(cli(sandbox, 'POST', '/v1/financial_connections/sessions', {
    d: ['account_holder[type]=customer', `account_holder[customer]=${customer.id}`, 'permissions[]=balances', 'permissions[]=transactions', 'filters[countries][]=US'],
    version: '2024-06-20',
    at: direct,
  }));
  assert.deepEqual(session.permissions, ['balances', 'transactions']);
  const { accounts: [account] } = await link(sandbox, { account_holder: { type: 'customer', customer: customer.id } });
  const refreshed = await good(cli(sandbox, 'POST', `/v1/financial_connections/accounts/${account.id}/refresh`, { d: ['features[]=transactions', 'features[]=balance'] }));
  assert.equal(refreshed.transaction_refresh.status, 'pending');
  await sandbox.advance(1);
  const rows = await good(cli(sandbox, 'GET', '/v1/financial_connections/transactions', { d: [`account=${account.id}`, 'transacted_at[gte]=0'], limit: '3' }));
  assert.deepEqual([rows.data.length, rows.has_more], [3, true]);
  const owned = await good(cli(sandbox, 'GET', '/v1/financial_connections/accounts', { d: [`account_holder[customer]=${customer.id}`], limit: '1' }));
  assert.equal(owned.data.length, 1);
});

test('stripe trigger customer.updated, with the webhook of stripe listen --load-from-webhooks-api', async (context) => {
  const sandbox = new Sandbox();
  const shop = await receiver(context);
  const endpoint = await good(cli(sandbox, 'POST', '/v1/webhook_endpoints', {
    d: ['enabled_events[]=*', `url=${shop.url}`, 'api_version=2026-10-28.endive', 'description=made by the CLI'],
  }));
  assert.equal((await good(cli(sandbox, 'GET', '/v1/webhook_endpoints', { d: ['limit=30'] }))).data[0].id, endpoint.id);
  // A trigger is a list of requests, of which later ones name ids of earlier ones.
  const customer = await good(cli(sandbox, 'POST', '/v1/customers', { d: ['description=(created by Stripe CLI)'] }));
  await good(cli(sandbox, 'POST', `/v1/customers/${customer.id}`, { d: ['metadata[foo]=bar'] }));
  const { event } = await shop.next('customer.updated', (delivery) => delivery.event.type === 'customer.updated');
  assert.deepEqual(event.data.object.metadata, { foo: 'bar' });
  assert.equal((await good(cli(sandbox, 'GET', event.id))).id, event.id);
  const listed = await good(cli(sandbox, 'GET', '/v1/events', { d: ['type=customer.updated'] }));
  assert.equal(listed.data[0].id, event.id);
});

test('errors come in the shape that the CLI reads', async () => {
  const sandbox = new Sandbox();
  const missing = await cli(sandbox, 'GET', 'cus_nothing');
  assert.deepEqual([missing.status, missing.body.error.type, missing.body.error.code], [404, 'invalid_request_error', 'resource_missing']);
  const wrong = await cli(sandbox, 'POST', '/v1/customers', { d: ['shoe[size]=44'] });
  assert.deepEqual([wrong.status, wrong.body.error.code], [400, 'parameter_unknown']);
  // The CLI stops at 401 only; everything else it prints as it is.
  const stranger = await cli({ secret: 'sk_test_short' }, 'GET', '/v1/customers');
  assert.deepEqual([stranger.status, stranger.body.error.type], [401, 'invalid_request_error']);
});

test('stripe listen is told that there is no such thing here', async () => {
  const sandbox = new Sandbox();
  const answer = await cli(sandbox, 'POST', '/v1/stripecli/sessions', { d: [`device_name=${random(8)}`, 'websocket_features[]=webhooks'] });
  assert.equal(answer.status, 404);
  assert.match(answer.body.error.message, /^Unrecognized request URL \(POST: \/v1\/stripecli\/sessions\)/);
});
