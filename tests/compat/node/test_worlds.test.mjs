// A world that a test states, with the official SDK as the guide shows it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { link } from '../support/link.mjs';
import { Sandbox, direct, refused } from '../support/world.mjs';

test('what is stated is linked, read, and follows its changes', async () => {
  const sandbox = new Sandbox();
  const stripe = sandbox.client({ at: direct });
  const say = (path, params) => stripe.rawRequest('POST', `/drawbridge/v1/testbank${path}`, params);

  const bank = await say('/institutions', { name: 'Riverside Bank' });
  const jenny = await say('/people', {
    institution: bank.id, username: 'jenny', name: 'Jenny Rosen', email: 'jenny@example.com',
    addresses: [{ line1: '1 River Road', city: 'Chicago', state: 'IL', postal_code: '60614' }],
  });
  const account = await say('/accounts', {
    institution: bank.id, owners: [jenny.id], type: 'checking', name: 'Household', balance: 100000,
  });
  const imported = await say(`/accounts/${account.id}/transactions/import`, {
    transactions: [
      { amount: -1250, description: 'Tea house' },
      { amount: -4000, description: 'Bookshop', status: 'pending' },
    ],
  });
  assert.deepEqual([imported.added, imported.account.balance, imported.account.available_balance], [2, 98750, 94750]);
  const csv = 'date,amount,description\n2026-11-01,-12.50,Tea house\n';
  await say(`/accounts/${account.id}/transactions/import`, { format: 'csv', data: csv, balance: 50000 });

  const linked = await link(sandbox, { prefetch: ['balances', 'transactions'] }, { institution: 'Riverside Bank' });
  assert.equal(linked.accounts.length, 1);
  const [fca] = linked.accounts;
  assert.equal(fca.institution_name, 'Riverside Bank');
  assert.deepEqual(fca.balance.current, { usd: 50000 });
  const rows = await stripe.financialConnections.transactions.list({ account: fca.id });
  const seen = rows.data.map((row) => `${row.description} ${row.amount} ${row.status}`).sort();
  assert.deepEqual(seen, ['Bookshop -4000 pending', 'Tea house -1250 posted', 'Tea house -1250 posted']);

  const refreshed = async (feature) => {
    await sandbox.advance(2);
    await stripe.financialConnections.accounts.refresh(fca.id, { features: [feature] });
    await sandbox.advance(60);
    return stripe.financialConnections.accounts.retrieve(fca.id);
  };
  await say(`/institutions/${bank.id}`, { failures: { balances: 'error' } });
  assert.equal((await refreshed('balance')).balance_refresh.status, 'failed');
  await say(`/institutions/${bank.id}`, { failures: '', wrong_data: ['repeated_rows'] });
  await say(`/accounts/${account.id}/transactions`, { amount: 7, description: 'Found' });
  assert.equal((await refreshed('transactions')).transaction_refresh.status, 'succeeded');
  const more = await stripe.financialConnections.transactions.list({ account: fca.id });
  assert.equal(more.data.length, 4, 'each row once');
});

test('what contradicts itself names its parameter', async () => {
  const stripe = new Sandbox().client({ at: direct });
  const say = (path, params) => stripe.rawRequest('POST', `/drawbridge/v1/testbank${path}`, params);
  const bank = await say('/institutions', { name: 'Riverside Bank' });
  const ada = await say('/people', { institution: bank.id, username: 'ada', name: 'Ada' });
  const account = { institution: bank.id, owners: [ada.id], type: 'checking', name: 'Household' };
  await refused(say('/accounts', { ...account, balance: 1, opening_balance: 2 }), { status: 400, param: 'balance' });
  const { id } = await say('/accounts', account);
  const rows = [{ amount: 1, description: 'x' }, { amount: 1, description: 'x', status: 'lost' }];
  const path = `/accounts/${id}/transactions/import`;
  await refused(say(path, { transactions: rows }), { status: 400, param: 'transactions[1][status]' });
  await refused(say(path, { format: 'json', data: JSON.stringify([{ amount: 1 }]) }), {
    status: 400, code: 'parameter_missing', param: 'data[0][description]',
  });
});
