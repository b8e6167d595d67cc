// Rows of compose_template.
import type { Queryable } from '../../infra/db/pool.ts';

export interface TemplateRow {
  id: string;
  name: string;
  subject: string;
  html: string;
  updatedAt: Date;
}

type Content = Pick<TemplateRow, 'name' | 'subject' | 'html'>;
const COLUMNS = `id, name, subject, html, updated_at AS "updatedAt"`;

/** By name. */
export async function listTemplates(db: Queryable, accountId: string): Promise<TemplateRow[]> {
  const { rows } = await db.query<TemplateRow>(`SELECT ${COLUMNS} FROM compose_template WHERE account_id = $1 ORDER BY lower(name)`, [accountId]);
  return rows;
}

/** Null when the account has `most` already, or one of that name. */
export async function insertTemplate(db: Queryable, owner: { tenantId: string; accountId: string }, content: Content, most: number): Promise<TemplateRow | null> {
  const { rows } = await db.query<TemplateRow>(
    `INSERT INTO compose_template (tenant_id, account_id, name, subject, html)
     SELECT $1, $2, $3, $4, $5 WHERE (SELECT count(*) FROM compose_template WHERE account_id = $2) < $6
     ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
    [owner.tenantId, owner.accountId, content.name, content.subject, content.html, most],
  );
  return rows[0] ?? null;
}

/** Null when there is none of that id, or another has the name. */
export async function updateTemplate(db: Queryable, accountId: string, id: string, content: Content): Promise<TemplateRow | null> {
  const { rows } = await db.query<TemplateRow>(
    `UPDATE compose_template t SET name = $3, subject = $4, html = $5, updated_at = now()
      WHERE id = $2 AND account_id = $1
        AND NOT EXISTS (SELECT 1 FROM compose_template o WHERE o.account_id = $1 AND o.id <> $2 AND lower(o.name) = lower($3))
      RETURNING ${COLUMNS}`,
    [accountId, id, content.name, content.subject, content.html],
  );
  return rows[0] ?? null;
}

/** @returns whether there was one */
export async function deleteTemplate(db: Queryable, accountId: string, id: string): Promise<boolean> {
  const result = await db.query('DELETE FROM compose_template WHERE account_id = $1 AND id = $2', [accountId, id]);
  return result.rowCount === 1;
}
