// Pieces of SQL about suppressions that the statements of accept, claim and outcome share.
import { PEOPLES_SOURCES, SUPPRESSION_RULES } from './suppression-rules.ts';

const list = (values: readonly string[]): string => values.map((value) => `'${value}'`).join(', ');
const reasonsThat = (property: 'sparesPeople' | 'marketingOnly'): string =>
  list(Object.entries(SUPPRESSION_RULES).filter(([, rule]) => rule[property]).map(([reason]) => reason));

/** SQL list of the sources that persons write from. */
export const SQL_PEOPLES_SOURCES = list(PEOPLES_SOURCES);

/** The look-up key of an address: SHA-256 of its lower-case form, so that it can outlive the address itself. */
export const sqlAddressHash = (address: string): string => `sha256(convert_to(lower(${address}), 'UTF8'))`;

/**
 * FROM and WHERE that find the rows of `suppression s` which stop mail to an address; one probe of its unique index.
 * What an operator put there for all tenants stops all mail.
 * @param of SQL expressions of the recipient's address, and of the message's tenant, lane and source
 */
export const sqlSuppressing = (of: { address: string; tenantId: string; lane: string; source: string }): string =>
  `FROM suppression s
    WHERE s.address_hash = ${sqlAddressHash(of.address)}
      AND (s.expires_at IS NULL OR s.expires_at > now())
      AND (s.tenant_id IS NULL OR (s.tenant_id = ${of.tenantId}
        AND (s.reason NOT IN (${reasonsThat('marketingOnly')}) OR ${of.lane} = 'marketing')
        AND (s.reason NOT IN (${reasonsThat('sparesPeople')}) OR ${of.source} NOT IN (${SQL_PEOPLES_SOURCES}))))`;

/** A second cause of the same reason: the later end holds, and the newest words. */
export const SQL_SUPPRESS_AGAIN = `ON CONFLICT ON CONSTRAINT suppression_unique DO UPDATE SET
  expires_at = CASE WHEN suppression.expires_at IS NULL OR excluded.expires_at IS NULL THEN NULL ELSE greatest(suppression.expires_at, excluded.expires_at) END,
  source = excluded.source, detail = excluded.detail, queue_id = excluded.queue_id,
  address = coalesce(suppression.address, excluded.address)`;

/** Days that a bounce suppresses for, by the SQL expression of the message's source. */
export const sqlBounceEnd = (source: string): string =>
  `now() + CASE WHEN ${source} IN (${SQL_PEOPLES_SOURCES}) THEN interval '${SUPPRESSION_RULES.bounce.daysFromPeople} days'
    ELSE interval '${SUPPRESSION_RULES.bounce.days} days' END`;
