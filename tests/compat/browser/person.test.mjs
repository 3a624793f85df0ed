// A person sees what they share, stops it, deletes it and takes their data along, in a browser.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, test } from 'node:test';
import { accessible } from '../support/axe.mjs';
import { close, merchant, open } from '../support/merchant.mjs';
import { eventually, refused } from '../support/world.mjs';

after(close);

const session = { prefetch: ['balances', 'ownership', 'transactions'] };
const accounts = ['Everyday Checking', 'Joint Checking'];

/** Links two accounts and goes from the flow to the person's page, as somebody who comes from the last pane does. */
async function linked(context, browserOptions = {}) {
  const shop = await merchant(context, { session, browserOptions });
  await shop.start();
  await shop.toAccounts('Bank (OAuth)', { accounts });
  await shop.button('Connect').click();
  await shop.heading('Your accounts are linked').waitFor();
  const [page] = await Promise.all([
    shop.context.waitForEvent('page'), shop.flow.getByRole('link', { name: 'See and manage what you share' }).click(),
  ]);
  await page.getByRole('heading', { level: 1, name: /^What you share with / }).waitFor();
  const list = await shop.linked();
  const fetched = async () => (await shop.sandbox.stripe.financialConnections.accounts.retrieve(list[0].id)).transaction_refresh?.status === 'succeeded';
  await eventually('the transactions', fetched);
  const id = (name) => list.find((account) => account.display_name === name).id;
  return { shop, page, id };
}

const status = async (shop, id) => (await shop.sandbox.stripe.financialConnections.accounts.retrieve(id)).status;

test('from linking to the own page, and sharing stops', async (context) => {
  const { shop, page, id } = await linked(context);
  assert.equal(await page.getByRole('heading', { level: 2, name: 'Bank (OAuth)' }).count(), 1);
  await page.getByRole('link', { name: /^Stop sharing ?: Everyday Checking$/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Stop sharing this account?' }).waitFor();
  assert.equal(await status(shop, id('Everyday Checking')), 'active', 'nothing happens before the answer');
  await page.getByRole('button', { name: 'Stop sharing' }).click();
  await page.getByRole('status').filter({ hasText: 'Sharing has stopped.' }).waitFor();
  assert.equal(await status(shop, id('Everyday Checking')), 'disconnected');
  assert.equal(await status(shop, id('Joint Checking')), 'active');
  const { body } = await shop.sandbox.call('GET', '/drawbridge/v1/consents');
  const ended = body.data[0].accounts.find((own) => own.account === id('Everyday Checking'));
  assert.equal(ended.ended_by, 'person');
  assert.equal(body.data[0].status, 'active');
  assert.deepEqual(shop.complaints, []);
});

test('deleted data is gone, the receipt stays', async (context) => {
  const { shop, page, id } = await linked(context);
  const { stripe } = shop.sandbox;
  const account = id('Everyday Checking');
  assert.ok((await stripe.financialConnections.transactions.list({ account })).data.length > 0);
  await page.getByRole('link', { name: /^Delete all data ?: Bank \(OAuth\)$/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Delete the data of these accounts?' }).waitFor();
  await page.getByRole('button', { name: 'Delete data' }).click();
  await page.getByRole('status').filter({ hasText: 'The data is deleted' }).waitFor();
  await page.getByRole('heading', { name: 'Nothing is shared any more' }).waitFor();
  await refused(stripe.financialConnections.transactions.list({ account }), { status: 400, param: 'account' });
  const gone = await stripe.financialConnections.accounts.retrieve(account);
  assert.equal(gone.status, 'disconnected');
  assert.equal(gone.display_name, null);
  assert.equal(gone.last4, null);
  await page.getByText('Bank (OAuth)').first().click();
  assert.ok(await page.getByText(/asks to link your bank account$/).isVisible(), 'the words that were shown');
});

test('the data can be taken along', async (context) => {
  const { page, id } = await linked(context);
  const [download] = await Promise.all([
    page.waitForEvent('download'), page.getByRole('link', { name: 'Download your data' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'bank-data.json');
  const file = JSON.parse(await readFile(await download.path(), 'utf8'));
  const own = file.accounts.find((account) => account.id === id('Everyday Checking'));
  assert.ok(own.transactions.length > 0);
  assert.ok(own.ownership.owners.data.length > 0);
  assert.equal(file.consents.length, 1);
});

test('a link that the business makes opens it, in the language of the browser', async (context) => {
  const { shop } = await linked(context);
  const { body: list } = await shop.sandbox.call('GET', '/drawbridge/v1/consents');
  const { body: link } = await shop.sandbox.call('POST', `/drawbridge/v1/consents/${list.data[0].id}/page`, { expires_in_minutes: 5 });
  const spanish = await (await open()).newContext({ locale: 'es-MX' });
  context.after(() => spanish.close());
  const page = await spanish.newPage();
  await page.goto(link.url);
  await page.getByRole('heading', { level: 1, name: /^Lo que usted comparte con / }).waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'es');
});

for (const colorScheme of ['light', 'dark']) {
  for (const viewport of [{ width: 1280, height: 900 }, { width: 390, height: 780 }]) {
    test(`${colorScheme}, ${viewport.width}: every state is accessible`, async (context) => {
      const { page } = await linked(context, { colorScheme, viewport });
      const fits = async (what) => {
        await accessible(page, what);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${what} fits`);
      };
      await page.locator('summary').click();
      await fits('the page');
      await page.getByRole('link', { name: /^Stop sharing ?: Everyday Checking$/ }).click();
      await page.getByRole('heading', { level: 1, name: 'Stop sharing this account?' }).waitFor();
      await fits('the question');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.getByRole('status').waitFor();
      await fits('the page after stopping');
      await page.getByRole('link', { name: /^Delete data ?: Joint Checking$/ }).click();
      await fits('the question before deleting');
      await page.getByRole('button', { name: 'Delete data' }).click();
      await page.getByRole('status').waitFor();
      await fits('nothing is shared any more');
      await page.goto(new URL('/person/person_gone', page.url()).href);
      await page.getByRole('heading', { level: 1, name: 'This link has expired' }).waitFor();
      await fits('expired');
    });
  }
}
