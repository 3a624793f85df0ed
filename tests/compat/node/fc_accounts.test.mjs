import assert from 'node:assert/strict';
import test from 'node:test';
import { link, one } from '../support/link.mjs';
import { Sandbox, eventually, ids, refused } from '../support/world.mjs';

const categories = { checking: 'cash', savings: 'cash', credit_card: 'credit', line_of_credit: 'credit', mortgage: 'credit' };

/** Waits until a refresh of an account has ended. */
function ended(sandbox, id, hash) {
  return eventually(`the end of ${hash}`, async () => {
    const account = await sandbox.stripe.financialConnections.accounts.retrieve(id);
    return account[hash] && account[hash].status !== 'pending' && account;
  });
}

test('linking makes an account of every kind the bank offers', async () => {
  const sandbox = new Sandbox();
  const { accounts, session, customer } = await link(sandbox);
  assert.deepEqual([...new Set(accounts.map((account) => account.subcategory))].sort(), Object.keys(categories).sort());
  const api = sandbox.stripe.financialConnections.accounts;
  for (const account of accounts) {
    assert.match(account.id, /^fca_[A-Za-z0-9]{14,}$/);
    assert.equal(account.object, 'financial_connections.account');
    assert.equal(account.status, 'active');
    assert.equal(account.livemode, false);
    assert.equal(account.institution_name, 'Bank (OAuth)');
    assert.match(account.last4, /^\d{4}$/);
    assert.ok(account.display_name);
    assert.deepEqual({ ...account.account_holder }, { type: 'customer', customer });
    assert.deepEqual(account.permissions, ['payment_method', 'balances', 'ownership', 'transactions']);
    assert.equal(account.category, categories[account.subcategory]);
    const cash = account.category === 'cash';
    assert.equal(account.supported_payment_method_types.includes('us_bank_account'), cash);
    assert.deepEqual(account.subscriptions, []);
    for (const field of ['balance', 'balance_refresh', 'ownership', 'ownership_refresh', 'transaction_refresh']) {
      assert.equal(account[field], null, `${field} before any refresh`);
    }
    if (cash) {
      assert.deepEqual({ ...account.account_numbers[0] }, { expected_expiry_date: null, identifier_type: 'account_number', status: 'transactable', supported_networks: ['ach'] });
    }
    assert.deepEqual({ ...await api.retrieve(account.id) }, { ...account });
  }
  const created = await sandbox.stripe.events.list({ type: 'financial_connections.account.created', limit: 100 });
  assert.deepEqual(created.data.map((event) => event.data.object.id).sort(), accounts.map((account) => account.id).sort());
  assert.deepEqual(ids(await api.list({ session: session.id, limit: 100 })).sort(), accounts.map((account) => account.id).sort());
});

test('accounts are listed by session and by holder', async () => {
  const sandbox = new Sandbox();
  const first = await link(sandbox, { permissions: ['balances'] });
  const second = await link(sandbox, { permissions: ['balances'] }, { institution: 'Ownership Accounts' });
  const api = sandbox.stripe.financialConnections.accounts;
  const of = async (params) => ids(await api.list({ limit: 100, ...params })).sort();
  const mine = (linked) => linked.accounts.map((account) => account.id).sort();
  assert.deepEqual(await of({ session: first.session.id }), mine(first));
  assert.deepEqual(await of({ account_holder: { customer: second.customer } }), mine(second));
  assert.deepEqual(await of({}), [...mine(first), ...mine(second)].sort());
  const walked = [];
  for await (const account of api.list({ limit: 2 })) walked.push(account.id);
  assert.deepEqual(walked.sort(), [...mine(first), ...mine(second)].sort());
  const bad = { status: 400, type: 'invalid_request_error' };
  await refused(of({ session: first.session.id, account_holder: { customer: first.customer } }), bad);
  await refused(of({ account_holder: { customer: first.customer, account: 'acct_1' } }), bad);
  await refused(of({ status: 'active' }), { ...bad, code: 'parameter_unknown', param: 'status' });
  await refused(api.retrieve('fca_nothing'), { status: 404, code: 'resource_missing' });
  await refused(new Sandbox().stripe.financialConnections.accounts.retrieve(first.accounts[0].id), { status: 404, code: 'resource_missing' });
  assert.deepEqual(ids(await new Sandbox().stripe.financialConnections.accounts.list()), []);
});

