// A person links accounts in a browser, from the merchant's button to the merchant's result.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { close, merchant } from '../support/merchant.mjs';
import { direct, eventually } from '../support/world.mjs';

after(close);

test('from consent to the result, over the bank\'s own window', async (context) => {
  const shop = await merchant(context);
  await shop.start();
  await shop.heading(/asks to link your bank account$/).waitFor();
  const dialog = shop.tab.getByRole('dialog');
  assert.equal(await dialog.count(), 1);
  for (const asked of ['Account and routing number', 'Balances', 'Account owners', 'Transactions']) {
    assert.ok(await shop.flow.getByText(asked, { exact: true }).isVisible(), asked);
  }
  assert.ok(await shop.flow.getByText(/Test mode/).isVisible());
  await shop.button('Agree and continue').click();
  const search = shop.flow.getByRole('searchbox', { name: 'Search banks' });
  await search.waitFor();
  const featured = await shop.flow.getByRole('option').allTextContents();
  assert.ok(featured.length >= 4, `${featured}`);
  await search.fill('nothing like this');
  await shop.flow.getByText('No bank matches').waitFor();
  await search.fill('bank (oa');
  await shop.flow.getByRole('option', { name: 'Bank (OAuth)', exact: true }).waitFor();
  assert.equal(await shop.flow.getByRole('status').filter({ hasText: '1 bank found' }).count(), 1, 'the count is announced');
  shop.agreed = true;
  await shop.toAccounts();
  for (const name of ['Everyday Checking', 'Rainy Day Savings', 'Home Mortgage']) await shop.account(name).check();
  for (const name of ['Joint Checking', 'Rewards Credit Card', 'Personal Line of Credit']) await shop.account(name).uncheck();
  await shop.button('Connect').click();
  await shop.heading('Your accounts are linked').waitFor();
  assert.equal(await shop.flow.getByRole('listitem').filter({ hasText: 'Everyday Checking' }).count(), 1);
  await shop.button('Done').click();
  const { financialConnectionsSession: result, error } = await shop.result();
  assert.equal(error, undefined);
  assert.equal(result.id, shop.session.id);
  assert.equal(result.livemode, false);
  assert.ok(Array.isArray(result.accounts));
  assert.deepEqual(result.accounts.map((account) => account.display_name).sort(), ['Everyday Checking', 'Home Mortgage', 'Rainy Day Savings']);
  for (const account of result.accounts) {
    assert.equal(account.object, 'financial_connections.account');
    assert.equal(account.status, 'active');
  }
  assert.deepEqual((await shop.linked()).map((account) => account.id).sort(), result.accounts.map((account) => account.id).sort());
  assert.equal(await shop.tab.evaluate(() => document.activeElement.id), 'link', 'the focus is back where it was');
});

test('another account of another bank joins the session', async (context) => {
  const shop = await merchant(context);
  await shop.start();
  await shop.toAccounts('Bank (OAuth)', { accounts: ['Everyday Checking'] });
  await shop.button('Connect').click();
  await shop.heading('Your account is linked').waitFor();
  await shop.button('Link another account').click();
  await shop.toAccounts('Test (OAuth)');
  for (const box of await shop.flow.getByRole('checkbox').all()) await box.uncheck();
  await shop.account('Success').check();
  await shop.button('Connect').click();
  await shop.heading('Your accounts are linked').waitFor();
  await shop.button('Done').click();
  const { financialConnectionsSession: result } = await shop.result();
  assert.deepEqual(result.accounts.map((account) => account.institution_name).sort(), ['Bank (OAuth)', 'Test (OAuth)']);
});

test('an account that is linked already cannot be chosen again', async (context) => {
  const shop = await merchant(context);
  await shop.start();
  await shop.toAccounts('Bank (OAuth)', { accounts: ['Everyday Checking'] });
  await shop.button('Connect').click();
  await shop.button('Link another account').click();
  await shop.toAccounts('Bank (OAuth)', { accounts: ['Everyday Checking', 'Joint Checking'] });
  assert.ok(await shop.account('Everyday Checking').isDisabled());
  assert.ok(await shop.flow.getByText('Linked already').isVisible());
  await shop.account('Joint Checking').check();
  await shop.button('Connect').click();
  await shop.button('Done').click();
  assert.equal((await shop.result()).financialConnectionsSession.accounts.length, 2);
});

