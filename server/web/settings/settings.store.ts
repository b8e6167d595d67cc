// Rows of account_settings and trusted_sender. A setting that was never touched has its default here.
import type { Queryable } from '../../infra/db/pool.ts';
import { settings as schema, type Settings, type SettingsPatch } from '../contract/session.ts';

const DEFAULTS: Settings = {
  displayName: '',
  language: 'auto',
  timeZone: '',
  theme: 'system',
  density: 'comfortable',
  signatureHtml: '',
  remoteImages: 'trusted',
  readingPane: 'right',
  savedSearches: [],
  identities: [],
  undoSeconds: 10,
};

/** The account's settings. Stored values that no longer fit the schema fall back to the default, one by one. */
export async function readSettings(db: Queryable, accountId: string): Promise<Settings> {
  const { rows } = await db.query<{ settings: Record<string, unknown> | null; displayName: string }>(
    `SELECT s.settings, a.display_name AS "displayName" FROM account a
       LEFT JOIN account_settings s ON s.account_id = a.id WHERE a.id = $1`,
    [accountId],
  );
  return withDefaults({ ...DEFAULTS, displayName: rows[0]?.displayName ?? '' }, rows[0]?.settings ?? {});
}

/** @returns the settings after the change */
export async function writeSettings(
  db: Queryable,
  owner: { tenantId: string; accountId: string },
  patch: SettingsPatch,
): Promise<Settings> {
  await db.query(
    `INSERT INTO account_settings (account_id, tenant_id, settings) VALUES ($1, $2, $3)
     ON CONFLICT (account_id) DO UPDATE SET settings = account_settings.settings || excluded.settings, updated_at = now()`,
    [owner.accountId, owner.tenantId, JSON.stringify(patch)],
  );
  return readSettings(db, owner.accountId);
}

function withDefaults(defaults: Settings, stored: Record<string, unknown>): Settings {
  const merged: Record<string, unknown> = { ...defaults };
  for (const [key, field] of Object.entries(schema.shape)) {
    const parsed = field.safeParse(stored[key]);
    if (parsed.success) merged[key] = parsed.data;
  }
  return merged as Settings;
}

export async function setTrustedSender(
  db: Queryable,
  owner: { tenantId: string; accountId: string },
  address: string,
  trusted: boolean,
): Promise<void> {
  if (trusted) {
    await db.query(
      'INSERT INTO trusted_sender (tenant_id, account_id, address) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [owner.tenantId, owner.accountId, address.toLowerCase()],
    );
  } else {
    await db.query('DELETE FROM trusted_sender WHERE account_id = $1 AND address = $2', [owner.accountId, address.toLowerCase()]);
  }
}

/** Those of `addresses` that the account trusts, lower case. */
export async function trustedAmong(db: Queryable, accountId: string, addresses: readonly string[]): Promise<Set<string>> {
  if (addresses.length === 0) return new Set();
  const { rows } = await db.query<{ address: string }>(
    'SELECT address FROM trusted_sender WHERE account_id = $1 AND address = ANY($2)',
    [accountId, addresses.map((address) => address.toLowerCase())],
  );
  return new Set(rows.map((row) => row.address));
}