test('a balance comes by refresh, as a job, and says so in an event', async () => {
  const sandbox = new Sandbox();
  const { accounts } = await link(sandbox);
  const api = sandbox.stripe.financialConnections.accounts;
  const started = await api.refresh(accounts[0].id, { features: ['balance'] });
  assert.equal(started.status, 'active');
  assert.equal(started.balance_refresh.status, 'pending');
  assert.equal(started.balance_refresh.next_refresh_available_at, null);
  assert.equal(started.ownership_refresh, null, 'nothing else was asked for');
  const done = await ended(sandbox, accounts[0].id, 'balance_refresh');
  assert.equal(done.balance_refresh.status, 'succeeded');
  assert.ok(done.balance_refresh.next_refresh_available_at > done.balance_refresh.last_attempted_at);
  for (const account of accounts) {
    await api.refresh(account.id, { features: ['balance'] });
    const { balance, category } = await ended(sandbox, account.id, 'balance_refresh');
    assert.equal(balance.type, category);
    assert.ok(balance[category], `a hash named ${category}`);
    assert.equal(Number.isInteger(balance.current.usd), true);
    if (category === 'credit') assert.ok(balance.current.usd <= 0, 'what is owed is negative');
    else assert.equal(Number.isInteger(balance.cash.available.usd), true);
    assert.ok(balance.as_of > 1_600_000_000);
  }
  const event = await eventually('the event', async () => (await sandbox.stripe.events.list({ type: 'financial_connections.account.refreshed_balance' }))
    .data.find((row) => row.data.object.id === accounts[0].id));
  assert.equal(event.data.object.balance_refresh.status, 'succeeded');
});

test('prefetch has the data ready without asking', async () => {
  const sandbox = new Sandbox();
  const { accounts } = await link(sandbox, { permissions: ['balances', 'ownership', 'transactions'], prefetch: ['balances', 'ownership', 'transactions'] });
  const checking = one(accounts, 'checking');
  for (const hash of ['balance_refresh', 'ownership_refresh', 'transaction_refresh']) {
    const account = await ended(sandbox, checking.id, hash);
    assert.equal(account[hash].status, 'succeeded', hash);
  }
  const account = await sandbox.stripe.financialConnections.accounts.retrieve(checking.id);
  assert.equal(account.balance.type, 'cash');
  assert.match(account.ownership, /^fcaowns_/);
  assert.match(account.transaction_refresh.id, /^fctxnref_/);
  const types = (await sandbox.stripe.events.list({ limit: 100 })).data.filter((row) => row.data.object.id === checking.id).map((row) => row.type);
  assert.equal(types.at(-1), 'financial_connections.account.created', 'the account is told before its data');
  for (const feature of ['balance', 'ownership', 'transactions']) {
    assert.equal(types.filter((type) => type === `financial_connections.account.refreshed_${feature}`).length, 1, feature);
  }
});

test('several features are refreshed by one call', async () => {
  const sandbox = new Sandbox();
  const { accounts } = await link(sandbox);
  const { id } = one(accounts, 'savings');
  await sandbox.stripe.financialConnections.accounts.refresh(id, { features: ['balance', 'ownership', 'transactions'] });
  for (const hash of ['balance_refresh', 'ownership_refresh', 'transaction_refresh']) {
    assert.equal((await ended(sandbox, id, hash))[hash].status, 'succeeded', hash);
  }
});

