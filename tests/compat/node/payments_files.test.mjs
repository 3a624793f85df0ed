import assert from 'node:assert/strict';
import test from 'node:test';
import { Sandbox, ids, refused } from '../support/world.mjs';

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');
const image = { data: PNG, name: 'receipt.png', type: 'image/png' };

test('a file is sent, shown, listed and fetched', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const made = await stripe.files.create({ purpose: 'dispute_evidence', file: image });
  assert.match(made.id, /^file_/);
  assert.equal(made.object, 'file');
  assert.equal(made.filename, 'receipt.png');
  assert.equal(made.size, PNG.length);
  assert.equal(made.type, 'png');
  assert.deepEqual({ ...await stripe.files.retrieve(made.id) }, { ...made });
  assert.deepEqual(ids(await stripe.files.list({ purpose: 'dispute_evidence' })), [made.id]);
  assert.deepEqual(ids(await stripe.files.list({ purpose: 'pci_document' })), []);
  const content = await fetch(made.url, { headers: { authorization: `Bearer ${sandbox.secret}` } });
  assert.deepEqual(Buffer.from(await content.arrayBuffer()), PNG);
  assert.equal((await fetch(made.url)).status, 401);
  await refused(stripe.files.retrieve('file_nobody'), { status: 404, code: 'resource_missing' });
  await refused(stripe.files.create({ file: image }), { status: 400, code: 'parameter_missing', param: 'purpose' });
  await refused(stripe.files.create({ purpose: 'fun', file: image }), { status: 400, param: 'purpose' });
});

test('a link opens a file without a key until it ends', async () => {
  const sandbox = new Sandbox();
  const { stripe } = sandbox;
  const file = await stripe.files.create({ purpose: 'pci_document', file: { ...image, name: 'Überweisung.png' } });
  const link = await stripe.fileLinks.create({ file: file.id, metadata: { a: '1' } });
  assert.match(link.id, /^link_/);
  assert.equal(link.expired, false);
  assert.equal(link.expires_at, null);
  assert.deepEqual(Buffer.from(await (await fetch(link.url)).arrayBuffer()), PNG);
  const shown = await stripe.fileLinks.retrieve(link.id, { expand: ['file'] });
  assert.equal(shown.file.filename, 'Überweisung.png');
  assert.deepEqual(ids(await stripe.fileLinks.list({ file: file.id, expired: false })), [link.id]);
  const ended = await stripe.fileLinks.update(link.id, { expires_at: 'now', metadata: { b: '2' } });
  assert.equal(ended.expired, true);
  assert.deepEqual({ ...ended.metadata }, { a: '1', b: '2' });
  assert.equal((await fetch(link.url)).status, 404);
  assert.deepEqual(ids(await stripe.fileLinks.list({ expired: true })), [link.id]);
  assert.equal((await stripe.files.retrieve(file.id)).links.data[0].id, link.id);
  await refused(stripe.fileLinks.create({ file: 'file_nobody' }), { status: 400, code: 'resource_missing', param: 'file' });
  await refused(stripe.fileLinks.retrieve('link_nobody'), { status: 404, code: 'resource_missing' });
});

test('a file comes with its first link when asked to', async () => {
  const { stripe } = new Sandbox();
  const file = await stripe.files.create({ purpose: 'pci_document', file: image, file_link_data: { create: true, metadata: { a: '1' } } });
  assert.equal(file.links.data.length, 1);
  assert.deepEqual({ ...file.links.data[0].metadata }, { a: '1' });
});
