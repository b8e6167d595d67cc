import { expect, test } from 'vitest';
import { parseLogLine } from './log-lines.ts';

test.each([
  ['info IMAP [abc] Server listening', { level: 'info', part: 'IMAP', text: '[abc] Server listening' }],
  ['\u001b[31;40mERR!\u001b[0m \u001b[35mDB\u001b[0m CREATEFAIL username=alice@eider.test error=x', { level: 'error', part: 'DB', text: 'CREATEFAIL username=*@eider.test error=x' }],
  ['WARN Redis slow', { level: 'warn', part: 'Redis', text: 'slow' }],
  ['http API ::1 root [-/-] GET /addresses/resolve/bob@eider.test 200', { level: 'info', part: 'API', text: '::1 root [-/-] GET *@eider.test 200' }],
  ['    at foo (file.js:1:2)', { level: 'warn', text: '    at foo (file.js:1:2)' }],
  ['info Gelf {"short_message":"secret subject"}', null],
  ['', null],
  ['   ', null],
])('%j', (line, expected) => {
  expect(parseLogLine(line, 'warn')).toEqual(expected);
});