test('owners are read by ownership', async () => {
  const sandbox = new Sandbox();
  const { accounts } = await link(sandbox, {}, { institution: 'Ownership Accounts' });
  const api = sandbox.stripe.financialConnections.accounts;
  const counts = [];
  for (const { id } of accounts) {
    await api.refresh(id, { features: ['ownership'] });
    const account = await ended(sandbox, id, 'ownership_refresh');
    if (account.ownership_refresh.status !== 'succeeded' || !account.ownership) continue;
    const owners = await api.listOwners(id, { ownership: account.ownership });
    assert.equal(owners.object, 'list');
    counts.push(owners.data.length);
    for (const owner of owners.data) {
      assert.match(owner.id, /^fcaown_/);
      assert.equal(owner.object, 'financial_connections.account_owner');
      assert.equal(owner.ownership, account.ownership);
      assert.ok(owner.name);
    }
    const expanded = await api.retrieve(id, { expand: ['ownership'] });
    assert.equal(expanded.ownership.id, account.ownership);
    assert.equal(expanded.ownership.object, 'financial_connections.account_ownership');
    assert.deepEqual(ids(expanded.ownership.owners), ids(owners));
    const listed = await api.list({ expand: ['data.ownership'], limit: 100 });
    assert.equal(listed.data.find((row) => row.id === id).ownership.id, account.ownership);
    const pages = [];
    for await (const owner of api.listOwners(id, { ownership: account.ownership, limit: 1 })) pages.push(owner.id);
    assert.deepEqual(pages, ids(owners));
    await refused(api.listOwners(id, {}), { status: 400, code: 'parameter_missing', param: 'ownership' });
    await refused(api.listOwners(id, { ownership: 'fcaowns_nothing' }), { code: 'resource_missing' });
  }
  assert.ok(counts.includes(1) && counts.some((count) => count >= 2), `single and joint owners, not ${counts}`);
});

test('a subscription refreshes at once and every day until it ends', async () => {
  const sandbox = new Sandbox();
  const { accounts } = await link(sandbox);
  const { id } = one(accounts, 'checking');
  const api = sandbox.stripe.financialConnections.accounts;
  const subscribed = await api.subscribe(id, { features: ['transactions'] });
  assert.deepEqual(subscribed.subscriptions, ['transactions']);
  assert.equal(subscribed.transaction_refresh.status, 'pending');
  const first = await ended(sandbox, id, 'transaction_refresh');
  const refreshes = async () => (await sandbox.stripe.events.list({ type: 'financial_connections.account.refreshed_transactions', limit: 100 })).data.length;
  const before = await eventually('the first refresh', refreshes);
  await sandbox.advance(3 * 86_400);
  const later = await ended(sandbox, id, 'transaction_refresh');
  assert.notEqual(later.transaction_refresh.id, first.transaction_refresh.id);
  const during = await refreshes();
  assert.ok(during >= before + 2, `${during - before} refreshes in three days`);
  const unsubscribed = await api.unsubscribe(id, { features: ['transactions'] });
  assert.deepEqual(unsubscribed.subscriptions, []);
  await sandbox.advance(3 * 86_400);
  assert.equal(await refreshes(), during, 'no refresh without a subscription');
  const again = await api.subscribe(id, { features: ['transactions'] });
  assert.deepEqual(again.subscriptions, ['transactions']);
});

test('a disconnected account is at its end', async () => {
  const sandbox = new Sandbox();
  const { accounts } = await link(sandbox, { permissions: ['balances', 'transactions'], prefetch: ['balances', 'transactions'] });
  const api = sandbox.stripe.financialConnections.accounts;
  const { id } = accounts[0];
  await ended(sandbox, id, 'balance_refresh');
  const gone = await api.disconnect(id);
  assert.equal(gone.status, 'disconnected');
  assert.equal(gone.balance, null);
  assert.equal((await api.retrieve(id)).status, 'disconnected');
  const [event] = (await sandbox.stripe.events.list({ type: 'financial_connections.account.disconnected' })).data;
  assert.equal(event.data.object.id, id);
  assert.equal(event.data.previous_attributes.status, 'active');
  const bad = { status: 400, type: 'invalid_request_error' };
  await refused(api.refresh(id, { features: ['balance'] }), bad);
  await refused(api.subscribe(id, { features: ['transactions'] }), bad);
  assert.equal((await api.retrieve(accounts[1].id)).status, 'active', 'others stay');
  await refused(api.disconnect('fca_nothing'), { status: 404, code: 'resource_missing' });
});

