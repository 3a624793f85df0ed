import assert from 'node:assert/strict';
import test from 'node:test';
import { receiver } from '../support/receiver.mjs';
import { link, one } from '../support/link.mjs';
import { Sandbox, eventually, ids, refused } from '../support/world.mjs';

const day = 86_400;
const permissions = ['balances', 'transactions'];

/** A sandbox with a checking account whose transactions are there. */
async function world() {
  const sandbox = new Sandbox();
  const { accounts } = await link(sandbox, { permissions, prefetch: ['balances', 'transactions'] });
  const account = await refreshed(sandbox, one(accounts, 'checking').id);
  return { sandbox, account, accounts, transactions: sandbox.stripe.financialConnections.transactions };
}

function refreshed(sandbox, id) {
  return eventually('the end of a refresh', async () => {
    const account = await sandbox.stripe.financialConnections.accounts.retrieve(id);
    return account.transaction_refresh?.status === 'succeeded' && account;
  });
}

async function everything(transactions, params) {
  const rows = [];
  for await (const row of transactions.list({ limit: 100, ...params })) rows.push(row);
  return rows;
}

test('half a year of transactions is there, the newest first', async () => {
  const { account, transactions } = await world();
  const rows = await everything(transactions, { account: account.id });
  assert.ok(rows.length > 60, `${rows.length} rows`);
  assert.equal(new Set(ids({ data: rows })).size, rows.length, 'no row twice');
  for (const [at, row] of rows.entries()) {
    assert.match(row.id, /^fctxn_/);
    assert.equal(row.object, 'financial_connections.transaction');
    assert.equal(row.account, account.id);
    assert.equal(row.currency, 'usd');
    assert.equal(row.livemode, false);
    assert.ok(Number.isInteger(row.amount) && row.amount !== 0);
    assert.ok(row.description);
    assert.equal(row.transaction_refresh, account.transaction_refresh.id);
    assert.ok(at === 0 || row.transacted_at <= rows[at - 1].transacted_at, 'sorted');
    if (row.status === 'posted') assert.ok(row.status_transitions.posted_at);
    if (row.status === 'pending') assert.deepEqual({ ...row.status_transitions }, { posted_at: null, void_at: null });
  }
  const now = Date.now() / 1000;
  assert.ok(now - rows.at(-1).transacted_at > 150 * day, 'it goes back half a year');
  assert.ok(rows.some((row) => row.amount > 0) && rows.some((row) => row.amount < 0), 'money in and out');
  assert.ok(rows.some((row) => row.status === 'posted'));
  assert.deepEqual({ ...await transactions.retrieve(rows[0].id) }, { ...rows[0] });
});

test('transactions are filtered by the time they were made', async () => {
  const { account, transactions } = await world();
  const rows = await everything(transactions, { account: account.id });
  const middle = rows[Math.floor(rows.length / 2)].transacted_at;
  const matching = (accepts) => rows.filter((row) => accepts(row.transacted_at)).map((row) => row.id);
  const found = async (filter) => ids({ data: await everything(transactions, { account: account.id, transacted_at: filter }) });
  assert.deepEqual(await found({ gt: middle }), matching((at) => at > middle));
  assert.deepEqual(await found({ gte: middle }), matching((at) => at >= middle));
  assert.deepEqual(await found({ lt: middle }), matching((at) => at < middle));
  assert.deepEqual(await found({ lte: middle }), matching((at) => at <= middle));
  assert.deepEqual(await found(middle), matching((at) => at === middle));
});

test('what is new or changed comes by the refresh before it', async () => {
  const { sandbox, account, transactions } = await world();
  const before = new Map((await everything(transactions, { account: account.id })).map((row) => [row.id, row]));
  await sandbox.advance(10 * day);
  await sandbox.stripe.financialConnections.accounts.refresh(account.id, { features: ['transactions'] });
  const later = await refreshed(sandbox, account.id);
  assert.notEqual(later.transaction_refresh.id, account.transaction_refresh.id);
  const news = await everything(transactions, { account: account.id, transaction_refresh: { after: account.transaction_refresh.id } });
  assert.ok(news.length > 0, 'ten days bring something');
  for (const row of news) assert.equal(row.transaction_refresh, later.transaction_refresh.id);
  for (const row of news) {
    const old = before.get(row.id);
    if (old) assert.ok(old.status === 'pending' && row.status !== 'pending', 'only what was pending changes');
  }
  assert.ok(news.some((row) => !before.has(row.id)), 'new rows');
  const after = new Map((await everything(transactions, { account: account.id })).map((row) => [row.id, row]));
  for (const row of before.values()) {
    if (row.status === 'pending') assert.ok(['posted', 'void'].includes(after.get(row.id)?.status), 'what was pending keeps its id and ends');
  }
  assert.deepEqual(await everything(transactions, { account: account.id, transaction_refresh: { after: later.transaction_refresh.id } }), []);
  await refused(transactions.list({ account: account.id, transaction_refresh: { after: 'fctxnref_nothing' } }), { code: 'resource_missing' });
});

