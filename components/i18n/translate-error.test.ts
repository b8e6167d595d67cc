// The sentence where there is one, else the code; fields keep their names.
import { expect, test } from 'vitest';
import { ApiError } from '../../server/web/contract/client.ts';
import { errors } from './ar/errors.ts';
import { translateError } from './translate-error.ts';

const made = (code: 'conflict' | 'invalid_request' | 'offline', message: string, fields: { field: string; rule: string }[] = []) =>
  new ApiError(code, message, 409, { code: 'conflict', message, request_id: 'r', fields });

test.each([
  ['a sentence', made('conflict', 'This can no longer be undone.'), 'لم يعد التراجع ممكنًا.'],
  ['a sentence with numbers: its code', made('conflict', 'There are 50 filters.'), errors.codes.conflict],
  ['what only the browser knows', made('offline', 'The server cannot be reached. Check the connection.'), errors.codes.offline],
  ['a field', made('invalid_request', 'name: not a label', [{ field: 'name', rule: 'not a label' }]), 'ليس تصنيفًا'],
  ['a field with a rule without words', made('invalid_request', 'x: Too big', [{ field: 'x', rule: 'Too big' }]), errors.rule],
])('%s', (_what, error, text) => {
  translateError(error, errors);
  expect(error.message).toBe(text);
  expect(error.fields.every(({ rule }) => /\p{Script=Arabic}/u.test(rule))).toBe(true);
});
