// Contacts over the API: kept, found, merged, deleted and brought back; suggestions that know them; vCards in and out.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../mail-server/runtime/testing/test-database.ts';
import type { Contact, ContactBody, ContactGroup, ContactRow, ContactsImported, DuplicateSet, Suggestion } from '../contract/contacts.ts';
import { json } from '../testing/answer.ts';
import { createTestWeb, type TestAccount, type TestWeb } from '../testing/test-services.ts';

let db: TestDatabase;
let web: TestWeb;
let alice: TestAccount;
let accounts = 0;

beforeAll(async () => {
  db = await testDatabase();
  web = await createTestWeb(db);
});
beforeEach(async () => {
  alice = await web.account(`alice${++accounts}`);
});
afterAll(async () => {
  await web.close();
  await db.drop();
});

const keep = (body: ContactBody) => json<Contact>(alice.call('POST', '/api/contacts', body));
const person = (name: string, ...addresses: string[]) => keep({ name, addresses: addresses.map((address) => ({ address })) });
const list = async (query = '') => (await json<{ items: ContactRow[] }>(alice.call('GET', `/api/contacts?${query}`))).items.map((row) => row.name);
const undo = (undoId: string) => alice.call('POST', '/api/contacts/undo', { undoId });
const suggested = async (q: string) => (await json<{ items: Suggestion[] }>(alice.call('GET', `/api/contacts/suggest?q=${q}`))).items;
const makeGroup = async (name: string) => (await json<{ items: ContactGroup[] }>(alice.call('POST', '/api/contact-groups', { name }))).items.find((group) => group.name === name)!.id;
const importCards = (text: string) => json<ContactsImported>(alice.call('POST', '/api/contacts/vcards', new TextEncoder().encode(text)));

describe('keeping', () => {
  test('by name whatever its accents, in pages, found by any of its words', async () => {
    for (const name of ['Zoë', 'Élodie Martin', 'eric', 'Ada']) await person(name, `${name.normalize('NFD').replace(/\P{ASCII}/gu, '').split(' ')[0]!.toLowerCase()}@boats.example`);
    expect(await list()).toEqual(['Ada', 'Élodie Martin', 'eric', 'Zoë']);
    const first = await json<{ items: ContactRow[]; nextCursor: string }>(alice.call('GET', '/api/contacts?limit=2'));
    expect(await list(`limit=2&cursor=${first.nextCursor}`)).toEqual(['eric', 'Zoë']);
    expect(await list('q=elo')).toEqual(['Élodie Martin']);
    expect(await list('q=MART%20boats')).toEqual(['Élodie Martin']);
    expect(await list('q=25%25')).toEqual([]);
    expect((await alice.call('GET', '/api/contacts?cursor=bm90IG1pbmU')).status).toBe(400);
  });

  test('a change names what it changed; one of an older revision is refused', async () => {
    const made = await keep({ given: 'Ada', family: 'Lovelace', phones: [{ number: '+44 1', label: 'home' }] });
    expect(made).toMatchObject({ name: 'Ada Lovelace', revision: 1, hasPhoto: false });
    const changed = await json<Contact>(alice.call('PUT', `/api/contacts/${made.id}`, { revision: 1, name: 'Countess', addresses: [{ address: 'ada@x.example', label: 'work' }] }));
    expect(changed).toMatchObject({ name: 'Countess', revision: 2, phones: [], addresses: [{ address: 'ada@x.example', label: 'work' }] });
    expect((await alice.call('PUT', `/api/contacts/${made.id}`, { revision: 1, name: 'Late' })).status).toBe(409);
    const wrong = await json<{ error: { fields: { field: string }[] } }>(alice.call('POST', '/api/contacts', { name: 'x', addresses: [{ address: 'ok@x.example' }, { address: 'nonsense' }] }), 400);
    expect(wrong.error.fields[0]!.field).toBe('addresses.1.address');
    expect((await alice.call('POST', '/api/contacts', { note: 'nobody' })).status).toBe(400);
  });

  test('a picture is served as what its bytes are, and nothing else is', async () => {
    const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    const ada = await keep({ name: 'Ada', photo: { contentType: 'image/jpeg', base64: png } });
    const served = await alice.call('GET', `/api/contacts/${ada.id}/photo`);
    expect([served.status, served.headers.get('content-type')]).toEqual([200, 'image/png']);
    const html = await keep({ name: 'Bob', photo: { contentType: 'image/png', base64: Buffer.from('<script>alert(1)</script>').toString('base64') } });
    expect((await alice.call('GET', `/api/contacts/${html.id}/photo`)).status).toBe(404);
  });
});

