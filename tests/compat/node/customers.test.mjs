import assert from 'node:assert/strict';
import test from 'node:test';
import { Sandbox, ids, refused } from '../support/world.mjs';

const address = { line1: '510 Townsend St', line2: 'Floor 2', city: 'San Francisco', state: 'CA', postal_code: '94103', country: 'US' };

test('a customer made of nothing has every field at its default', async () => {
  const { stripe } = new Sandbox();
  const customer = await stripe.customers.create();
  assert.match(customer.id, /^cus_[A-Za-z0-9]{8,}$/);
  assert.equal(customer.object, 'customer');
  assert.equal(customer.livemode, false);
  assert.equal(customer.balance, 0);
  assert.deepEqual(customer.metadata, {});
  for (const field of ['address', 'default_source', 'description', 'email', 'name', 'phone', 'shipping']) {
    assert.equal(customer[field], null, field);
  }
  assert.equal(customer.delinquent, false);
  assert.equal(customer.tax_exempt, 'none');
  assert.deepEqual(customer.preferred_locales, []);
  assert.deepEqual(customer.invoice_settings, { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null });
  assert.match(customer.invoice_prefix, /^[A-Z0-9]{3,12}$/);
  assert.ok(Math.abs(customer.created - Date.now() / 1000) < 60);
});

test('every parameter of create comes back', async () => {
  const { stripe } = new Sandbox();
  const given = {
    name: 'Jenny Rosen', email: 'jenny@example.com', phone: '+15555550100', description: 'Fährt Räder – 自転車 🚲',
    address, shipping: { name: 'Jenny at work', phone: '+15555550101', address },
    metadata: { order: '6735', note: 'a=b&c[d]' }, preferred_locales: ['de-AT', 'en'], tax_exempt: 'exempt', balance: -2500,
    invoice_prefix: 'JENNY01', next_invoice_sequence: 7,
    invoice_settings: { custom_fields: [{ name: 'PO', value: '17' }, { name: 'VAT', value: 'none' }], footer: 'Thanks', rendering_options: { amount_tax_display: 'include_inclusive_tax' } },
  };
  const created = await stripe.customers.create(given);
  const kept = await stripe.customers.retrieve(created.id);
  assert.deepEqual({ ...kept }, { ...created });
  for (const [field, value] of Object.entries(given)) {
    if (field === 'invoice_settings') continue;
    assert.deepEqual(JSON.parse(JSON.stringify(kept[field])), value, field);
  }
  assert.deepEqual(kept.invoice_settings.custom_fields, given.invoice_settings.custom_fields);
  assert.equal(kept.invoice_settings.footer, 'Thanks');
  assert.equal(kept.invoice_settings.rendering_options.amount_tax_display, 'include_inclusive_tax');
});

test('a business and a person can be named apart', async () => {
  const { stripe } = new Sandbox();
  const customer = await stripe.customers.create({ business_name: 'Rocket Rides', individual_name: 'Jenny Rosen' });
  const kept = await stripe.customers.retrieve(customer.id);
  assert.equal(kept.business_name, 'Rocket Rides');
  assert.equal(kept.individual_name, 'Jenny Rosen');
});

test('an update leaves what it does not name, sets what it names and clears what it names empty', async () => {
  const { stripe } = new Sandbox();
  const { id } = await stripe.customers.create({ name: 'Jenny', email: 'jenny@example.com', description: 'old', phone: '1', address, shipping: { name: 'J', address } });
  const untouched = await stripe.customers.update(id, {});
  assert.equal(untouched.email, 'jenny@example.com');
  const changed = await stripe.customers.update(id, { name: 'Jenny Rosen', description: '', balance: 100, tax_exempt: 'reverse', preferred_locales: ['fr'] });
  assert.equal(changed.name, 'Jenny Rosen');
  assert.equal(changed.description, null);
  assert.equal(changed.phone, '1');
  assert.equal(changed.balance, 100);
  assert.equal(changed.tax_exempt, 'reverse');
  assert.deepEqual(changed.preferred_locales, ['fr']);
  assert.deepEqual({ ...changed.address }, address);
  const moved = await stripe.customers.update(id, { address: { ...address, line2: '', city: 'Berkeley' } });
  assert.equal(moved.address.line2, null);
  assert.equal(moved.address.city, 'Berkeley');
  const cleared = await stripe.customers.update(id, { address: '', shipping: '', email: '', tax_exempt: '' });
  assert.equal(cleared.address, null);
  assert.equal(cleared.shipping, null);
  assert.equal(cleared.email, null);
  assert.equal(cleared.tax_exempt, 'none');
  assert.deepEqual({ ...await stripe.customers.retrieve(id) }, { ...cleared });
});

