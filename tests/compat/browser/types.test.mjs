// The browser SDK against the declarations of the official one: its names, the calls of types/calls.ts, and what it resolves
// with when this server answers.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { close, merchant } from '../support/merchant.mjs';

after(close);

const root = fileURLToPath(new URL('..', import.meta.url));
const flags = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--lib', 'es2022,dom', '--module', 'esnext',
  '--moduleResolution', 'bundler'];

/** What the compiler says of these files; nothing if they are right. */
async function complaints(...files) {
  const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
  const run = promisify(execFile)(process.execPath, [compiler, ...flags, ...files], { cwd: root });
  return run.then(() => '', (failed) => failed.stdout || String(failed));
}

/** A value, but for where the official declarations are at odds with the API that they describe. */
function asDeclared(key, value) {
  if (key === 'capture_method' && value === 'automatic_async') return 'automatic';
  if (key === 'preferred' && value === null) return 'ach';
  if (key === 'us_bank_account' && value?.last4) {
    const { status_details: _, financial_connections_account: linked, ...own } = value;
    return { ...own, account_number: '', financial_connections_account: linked ?? '' };
  }
  return key === 'tax_id' ? undefined : value;
}

/** Name and result of each function that a page without a person can call. */
async function results(shop) {
  const { stripe } = shop.sandbox;
  const payments = await Promise.all([1, 2].map(() => stripe.paymentIntents.create({ amount: 2_000, currency: 'usd' })));
  const setup = await stripe.setupIntents.create({});
  return shop.tab.evaluate(async ([paid, refused, saved]) => {
    const billing_details = { name: 'Jenny Rosen' };
    const us_bank_account = { routing_number: '110000000', account_number: '000123456789', account_holder_type: 'individual' };
    const made = { payment_method: { us_bank_account, billing_details } };
    const token = { country: 'US', currency: 'usd', account_holder_name: 'Jenny Rosen', ...us_bank_account };
    /* global stripe */
    const calls = [
      ['retrievePaymentIntent', paid],
      ['confirmUsBankAccountPayment', paid, made],
      ['handleNextAction', { clientSecret: paid }],
      ['verifyMicrodepositsForPayment', paid, { descriptor_code: 'SM0000' }],
      ['verifyMicrodepositsForPayment', paid, { descriptor_code: 'SM11AA' }],
      ['confirmUsBankAccountPayment', refused, { payment_method: 'pm_none' }],
      ['retrieveSetupIntent', saved],
      ['confirmUsBankAccountSetup', saved, made],
      ['verifyMicrodepositsForSetup', saved, { descriptor_code: 'SM11AA' }],
      ['createPaymentMethod', { type: 'us_bank_account', us_bank_account, billing_details }],
      ['createToken', 'bank_account', token],
    ];
    const all = [];
    for (const [name, ...given] of calls) all.push([name, await stripe[name](...given)]);
    return all;
  }, [payments[0].client_secret, payments[1].client_secret, setup.client_secret]);
}

test('names, calls and results fit the official declarations', async (context) => {
  const shop = await merchant(context);
  const names = await shop.tab.evaluate(() => Object.keys(stripe).filter((name) => !name.startsWith('_')));
  const fits = (await results(shop)).map(([name, value]) => `fits<"${name}">()(${JSON.stringify(value, asDeclared)});`);
  assert.ok(fits.some((line) => line.includes('"error":{')) && fits.some((line) => line.includes('"status":"processing"')));
  // Literals keep their types.
  const source = (more) => `import type { Stripe } from '@stripe/stripe-js';
type Result<N extends keyof Stripe> = Stripe[N] extends (...given: never) => infer R ? Awaited<R> : never;
declare function fits<N extends keyof Stripe>(): <const V extends Result<N>>(value: V) => void;
export const names: (keyof Stripe)[] = ${JSON.stringify(names)};
${more.join('\n')}\n`;
  const folder = await mkdtemp(path.join(root, 'types/generated-'));
  context.after(() => rm(folder, { recursive: true }));
  const [right, wrong] = ['right.ts', 'wrong.ts'].map((name) => path.join(folder, name));
  await writeFile(right, source(fits));
  await writeFile(wrong, source(['fits<"retrievePaymentIntent">()({ paymentIntent: { status: "unheard_of" } });']));
  assert.equal(await complaints('types/calls.ts', right), '');
  assert.match(await complaints(wrong), /wrong\.ts.*error TS2322/, 'a result that does not fit is found');
});
