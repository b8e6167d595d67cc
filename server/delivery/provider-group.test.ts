import { expect, test } from 'vitest';
import { PROVIDER_GROUPS, providerOf } from './provider-group.ts';

test.each([
  [['gmail-smtp-in.l.google.com', 'alt1.gmail-smtp-in.l.google.com'], 'google'],
  [['smtp.google.com'], 'google'],
  [['example-com.mail.protection.outlook.com'], 'microsoft'],
  [['example-com.a-v1.mx.microsoft'], 'microsoft'],
  [['mta5.am0.yahoodns.net'], 'yahoo'],
  [['mx01.mail.icloud.com'], 'apple'],
  [['mx00.ionos.com', 'mx00.kundenserver.de'], 'gmx'],
  [['mx.qq.com', 'mx2.qq.com'], 'tencent'],
  [['mail.example.com', 'aspmx.l.google.com'], 'google'],
  [['notgoogle.com', 'google.com.example.net'], 'other'],
  [['127.0.0.1'], 'other'],
  [[], 'other'],
])('%j is %s', (hosts, provider) => {
  expect(providerOf(hosts)).toBe(provider);
});

test('every provider has a group', () => {
  expect(PROVIDER_GROUPS).toContain('google');
  expect(PROVIDER_GROUPS.at(-1)).toBe('other');
});
