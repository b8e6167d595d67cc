import { readdirSync, readFileSync } from 'node:fs';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parseReport } from './parse-report.ts';

const folder = new URL('./testdata/', import.meta.url);
const read = (name: string): Buffer => readFileSync(new URL(name, folder));

interface Expected {
  kind: string;
  recipients: object[];
  messageId?: string;
  feedbackType?: string;
  reportingMta?: string;
}
const expected = JSON.parse(read('expected.json').toString()) as Record<string, Expected>;

describe('parseReport', () => {
  test('every sample has an expectation', () => {
    const samples = readdirSync(folder).filter((name) => name.endsWith('.eml')).map((name) => name.slice(0, -4));
    expect(samples.sort()).toEqual(Object.keys(expected).sort());
  });

  test.each(Object.keys(expected))('%s', (name) => {
    const { kind, recipients, messageId, feedbackType, reportingMta } = expected[name]!;
    const report = parseReport(read(`${name}.eml`));
    expect({ kind: report.kind, recipients: report.recipients }).toMatchObject({ kind, recipients });
    expect(report.recipients).toHaveLength(recipients.length);
    const original = report.kind === 'dsn' ? report.dsn.original : report.kind === 'arf' ? report.arf.original : null;
    if (messageId) expect(original?.messageId).toBe(messageId);
    if (reportingMta) expect(report).toMatchObject({ dsn: { reportingMta } });
    if (feedbackType) expect(report).toMatchObject({ arf: { feedbackType } });
  });

  test.each(Object.keys(expected))('%s: the same with CRLF', (name) => {
    const crlf = Buffer.from(read(`${name}.eml`).toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
    expect(parseReport(crlf).recipients).toMatchObject(expected[name]!.recipients);
  });

  test('the fields of a complaint', () => {
    expect(parseReport(read('40-complaint.eml'))).toMatchObject({
      arf: { userAgent: 'Example-FBL/1.0', incidents: 2, originalMailFrom: 'news@sender.example.org', sourceIp: '192.0.2.9', reportedDomains: ['sender.example.org'], authFailure: null },
    });
    expect(parseReport(read('42-dmarc-failure-report.eml'))).toMatchObject({
      arf: { authFailure: { kind: 'dmarc', identityAlignment: 'none', deliveryResult: 'reject' }, authenticationResults: ['mx.example.com; dmarc=fail header.from=sender.example.org'] },
    });
  });

  test('several reports in one mailbox file', () => {
    const one = read('01-postfix-user-unknown.eml').toString();
    const file = `From MAILER-DAEMON Mon Mar  2 10:05:00 2026\n${one}From MAILER-DAEMON Mon Mar  2 10:06:00 2026\n${one.replaceAll('anna@', 'bert@')}`;
    expect(parseReport(Buffer.from(file)).recipients.map(({ recipient }) => recipient)).toEqual(['anna@example.com', 'bert@example.com']);
  });
});

const DMARC = `<?xml version="1.0"?><feedback xmlns="urn:ietf:params:xml:ns:dmarc-2.0"><version>1.0</version>
<report_metadata><org_name>Example &amp; Co</org_name><email>dmarc@example.net</email><report_id>r-1</report_id>
<date_range><begin>1772409600</begin><end>1772495999</end></date_range></report_metadata>
<policy_published><domain>sender.example.org</domain><adkim>s</adkim><aspf>r</aspf><p>quarantine</p><np>reject</np><testing>y</testing></policy_published>
<record><row><source_ip>192.0.2.9</source_ip><count>7</count><policy_evaluated><disposition>none</disposition><dkim>pass</dkim><spf>fail</spf>
<reason><type>local_policy</type><comment>arc=pass</comment></reason></policy_evaluated></row>
<identifiers><header_from>sender.example.org</header_from><envelope_from>bounce.sender.example.org</envelope_from></identifiers>
<auth_results><dkim><domain>sender.example.org</domain><selector>s1</selector><result>pass</result></dkim><spf><domain>bounce.sender.example.org</domain><scope>mfrom</scope><result>softfail</result></spf></auth_results></record></feedback>`;
const TLS = JSON.stringify({
  'organization-name': 'Example', 'date-range': { 'start-datetime': '2026-03-01T00:00:00Z', 'end-datetime': '2026-03-01T23:59:59Z' },
  'contact-info': 'tls@example.net', 'report-id': 't-1',
  policies: [{ policy: { 'policy-type': 'sts', 'policy-string': ['version: STSv1'], 'policy-domain': 'sender.example.org', 'mx-host': '*.example.org' }, summary: { 'total-successful-session-count': 3, 'total-failure-session-count': 1 }, 'failure-details': [{ 'result-type': 'certificate-expired', 'failed-session-count': 1 }] }],
});

/** A zip with one member, as small as the format allows. */
function zip(content: Buffer, name = 'report.xml', flags = 0): Buffer {
  const packed = deflateRawSync(content);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(flags, 6);
  local.writeUInt16LE(8, 8);
  local.writeUInt32LE(packed.length, 18);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(flags, 8);
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(packed.length, 20);
  entry.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt32LE(local.length + name.length + packed.length, 16);
  return Buffer.concat([local, Buffer.from(name), packed, entry, Buffer.from(name), end]);
}

function mail(type: string, name: string, content: Buffer): Buffer {
  return Buffer.from(`From: reports@example.net\nTo: dmarc@sender.example.org\nSubject: Report Domain: sender.example.org\nMIME-Version: 1.0\nContent-Type: ${type}; name="${name}"\nContent-Transfer-Encoding: base64\n\n${content.toString('base64')}\n`);
}

describe('DMARC aggregate reports', () => {
  const dmarc = {
    organization: 'Example & Co', reportId: 'r-1', beginsAt: new Date('2026-03-02T00:00:00Z'), endsAt: new Date('2026-03-02T23:59:59Z'),
    policy: { domain: 'sender.example.org', adkim: 'strict', aspf: 'relaxed', p: 'quarantine', sp: null, np: 'reject', testing: true },
    records: [{ sourceIp: '192.0.2.9', count: 7, disposition: 'none', dkim: 'pass', spf: 'fail', overrides: [{ type: 'local_policy', comment: 'arc=pass' }], headerFrom: 'sender.example.org', spfResults: [{ scope: 'mfrom', result: 'softfail' }] }],
  };
  test.each<[string, Buffer]>([
    ['as a file', Buffer.from(DMARC)],
    ['gzip file', gzipSync(DMARC)],
    ['plain', mail('text/xml', 'r.xml', Buffer.from(DMARC))],
    ['gzip', mail('application/gzip', 'r.xml.gz', gzipSync(DMARC))],
    ['gzip under a wrong type', mail('application/octet-stream', 'r.xml.gz', gzipSync(DMARC))],
    ['zip', mail('application/zip', 'r.zip', zip(Buffer.from(DMARC)))],
  ])('%s', (_, raw) => expect(parseReport(raw)).toMatchObject({ kind: 'dmarc', dmarc }));
});

describe('TLS reports', () => {
  const tlsrpt = { organization: 'Example', reportId: 't-1', policies: [{ type: 'sts', mxHosts: ['*.example.org'], successfulSessions: 3, failedSessions: 1, failures: [{ resultType: 'certificate-expired', failedSessions: 1, reasonCode: null }] }] };
  test.each<[string, Buffer]>([
    ['as a file', Buffer.from(TLS)],
    ['gzip', mail('application/tlsrpt+gzip', 'r.json.gz', gzipSync(TLS))],
    ['plain', mail('application/tlsrpt+json', 'r.json', Buffer.from(TLS))],
  ])('%s', (_, raw) => expect(parseReport(raw)).toMatchObject({ kind: 'tlsrpt', tlsrpt }));
});

describe('hostile reports are refused, and say why', () => {
  const zeros = Buffer.alloc(24 * 1024 * 1024);
  const entities = `<?xml version="1.0"?><!DOCTYPE feedback [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><feedback>&b;</feedback>`;
  test.each<[string, Buffer, RegExp]>([
    ['gzip bomb', mail('application/gzip', 'r.xml.gz', gzipSync(zeros)), /grows beyond/],
    ['zip bomb', mail('application/zip', 'r.zip', zip(zeros)), /grows beyond/],
    ['entities', mail('text/xml', 'r.xml', Buffer.from(entities)), /document type/],
    ['external entity', Buffer.from('<?xml version="1.0"?><!DOCTYPE feedback SYSTEM "file:///etc/passwd"><feedback/>'), /document type/],
    ['deep XML', Buffer.from('<feedback>'.repeat(5_000)), /deeper than/],
    ['broken XML', Buffer.from('<feedback><version>1</feedback>'), /not well-formed/],
    ['XML of another kind', Buffer.from('<?xml version="1.0"?><svg/>'), /feedback expected/],
    ['cut gzip', mail('application/gzip', 'r.xml.gz', gzipSync(DMARC).subarray(0, 100)), /damaged/],
    ['encrypted zip', mail('application/zip', 'r.zip', zip(Buffer.from(DMARC), 'r.xml', 1)), /encrypted/],
    ['zip without a directory', mail('application/zip', 'r.zip', zip(Buffer.from(DMARC)).subarray(0, 200)), /directory/],
    ['TLS report without dates', Buffer.from('{"report-id":"x","policies":[]}'), /date-range/],
    ['too many policies', Buffer.from(JSON.stringify({ ...(JSON.parse(TLS) as object), policies: Array(1_001).fill({}) })), /policies/],
    ['a message too large', Buffer.alloc(26 * 1024 * 1024, 'a'), /larger than/],
  ])('%s', (_, raw, rule) => {
    const report = parseReport(raw);
    expect(report.kind).toBe('none');
    expect(report.kind === 'none' && report.refused).toMatch(rule);
  });

  test('JSON nested without end', () => expect(parseReport(Buffer.from(`{"policies":${'['.repeat(200_000)}`)).kind).toBe('none'));
});
