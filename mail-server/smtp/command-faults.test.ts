import { expect, test } from 'vitest';
import { commandFault } from './command-faults.ts';

test.each<[string, string, ReturnType<typeof commandFault>]>([
  ['', 'EHLO a\r\n', null],
  ['', 'EHLO a\r\nMAIL FROM:<a@b>\r\n', null],
  ['', 'EHLO a\r', null],
  ['EHLO a\r', '\n', null],
  ['EHLO a\r', '\nNOOP\r\n', null],
  ['EHLO a', '\r\n', null],
  ['', 'DATA\r\n', null],
  ['DA', 'TA\r\n', null],
  ['', 'MAIL FROM:<data@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n', null],
  ['', '\n', 'bare-lf'],
  ['', 'EHLO a\n', 'bare-lf'],
  ['', 'EHLO a\r\nNOOP\n', 'bare-lf'],
  ['', 'EHLO a\r\n\nNOOP\r\n', 'bare-lf'],
  ['EHLO', '\n', 'bare-lf'],
  ['', 'EHLO\ra\r\n', 'bare-cr'],
  ['', 'EHLO a\r\r\n', 'bare-cr'],
  ['EHLO a\r', 'b\r\n', 'bare-cr'],
  ['', 'EHLO \0\r\n', 'nul'],
  ['', 'DATA\r\nFrom: x\r\n', 'early-data'],
  ['', 'data \r\nx', 'early-data'],
  ['DAT', 'A\r\nx', 'early-data'],
  ['', 'RCPT TO:<a@b>\r\nDATA\r\n.\r\n', 'early-data'],
])('after %j, %j: %s', (pending, chunk, expected) => {
  expect(commandFault(pending, chunk)).toBe(expected);
});
