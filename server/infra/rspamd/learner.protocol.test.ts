// The real rspamd learns, tells that it knows, and an absent one is no error.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMailStack, type MailStack } from '../../../mail-server/testing/mail-stack.ts';
import { createSpamLearner, outcomeOf } from './learner.ts';

let stack: MailStack;
beforeAll(async () => {
  stack = await startMailStack({}, true);
});
afterAll(() => stack?.stop());

const words = 'lottery winner claim prize transfer account urgent reply million dollars barrister inheritance percent confidential beneficiary deposit';
const message = (subject: string) => Buffer.from(`From: Prize <prize@spam.example>\r\nTo: you@eider.test\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@spam.example>\r\nDate: Wed, 25 Nov 2026 08:00:00 +0000\r\n\r\n${words} ${subject} ${words.split(' ').reverse().join(' ')}\r\n`);

test('learnt once, then known; the other way it is unlearnt', async () => {
  const learner = createSpamLearner(stack.env['RSPAMD_CONTROLLER_URL']!);
  expect(await learner.learn(message('claim-now'), 'spam')).toBe('learned');
  expect(await learner.learn(message('claim-now'), 'spam')).toBe('known');
  expect(await learner.learn(message('claim-now'), 'ham')).toBe('learned');
});

test('nobody there', async () => {
  expect(await createSpamLearner('unix:///nowhere/controller.sock').learn(message('x'), 'spam')).toBe('unavailable');
  expect(await createSpamLearner('http://127.0.0.1:9').learn(message('x'), 'spam')).toBe('unavailable');
});

test.each([
  [200, '{"success":true}', 'learned'],
  [208, '{"error":"<a@b> has been already learned as spam, ignore it"}', 'known'],
  [204, '', 'refused'],
  [404, '{"error":"contains less tokens than required for bayes classifier: 3 < 11"}', 'refused'],
  [403, '{"error":"Unauthorized"}', 'unavailable'],
  [500, '', 'unavailable'],
] as const)('%s %s means %s', (status, body, outcome) => {
  expect(outcomeOf(status, body)).toBe(outcome);
});
