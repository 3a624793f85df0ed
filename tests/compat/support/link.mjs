// Links accounts as a person with script switched off does: page by page, form by form, over plain HTTP.
import assert from 'node:assert/strict';
import { controls, isChoice, isSubmit, label, parse } from './html.mjs';
import { direct } from './world.mjs';

/** A browser without script: one page at a time, cookies per host, redirects followed. */
export class Person {
  #cookies = new Map();

  async open(address) {
    return this.#send(new URL(address, this.url ?? direct), 'GET');
  }

  /** Sends a form by the given button, with values for named fields on top of what the page has filled in. */
  async submit(form, button, values = {}) {
    const fields = new URLSearchParams();
    for (const control of controls(this.document, form)) {
      const { name, value, type, checked, disabled } = control.attributes;
      if (!name || disabled !== undefined || control.tag === 'button' || type === 'submit') continue;
      if (isChoice(control)) {
        const chosen = values.choices ? values.choices.includes(control) : checked !== undefined;
        if (chosen) fields.append(name, value ?? 'on');
      } else fields.append(name, values[name] ?? value ?? '');
    }
    if (button?.attributes.name) fields.append(button.attributes.name, button.attributes.value ?? '');
    const action = new URL(button?.attributes.formaction ?? form.attributes.action ?? '', this.url);
    if ((form.attributes.method ?? 'get').toLowerCase() === 'post') return this.#send(action, 'POST', fields);
    action.search = fields.toString();
    return this.#send(action, 'GET');
  }

