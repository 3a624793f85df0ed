import assert from 'node:assert/strict';
import test from 'node:test';
import { link, one } from '../support/link.mjs';
import { Sandbox } from '../support/world.mjs';

const day = 86_400;
const group = 'financial_connections';

async function told(sandbox, name) {
  return (await sandbox.stripe.events.list({ type: `${group}.${name}`, limit: 100 })).data;
}

test('an end that a bank announces is told of, reached, and mended by linking again', async () => {
  const sandbox = new Sandbox();
  const bank = { institution: 'Eventually Requires Reauthentication' };
  const linked = await link(sandbox, {}, bank);
  const { id } = one(linked.accounts, 'checking');
  const api = sandbox.stripe.financialConnections.accounts;
  await sandbox.advance(60);
  const active = (await api.retrieve(id)).status_details.active;
  assert.equal(active.action, 'relink_required');
  assert.equal(active.cause, 'institution_requirement');
  for (const name of ['expected_deactivation_date_updated', 'upcoming_deactivation']) {
    const accounts = await told(sandbox, `account.${name}`);
    assert.equal(accounts.length, linked.accounts.length, name);
    const [authorization, ...others] = await told(sandbox, `authorization.${name}`);
    assert.deepEqual(others, [], name);
    assert.equal(authorization.data.object.object, `${group}.authorization`);
    assert.equal(authorization.data.object.status_details.active.expected_deactivation_date, active.expected_deactivation_date);
  }
  await sandbox.advance(30 * day);
  assert.equal((await api.retrieve(id)).status, 'inactive');
  const ended = (await told(sandbox, 'account.deactivated')).find((event) => event.data.object.id === id);
  assert.equal(ended.data.previous_attributes.status, 'active');
  await link(sandbox, { account_holder: { type: 'customer', customer: linked.customer } }, bank);
  assert.equal((await api.retrieve(id)).status, 'active');
  assert.ok((await told(sandbox, 'account.reactivated')).some((event) => event.data.object.id === id));
});

test('tokenized numbers end when their bank says so', async () => {
  const sandbox = new Sandbox();
  const { accounts } = await link(sandbox, {}, { institution: 'Tokenized Account Number' });
  const api = sandbox.stripe.financialConnections.accounts;
  const numbers = async (name) => {
    const { id } = accounts.find((account) => account.display_name.startsWith(name));
    const [number, ...others] = (await api.retrieve(id)).account_numbers;
    assert.deepEqual(others, []);
    assert.equal(number.identifier_type, 'tokenized_account_number');
    return number;
  };
  assert.equal((await numbers('Expired')).status, 'expired');
  assert.equal((await numbers('Immediately')).status, 'transactable');
  await sandbox.advance(60);
  assert.equal((await numbers('Immediately')).status, 'expired');
  assert.equal((await numbers('Eventually')).status, 'transactable');
  const [expiry, ...others] = await told(sandbox, 'account.upcoming_account_number_expiry');
  assert.deepEqual(others, []);
  assert.match(expiry.data.object.display_name, /^Eventually/);
  const [updated] = await told(sandbox, 'account.account_numbers_updated');
  assert.equal(updated.data.previous_attributes.account_numbers[0].status, 'transactable');
  const { expected_expiry_date: end } = await numbers('Eventually');
  assert.ok(end);
  await sandbox.advance(30 * day);
  assert.equal((await numbers('Eventually')).status, 'expired');
});
