// Banks without pages of their own, numbers that people type, pages of their own, and Spanish.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { audit } from '../support/audit.mjs';
import { accessible } from '../support/axe.mjs';
import { close, merchant } from '../support/merchant.mjs';

after(close);

const bank = 'Bank (Non-OAuth)';

/** From the consent pane to the credentials of the bank, which are then sent. */
async function signIn(shop, password) {
  await shop.start();
  await shop.chooseBank(bank);
  await shop.heading(`Sign in at ${bank}`).waitFor();
  await accessible(shop.tab, 'credentials');
  await shop.flow.getByLabel('Username').fill('jenny');
  await shop.flow.getByLabel('Password').fill(password);
  await shop.flow.getByLabel('Password').press('Enter');
}

/** From the choice of accounts to the result of the merchant. */
async function finish(shop) {
  await shop.heading('Choose accounts').waitFor();
  for (const box of (await shop.flow.getByRole('checkbox').all()).slice(1)) if (await box.isEnabled()) await box.uncheck();
  await shop.flow.getByRole('checkbox').first().check();
  await shop.button('Connect').click();
  await shop.heading('Your account is linked').waitFor();
  await shop.button('Done').click();
  assert.equal((await shop.result()).financialConnectionsSession.accounts.length, 1);
}

test('a wrong password is asked for again, and only that', async (context) => {
  const shop = await merchant(context);
  await signIn(shop, 'incorrect');
  await shop.flow.getByRole('alert').filter({ hasText: 'does not accept this username and password' }).waitFor();
  await accessible(shop.tab, 'credentials that were refused');
  const password = shop.flow.getByLabel('Password');
  assert.equal(await shop.flow.getByLabel('Username').inputValue(), 'jenny');
  assert.equal(await password.inputValue(), '', 'the password is typed again');
  await password.fill('rosen');
  await shop.button('Show').click();
  assert.equal(await password.getAttribute('type'), 'text');
  await shop.button('Hide').click();
  assert.equal(await password.getAttribute('type'), 'password');
  await shop.button('Continue').click();
  await finish(shop);
});

async function typeCode(shop) {
  await shop.heading('Enter the code').waitFor();
  await shop.flow.getByRole('textbox').fill('123456');
}

const challenges = {
  options: async (shop) => {
    await shop.heading('Choose how to go on').waitFor();
    await shop.button('Continue').click();
    await shop.flow.getByRole('alert').filter({ hasText: 'Choose one of the options' }).waitFor();
    await accessible(shop.tab, 'a choice that was refused');
    await shop.flow.getByRole('radio').first().check();
    await shop.button('Continue').click();
    await typeCode(shop);
  },
  mfa: typeCode,
  confirm_mfa: (shop) => shop.heading('Confirm the code').waitFor(),
  security_question: async (shop) => {
    await shop.heading('Answer a security question').waitFor();
    await shop.flow.getByRole('textbox').fill('Rex');
  },
};

for (const [word, answer] of Object.entries(challenges)) {
  test(`the bank asks more: ${word}`, async (context) => {
    const shop = await merchant(context);
    await signIn(shop, word);
    await answer(shop);
    await accessible(shop.tab, word);
    await audit(shop, word);
    await shop.button('Continue').click();
    await finish(shop);
  });
}

test('a person types the numbers of an account', async (context) => {
  const shop = await merchant(context, { session: { manual_entry: { mode: 'automatic' } } });
  await shop.start();
  await shop.button('Agree and continue').click();
  await shop.button('Enter details manually').click();
  await shop.heading('Enter your account details').waitFor();
  await accessible(shop.tab, 'numbers');
  const field = (name) => shop.flow.getByLabel(name, { exact: true });
  await field('Routing number').fill('110000001');
  await field('Account number').fill('000123456789');
  await field('Confirm account number').fill('000123456789');
  await shop.button('Connect account').click();
  await shop.flow.getByRole('alert').filter({ hasText: 'This is not a routing number.' }).waitFor();
  await accessible(shop.tab, 'numbers with a complaint');
  assert.equal(await field('Routing number').getAttribute('aria-invalid'), 'true');
  assert.equal(await field('Account number').inputValue(), '000123456789', 'what was right stays');
  await shop.button('Use test account').click();
  assert.equal(await field('Routing number').inputValue(), '110000000');
  await shop.button('Connect account').click();
  await shop.flow.getByText(/ending in 6789/).waitFor();
  await accessible(shop.tab, 'numbers that were taken');
  await shop.button('Done').click();
  assert.equal((await shop.result()).error, undefined);
});

test('a hosted session works without script and goes back by itself', async (context) => {
  const shop = await merchant(context, { browserOptions: { javaScriptEnabled: false } });
  const preview = shop.sandbox.client({ apiVersion: '2026-10-28.preview' });
  const session = await preview.rawRequest('POST', '/v1/financial_connections/sessions', {
    account_holder: shop.session.account_holder,
    permissions: ['payment_method', 'balances'],
    ui_mode: 'hosted',
    hosted: { return_url: `${shop.address}/back` },
  });
  const { tab } = shop;
  const button = (name) => tab.getByRole('button', { name, exact: true });
  const at = async (name) => {
    await tab.getByRole('heading', { level: 1, name }).waitFor();
    await audit({ tab }, `${name}, hosted, without script`);
  };
  await tab.goto(session.url);
  await at(/asks to link your bank account$/);
  await button('Agree and continue').click();
  await tab.getByRole('searchbox').fill(bank);
  await button('Search').click();
  await tab.getByRole('option', { name: bank, exact: true }).click();
  await at(`Sign in at ${bank}`);
  assert.equal(await button('Show').count(), 0, 'no button that needs script');
  await tab.getByLabel('Username').fill('jenny');
  await tab.getByLabel('Password').fill('mfa');
  await button('Continue').click();
  await at('Enter the code');
  await tab.getByRole('textbox').fill('123456');
  await button('Continue').click();
  await at('Choose accounts');
  await tab.getByRole('checkbox').first().check();
  await button('Connect').click();
  await at(/^Your accounts? (is|are) linked$/);
  await button('Done').click();
  await tab.waitForURL(`${shop.address}/back`);
  const ended = await preview.rawRequest('GET', `/v1/financial_connections/sessions/${session.id}`);
  assert.equal(ended.status, 'succeeded');
});

test('the merchant names the language, whatever the browser says', async (context) => {
  const shop = await merchant(context, { sdk: { locale: 'es' }, browserOptions: { locale: 'en-US' } });
  await shop.start();
  await shop.heading(/le pide conectar su cuenta bancaria$/).waitFor();
  assert.equal(await shop.tab.locator('iframe').getAttribute('title'), 'Conectar una cuenta bancaria');
  await accessible(shop.tab, 'consent in Spanish');
  await shop.button('Cancelar').click();
  assert.deepEqual((await shop.result()).financialConnectionsSession.accounts, []);
});
