// Everybody can use it: by keyboard, on a phone, in the dark, without motion, on a slow line.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { audit } from '../support/audit.mjs';
import { close, merchant } from '../support/merchant.mjs';
import { direct, eventually } from '../support/world.mjs';

after(close);

/** Visits every pane of the good way and audits each. */
async function walk(shop, smallest, look = async () => {}) {
  const seen = async (what) => {
    await audit(shop, what, smallest);
    await look(what);
  };
  await shop.start();
  await shop.heading(/asks to link/).waitFor();
  await seen('consent');
  await shop.button('Agree and continue').click();
  await shop.flow.getByRole('searchbox').waitFor();
  await seen('picker');
  shop.agreed = true;
  await shop.chooseBank('Bank (OAuth)');
  await shop.heading('Sign in at Bank (OAuth)').waitFor();
  await seen('bank login');
  await shop.visitBank('Bank (OAuth)');
  await shop.heading('Choose accounts').waitFor();
  await seen('accounts');
  for (const box of await shop.flow.getByRole('checkbox').all()) await box.uncheck();
  await shop.button('Connect').click();
  await shop.flow.getByRole('alert').filter({ hasText: 'Choose' }).waitFor();
  await seen('accounts with a complaint');
  await shop.account('Everyday Checking').check();
  await shop.button('Connect').click();
  await shop.heading('Your account is linked').waitFor();
  await seen('success');
  await shop.button('Link another account').click();
  await shop.chooseBank('Down (Scheduled)');
  const login = shop.button('Continue to Down (Scheduled)');
  await login.or(shop.heading(/under maintenance$/)).first().waitFor();
  if (await login.count()) await login.click();
  await shop.heading(/under maintenance$/).waitFor();
  await seen('problem');
  await shop.button('Cancel').click();
  await shop.result();
}

test('every pane is readable by day', async (context) => {
  await walk(await merchant(context, { browserOptions: { colorScheme: 'light' } }), 24);
});

test('every pane is readable in the dark', async (context) => {
  const shop = await merchant(context, { browserOptions: { colorScheme: 'dark' } });
  await walk(shop, 24, async (what) => {
    const frame = shop.tab.frames()[1];
    const brightness = await frame.evaluate(() => {
      const sheet = document.querySelector('.sheet, main');
      for (let at = sheet; at; at = at.parentElement) {
        const parts = getComputedStyle(at).backgroundColor.match(/[\d.]+/g)?.map(Number) ?? [];
        if (parts.length === 3 || parts[3] > 0) return (parts[0] + parts[1] + parts[2]) / 3;
      }
      return 255;
    });
    assert.ok(brightness < 100, `${what} is dark: ${brightness}`);
  });
});

test('every pane fits a phone of 390 pixels', async (context) => {
  const shop = await merchant(context, { browserOptions: { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true } });
  await walk(shop, 24, async (what) => {
    const box = await shop.tab.locator('iframe').boundingBox();
    assert.ok(box.x <= 0 && box.width >= 390, `${what} has the whole width: ${JSON.stringify(box)}`);
    const main = shop.flow.locator('#pane button, #pane a[role=button]').last();
    await main.scrollIntoViewIfNeeded();
    assert.ok(await main.isVisible(), what);
  });
});

/** What has the focus: in the flow, or on the merchant's page. */
async function focused(shop) {
  const inside = shop.tab.frames()[1];
  const element = await shop.tab.evaluate(() => document.activeElement.tagName);
  if (element !== 'IFRAME' || !inside) return { where: 'page', tag: element };
  return inside.evaluate(() => {
    const at = document.activeElement;
    // A control may show its focus on the label around it.
    const shown = [at, at.closest('label')].filter(Boolean).map((one) => getComputedStyle(one));
    return {
      where: 'flow', tag: at.tagName, text: (at.getAttribute('aria-label') ?? at.textContent).trim().replace(/\s+/g, ' '), type: at.type,
      visible: at === document.body || at.tagName === 'H1' || shown.some((style) => style.outlineStyle !== 'none' || style.boxShadow !== 'none'),
    };
  });
}

/** Presses Tab until the wanted control has the focus. */
async function tabTo(shop, wanted) {
  for (let presses = 0; presses < 30; presses += 1) {
    const at = await focused(shop);
    assert.equal(at.where, 'flow', `the focus stays in the flow, not on ${JSON.stringify(at)}`);
    if (wanted(at)) {
      assert.ok(at.visible, `one sees that ${JSON.stringify(at)} has the focus`);
      return at;
    }
    await shop.tab.keyboard.press('Tab');
  }
  return assert.fail('the control is not reached by Tab');
}

