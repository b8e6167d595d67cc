import { describe, expect, test } from 'vitest';
import { srsForward, srsReverse } from './srs.ts';

const key = Buffer.alloc(32, 7);
const now = Date.UTC(2026, 10, 25);
const DAY = 86_400_000;
const local = (address: string) => address.slice(0, address.lastIndexOf('@'));

describe('rewriting and back', () => {
  test.each([
    ['bob@origin.example', /^SRS0=[a-z2-7]{8}=[a-z2-7]{2}=origin\.example=bob@fwd\.example$/],
    ['news+tag@Origin.Example', /=origin\.example=news\+tag@fwd\.example$/],
    ['a=b=c@origin.example', /=origin\.example=a=b=c@fwd\.example$/],
  ])('%s', (address, shape) => {
    const rewritten = srsForward(key, address, 'fwd.example', now)!;
    expect(rewritten).toMatch(shape);
    const at = address.lastIndexOf('@');
    expect(srsReverse(key, local(rewritten), now)).toEqual({ kind: 'valid', address: address.slice(0, at) + address.slice(at).toLowerCase() });
  });

  test('over two further forwarders the length stays, and the bounce finds the first one', () => {
    const other = Buffer.alloc(32, 9);
    const first = srsForward(other, 'bob@origin.example', 'one.example', now)!;
    const second = srsForward(key, first, 'two.example', now)!;
    expect(second).toMatch(/^SRS1=[a-z2-7]{8}=one\.example==/);
    const third = srsForward(other, second, 'three.example', now)!;
    expect(third).toMatch(/^SRS1=[a-z2-7]{8}=one\.example==/);
    expect(srsReverse(other, local(third), now)).toEqual({ kind: 'valid', address: first });
    expect(srsReverse(other, local(first), now)).toEqual({ kind: 'valid', address: 'bob@origin.example' });
  });

  test('a host that changes the case does no harm', () => {
    const rewritten = srsForward(key, 'bob@origin.example', 'fwd.example', now)!;
    expect(srsReverse(key, local(rewritten).toLowerCase(), now)).toEqual({ kind: 'valid', address: 'bob@origin.example' });
    expect(srsReverse(key, local(rewritten).toUpperCase(), now)).toMatchObject({ kind: 'valid', address: 'BOB@origin.example' });
  });

  test('our own senders are not rewritten', () => {
    expect(srsForward(key, 'alice@fwd.example', 'FWD.example', now)).toBe('alice@fwd.example');
  });

  test.each(['"a b"@origin.example', 'grün@origin.example', `${'x'.repeat(50)}@origin.example`])('does not fit: %s', (address) => {
    expect(srsForward(key, address, 'fwd.example', now)).toBeNull();
  });
});

describe('what is refused', () => {
  const good = local(srsForward(key, 'bob@origin.example', 'fwd.example', now)!);
  test.each([
    ['another key', good, Buffer.alloc(32, 1)],
    ['another address', good.replace('bob', 'eve'), key],
    ['another domain', good.replace('origin.example', 'victim.example'), key],
    ['another day', good.replace(/=([a-z2-7]{2})=/, '=aa='), key],
    ['nothing in it', 'SRS0=', key],
    ['a made-up SRS1', 'SRS1=aaaaaaaa=one.example==x=y=z=w', key],
  ])('%s is forged', (_, text, withKey) => expect(srsReverse(withKey, text, now)).toEqual({ kind: 'forged' }));

  test('days pass', () => {
    expect(srsReverse(key, good, now + 21 * DAY)).toMatchObject({ kind: 'valid' });
    expect(srsReverse(key, good, now - DAY)).toMatchObject({ kind: 'valid' });
    expect(srsReverse(key, good, now + 22 * DAY)).toEqual({ kind: 'expired' });
    expect(srsReverse(key, good, now + 900 * DAY)).toEqual({ kind: 'expired' });
  });

  test.each(['bob', 'srs0', 'SRS', 'bounce+x', 'SRS2=a=b=c=d'])('%s is no rewritten address', (text) => {
    expect(srsReverse(key, text, now)).toEqual({ kind: 'none' });
  });
});
