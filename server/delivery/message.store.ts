// Reading accepted messages: envelope and content, many in one query.
import type { Queryable } from '../infra/db/pool.ts';
import type { EnqueueSource, Lane } from './enqueue-types.ts';

export interface StoredMessage {
  queueId: string;
  tenantId: string;
  source: EnqueueSource;
  lane: Lane;
  reversePath: string;
  headerFrom: string;
  size: number;
  needs8bit: boolean;
  needsSmtputf8: boolean;
  dsnRet: 'FULL' | 'HDRS' | null;
  dsnEnvid: string | null;
  /** RFC 8689. */
  requireTls: boolean;
  acceptedAt: Date;
  /** Null when it stands in the blob store under `contentBlob`. */
  content: Buffer | null;
  contentBlob: string | null;
}

/** The messages that exist among these ids. */
export async function selectMessages(db: Queryable, queueIds: readonly string[]): Promise<StoredMessage[]> {
  const result = await db.query<StoredMessage>({
    name: 'select-messages',
    text: `SELECT queue_id AS "queueId", tenant_id AS "tenantId", source, lane, reverse_path AS "reversePath",
      header_from AS "headerFrom", size, needs_8bit AS "needs8bit", needs_smtputf8 AS "needsSmtputf8", dsn_ret AS "dsnRet",
      dsn_envid AS "dsnEnvid", require_tls AS "requireTls", accepted_at AS "acceptedAt", content, content_blob AS "contentBlob"
      FROM outgoing_message WHERE queue_id = ANY($1::uuid[])`,
    values: [queueIds],
  });
  return result.rows;
}
