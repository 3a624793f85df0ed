// Looks at pages with axe-core, as accessibility checkers in browsers and in offices do.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];

/** What is wrong in one frame: the rule, its help, and the elements. */
async function look(frame) {
  // Not a script element, which the pages' own policy would refuse.
  await frame.evaluate(source);
  return frame.evaluate(async (wanted) => {
    const { violations, passes } = await window.axe.run(document, { runOnly: wanted, iframes: false, resultTypes: ['violations', 'passes'] });
    const elements = (nodes) => nodes.map((node) => `${node.target.join(' ')}: ${node.failureSummary.replace(/\s+/g, ' ')}`);
    return { passed: passes.length, found: violations.map((one) => `${one.id} (${one.help}) ${elements(one.nodes).join(' | ')}`) };
  }, tags);
}

/** Asserts that no rule finds anything in any frame of a page, the page itself included. */
export async function accessible(page, what) {
  for (const frame of page.frames()) {
    if (frame.isDetached() || !/^http/.test(frame.url())) continue;
    const { passed, found } = await look(frame);
    assert.deepEqual(found, [], `${what}, ${new URL(frame.url()).pathname.replace(/flow_\w+/, 'flow_…')}`);
    assert.ok(passed > 5, `${what}: axe looked at something`);
  }
}
