// An invitation within a message: read, and answered once for each change of mind.
import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { domainOf } from '../../mail/address.ts';
import { enqueue } from '../../delivery/enqueue.ts';
import { type Invitation as Parsed, readInvitation } from '../../mail/calendar/invitation.ts';
import { AppError } from '../api/app-error.ts';
import type { Invitation, InvitationResponse } from '../contract/calendar.ts';
import type { Identity } from '../contract/session.ts';
import type { EmailPlace } from '../message/email-id.ts';
import { openMessage } from '../message/open-message.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { readSettings } from '../settings/settings.store.ts';
import { answerMessage, answerSubject } from './answer-message.ts';
import { findAnswer, storeAnswer } from './invitation-answer.store.ts';

const CALENDAR = /^(?:text\/calendar|application\/ics)$/i;
const MAX_BYTES = 1_000_000;

interface Found {
  source: string;
  parsed: Parsed;
  messageId: string;
  inJunk: boolean;
}

/** @throws AppError not_found: no such message, or no event in it */
export async function readInvitationOf(services: Services, session: Session, place: EmailPlace): Promise<Invitation> {
  const found = await find(services, session, place);
  return describe(services, session, found);
}

/**
 * Answers to the organizer, unless that very answer was given to this state of the invitation. A request that is
 * repeated after a lost reply sends nothing twice.
 * @throws AppError not_found; conflict: it asks for no answer; rejected: the organizer's address takes none
 */
export async function answerInvitation(services: Services, session: Session, place: EmailPlace, response: InvitationResponse): Promise<Invitation> {
  const found = await find(services, session, place);
  const { parsed } = found;
  const identity = await answerableAs(services, session, found);
  if (!identity || !parsed.organizer) throw new AppError('conflict', { text: 'This invitation asks for no answer.' });
  const key = eventKey(parsed);
  const before = await findAnswer(services.pool, session.accountId, key);
  if (before?.response !== response || before.sequence !== parsed.sequence) {
    const revision = (before?.revision ?? 0) + 1;
    await send(services, session, found, { identity, organizer: parsed.organizer, response, revision, key });
    await storeAnswer(services.pool, session, key, { response, sequence: parsed.sequence, revision });
  }
  return describe(services, session, found);
}

async function find(services: Services, session: Session, place: EmailPlace): Promise<Found> {
  const { row, content } = await openMessage(services, session, place);
  const part = content.attachments.find((attachment) => CALENDAR.test(attachment.contentType) && attachment.sizeBytes <= MAX_BYTES);
  const stored = part && (await services.wildduck.getAttachment({ userId: session.wildduckUserId, mailboxId: place.folderId, uid: place.uid }, part.id));
  const source = stored ? await text(stored.stream) : '';
  const parsed = source.length <= MAX_BYTES ? readInvitation(source) : null;
  if (!parsed) throw new AppError('not_found', { text: 'There is no invitation in this message that can be read.' });
  return { source, parsed, messageId: content.messageId, inJunk: row.folderUse === 'junk' };
}

async function describe(services: Services, session: Session, found: Found): Promise<Invitation> {
  const { uid: _uid, recurrenceId: _recurrenceId, sequence, ...shown } = found.parsed;
  const [identity, answer] = await Promise.all([answerableAs(services, session, found), findAnswer(services.pool, session.accountId, eventKey(found.parsed))]);
  const current = answer && answer.sequence >= sequence ? answer : null;
  return { ...shown, answerAs: identity?.address ?? null, answered: current && { response: current.response, at: current.answeredAt.toISOString() } };
}

/** The account's address that is invited, or its main one when the invitation came by a list. Not from Junk: an answer confirms the address. */
async function answerableAs(services: Services, session: Session, { parsed, inJunk }: Found): Promise<Identity | null> {
  if (parsed.method !== 'request' || parsed.cancelled || !parsed.organizer || inJunk) return null;
  const identities = await services.facts.identities(session);
  const isOwn = (address: string) => (identity: Identity) => identity.address.toLowerCase() === address.toLowerCase();
  if (identities.some(isOwn(parsed.organizer.address))) return null;
  const invited = parsed.attendees.map(({ address }) => identities.find(isOwn(address))).find((identity) => identity !== undefined);
  return invited ?? identities.find((identity) => identity.main) ?? null;
}

interface Sending {
  identity: Identity;
  organizer: { name: string; address: string };
  response: InvitationResponse;
  revision: number;
  key: Buffer;
}

async function send(services: Services, session: Session, { source, parsed, messageId }: Found, { identity, organizer, response, revision, key }: Sending): Promise<void> {
  const settings = await readSettings(services.pool, session.accountId);
  const name = `${key.toString('hex').slice(0, 32)}.${revision}.${response}`;
  const ownId = `<${name}.${session.accountId.slice(0, 8)}@${domainOf(identity.address)}>`;
  const content = await answerMessage({
    source, organizer, response,
    summary: parsed.summary,
    attendee: { name: settings.displayName || identity.name, address: identity.address },
    at: new Date(),
    messageId: ownId,
    inReplyTo: messageId || null,
  });
  if (content === null) throw new AppError('conflict', { text: 'This invitation asks for no answer.' });
  const result = await enqueue(services.enqueueDeps, {
    tenantId: session.tenantId,
    accountId: session.accountId,
    source: 'web',
    lane: 'transactional',
    reversePath: identity.address,
    recipients: [{ address: organizer.address }],
    headerFrom: identity.address,
    messageIdHeader: ownId,
    subject: answerSubject(response, parsed.summary),
    content,
    idempotencyKey: { key: `invitation:${session.accountId}:${name}`, bodyHash: name },
  });
  if (result.kind === 'rejected') throw new AppError('rejected', { text: result.rule });
}

/** Names the event for one account, however long its identifiers are. */
function eventKey({ uid, recurrenceId }: Parsed): Buffer {
  return createHash('sha256').update(JSON.stringify([uid, recurrenceId])).digest();
}