test('cancelling resolves with no accounts and no error', async (context) => {
  const shop = await merchant(context);
  await shop.start();
  await shop.heading(/asks to link/).waitFor();
  await shop.button('Cancel').click();
  const { financialConnectionsSession: result, error } = await shop.result();
  assert.equal(error, undefined);
  assert.equal(result.id, shop.session.id);
  assert.deepEqual(result.accounts, []);
});

test('cancelling after accounts were linked keeps them', async (context) => {
  const shop = await merchant(context);
  await shop.start();
  await shop.toAccounts('Bank (OAuth)', { accounts: ['Everyday Checking'] });
  await shop.button('Connect').click();
  await shop.button('Link another account').click();
  await shop.flow.getByRole('searchbox').waitFor();
  await shop.button('Cancel').click();
  assert.equal((await shop.result()).financialConnectionsSession.accounts.length, 1);
});

test('Esc asks before it leaves', async (context) => {
  const shop = await merchant(context);
  await shop.start();
  await shop.button('Agree and continue').click();
  await shop.flow.getByRole('searchbox').waitFor();
  await shop.tab.keyboard.press('Escape');
  await shop.button('Keep going').click();
  assert.ok(await shop.flow.getByRole('searchbox').isVisible());
  await shop.tab.keyboard.press('Escape');
  await shop.button('Leave').click();
  assert.deepEqual((await shop.result()).financialConnectionsSession.accounts, []);
});

test('a session for one account takes one', async (context) => {
  const shop = await merchant(context, { session: { limits: { accounts: 1 } } });
  await shop.start();
  await shop.toAccounts();
  await shop.heading('Choose an account').waitFor();
  assert.equal(await shop.flow.getByRole('checkbox').count(), 0);
  assert.ok(await shop.flow.getByRole('radio').count() > 1);
  await shop.account('Everyday Checking').check();
  await shop.account('Rainy Day Savings').check();
  await shop.button('Connect').click();
  await shop.heading('Your account is linked').waitFor();
  assert.equal(await shop.button('Link another account').count(), 0, 'there is room for one only');
  await shop.button('Done').click();
  const { accounts } = (await shop.result()).financialConnectionsSession;
  assert.deepEqual(accounts.map((account) => account.display_name), ['Rainy Day Savings']);
});

test('more accounts than allowed are not taken, and the pane says so', async (context) => {
  const shop = await merchant(context, { session: { limits: { accounts: 2 } } });
  await shop.start();
  await shop.toAccounts();
  for (const box of await shop.flow.getByRole('checkbox').all()) await box.check();
  await shop.button('Connect').click();
  await shop.flow.getByRole('alert').filter({ hasText: 'Choose 2 accounts at most.' }).waitFor();
  for (const box of await shop.flow.getByRole('checkbox').all()) await box.uncheck();
  await shop.button('Connect').click();
  await shop.flow.getByRole('alert').filter({ hasText: 'Choose an account to go on.' }).waitFor();
  await shop.account('Everyday Checking').check();
  await shop.button('Connect').click();
  await shop.button('Done').click();
  assert.equal((await shop.result()).financialConnectionsSession.accounts.length, 1);
});

test('accounts that the application does not want cannot be chosen, and the reason stands there', async (context) => {
  const shop = await merchant(context, { session: { filters: { account_subcategories: ['savings'] } } });
  await shop.start();
  await shop.toAccounts();
  assert.ok(await shop.account('Rainy Day Savings').isEnabled());
  for (const name of ['Everyday Checking', 'Rewards Credit Card', 'Home Mortgage']) {
    assert.ok(await shop.account(name).isDisabled(), name);
    assert.match(await shop.account(name).locator('xpath=ancestor::label').innerText(), /does not use this type of account/);
  }
  const names = await shop.flow.locator('label').allInnerTexts();
  assert.ok(names[0].includes('Rainy Day Savings'), 'those that can be chosen come first');
});

test('accounts that cannot be paid from cannot be chosen where payment is wanted', async (context) => {
  const shop = await merchant(context, { session: { filters: { require_payment_method_support: 'all' } } });
  await shop.start();
  await shop.toAccounts();
  assert.ok(await shop.account('Everyday Checking').isEnabled());
  assert.ok(await shop.account('Home Mortgage').isDisabled());
  assert.match(await shop.account('Home Mortgage').locator('xpath=ancestor::label').innerText(), /does not support payments/);
});

