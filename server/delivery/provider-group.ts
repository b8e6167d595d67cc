// Which mailbox provider runs a site, by the names of its MX hosts: what warm-up and counts go by, since reputation is
// kept by providers and not by domains. The limits' rules take the names from here. Data and a look-up; pure.

/** By provider, the ends of its MX hosts' names. */
export const PROVIDER_HOSTS = {
  google: ['.google.com', '.googlemail.com'],
  microsoft: ['.protection.outlook.com', '.mx.microsoft'],
  yahoo: ['.yahoodns.net'],
  apple: ['.mail.icloud.com'],
  gmx: ['.gmx.net', '.web.de', '.kundenserver.de', '.1and1.com', '.ionos.com'],
  tonline: ['.t-online.de'],
  comcast: ['.comcast.net'],
  orange: ['.orange.fr', '.wanadoo.fr'],
  mailru: ['.mail.ru'],
  yandex: ['.yandex.ru', '.yandex.net'],
  tencent: ['.qq.com'],
  netease: ['.163.com', '.126.com', '.netease.com'],
  proofpoint: ['.pphosted.com', '.ppe-hosted.com'],
  mimecast: ['.mimecast.com', '.mimecast.co.za'],
  zoho: ['.zoho.com', '.zoho.eu'],
} as const satisfies Record<string, readonly string[]>;

export type ProviderGroup = keyof typeof PROVIDER_HOSTS | 'other';

/** Every group, `other` last. */
export const PROVIDER_GROUPS: readonly ProviderGroup[] = [...(Object.keys(PROVIDER_HOSTS) as ProviderGroup[]), 'other'];

const ENDINGS: readonly (readonly [string, ProviderGroup])[] = Object.entries(PROVIDER_HOSTS).flatMap(([provider, endings]) =>
  endings.map((ending) => [ending, provider as ProviderGroup] as const),
);

/**
 * The provider of a site; `other` where no host is known.
 * @param hosts names of its MX hosts, lower case
 */
export function providerOf(hosts: readonly string[]): ProviderGroup {
  for (const host of hosts) {
    const known = ENDINGS.find(([ending]) => host.endsWith(ending) || host === ending.slice(1));
    if (known) return known[1];
  }
  return 'other';
}