test('an application that follows the webhooks has every row', async (context) => {
  const sandbox = new Sandbox();
  const shop = await receiver(context);
  const type = 'financial_connections.account.refreshed_transactions';
  const endpoint = await sandbox.stripe.webhookEndpoints.create({ url: shop.url, enabled_events: [type] });
  const { accounts } = await link(sandbox, { permissions: ['transactions'] });
  const { id } = one(accounts, 'checking');
  const { accounts: api, transactions } = sandbox.stripe.financialConnections;
  await api.subscribe(id, { features: ['transactions'] });
  await sandbox.advance(1);
  await sandbox.advance(5 * day);
  await refreshed(sandbox, id);
  const kept = new Map();
  let cursor;
  const known = await everything(transactions, { account: id });
  await shop.next('the last refresh', ({ event }) => event.data.object.transaction_refresh.id === known[0].transaction_refresh);
  const told = shop.received.map(({ body, headers }) => sandbox.stripe.webhooks.constructEvent(body, headers['stripe-signature'], endpoint.secret))
    .sort((a, b) => a.created - b.created);
  for (const event of told) {
    assert.equal(event.data.object.transaction_refresh.status, 'succeeded');
    for (const row of await everything(transactions, { account: id, ...(cursor ? { transaction_refresh: { after: cursor } } : {}) })) kept.set(row.id, row);
    cursor = event.data.object.transaction_refresh.id;
  }
  assert.ok(told.length >= 4, `${told.length} refreshes in five days`);
  assert.deepEqual([...kept.keys()].sort(), ids({ data: known }).sort());
});

test('transactions that cannot be had are refused by name', async () => {
  const sandbox = new Sandbox();
  const { accounts } = await link(sandbox, { permissions });
  const { transactions } = sandbox.stripe.financialConnections;
  const bad = { status: 400, type: 'invalid_request_error' };
  await refused(transactions.list({}), { ...bad, code: 'parameter_missing', param: 'account' });
  await refused(transactions.list({ account: accounts[0].id }), { ...bad, code: 'financial_connections_no_successful_transaction_refresh' });
  await refused(transactions.list({ account: 'fca_nothing' }), { code: 'resource_missing', param: 'account' });
  await refused(transactions.retrieve('fctxn_nothing'), { status: 404, code: 'resource_missing' });
  await refused(transactions.list({ account: accounts[0].id, transacted_at: { gt: 'noon' } }), { ...bad, code: 'parameter_invalid_integer', param: 'transacted_at[gt]' });
  await refused(transactions.list({ account: accounts[0].id, shoe_size: 44 }), { ...bad, code: 'parameter_unknown', param: 'shoe_size' });
});

test('balances move with the days', async () => {
  const { sandbox, account } = await world();
  const api = sandbox.stripe.financialConnections.accounts;
  const current = await eventually('a balance', async () => (await api.retrieve(account.id)).balance);
  await sandbox.advance(30 * day);
  await api.refresh(account.id, { features: ['balance', 'transactions'] });
  await refreshed(sandbox, account.id);
  const later = await eventually('a later balance', async () => {
    const { balance, balance_refresh: refresh } = await api.retrieve(account.id);
    return refresh.status === 'succeeded' && balance;
  });
  assert.ok(later.as_of > current.as_of);
  assert.notEqual(later.current.usd, current.current.usd);
  const rows = await everything(sandbox.stripe.financialConnections.transactions, { account: account.id });
  const between = rows.filter((row) => row.status === 'posted' && row.status_transitions.posted_at > current.as_of && row.status_transitions.posted_at <= later.as_of)
    .reduce((sum, row) => sum + row.amount, 0);
  assert.equal(later.current.usd - current.current.usd, between, 'the difference is the sum of what was posted');
});
