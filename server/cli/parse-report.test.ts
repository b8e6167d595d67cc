import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const start = fileURLToPath(new URL('./parse-report-main.ts', import.meta.url));
const sample = fileURLToPath(new URL('../mail/reports/testdata/11-qmail.eml', import.meta.url));

function run(args: string[], input = ''): { code: number | null; lines: Record<string, unknown>[]; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [start, 'parse-report', ...args], { input, encoding: 'utf8' });
  return { code: status, lines: stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>), stderr };
}

test('one JSON line a file, in order; a file that is missing is told in one line and the others are still read', () => {
  const { code, lines, stderr } = run([sample, '/nowhere/at-all.eml', '-'], 'Subject: Automatic reply: hello\nFrom: anna@example.com\n\nAway.\n');
  expect(code).toBe(1);
  expect(stderr).toBe('eider: /nowhere/at-all.eml: no such file\n');
  expect(lines).toMatchObject([
    {
      file: sample,
      kind: 'dsn',
      recipients: [
        { recipient: 'anna@example.com', action: 'failed', status: '5.1.1', replyCode: '550', reason: 'userunknown', permanent: true },
        { recipient: 'bert@example.com', reason: 'mesgtoobig', permanent: false },
      ],
      dsn: { original: { messageId: '<m1@sender.example.org>' } },
    },
    { file: '-', kind: 'autoreply', recipients: [{ recipient: 'anna@example.com', reason: 'vacation' }] },
  ]);
});

test('without a file, standard input is the message', () => {
  expect(run([], 'From: anna@example.com\n\nHello\n')).toMatchObject({ code: 0, lines: [{ file: '-', kind: 'none', recipients: [] }], stderr: '' });
});
