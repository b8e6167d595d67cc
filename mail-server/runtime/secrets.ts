// Keys and passwords between our own processes, and the self-signed certificate: made once, mode 0600, each moved into
// place whole.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

export interface Secrets {
  /** 32 random bytes in base64: the key for secrets at rest. */
  secretKeyFile: string;
  wildduckApiTokenFile: string;
  valkeyPassword: string;
  /** Keys of the tokens in return paths: `id base64` a line, the first one signs (server/delivery/feedback/token-keys.ts). */
  feedbackKeysFile: string;
}

export interface Certificate {
  certFile: string;
  keyFile: string;
}

/** Ten years: nobody is there to renew it, and clients trust it by exception if at all. */
const CERTIFICATE_DAYS = 3650;

/** Makes what is missing; what is there is never changed. */
export function ensureSecrets(folder: string): Secrets {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const secretKeyFile = join(folder, 'secret.key');
  const wildduckApiTokenFile = join(folder, 'wildduck-api.token');
  ensureSecret(secretKeyFile, () => randomBytes(32).toString('base64'));
  ensureSecret(wildduckApiTokenFile, () => randomBytes(32).toString('hex'));
  const valkeyPassword = ensureSecret(join(folder, 'valkey.password'), () => randomBytes(24).toString('hex'));
  const feedbackKeysFile = join(folder, 'feedback.keys');
  ensureSecret(feedbackKeysFile, () => `1 ${randomBytes(32).toString('base64')}`);
  return { secretKeyFile, wildduckApiTokenFile, valkeyPassword, feedbackKeysFile };
}

function ensureSecret(path: string, make: () => string): string {
  if (!existsSync(path)) {
    writeFileSync(`${path}.new`, `${make()}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }
  return readFileSync(path, 'utf8').trim();
}

/**
 * A self-signed certificate (P-256) for `hostname` and loopback. Key and certificate are made in a folder of their own,
 * named after the host, which appears only when both are there.
 * @param openssl the program to use
 */
export async function ensureCertificate(folder: string, hostname: string, openssl: string): Promise<Certificate> {
  const place = join(folder, `tls-${hostname.replace(/[^A-Za-z0-9.-]/g, '_')}`);
  const certificate = { certFile: join(place, 'cert.pem'), keyFile: join(place, 'key.pem') };
  if (existsSync(certificate.certFile)) return certificate;
  const building = `${place}.new`;
  rmSync(building, { recursive: true, force: true });
  mkdirSync(building, { mode: 0o700 });
  const names = [`DNS:${hostname}`, 'DNS:localhost', 'IP:127.0.0.1', 'IP:::1'];
  const configuration = join(building, 'openssl.cnf');
  // A configuration of our own: the program's built-in path for one may not exist.
  writeFileSync(configuration, '[req]\ndistinguished_name = subject\n[subject]\n');
  await runProgram(openssl, [
    ...['req', '-x509', '-config', configuration, '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-sha256'],
    ...['-days', String(CERTIFICATE_DAYS), '-subj', `/CN=${hostname}`],
    ...['-addext', `subjectAltName=${names.join(',')}`, '-addext', 'basicConstraints=critical,CA:FALSE'],
    ...['-addext', 'keyUsage=critical,digitalSignature', '-addext', 'extendedKeyUsage=serverAuth'],
    ...['-keyout', join(building, 'key.pem'), '-out', join(building, 'cert.pem')],
  ]);
  rmSync(configuration);
  for (const name of ['key.pem', 'cert.pem']) chmodSync(join(building, name), 0o600);
  rmSync(place, { recursive: true, force: true });
  renameSync(building, place);
  return certificate;
}
