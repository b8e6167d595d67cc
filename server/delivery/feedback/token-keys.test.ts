import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeToken, openToken } from '../../mail/feedback-token.ts';
import { newQueueId } from '../queue-id.ts';
import { parseTokenKeys, rotateTokenKey, tokenKeysFromFile } from './token-keys.ts';

const SECRET = Buffer.alloc(32, 7).toString('base64');

test.each([
  ['', 'no key'],
  [`256 ${SECRET}`, 'line 1'],
  [`1 ${SECRET}\n2 c2hvcnQ=`, 'line 2'],
  ['1', 'line 1'],
])('%j is refused', (text, says) => expect(() => parseTokenKeys(text, 'keys')).toThrow(says));

test('a rotated key signs, and tokens of the one before hold', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'eider-keys-')), 'feedback.keys');
  writeFileSync(path, `255 ${SECRET}\n`, { mode: 0o600 });
  const before = tokenKeysFromFile(path);
  const queueId = newQueueId(Date.now());
  const token = makeToken(before.signing(), 'return-path', { queueId, recipientNo: 1 });
  expect(rotateTokenKey(path)).toBe(0);
  const after = tokenKeysFromFile(path);
  expect(after.signing().id).toBe(0);
  expect(openToken(after.accepted(), 'return-path', token, Date.now())).toEqual({ kind: 'valid', subject: { queueId, recipientNo: 1 } });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  for (let i = 0; i < 10; i++) rotateTokenKey(path);
  expect(parseTokenKeys(readFileSync(path, 'utf8'), path)).toHaveLength(8);
  expect(openToken(tokenKeysFromFile(path).accepted(), 'return-path', token, Date.now())).toEqual({ kind: 'forged' });
});