test('the whole flow works by keyboard', async (context) => {
  const shop = await merchant(context);
  await shop.tab.keyboard.press('Tab');
  assert.equal(await shop.tab.evaluate(() => document.activeElement.id), 'link');
  await shop.tab.keyboard.press('Enter');
  await shop.heading(/asks to link/).waitFor();
  await eventually('the focus in the flow', async () => (await focused(shop)).where === 'flow');
  await tabTo(shop, (at) => at.text === 'Agree and continue');
  await shop.tab.keyboard.press('Enter');
  await shop.flow.getByRole('searchbox').waitFor();
  await eventually('the focus in the search', async () => (await focused(shop)).type === 'search');
  await shop.tab.keyboard.type('bank (oauth');
  await eventually('one bank', async () => await shop.flow.getByRole('option').count() === 1);
  await shop.tab.keyboard.press('ArrowDown');
  await tabTo(shop, (at) => at.text.includes('Bank (OAuth)'));
  await shop.tab.keyboard.press('Enter');
  await shop.heading('Sign in at Bank (OAuth)').waitFor();
  await tabTo(shop, (at) => at.text === 'Continue to Bank (OAuth)');
  const [popup] = await Promise.all([shop.tab.waitForEvent('popup'), shop.tab.keyboard.press('Enter')]);
  await popup.getByLabel('Username').focus();
  await popup.keyboard.type('jenny');
  await popup.keyboard.press('Tab');
  await popup.keyboard.type('rosen');
  await popup.keyboard.press('Enter');
  await popup.getByRole('button', { name: 'Agree and share' }).press('Enter');
  await popup.getByRole('heading', { name: 'Choose accounts' }).waitFor();
  await popup.getByLabel('Everyday Checking').press('Space');
  const closed = popup.waitForEvent('close');
  closed.catch(() => {});
  await popup.getByRole('button', { name: 'Continue' }).press('Enter').catch(() => {});
  await closed;
  await shop.heading(/^Choose/).waitFor();
  await shop.tab.bringToFront();
  await tabTo(shop, (at) => at.type === 'checkbox');
  if (!await shop.account('Everyday Checking').isChecked()) await shop.tab.keyboard.press('Space');
  await tabTo(shop, (at) => at.text === 'Connect');
  await shop.tab.keyboard.press('Enter');
  await shop.heading('Your account is linked').waitFor();
  await tabTo(shop, (at) => at.text === 'Done');
  await shop.tab.keyboard.press('Enter');
  assert.equal((await shop.result()).financialConnectionsSession.accounts.length, 1);
  assert.equal(await shop.tab.evaluate(() => document.activeElement.id), 'link', 'the focus is back where it was');
});

test('the focus does not leave the modal in either direction', async (context) => {
  const shop = await merchant(context);
  await shop.start();
  await shop.heading(/asks to link/).waitFor();
  await eventually('the focus in the flow', async () => (await focused(shop)).where === 'flow');
  for (const key of ['Tab', 'Shift+Tab']) {
    for (let presses = 0; presses < 12; presses += 1) {
      await shop.tab.keyboard.press(key);
      const on = await shop.tab.evaluate(() => document.activeElement.textContent.trim());
      assert.ok(!['Link your bank', 'Something else'].includes(on), `${key} reached the page behind: ${on}`);
    }
  }
});

test('every pane moves the focus to its heading, so that it is read out', async (context) => {
  const shop = await merchant(context);
  await shop.start();
  await shop.heading(/asks to link/).waitFor();
  await eventually('the heading', async () => (await focused(shop)).tag === 'H1');
  await shop.chooseBank('Bank (OAuth)');
  await eventually('the heading', async () => (await focused(shop)).text === 'Sign in at Bank (OAuth)');
});

test('the first pane is light', async (context) => {
  const shop = await merchant(context);
  const session = await shop.context.newCDPSession(shop.tab);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  let bytes = 0;
  const addresses = new Map();
  const sums = [];
  session.on('Network.responseReceived', ({ requestId, response }) => addresses.set(requestId, response.url));
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const address = addresses.get(requestId) ?? '';
    if (!address || address.startsWith(shop.address)) return;
    bytes += encodedDataLength;
    sums.push(`${address} ${encodedDataLength}`);
  });
  await shop.tab.reload();
  await shop.start();
  await shop.heading(/asks to link/).waitFor();
  await shop.tab.waitForLoadState('networkidle');
  assert.ok(sums.some((line) => line.includes('/connections/')) && sums.some((line) => line.includes('/static/')), sums.join('\n'));
  assert.ok(bytes < 60_000, `${bytes} bytes:\n${sums.join('\n')}`);
});

test('the pages forbid what they do not need', async () => {
  const answer = await fetch(new URL('/connections/nothing', direct));
  const policy = answer.headers.get('content-security-policy');
  assert.match(policy, /default-src 'none'|default-src 'self'/);
  assert.ok(!policy.includes('unsafe-inline') && !policy.includes('unsafe-eval'), policy);
  assert.match(policy, /frame-ancestors/);
});
