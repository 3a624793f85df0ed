// Every page and pane under axe-core: by day and by night, on a desk and on a phone.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { accessible } from '../support/axe.mjs';
import { close, merchant } from '../support/merchant.mjs';
import { direct } from '../support/world.mjs';

after(close);

const screens = {
  desk: { viewport: { width: 1280, height: 900 } },
  phone: { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true },
};

/** A page that is reached by its address. */
async function page(shop, path, what, status = 200) {
  const tab = await shop.context.newPage();
  const answer = await tab.goto(new URL(path, direct).href);
  assert.equal(answer.status(), status, what);
  await accessible(tab, what);
  await tab.close();
}

/** Chooses a bank that is down and looks at what people are told. */
async function down(shop, bank, heading) {
  await shop.chooseBank(bank);
  const login = shop.button(`Continue to ${bank}`);
  await login.or(shop.heading(heading)).first().waitFor();
  if (await login.count()) await login.click();
  await shop.heading(heading).waitFor();
  await accessible(shop.tab, `the problem of ${bank}`);
  await shop.button('Choose another bank').click();
  await shop.flow.getByRole('searchbox', { name: 'Search banks' }).waitFor();
}

/** The good way, then every bank that is down. */
async function walk(shop) {
  const see = (what) => accessible(shop.tab, what);
  await see('the merchant');
  await shop.start();
  await shop.heading(/asks to link/).waitFor();
  await see('consent');
  await shop.button('Agree and continue').click();
  shop.agreed = true;
  const search = shop.flow.getByRole('searchbox', { name: 'Search banks' });
  await search.waitFor();
  await see('picker');
  await search.fill('oauth');
  await shop.flow.getByRole('status').filter({ hasText: /^\d+ banks found$/ }).waitFor();
  await see('picker with banks found');
  await search.fill('nothing like this');
  await shop.flow.getByText('No bank matches').waitFor();
  await see('picker with nothing found');
  await shop.chooseBank('Bank (OAuth)');
  await shop.heading('Sign in at Bank (OAuth)').waitFor();
  await see('sign in');
  const popup = await shop.openBank('Bank (OAuth)');
  await popup.getByLabel('Username').waitFor();
  await accessible(popup, 'the bank: log in');
  await shop.tab.bringToFront();
  await shop.flow.getByRole('heading', { level: 1, name: /at Bank \(OAuth\)$/ }).waitFor();
  await see('sign in, waiting');
  await popup.bringToFront();
  await shop.logIn(popup);
  await popup.getByRole('button', { name: 'Agree and share' }).waitFor();
  await accessible(popup, 'the bank: consent');
  await popup.getByRole('button', { name: 'Agree and share' }).click();
  await popup.getByRole('heading', { name: 'Choose accounts' }).waitFor();
  await accessible(popup, 'the bank: accounts');
  const closed = popup.waitForEvent('close');
  await shop.chooseAtBank(popup);
  await closed;
  await shop.heading('Choose accounts').waitFor();
  await see('accounts');
  for (const box of await shop.flow.getByRole('checkbox').all()) await box.uncheck();
  await shop.button('Connect').click();
  await shop.flow.getByRole('alert').filter({ hasText: 'Choose' }).waitFor();
  await see('accounts with a complaint');
  await shop.account('Everyday Checking').check();
  await shop.button('Connect').click();
  await shop.heading('Your account is linked').waitFor();
  await see('success');
  await shop.button('Link another account').click();
  await down(shop, 'Down (Scheduled)', /under maintenance$/);
  await down(shop, 'Down (Unscheduled)', /is not available$/);
  await down(shop, 'Down (Error)', /did not answer as expected$/);
  await shop.context.setOffline(true);
  await shop.flow.getByRole('searchbox', { name: 'Search banks' }).fill('bank');
  await shop.flow.getByRole('option').first().click();
  await shop.heading('No connection').waitFor();
  await see('no connection');
  await shop.context.setOffline(false);
}

/** One account only; a bank that shares nothing that fits; a person who says no; time that runs out. */
async function detours(shop) {
  await shop.start();
  await shop.chooseBank('Invalid Payment Accounts');
  await shop.visitBank('Invalid Payment Accounts');
  await shop.heading('No account can be linked').waitFor();
  await accessible(shop.tab, 'no account fits');
  await shop.button('Choose another bank').click();
  await shop.chooseBank('Bank (OAuth)');
  const popup = await shop.openBank('Bank (OAuth)');
  await shop.logIn(popup);
  await popup.getByRole('button', { name: /^(Deny|Cancel)$/ }).click();
  await shop.heading('Bank (OAuth) did not share any accounts').waitFor();
  await accessible(shop.tab, 'denied');
  await shop.button('Try again').click();
  await shop.visitBank('Bank (OAuth)');
  await shop.heading('Choose an account').waitFor();
  await accessible(shop.tab, 'one account, some of which do not fit');
  await shop.sandbox.advance(8 * 86_400);
  await shop.button('Connect').click();
  await shop.heading('This link has expired').waitFor();
  await accessible(shop.tab, 'expired');
}

for (const colorScheme of ['light', 'dark']) {
  for (const [screen, options] of Object.entries(screens)) {
    const browserOptions = { ...options, colorScheme };
    test(`${colorScheme}, ${screen}: the flow and the bank's own pages`, async (context) => {
      await walk(await merchant(context, { browserOptions }));
    });

    test(`${colorScheme}, ${screen}: ways that end early`, async (context) => {
      const session = { limits: { accounts: 1 }, filters: { require_payment_method_support: 'all' } };
      await detours(await merchant(context, { browserOptions, session }));
    });

    test(`${colorScheme}, ${screen}: pages that stand alone`, async (context) => {
      const shop = await merchant(context, { browserOptions });
      await page(shop, '/', 'the start page');
      await page(shop, '/connections/nothing', 'a flow that is not there', 404);
      await page(shop, '/connections/return?state=nothing', 'a return that nobody waits for', 404);
      await page(shop, '/drawbridge/gallery', 'the gallery');
    });
  }
}