test('one payable account at least can be asked for', async (context) => {
  const shop = await merchant(context, { session: { filters: { require_payment_method_support: 'at_least_one' } } });
  await shop.start();
  await shop.toAccounts();
  for (const box of await shop.flow.getByRole('checkbox').all()) await box.uncheck();
  await shop.account('Home Mortgage').check();
  await shop.button('Connect').click();
  await shop.flow.getByRole('alert').filter({ hasText: /at least one account that can be used for payments/ }).waitFor();
  await shop.account('Home Mortgage').check();
  await shop.account('Everyday Checking').check();
  await shop.button('Connect').click();
  await shop.button('Done').click();
  assert.equal((await shop.result()).financialConnectionsSession.accounts.length, 2);
});

test('pressing a bank again and again opens one window', async (context) => {
  const shop = await merchant(context);
  await shop.start();
  await shop.chooseBank('Bank (OAuth)');
  const popup = await shop.openBank('Bank (OAuth)');
  await popup.getByLabel('Username').waitFor();
  const again = shop.flow.getByRole('button', { name: /^(Continue to Bank \(OAuth\)|Open the window again)$/ });
  for (let times = 0; times < 3; times += 1) await again.click();
  assert.equal(shop.context.pages().length, 2);
});

test('a bank window that was closed can be opened again', async (context) => {
  const shop = await merchant(context);
  await shop.start();
  await shop.chooseBank('Bank (OAuth)');
  const popup = await shop.openBank('Bank (OAuth)');
  await popup.getByLabel('Username').waitFor();
  await popup.close();
  await shop.flow.getByRole('alert').filter({ hasText: 'open it again' }).waitFor();
  const [second] = await Promise.all([shop.tab.waitForEvent('popup'), shop.flow.getByRole('button', { name: 'Open the window again' }).click()]);
  await shop.logIn(second);
  await second.getByRole('button', { name: 'Agree and share' }).click();
  await shop.chooseAtBank(second);
  await shop.heading('Choose accounts').waitFor();
});

test('where windows are blocked the bank opens in the same one', async (context) => {
  const shop = await merchant(context, {
    returnPath: '/back',
    prepare: (browser) => browser.addInitScript(() => { window.open = () => null; }),
  });
  await shop.start();
  await shop.chooseBank('Bank (OAuth)');
  await shop.button('Continue to Bank (OAuth)').click();
  await shop.flow.getByRole('link', { name: 'Continue in this window' }).click();
  await shop.tab.getByLabel('Username').waitFor();
  await shop.logIn(shop.tab);
  await shop.tab.getByRole('button', { name: 'Agree and share' }).click();
  await shop.chooseAtBank(shop.tab);
  await shop.tab.getByRole('heading', { name: 'Choose accounts' }).waitFor();
  await shop.tab.getByLabel('Everyday Checking', { exact: true }).check();
  await shop.tab.getByRole('button', { name: 'Connect' }).click();
  await shop.tab.getByRole('button', { name: 'Done' }).click();
  await shop.tab.waitForURL(/\/back/);
  assert.ok((await shop.linked()).length >= 1);
});

test('the merchant is told at once when it uses the SDK wrongly', async (context) => {
  const shop = await merchant(context);
  const thrown = (expression) => shop.tab.evaluate(async (text) => {
    try { return String(await new Function(`return ${text}`)()); } catch (error) { return `${error.name}: ${error.message}`; }
  }, expression);
  assert.match(await thrown('Stripe("sk_test_secretsecretsecret")'), /^IntegrationError: .*secret/);
  assert.match(await thrown('Stripe()'), /^IntegrationError/);
  assert.match(await thrown('stripe.collectFinancialConnectionsAccounts({})'), /^IntegrationError/);
  await shop.start();
  await shop.heading(/asks to link/).waitFor();
  const second = await thrown(`stripe.collectFinancialConnectionsAccounts({ clientSecret: "${shop.session.client_secret}" })`);
  assert.match(second, /^IntegrationError/);
});

test('the start page opens the flow at once', async (context) => {
  const shop = await merchant(context);
  await shop.tab.goto(direct);
  await shop.tab.getByText(/^pk_test_/).first().waitFor();
  await shop.tab.getByRole('button', { name: 'Link a test bank' }).click();
  await shop.toAccounts('Bank (OAuth)', { accounts: ['Everyday Checking'] });
  await shop.button('Connect').click();
  await shop.button('Done').click();
  await shop.tab.getByRole('heading', { name: 'Linked' }).waitFor();
  await eventually('the id in the commands', async () => /fca_\w{14}/.test(await shop.tab.locator('main').innerText()));
  assert.deepEqual(shop.complaints, []);
});
