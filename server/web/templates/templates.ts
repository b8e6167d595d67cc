// Templates as the API has them.
import { AppError, fieldError } from '../api/app-error.ts';
import { UUID } from '../../files/upload.store.ts';
import { TEMPLATES_MAX, type Template } from '../contract/templates.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import * as store from './template.store.ts';

interface Content {
  name: string;
  subject: string;
  html: string;
}

export async function readTemplates(services: Services, session: Session): Promise<Template[]> {
  return (await store.listTemplates(services.pool, session.accountId)).map(toTemplate);
}

/** @throws AppError naming the name when it is taken, quota_exceeded */
export async function makeTemplate(services: Services, session: Session, content: Content): Promise<Template> {
  const row = await store.insertTemplate(services.pool, session, withoutUploads(content), TEMPLATES_MAX);
  if (row) return toTemplate(row);
  const present = await store.listTemplates(services.pool, session.accountId);
  if (present.length >= TEMPLATES_MAX) throw new AppError('quota_exceeded', { text: `At most ${TEMPLATES_MAX} templates can be kept.` });
  throw fieldError('name', 'there is a template of this name');
}

/** @throws AppError not_found, or naming the name when another has it */
export async function changeTemplate(services: Services, session: Session, id: string, content: Content): Promise<Template> {
  const row = UUID.test(id) ? await store.updateTemplate(services.pool, session.accountId, id, withoutUploads(content)) : null;
  if (row) return toTemplate(row);
  const present = await store.listTemplates(services.pool, session.accountId);
  if (!present.some((one) => one.id === id)) throw new AppError('not_found');
  throw fieldError('name', 'there is a template of this name');
}

/** @throws AppError not_found */
export async function dropTemplate(services: Services, session: Session, id: string): Promise<void> {
  if (!UUID.test(id) || !(await store.deleteTemplate(services.pool, session.accountId, id))) throw new AppError('not_found');
}

/** An upload lives as long as the message that it was made for. */
function withoutUploads(content: Content): Content {
  return { ...content, html: content.html.replace(/<img\b[^>]*\/api\/uploads\/[^>]*>/gi, '') };
}

const toTemplate = (row: store.TemplateRow): Template => ({ ...row, updatedAt: row.updatedAt.toISOString() });
