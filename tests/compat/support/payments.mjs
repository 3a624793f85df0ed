// Bank accounts to pay from, and payments as far as a test needs them.
import assert from 'node:assert/strict';
import { link, one } from './link.mjs';

export const ROUTING = '110000000';
/** What arrives of small deposits in a sandbox, in cents. */
export const DEPOSITS = [32, 45];

/** The payer has agreed, not on a page of ours. */
export const AGREED = { customer_acceptance: { type: 'offline' } };
export const AGREED_ONLINE = { customer_acceptance: { type: 'online', online: { ip_address: '127.0.0.1', user_agent: 'test' } } };

/** Typed account numbers, as a payment method or as the data of one. */
export const numbers = (account = '000123456789', own = {}) => ({
  type: 'us_bank_account',
  billing_details: { name: 'Jenny Rosen', email: 'jenny@example.com' },
  us_bank_account: { routing_number: ROUTING, account_number: account, account_holder_type: 'individual', ...own },
});

/** The payment method of an account that was just linked: verified. */
export async function linkedMethod(sandbox, customer) {
  const linked = await link(sandbox, customer ? { account_holder: { type: 'customer', customer } } : {});
  const account = one(linked.accounts, 'checking');
  const method = await sandbox.stripe.paymentMethods.create({
    type: 'us_bank_account', billing_details: { name: 'Jenny Rosen' }, us_bank_account: { financial_connections_account: account.id },
  });
  return { method, account, customer: linked.customer };
}

/** A customer with a verified bank account that may be debited again and again, set up by small deposits. */
export async function payer(sandbox, account = '000123456789') {
  const { stripe } = sandbox;
  const customer = await stripe.customers.create({ name: 'Jenny Rosen', email: 'jenny@example.com' });
  const intent = await stripe.setupIntents.create({
    customer: customer.id, payment_method_data: numbers(account), confirm: true, mandate_data: AGREED_ONLINE,
  });
  assert.equal(intent.status, 'requires_action');
  const done = await stripe.setupIntents.verifyMicrodeposits(intent.id, { amounts: DEPOSITS });
  assert.equal(done.status, 'succeeded');
  return { customer: customer.id, method: done.payment_method, mandate: done.mandate, setup: done.id };
}

/** Debits a payer who has agreed before. */
export const debit = ({ stripe }, { customer, method }, params = {}) => stripe.paymentIntents.create({
  amount: 2000, currency: 'usd', customer, payment_method: method, confirm: true, off_session: true, ...params,
});

/** A payment that has arrived, with its charge in full. */
export async function paid(sandbox, from, params) {
  const { id } = await debit(sandbox, from ?? await payer(sandbox), params);
  await sandbox.advance(60);
  const intent = await sandbox.stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
  assert.equal(intent.status, 'succeeded');
  return intent;
}

/** The types of all events on payments, oldest first. */
export async function kinds({ stripe }, ...groups) {
  const found = [];
  for await (const event of stripe.events.list({ limit: 100 })) found.push(event.type);
  return found.reverse().filter((type) => groups.some((group) => type.startsWith(`${group}.`)));
}