describe('taking back', () => {
  test('a deletion, once, with groups as they were', async () => {
    const group = await makeGroup('Crew');
    const ada = await keep({ name: 'Ada', groupIds: [group] });
    await person('Bob', 'bob@x.example');
    const { undoId, changed } = await json<{ undoId: string; changed: number }>(alice.call('POST', '/api/contacts/delete', { ids: [ada.id] }));
    expect([changed, await list()]).toEqual([1, ['Bob']]);
    expect((await undo(undoId)).status).toBe(200);
    expect([await list(), await list(`groupId=${group}`)]).toEqual([['Ada', 'Bob'], ['Ada']]);
    expect((await undo(undoId)).status).toBe(410);
  });

  test('a merge of duplicates', async () => {
    const [first, second] = [await person('Ada Lovelace', 'ada@x.example'), await person('lovelace ada', 'ada@y.example')];
    const third = await person('A.', 'ADA@y.example');
    const sets = (await json<{ items: DuplicateSet[] }>(alice.call('GET', '/api/contacts/duplicates'))).items;
    expect(sets.map(({ reason, contacts }) => [reason, contacts.map(({ id }) => id).sort()])).toEqual([['address', [first.id, second.id, third.id].sort()]]);
    const { contact, undoId } = await json<{ contact: Contact; undoId: string }>(alice.call('POST', '/api/contacts/merge', { ids: [first.id, second.id, third.id] }));
    expect(contact).toMatchObject({ id: first.id, name: 'Ada Lovelace', addresses: [{ address: 'ada@x.example' }, { address: 'ada@y.example' }] });
    expect(await list()).toEqual(['Ada Lovelace']);
    expect((await undo(undoId)).status).toBe(200);
    expect(await list()).toEqual(['A.', 'Ada Lovelace', 'lovelace ada']);
    expect((await json<Contact>(alice.call('GET', `/api/contacts/${first.id}`))).addresses).toHaveLength(1);
  });

  test('not when the merged contact was changed since: then nothing is touched', async () => {
    const [first, second] = [await person('One', 'one@x.example'), await person('Two', 'two@x.example')];
    const { contact, undoId } = await json<{ contact: Contact; undoId: string }>(alice.call('POST', '/api/contacts/merge', { ids: [first.id, second.id] }));
    await json(alice.call('PUT', `/api/contacts/${first.id}`, { ...contact, name: 'Changed', revision: contact.revision }));
    expect((await undo(undoId)).status).toBe(409);
    expect(await list()).toEqual(['Changed']);
    expect((await undo(undoId)).status).toBe(409);
  });

  test('a group: its name and members', async () => {
    const group = await makeGroup('Crew');
    await keep({ name: 'Ada', groupIds: [group] });
    const gone = await json<{ items: ContactGroup[]; undoId: string }>(alice.call('DELETE', `/api/contact-groups/${group}`));
    expect([gone.items, await list()]).toEqual([[], ['Ada']]);
    expect((await undo(gone.undoId)).status).toBe(200);
    expect((await json<{ items: ContactGroup[] }>(alice.call('GET', '/api/contact-groups'))).items).toEqual([{ id: group, name: 'Crew', members: 1 }]);
  });
});

test('suggestions know contacts and groups at once, and forget them as soon', async () => {
  expect(await suggested('ada')).toEqual([]);
  const group = await makeGroup('Adamants');
  const ada = await keep({ name: 'Ada', addresses: [{ address: 'ada@x.example' }], groupIds: [group] });
  expect(await suggested('ada')).toEqual([{ name: 'Ada', address: 'ada@x.example' }, { name: 'Adamants', address: '', members: [{ name: 'Ada', address: 'ada@x.example' }] }]);
  await alice.call('PATCH', `/api/contact-groups/${group}`, { removeIds: [ada.id] });
  expect(await suggested('ada')).toEqual([{ name: 'Ada', address: 'ada@x.example' }]);
});

