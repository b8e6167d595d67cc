import { describe, expect, it } from 'vitest';
import { parsePrintedUris, pickMirror } from './apt.ts';

const line = (url: string) => `'${url}' file_name 0 \n`;

describe('pickMirror', () => {
  const cases: { name: string; lists: string[]; mirror: string | null }[] = [
    {
      name: "Debian 12's usual sources",
      lists: [
        'http://mirror.example/debian/dists/bookworm/InRelease',
        'http://mirror.example/debian/dists/bookworm-updates/InRelease',
        'http://mirror.example/debian-security/dists/bookworm-security/InRelease',
      ],
      mirror: 'http://mirror.example/debian',
    },
    {
      name: 'security and others first, a local mirror under another name',
      lists: [
        'https://deb.nodesource.com/node_20.x/dists/nodistro/InRelease',
        'http://mirror.local:3142/security.debian.org/dists/bookworm-security/InRelease',
        'http://mirror.local:3142/security.debian.org/dists/bookworm/InRelease',
        'https://apt.example/artifactory/debian-remote/dists/trixie/InRelease',
      ],
      mirror: 'https://apt.example/artifactory/debian-remote',
    },
    { name: 'a slash too many', lists: ['http://ftp.de.debian.org/debian//dists/stable/InRelease'], mirror: 'http://ftp.de.debian.org/debian' },
    { name: 'another system', lists: ['http://archive.ubuntu.com/ubuntu/dists/noble/InRelease'], mirror: null },
    { name: 'only backports', lists: ['http://mirror.example/debian/dists/bookworm-backports/InRelease'], mirror: null },
    { name: 'nothing', lists: [], mirror: null },
  ];
  it.each(cases)('$name', ({ lists, mirror }) => {
    expect(pickMirror(lists.map(line).join(''))).toBe(mirror);
  });
});

it('takes the names of package files, and nothing else, from --print-uris', () => {
  const text = [
    "'http://m/debian/pool/main/v/valkey/valkey-server_9.1.2-1_amd64.deb' valkey-server_9.1.2-1_amd64.deb 37612 SHA256:ab",
    "'http://m/debian/pool/main/z/zlib/zlib1g_1.3%2bb1_amd64.deb' zlib1g_1%3a1.3+b1_amd64.deb 90000 SHA256:cd",
    'Reading package lists...',
  ].join('\n');
  expect(parsePrintedUris(text)).toEqual(['valkey-server_9.1.2-1_amd64.deb', 'zlib1g_1%3a1.3+b1_amd64.deb']);
});
