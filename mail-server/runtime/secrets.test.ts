import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ensureCertificate, ensureSecrets } from './secrets.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'eider-secrets-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

it('makes secrets once, readable for the owner only', () => {
  const first = ensureSecrets(join(folder, 'secrets'));
  expect(Buffer.from(readFileSync(first.secretKeyFile, 'utf8'), 'base64')).toHaveLength(32);
  expect([first.secretKeyFile, first.wildduckApiTokenFile, join(folder, 'secrets')].map(mode)).toEqual(['600', '600', '700']);
  const key = readFileSync(first.secretKeyFile, 'utf8');
  expect(ensureSecrets(join(folder, 'secrets'))).toEqual(first);
  expect(readFileSync(first.secretKeyFile, 'utf8')).toBe(key);
});

it('makes a certificate for the host and loopback, whose key fits, and keeps it', async () => {
  const made = await ensureCertificate(folder, 'mail.example.test', 'openssl');
  const certificate = new X509Certificate(readFileSync(made.certFile));
  expect(certificate.checkHost('mail.example.test')).toBe('mail.example.test');
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(certificate.subjectAltName).toBe('DNS:mail.example.test, DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
  expect(certificate.checkPrivateKey(createPrivateKey(readFileSync(made.keyFile)))).toBe(true);
  expect([made.certFile, made.keyFile].map(mode)).toEqual(['600', '600']);
  const before = readFileSync(made.certFile, 'utf8');
  await ensureCertificate(folder, 'mail.example.test', 'openssl');
  expect(readFileSync(made.certFile, 'utf8')).toBe(before);
});

it('makes the certificate anew when it was cut short, and another one for another host', async () => {
  mkdirSync(join(folder, 'tls-mail.example.test.new'));
  writeFileSync(join(folder, 'tls-mail.example.test.new/key.pem'), 'half a key');
  const first = await ensureCertificate(folder, 'mail.example.test', 'openssl');
  expect(new X509Certificate(readFileSync(first.certFile)).subject).toBe('CN=mail.example.test');
  const second = await ensureCertificate(folder, 'mx.example.test', 'openssl');
  expect(second.certFile).not.toBe(first.certFile);
});