test('data outside the permissions stays closed', async () => {
  const sandbox = new Sandbox();
  const { accounts } = await link(sandbox, { permissions: ['payment_method'] });
  const { id } = one(accounts, 'checking');
  const { accounts: api, transactions } = sandbox.stripe.financialConnections;
  const bad = { status: 400, type: 'invalid_request_error' };
  for (const feature of ['balance', 'ownership', 'transactions']) await refused(api.refresh(id, { features: [feature] }), bad);
  await refused(api.subscribe(id, { features: ['transactions'] }), bad);
  await refused(transactions.list({ account: id }), bad);
  const account = await api.retrieve(id);
  for (const field of ['balance', 'balance_refresh', 'ownership', 'ownership_refresh', 'transaction_refresh']) assert.equal(account[field], null, field);
});

test('wrong refreshes and subscriptions are refused by name', async () => {
  const sandbox = new Sandbox();
  const { accounts } = await link(sandbox);
  const api = sandbox.stripe.financialConnections.accounts;
  const { id } = accounts[0];
  const bad = { status: 400, type: 'invalid_request_error' };
  await refused(api.refresh(id, {}), { ...bad, code: 'parameter_missing', param: 'features' });
  await refused(api.refresh(id, { features: ['balances'] }), { ...bad, param: 'features[0]' });
  await refused(api.subscribe(id, { features: ['balance'] }), { ...bad, param: 'features[0]' });
  await refused(api.unsubscribe(id, {}), { ...bad, code: 'parameter_missing', param: 'features' });
  await refused(api.refresh('fca_nothing', { features: ['balance'] }), { status: 404, code: 'resource_missing' });
});

test('a bank whose accounts cannot be paid from says so', async () => {
  const sandbox = new Sandbox();
  const { accounts } = await link(sandbox, { permissions: ['payment_method', 'balances'] }, { institution: 'Invalid Payment Accounts' });
  assert.ok(accounts.length > 0);
  for (const account of accounts) assert.deepEqual(account.supported_payment_method_types, [], account.display_name);
  const none = await link(sandbox, { permissions: ['payment_method'], filters: { require_payment_method_support: 'all' } }, { institution: 'Invalid Payment Accounts' });
  assert.equal(none.linked, false);
  assert.deepEqual(none.accounts, []);
});

test('a session takes as many accounts as it may, of the kinds it wants', async () => {
  const sandbox = new Sandbox();
  const single = await link(sandbox, { limits: { accounts: 1 } });
  assert.equal(single.accounts.length, 1);
  const savings = await link(sandbox, { filters: { account_subcategories: ['savings'] } });
  assert.ok(savings.accounts.length > 0);
  assert.ok(savings.accounts.every((account) => account.subcategory === 'savings'));
  const payable = await link(sandbox, { filters: { require_payment_method_support: 'all' } });
  assert.ok(payable.accounts.every((account) => account.supported_payment_method_types.includes('us_bank_account')));
});

test('at a bank where accounts are chosen, only those come', async () => {
  const sandbox = new Sandbox();
  const { accounts } = await link(sandbox, {}, { bankAccounts: ['Everyday Checking', 'Home Mortgage'] });
  assert.deepEqual(accounts.map((account) => account.display_name).sort(), ['Everyday Checking', 'Home Mortgage']);
});

test('a bank that shares all accounts leaves the choice to the flow', async () => {
  const sandbox = new Sandbox();
  const { accounts } = await link(sandbox, {}, { institution: 'Test (OAuth)', accounts: ['Success', 'Insufficient Funds'] });
  assert.deepEqual(accounts.map((account) => account.display_name).sort(), ['Insufficient Funds', 'Success']);
  assert.equal(accounts.find((account) => account.display_name === 'Success').last4, '6789');
});

test('who says no at the bank links nothing', async () => {
  const sandbox = new Sandbox();
  const { accounts, linked } = await link(sandbox, {}, { deny: true });
  assert.equal(linked, false);
  assert.deepEqual(accounts, []);
});
