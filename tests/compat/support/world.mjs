// A world of its own for every test: a private sandbox, its clients, its clock.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import Stripe from 'stripe';

/** Where the suites connect: the checking proxy when there is one, else the server. */
export const base = process.env.DRAWBRIDGE_URL ?? 'http://127.0.0.1:12111';
/** The server itself, for calls on older API versions that the contract of today does not describe. */
export const direct = process.env.DRAWBRIDGE_DIRECT ?? base;

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Random letters and digits. */
export function random(length) {
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
}

/** Form pairs of a plain object, with brackets: `{a: {b: [1]}}` gives `a[b][0]=1`. */
export function pairs(value, name = '') {
  if (value === null || typeof value !== 'object') return [[name, value === null ? '' : String(value)]];
  return Object.entries(value).flatMap(([key, inner]) => pairs(inner, name ? `${name}[${key}]` : key));
}

/** One private, empty sandbox. */
export class Sandbox {
  constructor() {
    const rest = random(24);
    this.secret = `sk_test_${rest}`;
    this.publishable = `pk_test_${rest}`;
    this.stripe = this.client();
  }

  /** An official client; `options` as its constructor takes them, plus `at` for another address. */
  client({ key = this.secret, at = base, ...options } = {}) {
    const { hostname, port } = new URL(at);
    return new Stripe(key, { host: hostname, port, protocol: 'http', maxNetworkRetries: 0, ...options });
  }

  /** A request without the SDK. `params` is an object, or the exact text to send. */
  async call(method, path, params, { key = this.secret, at = base, headers = {} } = {}) {
    const text = typeof params === 'string' || params instanceof Uint8Array
      ? params : new URLSearchParams(pairs(params ?? {})).toString();
    const inQuery = method === 'GET' || method === 'DELETE';
    const response = await fetch(new URL(path + (inQuery && text ? `?${text}` : ''), at), {
      method,
      headers: {
        ...(key ? { authorization: `Bearer ${key}` } : {}),
        ...(inQuery ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
      body: inQuery ? undefined : text,
    });
    const body = await response.text();
    return { status: response.status, headers: response.headers, body: body ? JSON.parse(body) : null };
  }

  /** An official client with a new restricted key that may do what is named: `{ customers: 'read' }`. */
  async restricted(permissions, options = {}) {
    const answer = await this.call('POST', '/drawbridge/v1/api_keys', { type: 'restricted', permissions });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.match(answer.body.key, /^rk_test_/);
    return this.client({ ...options, key: answer.body.key });
  }

  /** Moves the sandbox's clock; everything that became due has run when this returns. */
  async advance(seconds) {
    const answer = await this.call('POST', '/drawbridge/v1/clock/advance', { seconds });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body;
  }
}

/** Waits until `probe` returns something true, and returns that. */
export async function eventually(what, probe, patience = 30_000) {
  const end = Date.now() + patience;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > end) assert.fail(`gave up waiting for ${what}`);
    await pause(40);
  }
}

/** Asserts that a call is refused in the way given: any of status, type, code, param. Returns the error. */
export async function refused(promise, expected) {
  const error = await promise.then((value) => assert.fail(`not refused: ${JSON.stringify(value)}`), (thrown) => thrown);
  if (error instanceof assert.AssertionError) throw error;
  const seen = { status: error.statusCode, type: error.rawType, code: error.code, param: error.param };
  for (const [name, value] of Object.entries(expected)) {
    assert.equal(seen[name], value, `${name} of ${JSON.stringify(seen)}: ${error.message}`);
  }
  assert.ok(error.message, 'an error says what is wrong');
  return error;
}

/** Asserts that a raw answer is an error in the way given. */
export function failed(answer, expected) {
  const error = answer.body?.error ?? {};
  const seen = { status: answer.status, type: error.type, code: error.code, param: error.param };
  for (const [name, value] of Object.entries(expected)) {
    assert.equal(seen[name], value, `${name} of ${JSON.stringify(answer.body)}`);
  }
  assert.ok(error.message, 'an error says what is wrong');
  assert.ok(answer.headers.get('request-id'), 'an error names its request');
  return error;
}

/** Ids of a list, in order. */
export const ids = (list) => list.data.map((row) => row.id);
