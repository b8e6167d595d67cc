import { describe, expect, test } from 'vitest';
import { composeFields } from '../contract/compose.ts';
import { checkCompose, oneLine } from './check-compose.ts';

const identities = [
  { address: 'alice@eider.test', name: 'Alice', main: true },
  { address: 'sales@eider.test', name: '', main: false },
];
const check = (fields: object) => checkCompose(composeFields.parse(fields), identities);

describe('checkCompose', () => {
  test('plain addresses and named ones, each once in the envelope', () => {
    expect(check({ to: ['bob@x.test', { name: 'Bob\r\nBcc: evil@x.test', address: 'BOB@x.test' }], cc: ['c@x.test'], bcc: ['d@x.test', 'c@x.test'] })).toMatchObject({
      kind: 'ok',
      from: identities[0],
      envelope: ['BOB@x.test', 'c@x.test', 'd@x.test'],
      recipients: { to: [{ name: '', address: 'bob@x.test' }, { name: 'Bob Bcc: evil@x.test', address: 'BOB@x.test' }] },
    });
  });
  test.each([
    [{ to: [] }, 'to', 'name at least one recipient'],
    [{ to: ['bob'] }, 'to.0.address', 'name@domain'],
    [{ to: ['a@x.test'], cc: ['b@x.test', 'bad@@x'] }, 'cc.1.address', 'bad@@x'],
    [{ to: ['a@x.test'], from: 'boss@eider.test' }, 'from', 'may not send as boss@eider.test'],
    [{ to: ['a@x.test\r\nRCPT TO:<b@x.test>'] }, 'to.0.address', ''],
  ])('%j is faulty at %s', (fields, field, rule) => {
    const result = check(fields);
    expect(result.kind).toBe('faulty');
    if (result.kind !== 'faulty') return;
    expect(result.fields[0]!.field).toBe(field);
    expect(result.fields[0]!.rule).toContain(rule);
  });
  test('an identity in other letter case is the same one', () => {
    expect(check({ to: ['a@x.test'], from: 'Sales@Eider.test' })).toMatchObject({ kind: 'ok', from: { address: 'sales@eider.test' } });
  });
  test('a header line stays one line', () => expect(oneLine('a\r\nb\u0000c\u2028d')).toBe('a b c d'));
});