test('who was written to stands among the others until they are kept; who merely wrote does not', async () => {
  const row = (folder: string, use: string, address: string) =>
    db.pool.query(
      `WITH f AS (INSERT INTO mailbox_folder (account_id, folder_id, path, special_use) VALUES ($1, $2, $2, $3))
       INSERT INTO mailbox_conversation_folder (account_id, folder_id, conversation_id, latest_at, latest_folder_id, latest_uid, folder_messages, folder_unread,
         message_count, starred, has_attachment, has_draft, answered, labels, subject, snippet, participants, recipients)
       VALUES ($1, $2, gen_random_uuid(), now(), $2, 1, 1, 0, 1, false, false, false, false, '{}', 's', 's', $4, $4)`,
      [alice.accountId, folder, use, JSON.stringify([{ name: '', address }])],
    );
  await row('f1', 'sent', 'written@x.example');
  await row('f2', 'inbox', 'heard@x.example');
  const others = async () => (await json<{ items: { address: string }[] }>(alice.call('GET', '/api/contacts/others'))).items.map(({ address }) => address);
  expect(await others()).toEqual(['written@x.example']);
  expect((await suggested('example')).map(({ address }) => address)).toEqual(['written@x.example', 'heard@x.example']);
  await person('Kept', 'Written@x.example');
  expect(await others()).toEqual([]);
});

describe('vCards', () => {
  const CARD = ['BEGIN:VCARD', 'VERSION:3.0', 'UID:one', 'FN:Ada Lovelace', 'N:Lovelace;Ada;;;', 'EMAIL;TYPE=HOME:ada@x.example', 'CATEGORIES:Poets,myContacts', 'BDAY:1815-12-10', 'END:VCARD', ''].join('\r\n');

  test('come in once: the same UID again replaces what it says, and keeps what it does not', async () => {
    expect(await importCards(`${CARD}BEGIN:VCARD\nbroken\nEND:VCARD\n`)).toMatchObject({ added: 1, updated: 0, unreadable: 1, faults: [{ position: 2 }] });
    const again = await importCards(CARD.replace('Ada Lovelace', 'Lady Lovelace'));
    expect(again).toMatchObject({ added: 0, updated: 1 });
    expect(await list()).toEqual(['Lady Lovelace']);
    expect((await json<{ items: ContactGroup[] }>(alice.call('GET', '/api/contact-groups'))).items).toMatchObject([{ name: 'Poets', members: 1 }]);
    expect((await undo(again.undoId!)).status).toBe(200);
    expect(await list()).toEqual(['Ada Lovelace']);
  });

  test.each(['3.0', '4.0'])('go out as %s and come back in another account as they were', async (version) => {
    await importCards(CARD);
    const file = await alice.call('GET', `/api/contacts/vcards?version=${version}`);
    expect(file.headers.get('content-disposition')).toContain('contacts.vcf');
    const text = await file.text();
    alice = await web.account(`copy${++accounts}`);
    expect(await importCards(text)).toMatchObject({ added: 1, unreadable: 0 });
    const [row] = (await json<{ items: ContactRow[] }>(alice.call('GET', '/api/contacts'))).items;
    expect(await json<Contact>(alice.call('GET', `/api/contacts/${row!.id}`))).toMatchObject({
      name: 'Ada Lovelace', given: 'Ada', family: 'Lovelace', addresses: [{ address: 'ada@x.example', label: 'home' }], more: [{ name: 'bday', value: '1815-12-10' }],
    });
    expect(row!.groupIds).toHaveLength(1);
  });

  test('a file without one is told so; an import can be taken back', async () => {
    expect((await alice.call('POST', '/api/contacts/vcards', new TextEncoder().encode('hello'))).status).toBe(400);
    const { undoId } = await importCards(CARD);
    expect((await undo(undoId!)).status).toBe(200);
    expect([await list(), (await json<{ items: ContactGroup[] }>(alice.call('GET', '/api/contact-groups'))).items]).toEqual([[], []]);
  });
});
