import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../mail-server/runtime/testing/test-database.ts';
import { parseReport } from '../../mail/reports/parse-report.ts';
import { selectDmarcFailures, selectDmarcReports, selectDmarcSources, selectTlsReports } from './domain-report.store.ts';
import { storeDomainReport } from './store-domain-report.ts';

let database: TestDatabase;
const tenantId = randomUUID();
beforeAll(async () => {
  database = await testDatabase();
  await database.pool.query(`INSERT INTO tenant (id, slug, name) VALUES ($1, 'one', 'One')`, [tenantId]);
  await database.pool.query(`INSERT INTO domain (id, tenant_id, name) VALUES (gen_random_uuid(), $1, 'own.example'), (gen_random_uuid(), $1, 'second.example')`, [tenantId]);
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('TRUNCATE dmarc_report, dmarc_report_row, dmarc_failure, received_tls_report, received_tls_report_policy'));

const attached = (type: string, name: string, bytes: Buffer): Buffer =>
  Buffer.from(
    `From: reports@receiver.example\r\nSubject: Report\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nsee below\r\n--b\r\n`
    + `Content-Type: ${type}; name="${name}"\r\nContent-Disposition: attachment; filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${bytes.toString('base64').replace(/.{76}/g, '$&\r\n')}\r\n--b--\r\n`,
  );

const record = (ip: string, count: number, dkim: string, spf: string, disposition = 'none'): string =>
  `<record><row><source_ip>${ip}</source_ip><count>${count}</count><policy_evaluated><disposition>${disposition}</disposition><dkim>${dkim}</dkim><spf>${spf}</spf></policy_evaluated></row>`
  + `<identifiers><header_from>own.example</header_from></identifiers><auth_results><dkim><domain>own.example</domain><selector>s1rsa</selector><result>${dkim}</result></dkim><spf><domain>own.example</domain><result>${spf}</result></spf></auth_results></record>`;
function dmarc(id: string, domain = 'own.example'): Buffer {
  const [begin, end] = [Date.now() / 1000 - 86_400, Date.now() / 1000].map(Math.floor);
  const xml = `<?xml version="1.0"?><feedback><version>1.0</version><report_metadata><org_name>receiver.example</org_name><email>dmarc@receiver.example</email><report_id>${id}</report_id>`
    + `<date_range><begin>${begin}</begin><end>${end}</end></date_range></report_metadata><policy_published><domain>${domain}</domain><adkim>r</adkim><aspf>r</aspf><p>none</p><pct>100</pct></policy_published>`
    + `${record('192.0.2.1', 10, 'pass', 'pass')}${record('198.51.100.9', 3, 'fail', 'fail', 'reject')}${record('2001:db8::1', 2, 'fail', 'pass')}</feedback>`;
  return attached('application/gzip', `receiver.example!${domain}!${begin}!${end}.xml.gz`, gzipSync(xml));
}
function tls(id: string, domains: string[]): Buffer {
  const report = {
    'organization-name': 'receiver.example', 'date-range': { 'start-datetime': '2026-11-24T00:00:00Z', 'end-datetime': '2026-11-24T23:59:59Z' },
    'contact-info': 'tls@receiver.example', 'report-id': id,
    policies: domains.map((domain) => ({
      policy: { 'policy-type': 'sts', 'policy-string': ['version: STSv1', 'mode: testing'], 'policy-domain': domain, 'mx-host': ['mail.own.example'] },
      summary: { 'total-successful-session-count': 50, 'total-failure-session-count': 4 },
      'failure-details': [{ 'result-type': 'certificate-expired', 'sending-mta-ip': '192.0.2.7', 'failed-session-count': 3 }, { 'result-type': 'starttls-not-supported', 'failed-session-count': 1 }],
    })),
  };
  return attached('application/tlsrpt+gzip', 'report.json.gz', gzipSync(JSON.stringify(report)));
}
const failure = (domain: string): Buffer =>
  Buffer.from(
    'From: reports@receiver.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nfailed\r\n--b\r\n'
    + 'Content-Type: message/feedback-report\r\n\r\nFeedback-Type: auth-failure\r\nUser-Agent: Receiver/1\r\nVersion: 1\r\nSource-IP: 198.51.100.9\r\nAuth-Failure: dmarc\r\nDelivery-Result: reject\r\n'
    + `Identity-Alignment: none\r\nReported-Domain: ${domain}\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nFrom: ceo@${domain}\r\nMessage-ID: <x@elsewhere.example>\r\n\r\n--b--\r\n`,
  );

const take = (raw: Buffer, hash = 1) =>
  storeDomainReport(database.pool, parseReport(raw), { reversePath: 'reports@receiver.example', clientAddress: '203.0.113.5', contentHash: Buffer.alloc(32, hash) });

describe('DMARC aggregate reports', () => {
  test('become rows that can be charted, once by the id of the reporter', async () => {
    expect(await take(dmarc('r1'))).toEqual({ kind: 'stored', domains: ['own.example'], tenantId });
    expect(await take(dmarc('r1'))).toMatchObject({ kind: 'duplicate' });
    expect(await take(dmarc('r2'))).toMatchObject({ kind: 'stored' });
    expect(await selectDmarcReports(database.pool, 'own.example', 10)).toMatchObject(
      ['r2', 'r1'].map(() => ({ organization: 'receiver.example', messages: 15, aligned: 12, quarantined: 0, rejected: 3, sources: 3 })),
    );
    expect(await selectDmarcSources(database.pool, 'own.example', 30, 10)).toMatchObject([
      { sourceIp: '192.0.2.1', messages: 20, dkimPass: 20, spfPass: 20, failed: 0, refused: 0 },
      { sourceIp: '198.51.100.9', messages: 6, failed: 6, refused: 6 },
      { sourceIp: '2001:db8::1', messages: 4, dkimPass: 0, spfPass: 4, failed: 0 },
    ]);
    const { rows } = await database.pool.query('SELECT DISTINCT received_from FROM dmarc_report');
    expect(rows).toEqual([{ received_from: 'receiver.example [203.0.113.5]' }]);
  });

  test('about a domain that is not ours are not stored', async () => {
    expect(await take(dmarc('r1', 'foreign.example'))).toEqual({ kind: 'foreign', domains: ['foreign.example'] });
    expect((await database.pool.query('SELECT FROM dmarc_report')).rowCount).toBe(0);
  });
});

test('DMARC failure reports are told by what they say, without the message', async () => {
  expect(await take(failure('own.example'))).toMatchObject({ kind: 'stored', domains: ['own.example'] });
  expect(await take(failure('own.example'))).toMatchObject({ kind: 'duplicate' });
  expect(await take(failure('foreign.example'), 2)).toMatchObject({ kind: 'foreign' });
  expect(await selectDmarcFailures(database.pool, 'own.example', 10)).toMatchObject([{ sourceIp: '198.51.100.9', authFailure: 'dmarc', delivery: 'reject', headerFrom: 'ceo@own.example', messageId: '<x@elsewhere.example>' }]);
});

test('a TLS report is stored for each domain of ours that it speaks of, once', async () => {
  expect(await take(tls('t1', ['own.example', 'foreign.example', 'second.example']))).toEqual({ kind: 'stored', domains: ['own.example', 'second.example'], tenantId });
  expect(await take(tls('t1', ['own.example', 'second.example']))).toMatchObject({ kind: 'duplicate' });
  for (const domain of ['own.example', 'second.example']) {
    expect(await selectTlsReports(database.pool, domain, 10)).toMatchObject([
      { organization: 'receiver.example', reportId: 't1', policies: ['sts'], sessionsOk: 50, sessionsFailed: 4, failures: ['certificate-expired ×3', 'starttls-not-supported ×1'] },
    ]);
  }
});

test('other reports are not about domains', async () => {
  expect(await take(Buffer.from('From: a@b.example\r\n\r\nhello\r\n'))).toBeNull();
});
