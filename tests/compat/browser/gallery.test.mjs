// Every sample of the gallery under axe-core and under our own audit: both languages, by day and by night, desk and phone.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { audit } from '../support/audit.mjs';
import { accessible } from '../support/axe.mjs';
import { close, open, patience } from '../support/merchant.mjs';
import { direct } from '../support/world.mjs';

after(close);

const sizes = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 780 } };

/** Names of all samples. */
async function samples() {
  const answer = await fetch(new URL('/drawbridge/gallery', direct));
  assert.equal(answer.status, 200);
  const names = [...(await answer.text()).matchAll(/href="\/drawbridge\/gallery\/([\w-]+)\?/g)].map(([, name]) => name);
  assert.ok(names.length > 60, `${names.length} samples`);
  return names;
}

for (const language of ['en', 'es']) {
  test(`every sample in ${language}`, async (context) => {
    const browser = await (await open()).newContext({ reducedMotion: 'reduce' });
    browser.setDefaultTimeout(patience);
    context.after(() => browser.close());
    const tab = await browser.newPage();
    for (const name of await samples()) {
      await tab.goto(new URL(`/drawbridge/gallery/${name}?lang=${language}`, direct).href);
      // The start page is for developers and stays in English.
      assert.equal(await tab.locator('html').getAttribute('lang'), name.startsWith('start') ? 'en' : language, name);
      for (const colorScheme of ['light', 'dark']) {
        await tab.emulateMedia({ colorScheme });
        for (const [screen, size] of Object.entries(sizes)) {
          await tab.setViewportSize(size);
          const what = `${name}, ${language}, ${colorScheme}, ${screen}`;
          await accessible(tab, what);
          await audit({ tab }, what);
        }
      }
    }
  });
}
