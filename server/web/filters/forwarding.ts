// Forwarding: an address gets mail only after somebody who reads mail there has followed the link that was sent there.
import { createHash, randomUUID } from 'node:crypto';
import { enqueue } from '../../delivery/enqueue.ts';
import { askForwarding, confirmForwarding, deleteForwarding, findForwardingLink, listForwarding } from '../../filters/forwarding.store.ts';
import { lockFilters } from '../../filters/filter.store.ts';
import { withTransaction } from '../../infra/db/with-transaction.ts';
import type { PoolClient } from '../../infra/db/pool.ts';
import { randomToken } from '../../infra/crypto/hash.ts';
import { domainOf, parseAddress } from '../../mail/address.ts';
import { AppError, fieldError } from '../api/app-error.ts';
import { buildMime } from '../compose/build-mime.ts';
import { oneLine } from '../compose/check-compose.ts';
import type { ForwardingTarget } from '../contract/filters.ts';
import { noteChange, type Actor } from '../security/security-state.ts';
import type { Services } from '../services.ts';
import { findSignInAccount, type Session } from '../session/session.store.ts';

const MAX_TARGETS = 5;
const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

export async function readForwarding({ pool }: Services, { accountId }: Session): Promise<{ items: ForwardingTarget[] }> {
  return { items: await listForwarding(pool, accountId) };
}

/**
 * Sends the link. Asked again, a new one.
 * @throws AppError invalid_request, conflict, rate_limited
 */
export async function askTarget(services: Services, actor: Actor, typed: string): Promise<{ items: ForwardingTarget[] }> {
  const { session, visitor } = actor;
  const parsed = parseAddress(typed);
  if (parsed.kind === 'invalid') throw fieldError('address', parsed.rule);
  const { address } = parsed.value;
  const own = (await services.facts.identities(session)).map((identity) => identity.address.toLowerCase());
  if ([...own, session.address].includes(address.toLowerCase())) throw fieldError('address', 'one of your own addresses');
  const existing = await listForwarding(services.pool, session.accountId);
  if (existing.length >= MAX_TARGETS && !existing.some((target) => target.address === address)) throw new AppError('conflict', { text: `${MAX_TARGETS} addresses are the most.` });
  // Each try is a message to somebody who did not ask for it.
  const verdict = await services.attemptLimit.take(visitor.ip, `forwarding:${session.accountId}`);
  if (verdict.kind === 'limited') throw new AppError('rate_limited', { retryAfterSeconds: verdict.retryAfterSeconds });
  const token = randomToken(32);
  if (!(await askForwarding(services.pool, session, address, hashOf(token)))) throw new AppError('conflict', { text: 'Mail is forwarded there already.' });
  await sendLink(services, session, address, `${services.config.publicUrl}/confirm-forwarding#${token}`);
  await noteChange(services, actor, 'forwarding_changed', { detail: `asked ${address}` });
  return readForwarding(services, session);
}

async function sendLink(services: Services, session: Session, to: string, link: string): Promise<void> {
  const subject = `May mail for ${session.address} be forwarded to you?`;
  const text = [
    `${session.displayName || session.address} (${session.address}) wants to forward incoming mail to ${to}.`,
    '',
    'If you agree, open this link and press the button there. It works for seven days:',
    link,
    '',
    'If you do not know what this is about, do nothing: no mail is forwarded without the link.',
  ].join('\n');
  const messageId = `<${randomUUID()}@${domainOf(session.address)}>`;
  const content = await buildMime({
    from: { name: oneLine(session.displayName), address: session.address },
    recipients: { to: [{ name: '', address: to }], cc: [], bcc: [] }, subject, html: null, text, attachments: [], inline: [], messageId, date: new Date(), inReplyTo: null, references: [],
  });
  const result = await enqueue(services.enqueueDeps, {
    tenantId: session.tenantId, accountId: session.accountId, source: 'web', lane: 'transactional',
    reversePath: session.address, recipients: [{ address: to }], headerFrom: session.address, messageIdHeader: messageId, subject, content,
  });
  if (result.kind === 'rejected') throw new AppError('rejected', { text: result.rule });
}

/** From the link: the one act that needs no session, since whoever reads mail there need not have an account here. */
export async function confirmTarget(services: Services, token: string): Promise<{ from: string; to: string }> {
  const link = await findForwardingLink(services.pool, hashOf(token));
  const account = link ? await findSignInAccount(services.pool, link.accountId) : null;
  if (!link || !account) throw new AppError('gone', { text: 'This link was used, or is no longer good.' });
  await settle(services, account, async (client) => {
    if (!(await confirmForwarding(client, link.id))) throw new AppError('gone', { text: 'This link was used, or is no longer good.' });
  });
  return { from: account.address, to: link.address };
}

/** Nothing goes there from now on. @throws AppError not_found */
export async function removeTarget(services: Services, actor: Actor, id: string): Promise<{ items: ForwardingTarget[] }> {
  const { session } = actor;
  let address: string | null = null;
  await settle(services, { id: session.accountId, wildduckUserId: session.wildduckUserId }, async (client) => {
    address = await deleteForwarding(client, session.accountId, id);
    if (address === null) throw new AppError('not_found');
  });
  await noteChange(services, actor, 'forwarding_changed', { detail: `removed ${address ?? ''}` });
  return readForwarding(services, session);
}

/** Changes the rows and tells the mail store who has agreed; when it refuses, nothing is changed. */
async function settle(services: Services, account: { id: string; wildduckUserId: string }, edit: (client: PoolClient) => Promise<void>): Promise<void> {
  await withTransaction(services.pool, async (client) => {
    await lockFilters(client, account.id);
    await edit(client);
    const agreed = (await listForwarding(client, account.id)).filter((target) => target.verified);
    await services.wildduck.setForwarding(account.wildduckUserId, agreed.map((target) => target.address));
  });
}
