// App passwords: made, shown once with all that a mail program needs, listed, taken back.
import { createHash } from 'node:crypto';
import { mailServers, type MailServers as AllServers } from '../../clients/mail-servers.ts';
import { mobileconfig } from '../../clients/mobileconfig.ts';
import { deleteSetupProfiles, findSetupProfile, insertSetupProfile } from '../../clients/setup-profile.store.ts';
import { thunderbirdCode } from '../../clients/thunderbird-code.ts';
import { randomToken } from '../../infra/crypto/hash.ts';
import { AppError } from '../api/app-error.ts';
import type { AppPassword, AppPasswordCreated, AppPasswordScope, MailServers } from '../contract/security.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { qrPath } from './qr-path.ts';
import { noteChange, type Actor } from './security-state.ts';

const MAX_APP_PASSWORDS = 50;
const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();
const PROFILE_CONTEXT = 'setup_profile';

export async function listPasswords(services: Services, session: Session): Promise<{ items: AppPassword[]; servers: MailServers }> {
  const found = await services.wildduck.listAppPasswords(session.wildduckUserId);
  return {
    items: found.reverse().map(({ id, description, scopes, createdAt, lastUsedAt }) => ({
      id, name: description, scopes, createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null,
    })),
    servers: serversFor(services, session),
  };
}

/** @throws AppError conflict when there are too many */
export async function makePassword(services: Services, actor: Actor, body: { name: string; scopes: AppPasswordScope[] }): Promise<AppPasswordCreated> {
  const { session, visitor } = actor;
  const existing = await services.wildduck.listAppPasswords(session.wildduckUserId);
  if (existing.length >= MAX_APP_PASSWORDS) throw new AppError('conflict', { text: `There are ${MAX_APP_PASSWORDS} app passwords. Remove one that you no longer use.` });
  const { id, password } = await services.wildduck.createAppPassword(session.wildduckUserId, {
    description: body.name,
    scopes: body.scopes,
    ...(visitor.ip === 'unknown' ? {} : { ip: visitor.ip }),
  });
  await noteChange(services, actor, 'app_password_made', { detail: body.name });
  const both = body.scopes.includes('imap') && body.scopes.includes('smtp');
  const account = { address: session.address, displayName: session.displayName, password };
  const all = mailServers(services.config);
  return {
    item: { id, name: body.name, scopes: body.scopes, createdAt: new Date().toISOString(), lastUsedAt: null },
    password,
    servers: serversFor(services, session),
    profile: both ? await keepProfile(services, session, all, { ...account, deviceName: body.name }) : null,
    thunderbird: both ? qrPath(thunderbirdCode(all, account)) : null,
  };
}

async function keepProfile(services: Services, session: Session, servers: AllServers, account: Parameters<typeof mobileconfig>[1]) {
  const token = randomToken(32);
  const sealed = services.secretBox.seal(mobileconfig(servers, account), PROFILE_CONTEXT);
  await insertSetupProfile(services.pool, { tokenHash: hashOf(token), tenantId: session.tenantId, accountId: session.accountId, sealed });
  const url = `${services.config.publicUrl}/api/setup/${token}`;
  return { url: `/api/setup/${token}`, qr: qrPath(url) };
}

/** The profile behind a link that was scanned. @throws AppError not_found: never there, or too late */
export async function serveProfile(services: Services, token: string): Promise<Response> {
  const sealed = await findSetupProfile(services.pool, hashOf(token));
  if (!sealed) throw new AppError('not_found', { text: 'This link has expired. Make a new app password.' });
  return new Response(new Uint8Array(services.secretBox.open(sealed, PROFILE_CONTEXT)), {
    headers: { 'content-type': 'application/x-apple-aspen-config', 'content-disposition': 'attachment; filename="mail.mobileconfig"' },
  });
}

/** Signs out every program that uses it, at its next sign-in. @throws AppError not_found */
export async function revokePassword(services: Services, actor: Actor, id: string): Promise<void> {
  const { session } = actor;
  const known = (await services.wildduck.listAppPasswords(session.wildduckUserId)).find((each) => each.id === id);
  if (!known || !(await services.wildduck.deleteAppPassword(session.wildduckUserId, id))) throw new AppError('not_found');
  await deleteSetupProfiles(services.pool, session.accountId);
  await noteChange(services, actor, 'app_password_revoked', { detail: known.description });
}

function serversFor({ config }: Services, session: Session): MailServers {
  const { imap, pop3, smtp, smtpStarttls } = mailServers(config);
  return { username: session.address, imap, pop3, smtp, smtpStarttls };
}
