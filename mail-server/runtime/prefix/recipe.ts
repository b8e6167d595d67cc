// What goes into the private prefix of backing services, and the hash that its cache is keyed by. Data only.
import { createHash } from 'node:crypto';

/** Raise when unpacking or relocating changes, so that old caches aren't taken for new ones. */
const RECIPE_VERSION = 1;

/** Debian's testing suite, the only one that carries PostgreSQL 18 with DocumentDB. */
export const SUITE = 'forky';

/** The packages that we want; apt adds their closure. */
export const PACKAGES = [
  'postgresql-18',
  'postgresql-client-18',
  'postgresql-18-documentdb',
  'valkey-server',
  'rspamd',
  'openssl',
  'patchelf',
] as const;

/**
 * Declared as installed already, so that apt leaves them and what only they need out of the closure: service
 * management, maintainer scripts and documentation tooling, none of which runs inside a prefix. Saves a quarter.
 */
export const LEFT_OUT = [
  'adduser',
  'base-passwd',
  'ca-certificates',
  'debconf',
  'dirmngr',
  'fontconfig-config',
  'gnupg',
  'gpg',
  'libjs-bootstrap5',
  'libjs-requirejs',
  'libjson-perl',
  'libperl5.42',
  'locales',
  'lsb-base',
  'mariadb-common',
  'mysql-common',
  'netbase',
  'passwd',
  'perl',
  'perl-base',
  'postgresql-client-common',
  'postgresql-common',
  'procps',
  'readline-common',
  'sensible-utils',
  'ssl-cert',
  'systemd',
  'sysvinit-utils',
  'ucf',
] as const;

/** Folders that no service reads, removed after unpacking. */
export const UNREAD_FOLDERS = ['usr/share/doc', 'usr/share/locale', 'usr/share/man', 'usr/share/lintian', 'usr/include'];

/** The cache key: equal for all checkouts that want the same prefix. */
export function recipeHash(architecture: string): string {
  const recipe = JSON.stringify([RECIPE_VERSION, SUITE, PACKAGES, LEFT_OUT, UNREAD_FOLDERS, architecture]);
  return createHash('sha256').update(recipe).digest('hex').slice(0, 16);
}

/**
 * dpkg's status file in which exactly `LEFT_OUT` is installed. The version is high enough for every versioned
 * dependency.
 */
export function statusFile(architecture: string): string {
  return LEFT_OUT.map(
    (name) =>
      `Package: ${name}\nStatus: install ok installed\nVersion: 9999:1\nArchitecture: ${architecture}\n` +
      'Multi-Arch: foreign\nMaintainer: none\nDescription: not part of the prefix\n\n',
  ).join('');
}
