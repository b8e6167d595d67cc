// Certificates for tests, made on the spot by the system's openssl: an authority, and what it issues.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface IssuedCertificate {
  cert: string;
  key: string;
}

export interface TestAuthority {
  /** Its own certificate, PEM. */
  ca: string;
  /** A certificate for the names; the first is its subject. */
  issue(names: string[], options?: { expired?: boolean }): IssuedCertificate;
  /** One that nobody else vouches for. */
  selfSigned(name: string): IssuedCertificate;
  remove(): void;
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export function certificateAuthority(): TestAuthority {
  const folder = mkdtempSync(join(tmpdir(), 'eider-ca-'));
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: folder });
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  let serial = 0;
  openssl('req', '-x509', ...KEY, '-days', '2', '-subj', '/CN=Test authority', '-keyout', 'ca.key', '-out', 'ca.pem', '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign');
  writeFileSync(join(folder, 'index.txt'), '');
  writeFileSync(join(folder, 'ca.cnf'), '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nnew_certs_dir=.\nrand_serial=yes\nunique_subject=no\ndefault_md=sha256\npolicy=p\ncopy_extensions=copy\n[p]\ncommonName=supplied\n');
  return {
    ca: read('ca.pem'),
    issue(names, { expired = false } = {}) {
      const id = `leaf${serial++}`;
      const alternatives = `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`;
      openssl('req', '-new', ...KEY, '-subj', `/CN=${names[0]}`, '-addext', alternatives, '-keyout', `${id}.key`, '-out', `${id}.csr`);
      const dates = expired ? ['-startdate', '20200101000000Z', '-enddate', '20200102000000Z'] : ['-days', '2'];
      openssl('ca', '-batch', '-config', 'ca.cnf', '-notext', '-cert', 'ca.pem', '-keyfile', 'ca.key', '-in', `${id}.csr`, '-out', `${id}.pem`, ...dates);
      // The authority's own certificate goes along, as DANE-TA asks of servers (RFC 7672 3.1.2).
      return { cert: `${read(`${id}.pem`)}${read('ca.pem')}`, key: read(`${id}.key`) };
    },
    selfSigned(name) {
      const id = `self${serial++}`;
      openssl('req', '-x509', ...KEY, '-days', '2', '-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`, '-keyout', `${id}.key`, '-out', `${id}.pem`);
      return { cert: read(`${id}.pem`), key: read(`${id}.key`) };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
