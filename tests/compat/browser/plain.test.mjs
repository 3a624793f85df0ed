// The whole flow with script switched off: forms, links and the bank in the same window.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { audit } from '../support/audit.mjs';
import { openFlow } from '../support/link.mjs';
import { close, merchant } from '../support/merchant.mjs';
import { direct } from '../support/world.mjs';

after(close);

/** A tab without script on the first pane of a flow; `shop.sandbox` and `shop.session` as in the other tests. */
async function person(context, options = {}) {
  const shop = await merchant(context, { ...options, browserOptions: { javaScriptEnabled: false, ...options.browserOptions } });
  const flow = await openFlow(shop.sandbox, shop.session.client_secret);
  await shop.tab.goto(new URL(`/connections/${flow.token}`, direct).href);
  const button = (name) => shop.tab.getByRole('button', { name, exact: true });
  const heading = (name) => shop.tab.getByRole('heading', { level: 1, name }).waitFor();
  const seen = (what) => audit({ tab: shop.tab }, `${what}, without script`);
  return { shop, tab: shop.tab, button, heading, seen };
}

/** From the consent to the pane of a bank, by the search form. */
async function chooseBank({ tab, button, heading, seen }, name) {
  await heading(/asks to link your bank account$/);
  await seen('consent');
  await button('Agree and continue').click();
  await tab.getByRole('searchbox', { name: 'Search banks' }).fill(name);
  await button('Search').click();
  await tab.getByRole('option').first().waitFor();
  assert.equal(await tab.getByRole('option').count(), 1);
  await seen('picker');
  await tab.getByRole('option', { name, exact: true }).click();
}

test('a person links an account without script', async (context) => {
  const at = await person(context);
  const { shop, tab, button, heading, seen } = at;
  await chooseBank(at, 'Bank (OAuth)');
  await heading('Sign in at Bank (OAuth)');
  await seen('bank login');
  await button('Continue to Bank (OAuth)').click();
  await tab.getByLabel('Username').waitFor();
  await shop.logIn(tab);
  await button('Agree and share').click();
  await shop.chooseAtBank(tab, ['Everyday Checking']);
  await heading('Choose accounts');
  await seen('accounts');
  for (const box of await tab.getByRole('checkbox').all()) await box.uncheck();
  await button('Connect').click();
  await tab.getByRole('alert').filter({ hasText: 'Choose an account to go on.' }).waitFor();
  await tab.getByLabel('Everyday Checking', { exact: true }).check();
  await button('Connect').click();
  await heading('Your account is linked');
  await seen('success');
  await button('Done').click();
  await heading('All done');
  assert.deepEqual((await shop.linked()).map((account) => account.display_name), ['Everyday Checking']);
});

test('who comes back from the bank without an answer can go there again', async (context) => {
  const at = await person(context);
  const { tab, button, heading } = at;
  await chooseBank(at, 'Bank (OAuth)');
  await button('Continue to Bank (OAuth)').click();
  await tab.getByLabel('Username').waitFor();
  await tab.goBack();
  await tab.reload();
  await heading('Continue at Bank (OAuth)');
  await tab.getByRole('link', { name: 'I have finished at Bank (OAuth)' }).click();
  await heading('Continue at Bank (OAuth)');
  await button('Choose another bank').click();
  await heading('Choose your bank');
  await button('Cancel').click();
  await heading('No account was linked');
});

test('the flow reads in the language of the browser', async (context) => {
  const { tab, button, heading } = await person(context, { browserOptions: { locale: 'es-MX' } });
  await heading(/le pide conectar su cuenta bancaria$/);
  assert.equal(await tab.locator('html').getAttribute('lang'), 'es');
  await button('Aceptar y continuar').click();
  await heading('Elija su banco');
});
