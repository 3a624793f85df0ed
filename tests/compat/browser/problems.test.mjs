// What people see when something goes wrong, and how they get on.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { close, merchant } from '../support/merchant.mjs';

after(close);

/** Goes on from a problem to another bank, which works. */
async function takeAnother(shop) {
  await shop.button('Choose another bank').click();
  await shop.toAccounts('Bank (OAuth)', { accounts: ['Everyday Checking'] });
  await shop.button('Connect').click();
  await shop.button('Done').click();
  assert.equal((await shop.result()).financialConnectionsSession.accounts.length, 1);
}

/** Chooses a bank that is down; its pane may come at once or when its window was opened. */
async function meet(shop, bank, heading) {
  await shop.start();
  await shop.chooseBank(bank);
  const login = shop.button(`Continue to ${bank}`);
  await login.or(shop.heading(heading)).first().waitFor();
  if (await login.count()) await login.click();
  await shop.heading(heading).waitFor();
}

test('a bank under maintenance says until when', async (context) => {
  const shop = await merchant(context);
  await meet(shop, 'Down (Scheduled)', 'Down (Scheduled) is under maintenance');
  const time = shop.flow.locator('time');
  const until = new Date(await time.getAttribute('datetime'));
  assert.ok(until > new Date(), `${until}`);
  assert.ok((await time.innerText()).length > 5);
  await takeAnother(shop);
});

test('a bank that is down without a word says so', async (context) => {
  const shop = await merchant(context);
  await meet(shop, 'Down (Unscheduled)', 'Down (Unscheduled) is not available');
  assert.equal(await shop.flow.locator('time').count(), 0);
  await takeAnother(shop);
});

test('a bank that answers nonsense can be tried again', async (context) => {
  const shop = await merchant(context);
  await meet(shop, 'Down (Error)', 'Down (Error) did not answer as expected');
  await shop.button('Try again').click();
  const login = shop.button('Continue to Down (Error)');
  await login.or(shop.heading('Down (Error) did not answer as expected')).first().waitFor();
  if (await login.count()) await login.click();
  await shop.heading('Down (Error) did not answer as expected').waitFor();
  await takeAnother(shop);
});

test('a bank without a usable account says how many it has', async (context) => {
  const shop = await merchant(context, { session: { filters: { require_payment_method_support: 'all' } } });
  await shop.start();
  await shop.chooseBank('Invalid Payment Accounts');
  await shop.visitBank('Invalid Payment Accounts');
  await shop.heading('No account can be linked').waitFor();
  assert.ok(await shop.flow.getByText(/We found \d+ accounts at Invalid Payment Accounts/).isVisible());
  await takeAnother(shop);
});

test('who says no at the bank can change their mind', async (context) => {
  const shop = await merchant(context);
  await shop.start();
  await shop.chooseBank('Bank (OAuth)');
  const popup = await shop.openBank('Bank (OAuth)');
  await shop.logIn(popup);
  await popup.getByRole('button', { name: /^(Deny|Cancel)$/ }).click();
  await shop.heading('Bank (OAuth) did not share any accounts').waitFor();
  await shop.button('Try again').click();
  await shop.visitBank('Bank (OAuth)', { accounts: ['Everyday Checking'] });
  await shop.button('Connect').click();
  await shop.button('Done').click();
  assert.equal((await shop.result()).financialConnectionsSession.accounts.length, 1);
});

test('a session that expires under way ends with a word', async (context) => {
  const shop = await merchant(context);
  await shop.start();
  await shop.heading(/asks to link/).waitFor();
  await shop.sandbox.advance(8 * 86_400);
  await shop.button('Agree and continue').click();
  await shop.heading('This link has expired').waitFor();
  await shop.button('Close').click();
  const { financialConnectionsSession: session, error } = await shop.result();
  if (!error) assert.deepEqual(session.accounts, []);
});

test('an expired session is an error before anything opens', async (context) => {
  const shop = await merchant(context);
  await shop.sandbox.advance(8 * 86_400);
  await shop.start();
  const { financialConnectionsSession: session, error } = await shop.result();
  assert.equal(session, undefined);
  assert.equal(error.type, 'invalid_request_error');
  assert.match(error.message, /expired/);
});

test('a used session is an error', async (context) => {
  const shop = await merchant(context);
  await shop.start();
  await shop.toAccounts('Bank (OAuth)', { accounts: ['Everyday Checking'] });
  await shop.button('Connect').click();
  await shop.button('Done').click();
  await shop.result();
  await shop.start();
  const { financialConnectionsSession: session, error } = await shop.result();
  assert.equal(session, undefined);
  assert.equal(error.type, 'invalid_request_error');
  assert.ok(error.message);
});

test('a lost connection keeps the place', async (context) => {
  const shop = await merchant(context);
  await shop.start();
  await shop.heading(/asks to link/).waitFor();
  await shop.context.setOffline(true);
  await shop.button('Agree and continue').click();
  await shop.heading('No connection').waitFor();
  assert.equal(await shop.flow.getByRole('alert').filter({ hasText: 'cannot reach the server' }).count(), 1);
  await shop.button('Try again').click();
  await shop.heading('No connection').waitFor();
  await shop.context.setOffline(false);
  await shop.button('Try again').click();
  await shop.flow.getByRole('searchbox', { name: 'Search banks' }).waitFor();
  shop.agreed = true;
  await shop.toAccounts('Bank (OAuth)', { accounts: ['Everyday Checking'] });
});

test('a connection lost while the bank is open comes back by itself or by retry', async (context) => {
  const shop = await merchant(context);
  await shop.start();
  await shop.chooseBank('Bank (OAuth)');
  const popup = await shop.openBank('Bank (OAuth)');
  await popup.getByLabel('Username').waitFor();
  await shop.context.setOffline(true);
  await shop.heading('No connection').waitFor();
  await shop.context.setOffline(false);
  await shop.button('Try again').click();
  await shop.flow.getByRole('heading', { level: 1, name: /at Bank \(OAuth\)$/ }).waitFor();
});

test('without a connection the way out still works', async (context) => {
  const shop = await merchant(context);
  await shop.start();
  await shop.heading(/asks to link/).waitFor();
  await shop.context.setOffline(true);
  await shop.button('Cancel').click();
  const { error } = await shop.result();
  assert.equal(error.type, 'api_connection_error');
});
