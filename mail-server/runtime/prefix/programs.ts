// Where the programs of a prefix are. Paths only.
import { join } from 'node:path';

export interface PrefixPrograms {
  root: string;
  postgresBin: string;
  postgres: string;
  initdb: string;
  pgIsReady: string;
  valkeyServer: string;
  rspamd: string;
  openssl: string;
  /** rspamd's own read-only files. */
  rspamdShare: string;
  rspamdConf: string;
  rspamdLib: string;
  publicSuffixList: string;
}

export function prefixPrograms(root: string): PrefixPrograms {
  const postgresBin = join(root, 'usr/lib/postgresql/18/bin');
  return {
    root,
    postgresBin,
    postgres: join(postgresBin, 'postgres'),
    initdb: join(postgresBin, 'initdb'),
    pgIsReady: join(postgresBin, 'pg_isready'),
    valkeyServer: join(root, 'usr/bin/valkey-server'),
    rspamd: join(root, 'usr/bin/rspamd'),
    openssl: join(root, 'usr/bin/openssl'),
    rspamdShare: join(root, 'usr/share/rspamd'),
    rspamdConf: join(root, 'etc/rspamd'),
    rspamdLib: join(root, 'usr/lib/rspamd'),
    publicSuffixList: join(root, 'usr/share/publicsuffix/effective_tld_names.dat'),
  };
}
