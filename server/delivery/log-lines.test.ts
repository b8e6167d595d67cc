// Log lines of the delivery pipeline, read from its sources: one that names a message names its tenant too, and none
// carries an address or a subject.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const FOLDERS = ['../delivery', '../workers'].map((path) => fileURLToPath(new URL(path, import.meta.url)));
const CALL = /\blog\.(?:trace|debug|info|warn|error|fatal)\(\s*(\{[^\n]*?\}|\w+),? *'/g;

function faults(text: string): string[] {
  return [...text.matchAll(CALL)].map(([, fields = '']) => fields).filter((fields) => {
    if (/\bqueueId\b/.test(fields) && !/\btenantId\b/.test(fields)) return true;
    return /\b(recipient|reversePath|headerFrom|subject|address)\b(?!No|s\b)/.test(fields);
  });
}

test('every line that names a message names its tenant, and none an address', () => {
  const files = FOLDERS.flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
    .filter((path) => path.endsWith('.ts') && !path.includes('.test.') && !path.includes('/testing/'));
  const calls = files.flatMap((path) => [...readFileSync(path, 'utf8').matchAll(CALL)]);
  expect(calls.length).toBeGreaterThan(15);
  expect(files.flatMap((path) => faults(readFileSync(path, 'utf8')).map((fields) => `${path}: ${fields}`))).toEqual([]);
});

test('the check notices what is wrong', () => {
  expect(faults(`log.info({ queueId }, 'x'); log.warn({ queueId, tenantId, recipientNo }, 'x'); log.error({ recipient: row.recipient }, 'x');`)).toEqual(['{ queueId }', '{ recipient: row.recipient }']);
});