  async #send(address, method, fields) {
    for (let hops = 0; hops < 12; hops += 1) {
      const jar = this.#cookies.get(address.host) ?? new Map();
      this.#cookies.set(address.host, jar);
      const response = await fetch(address, {
        method,
        body: method === 'POST' ? fields : undefined,
        redirect: 'manual',
        headers: {
          accept: 'text/html',
          // Every address comes from a page that was read before, as in a browser.
          'sec-fetch-site': 'same-origin',
          ...(jar.size ? { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') } : {}),
          ...(method === 'POST' ? { origin: this.url?.origin ?? address.origin } : {}),
        },
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [, name, value] = /^([^=;]+)=([^;]*)/.exec(cookie) ?? [];
        if (name) jar.set(name, value);
      }
      const location = response.headers.get('location');
      if (response.status >= 300 && response.status < 400 && location) {
        await response.arrayBuffer();
        this.url = address;
        address = new URL(location, address);
        if (response.status !== 307 && response.status !== 308) method = 'GET';
        continue;
      }
      this.url = address;
      this.status = response.status;
      this.html = await response.text();
      this.document = parse(this.html);
      assert.ok(this.status < 500, `${method} ${address}: ${this.status} ${this.html.slice(0, 300)}`);
      return this;
    }
    return assert.fail(`too many redirects at ${address}`);
  }

  get text() {
    return this.document.text;
  }

  forms() {
    return this.document.all((element) => element.tag === 'form');
  }

  /** The form that goes to an address with the given ending. */
  formTo(ending) {
    return this.forms().find((form) => (form.attributes.action ?? '').split('?')[0].endsWith(ending));
  }

  /** The first submit button of any form, or of the given one, whose words contain one of the given texts. */
  button(...texts) {
    const buttons = this.forms().flatMap((form) => controls(this.document, form).filter(isSubmit).map((button) => ({ form, button })));
    for (const text of texts) {
      const found = buttons.find(({ button }) => (label(this.document, button) || button.attributes.value || '').includes(text));
      if (found) return found;
    }
    return undefined;
  }

  async press(...texts) {
    const found = this.button(...texts);
    assert.ok(found, `no button ${texts.join(' or ')} on ${this.url}: ${this.text.slice(0, 500)}`);
    return this.submit(found.form, found.button);
  }
}

/** Opens a linking flow as the browser SDK does. Returns its token and the address of its pages. */
export async function openFlow(sandbox, clientSecret, extra = {}) {
  const answer = await sandbox.call('POST', '/drawbridge/v1/connections/flows',
    { client_secret: clientSecret, ...extra }, { key: sandbox.publishable, at: direct, headers: { origin: 'http://shop.example' } });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

const matches = (wanted, name) => wanted === 'all' || (typeof wanted === 'function' ? wanted(name)
  : [wanted].flat().some((one) => name.includes(one)));

/** Fills in a form with choices; returns false when nothing can be chosen. */
async function choose(person, form, wanted, ...buttons) {
  const choices = controls(person.document, form).filter((control) => isChoice(control) && control.attributes.disabled === undefined
    && matches(wanted, label(person.document, control)));
  if (!choices.length) return false;
  const single = choices[0].attributes.type === 'radio';
  const own = controls(person.document, form).filter(isSubmit);
  const button = own.find((one) => buttons.some((text) => label(person.document, one).includes(text))) ?? own[0];
  await person.submit(form, button, { choices: single ? choices.slice(0, 1) : choices });
  return true;
}

async function chooseBank(person, flow, name) {
  await person.open(`${flow}?q=${encodeURIComponent(name)}`);
  const found = person.button(name);
  if (found) return person.submit(found.form, found.button);
  const form = person.formTo('/institution');
  assert.ok(form, `no bank to choose on ${person.url}: ${person.text.slice(0, 500)}`);
  assert.ok(await choose(person, form, name, 'Continue'), `${name} is not offered: ${person.text.slice(0, 500)}`);
  return person;
}

/** At the bank: logs in, chooses accounts when asked, agrees or says no. */
async function visitBank(person, flow, { deny = false, bankAccounts = 'all' }) {
  await person.open(`${flow}/bank`);
  for (let steps = 0; steps < 8 && !person.url.pathname.startsWith('/connections/'); steps += 1) {
    const password = person.document.all((e) => e.attributes.type === 'password')[0];
    const choices = person.forms().find((form) => controls(person.document, form).some(isChoice));
    if (password) {
      const form = password.closest('form');
      const fields = controls(person.document, form);
      const user = fields.find((one) => one.tag === 'input' && ['text', 'email', undefined].includes(one.attributes.type));
      const button = fields.filter(isSubmit).find((one) => label(person.document, one).includes('Log in'));
      await person.submit(form, button, { [user.attributes.name]: 'jenny', [password.attributes.name]: 'rosen' });
    } else if (deny) await person.press('Cancel', 'Deny');
    else if (choices) assert.ok(await choose(person, choices, bankAccounts, 'Continue', 'Agree and share'), person.text);
    else await person.press('Agree and share', 'Continue');
  }
  assert.ok(person.url.pathname.startsWith('/connections/'), `still at the bank: ${person.text.slice(0, 500)}`);
  return person.open(flow);
}

/**
 * Goes from wherever the flow is to its success pane, or to the pane where it cannot go on.
 * Returns `{linked, text}`: whether accounts were linked, and what the last page said.
 */
export async function walk(person, flow, { institution = 'Bank (OAuth)', accounts = 'all', ...atBank } = {}) {
  await person.open(flow);
  let visited = false;
  for (let steps = 0; steps < 10; steps += 1) {
    const form = person.formTo('/accounts');
    if (person.formTo('/agree')) await person.press('Agree and continue');
    else if (person.formTo('/done')) return { linked: true, text: person.text };
    else if (form && visited) {
      if (!await choose(person, form, accounts, 'Connect')) return { linked: false, text: person.text };
    } else if (!visited && person.formTo('/institution')) await chooseBank(person, flow, institution);
    else if (!visited && person.html.includes(`${new URL(flow).pathname}/bank`)) {
      visited = true;
      await visitBank(person, flow, atBank);
    } else return { linked: false, text: person.text };
  }
  return assert.fail(`the flow does not end: ${person.text.slice(0, 500)}`);
}

/**
 * Creates a session and links accounts in it.
 * `params` go to the session, over sensible ones; `choices` to the person (institution, accounts, bankAccounts, deny).
 */
export async function link(sandbox, params = {}, choices = {}) {
  let { account_holder: holder } = params;
  if (!holder) {
    const customer = await sandbox.stripe.customers.create({ name: 'Jenny Rosen', email: 'jenny@example.com' });
    holder = { type: 'customer', customer: customer.id };
  }
  const created = await sandbox.stripe.financialConnections.sessions.create({
    permissions: ['payment_method', 'balances', 'ownership', 'transactions'], ...params, account_holder: holder,
  });
  const person = new Person();
  const { url } = await openFlow(sandbox, created.client_secret);
  const outcome = await walk(person, url, choices);
  if (outcome.linked) await person.press('Done');
  // What prefetch asked for has run once the clock was told to move.
  await sandbox.advance(1);
  const session = await sandbox.stripe.financialConnections.sessions.retrieve(created.id);
  return { session, accounts: session.accounts.data, customer: holder.customer, ...outcome };
}

/** The first account of a kind, such as `checking`. */
export function one(accounts, subcategory) {
  const found = accounts.find((account) => account.subcategory === subcategory);
  assert.ok(found, `no ${subcategory} among ${accounts.map((account) => account.subcategory)}`);
  return found;
}
