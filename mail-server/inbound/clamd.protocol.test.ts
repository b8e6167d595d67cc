// clamd itself, where the machine has it, with one signature of our own.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clamdAnswers, prepareClamd } from '../runtime/services/clamd.ts';
import { unprivileged } from '../runtime/services/unprivileged.ts';
import { createVirusScanner } from '../../server/infra/clamd/virus-scanner.ts';

// In two halves, so that no scanner takes this file for what it looks for.
const EICAR = String.raw`X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-` + 'STANDARD-ANTIVIRUS-TEST-FILE!$H+H*';

describe.skipIf(!existsSync('/usr/sbin/clamd'))('clamd', () => {
  const folder = mkdtempSync(join(tmpdir(), 'eider-clamd-'));
  let child: ChildProcess;
  let url: string;

  beforeAll(async () => {
    mkdirSync(join(folder, 'signatures'));
    writeFileSync(join(folder, 'signatures', 'eicar.ndb'), `Eicar-Test:0:*:${Buffer.from(EICAR).toString('hex')}\n`);
    const runAs = unprivileged([folder]);
    const clamd = await prepareClamd(folder, runAs);
    if (clamd.kind === 'absent') throw new Error(clamd.reason);
    const { command, args } = runAs.wrap('setpriv', ['--pdeathsig', 'TERM', '--', clamd.command, ...clamd.args]);
    child = spawn(command, args, { stdio: 'ignore' });
    while (!(await clamdAnswers(clamd.socket))) {
      if (child.exitCode !== null) throw new Error('clamd does not start');
      await sleep(50);
    }
    url = clamd.url;
  });

  afterAll(async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });

  const wrapped = (encoded: string) =>
    `From: a@b.test\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: application/octet-stream\r\n`
    + `Content-Transfer-Encoding: base64\r\n\r\n${encoded}\r\n--x--\r\n`;

  test.each([
    ['harmless text', 'From: a@b.test\r\n\r\nhello\r\n', { kind: 'clean' }],
    ['nothing', '', { kind: 'clean' }],
    ['in the open', EICAR, { kind: 'infected', name: 'Eicar-Test.UNOFFICIAL' }],
    ['in an attachment', wrapped(Buffer.from(EICAR).toString('base64')), { kind: 'infected', name: 'Eicar-Test.UNOFFICIAL' }],
  ])('%s', async (_, content, expected) => {
    const failures: Error[] = [];
    const scanner = createVirusScanner(url, (error) => failures.push(error));
    expect(await scanner.scan(Buffer.from(content))).toEqual(expected);
    expect(failures).toEqual([]);
  });

  test('more than clamd takes is no failure of clamd', async () => {
    const scanner = createVirusScanner(url, () => {});
    expect(await scanner.scan(Buffer.alloc(65 * 1024 * 1024, 'x'))).toEqual({ kind: 'unscanned', reason: 'too large' });
    expect(await scanner.scan(Buffer.from('small'))).toEqual({ kind: 'clean' });
  });
});
