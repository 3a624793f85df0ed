// A merchant's web page that links bank accounts, opened in a real Chromium.
import assert from 'node:assert/strict';
import http from 'node:http';
import { chromium } from 'playwright-core';
import { Sandbox, direct, eventually } from './world.mjs';

/** How long a single wait for something on a page may take, in milliseconds. */
export const patience = 20_000;

let browser;
/** The one browser of this process. */
export async function open() {
  browser ??= await chromium.launch({
    executablePath: process.env.DRAWBRIDGE_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  return browser;
}
/** Call it when all tests of a file have run. */
export async function close() {
  await browser?.close();
}

function html(publishable, clientSecret, sdk) {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rocket Rides</title></head><body><main><h1>Rocket Rides</h1><button id="link" type="button">Link your bank</button>
<p>More of the page</p><button type="button">Something else</button></main>
<script src="${direct}/v3/"></script><script>
const stripe = Stripe(${JSON.stringify(publishable)}, ${JSON.stringify(sdk)});
document.getElementById("link").addEventListener("click", async () => {
  window.result = undefined;
  window.result = await stripe.collectFinancialConnectionsAccounts({ clientSecret: ${JSON.stringify(clientSecret)} });
});
</script></body></html>`;
}

/**
 * A merchant's page in a browser of its own. `session` are parameters of the session over sensible ones; `browserOptions` go to
 * the browser (colour scheme, size), `sdk` to `Stripe()`; `prepare` may prepare the browser.
 */
export async function merchant(context, { session: wanted = {}, browserOptions = {}, sdk = {}, prepare, returnPath } = {}) {
  const sandbox = new Sandbox();
  const customer = await sandbox.stripe.customers.create({ name: 'Jenny Rosen' });
  let page = '';
  const server = http.createServer((request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(request.url.startsWith('/back') ? '<!doctype html><title>Back</title><h1>Back at the shop</h1>' : page);
  });
  await new Promise((listening) => { server.listen(0, '127.0.0.1', listening); });
  const address = `http://127.0.0.1:${server.address().port}`;
  const session = await sandbox.stripe.financialConnections.sessions.create({
    account_holder: { type: 'customer', customer: customer.id },
    permissions: ['payment_method', 'balances', 'ownership', 'transactions'],
    ...(returnPath ? { return_url: address + returnPath } : {}),
    ...wanted,
  });
  page = html(sandbox.publishable, session.client_secret, sdk);
  const contextOfBrowser = await (await open()).newContext({ viewport: { width: 1100, height: 900 }, reducedMotion: 'reduce', ...browserOptions });
  contextOfBrowser.setDefaultTimeout(patience);
  context.after(async () => {
    await contextOfBrowser.close();
    server.closeAllConnections();
    server.close();
  });
  await prepare?.(contextOfBrowser);
  const tab = await contextOfBrowser.newPage();
  const complaints = [];
  contextOfBrowser.on('console', (message) => {
    // A refused or failed request is what some tests are about; a violated policy or a broken script never is.
    if (message.type() === 'error' && !/Failed to load resource|net::ERR/.test(message.text())) complaints.push(message.text());
  });
  contextOfBrowser.on('weberror', (error) => complaints.push(String(error.error())));
  await tab.goto(address);
  return new Shop({ sandbox, session, tab, complaints, address, context: contextOfBrowser });
}

class Shop {
  constructor(parts) {
    Object.assign(this, parts);
    this.flow = this.tab.frameLocator('iframe');
  }

  /** Presses the merchant's button and waits for the first pane, or for the result when there is none. */
  async start() {
    await this.tab.getByRole('button', { name: 'Link your bank' }).click();
  }

  button(name, where = this.flow) {
    return where.getByRole('button', { name, exact: true });
  }

  heading(name) {
    return this.flow.getByRole('heading', { level: 1, name });
  }

  /** From the consent pane to the pane of a bank, by search. */
  async chooseBank(name) {
    if (!this.agreed) await this.button('Agree and continue').click();
    this.agreed = true;
    await this.flow.getByRole('searchbox', { name: 'Search banks' }).fill(name);
    const option = this.flow.getByRole('option', { name, exact: true });
    await eventually(`only ${name}`, async () => await this.flow.getByRole('option').count() === 1 && await option.count() === 1);
    await option.click();
  }

  /** Presses "Continue to …" and returns the bank's window. */
  async openBank(name) {
    const [popup] = await Promise.all([
      this.tab.waitForEvent('popup'), this.button(`Continue to ${name}`).click(),
    ]);
    return popup;
  }

  /** Logs in, agrees and chooses at the bank, as far as the bank asks. The window closes by itself. */
  async visitBank(name, { accounts } = {}) {
    const popup = await this.openBank(name);
    const closed = popup.waitForEvent('close');
    closed.catch(() => {});
    await this.logIn(popup);
    await popup.getByRole('button', { name: 'Agree and share' }).click();
    if (name === 'Bank (OAuth)') await this.chooseAtBank(popup, accounts);
    await closed;
  }

  async logIn(page) {
    await page.getByLabel('Username').fill('jenny');
    await page.getByLabel('Password').fill('rosen');
    await page.getByRole('button', { name: 'Log in' }).click();
  }

  async chooseAtBank(page, accounts) {
    await page.getByRole('heading', { name: 'Choose accounts' }).waitFor();
    for (const box of await page.getByRole('checkbox').all()) {
      if (!accounts || accounts.includes(await box.evaluate((input) => input.labels[0].textContent))) await box.check();
    }
    await page.getByRole('button', { name: 'Continue' }).click();
  }

  /** From the consent pane to the choice of accounts. */
  async toAccounts(name = 'Bank (OAuth)', choices = {}) {
    await this.chooseBank(name);
    await this.visitBank(name, choices);
    await this.heading(/^Choose (an account|accounts)$/).waitFor();
  }

  account(name) {
    return this.flow.getByLabel(name, { exact: true });
  }

  /** What `collectFinancialConnectionsAccounts` resolved with. */
  async result() {
    const handle = await this.tab.waitForFunction(() => window.result, undefined, { timeout: patience });
    const value = await handle.jsonValue();
    assert.equal(await this.tab.locator('iframe').count(), 0, 'the modal is gone');
    assert.deepEqual(this.complaints, [], 'no policy was violated, no script failed');
    return value;
  }

  /** Accounts of the session as the merchant's server reads them. */
  async linked() {
    const kept = await this.sandbox.stripe.financialConnections.sessions.retrieve(this.session.id);
    return kept.accounts.data;
  }
}
