// How a transaction is known again after its connection died, also across a crash of PostgreSQL. Owns the two pieces of
// SQL; who asks, and what follows from the answer, is Backend's and Transactions'.
import type { Statement } from './protocol.ts';

/**
 * An expression that a transaction which wrote evaluates after its last write: its id, where the log then ended, and
 * where the server's last recovery ended (empty after an orderly start). NULL when nothing was written.
 *
 * The id alone is not enough. What a crash takes with it are the newest records of the log, and when all of a
 * transaction's are among them, the recovered server has never heard of its id and gives it to somebody else, whose
 * commit must not be taken for ours.
 */
export const TRANSACTION_MARK = `pg_current_xact_id_if_assigned()::text || ' ' || pg_current_wal_insert_lsn()::text || ' ' || coalesce(pg_last_wal_replay_lsn()::text, '')`;

/**
 * $1: a mark. One column: `committed`, `aborted`, `in progress`, or `lost` when the server has recovered since, and not
 * as far as the mark's place in the log: then the commit, which stood behind it, is gone, whoever has the id now.
 */
export const TRANSACTION_FATE: Statement = {
  name: 'transaction_fate',
  sql: `SELECT CASE WHEN recovered IS DISTINCT FROM recovered_before AND recovered < written_to THEN 'lost' ELSE pg_xact_status(id) END
    FROM (SELECT split_part($1::text, ' ', 1)::xid8 AS id, split_part($1::text, ' ', 2)::pg_lsn AS written_to,
      nullif(split_part($1::text, ' ', 3), '')::pg_lsn AS recovered_before, pg_last_wal_replay_lsn() AS recovered) AS mark`,
};
