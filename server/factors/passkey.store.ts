// Rows of passkey: public keys of WebAuthn credentials and when they were used.
import type { Queryable } from '../infra/db/pool.ts';
import type { Owner } from './factor.store.ts';

export interface PasskeyRow {
  id: string;
  accountId: string;
  credentialId: Buffer;
  publicKey: Buffer;
  counter: number;
  transports: string[];
  name: string;
  backedUp: boolean;
  createdAt: Date;
  lastUsedAt: Date | null;
}

/** More than anybody has; a bound for lists and options. */
export const MAX_PASSKEYS = 25;

const COLUMNS = `id, account_id AS "accountId", credential_id AS "credentialId", public_key AS "publicKey", counter, transports, name,
  backed_up AS "backedUp", created_at AS "createdAt", last_used_at AS "lastUsedAt"`;

export type NewPasskey = Pick<PasskeyRow, 'credentialId' | 'publicKey' | 'counter' | 'transports' | 'name' | 'backedUp'>;

/** @returns false when the credential is known already, or the account has too many */
export async function insertPasskey(db: Queryable, owner: Owner, passkey: NewPasskey): Promise<boolean> {
  const result = await db.query(
    `INSERT INTO passkey (account_id, tenant_id, credential_id, public_key, counter, transports, name, backed_up)
     SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE (SELECT count(*) FROM passkey WHERE account_id = $1) < ${MAX_PASSKEYS}
     ON CONFLICT DO NOTHING`,
    [owner.accountId, owner.tenantId, passkey.credentialId, passkey.publicKey, passkey.counter, passkey.transports, passkey.name, passkey.backedUp],
  );
  return result.rowCount === 1;
}

export async function listPasskeys(db: Queryable, accountId: string): Promise<PasskeyRow[]> {
  const { rows } = await db.query<PasskeyRow>(`SELECT ${COLUMNS} FROM passkey WHERE account_id = $1 ORDER BY created_at LIMIT ${MAX_PASSKEYS}`, [accountId]);
  return rows;
}

export async function findPasskey(db: Queryable, credentialId: Uint8Array): Promise<PasskeyRow | null> {
  const { rows } = await db.query<PasskeyRow>(`SELECT ${COLUMNS} FROM passkey WHERE credential_id = $1`, [credentialId]);
  return rows[0] ?? null;
}

/**
 * Notes a use. A counter that does not grow means a copied authenticator (WebAuthn 6.1.1); 0 means that there is none.
 * @returns false when the counter was reached by another use meanwhile
 */
export async function notePasskeyUse(db: Queryable, id: string, counter: number, backedUp: boolean): Promise<boolean> {
  const result = await db.query(
    `UPDATE passkey SET counter = $2, backed_up = $3, last_used_at = now() WHERE id = $1 AND (counter < $2 OR $2 = 0)`,
    [id, counter, backedUp],
  );
  return result.rowCount === 1;
}

export async function renamePasskey(db: Queryable, accountId: string, id: string, name: string): Promise<boolean> {
  const result = await db.query('UPDATE passkey SET name = $3 WHERE id = $2 AND account_id = $1', [accountId, id, name]);
  return result.rowCount === 1;
}

/** @returns its name, or null when there was none */
export async function deletePasskey(db: Queryable, accountId: string, id: string): Promise<string | null> {
  const { rows } = await db.query<{ name: string }>('DELETE FROM passkey WHERE id = $2 AND account_id = $1 RETURNING name', [accountId, id]);
  return rows[0]?.name ?? null;
}