test('metadata merges, removes one key or all of them, and has limits', async () => {
  const { stripe } = new Sandbox();
  const { id } = await stripe.customers.create({ metadata: { a: '1', b: '2', number: 3 } });
  const merged = await stripe.customers.update(id, { metadata: { b: '', c: '3' } });
  assert.deepEqual({ ...merged.metadata }, { a: '1', number: '3', c: '3' });
  const untouched = await stripe.customers.update(id, { name: 'x' });
  assert.deepEqual({ ...untouched.metadata }, { a: '1', number: '3', c: '3' });
  const cleared = await stripe.customers.update(id, { metadata: '' });
  assert.deepEqual({ ...cleared.metadata }, {});

  const many = (count) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`key${at}`, 'v']));
  assert.equal(Object.keys((await stripe.customers.update(id, { metadata: many(50) })).metadata).length, 50);
  await refused(stripe.customers.update(id, { metadata: { another: 'v' } }), { status: 400, type: 'invalid_request_error' });
  await refused(stripe.customers.create({ metadata: many(51) }), { status: 400, type: 'invalid_request_error' });
  await refused(stripe.customers.create({ metadata: { ['k'.repeat(41)]: 'v' } }), { status: 400, type: 'invalid_request_error' });
  await refused(stripe.customers.create({ metadata: { k: 'v'.repeat(501) } }), { status: 400, type: 'invalid_request_error' });
  const brim = await stripe.customers.create({ metadata: { ['k'.repeat(40)]: 'ü'.repeat(500) } });
  assert.equal(brim.metadata['k'.repeat(40)].length, 500);
});

test('invoice settings keep what an update does not name', async () => {
  const { stripe } = new Sandbox();
  const { id } = await stripe.customers.create({ invoice_settings: { footer: 'F', custom_fields: [{ name: 'PO', value: '1' }] } });
  const changed = await stripe.customers.update(id, { invoice_settings: { footer: 'G' } });
  assert.equal(changed.invoice_settings.footer, 'G');
  assert.deepEqual(changed.invoice_settings.custom_fields, [{ name: 'PO', value: '1' }]);
  const cleared = await stripe.customers.update(id, { invoice_settings: { custom_fields: '' } });
  assert.equal(cleared.invoice_settings.custom_fields, null);
});

test('wrong parameters are refused by name', async () => {
  const { stripe } = new Sandbox();
  const bad = { status: 400, type: 'invalid_request_error' };
  await refused(stripe.customers.create({ shoe_size: 44 }), { ...bad, code: 'parameter_unknown', param: 'shoe_size' });
  await refused(stripe.customers.create({ address: { planet: 'Mars' } }), { ...bad, code: 'parameter_unknown', param: 'address[planet]' });
  await refused(stripe.customers.create({ balance: 'much' }), { ...bad, code: 'parameter_invalid_integer', param: 'balance' });
  await refused(stripe.customers.create({ tax_exempt: 'maybe' }), { ...bad, param: 'tax_exempt' });
  await refused(stripe.customers.create({ shipping: { name: 'J' } }), { ...bad, code: 'parameter_missing', param: 'shipping[address]' });
  await refused(stripe.customers.create({ shipping: { address } }), { ...bad, code: 'parameter_missing', param: 'shipping[name]' });
  await refused(stripe.customers.create({ address: 'Main Street 1' }), { ...bad, param: 'address' });
  await refused(stripe.customers.create({ test_clock: 'clock_nothing' }), { code: 'resource_missing', param: 'test_clock' });
  await refused(stripe.customers.retrieve('cus_nothing'), { status: 404, type: 'invalid_request_error', code: 'resource_missing', param: 'id' });
  const error = await refused(stripe.customers.update('cus_nothing', { name: 'x' }), { status: 404, code: 'resource_missing' });
  assert.equal(error.message, "No such customer: 'cus_nothing'");
});

test('a deleted customer stays as a stub and leaves the lists', async () => {
  const { stripe } = new Sandbox();
  const { id } = await stripe.customers.create({ email: 'gone@example.com' });
  const stays = await stripe.customers.create();
  const gone = { id, object: 'customer', deleted: true };
  assert.deepEqual({ ...await stripe.customers.del(id) }, gone);
  assert.deepEqual({ ...await stripe.customers.retrieve(id) }, gone);
  assert.deepEqual(ids(await stripe.customers.list()), [stays.id]);
  assert.deepEqual(ids(await stripe.customers.search({ query: 'email:"gone@example.com"' })), []);
  await refused(stripe.customers.update(id, { name: 'x' }), { status: 404, code: 'resource_missing' });
  await refused(stripe.customers.del(id), { status: 404, code: 'resource_missing' });
});

test('a customer of one sandbox does not exist in another', async () => {
  const { id } = await new Sandbox().stripe.customers.create();
  const { stripe } = new Sandbox();
  await refused(stripe.customers.retrieve(id), { status: 404, code: 'resource_missing' });
  await refused(stripe.customers.update(id, { name: 'x' }), { status: 404, code: 'resource_missing' });
  await refused(stripe.customers.del(id), { status: 404, code: 'resource_missing' });
});
