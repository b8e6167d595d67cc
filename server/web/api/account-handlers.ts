// The handlers of account-paths.ts: signing in, security, app passwords, filters,
// settings for mail programs.
import { serveAutoconfig, serveAutodiscover, serveAutodiscoverJson } from '../clients/discovery.ts';
import { askTarget, confirmTarget, readForwarding, removeTarget } from '../filters/forwarding.ts';
import { addFilter, editFilter, readFilters, removeFilter, reorderFilters } from '../filters/manage-filters.ts';
import { previewFilter, runFilter } from '../filters/try-filter.ts';
import { readVacation, writeVacation } from '../filters/vacation.ts';
import type { AccountRouteName } from '../contract/paths.ts';
import type { Me } from '../contract/session.ts';
import { readPush, subscribe, unsubscribe } from '../push/push-state.ts';
import { listPasswords, makePassword, revokePassword, serveProfile } from '../security/app-passwords.ts';
import { addPasskey, beginPasskey, namePasskey, removePasskey } from '../security/passkey-settings.ts';
import { readActivity, readSecurity, type Actor } from '../security/security-state.ts';
import { confirmTotp, createTotp, removeTotp, renewRecoveryCodes, setTwoStep } from '../security/two-step.ts';
import { changePassword, verify, verifyOptions } from '../security/verify.ts';
import { readSessionCookie, sessionCookie } from '../session/cookie.ts';
import { beginPasskeySignIn, finishPasskeySignIn, finishSecondStep } from '../session/second-step.ts';
import type { StartedSession } from '../session/sign-in.ts';
import { readMe } from '../settings/me.ts';
import type { AccountContext, Handlers, PublicContext } from './context.ts';

const actorOf = ({ session, ip, userAgent }: AccountContext): Actor => ({ session, visitor: { ip, userAgent } });

/** Gives the browser its new session. It has one at a time: what it held before ends here. */
export async function enterSession(context: PublicContext, started: StartedSession): Promise<Me> {
  const { services, secure, request } = context;
  const before = readSessionCookie(request.headers.get('cookie'), secure);
  const former = before === null ? null : await services.sessions.find(before);
  if (former) await services.sessions.end(former);
  const { token, maxAgeSeconds } = started;
  context.answerHeaders.append('set-cookie', sessionCookie(token, { secure, ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }) }));
  return readMe(services, started.session);
}

const filterHandlers = {
  'filters.list': (_input, { services, session }) => readFilters(services, session),
  'filters.create': ({ body }, { services, session }) => addFilter(services, session, body),
  'filters.order': ({ body }, { services, session }) => reorderFilters(services, session, body.ids),
  'filters.preview': ({ body }, { services, session }) => previewFilter(services, session, body.conditions),
  'filters.run': ({ body }, { services, session }) => runFilter(services, session, body.conditions, body.actions),
  'filters.update': ({ params, body }, { services, session }) => editFilter(services, session, params.filterId, body),
  'filters.delete': ({ params }, { services, session }) => removeFilter(services, session, params.filterId),
  'vacation.get': (_input, { services, session }) => readVacation(services, session),
  'vacation.update': ({ body }, { services, session }) => writeVacation(services, session, body),
  'forwarding.list': (_input, { services, session }) => readForwarding(services, session),
  'forwarding.create': ({ body }, context) => askTarget(context.services, actorOf(context), body.address),
  'forwarding.confirm': ({ body }, { services }) => confirmTarget(services, body.token),
  'forwarding.delete': ({ params }, context) => removeTarget(context.services, actorOf(context), params.targetId),
} satisfies Partial<Handlers>;

export const accountHandlers: Pick<Handlers, AccountRouteName> = {
  ...filterHandlers,
  'session.secondStep': async ({ body }, context) => enterSession(context, await finishSecondStep(context.services, body, context)),
  'session.passkeyOptions': (_input, context) => beginPasskeySignIn(context.services, context),
  'session.passkey': async ({ body }, context) => enterSession(context, await finishPasskeySignIn(context.services, body, context)),
  'session.verifyOptions': (_input, context) => verifyOptions(context.services, actorOf(context)),
  'session.verify': async ({ body }, context) => {
    await verify(context.services, actorOf(context), body);
    return {};
  },

  'security.get': (_input, { services, session }) => readSecurity(services, session),
  'security.activity': async ({ query }, { services, session }) => ({ items: await readActivity(services, session, query.limit) }),
  'twoStep.update': ({ body }, context) => setTwoStep(context.services, actorOf(context), body.enabled),
  'totp.create': (_input, context) => createTotp(context.services, actorOf(context)),
  'totp.confirm': ({ body }, context) => confirmTotp(context.services, actorOf(context), body.code),
  'totp.delete': (_input, context) => removeTotp(context.services, actorOf(context)),
  'recoveryCodes.create': (_input, context) => renewRecoveryCodes(context.services, actorOf(context)),
  'passkeys.options': (_input, context) => beginPasskey(context.services, actorOf(context)),
  'passkeys.create': ({ body }, context) => addPasskey(context.services, actorOf(context), body),
  'passkeys.rename': ({ params, body }, context) => namePasskey(context.services, actorOf(context), params.passkeyId, body.name),
  'passkeys.delete': ({ params }, context) => removePasskey(context.services, actorOf(context), params.passkeyId),
  'password.update': async ({ body }, context) => {
    await changePassword(context.services, actorOf(context), body);
    return {};
  },

  'appPasswords.list': (_input, { services, session }) => listPasswords(services, session),
  'appPasswords.create': ({ body }, context) => makePassword(context.services, actorOf(context), body),
  'appPasswords.delete': async ({ params }, context) => {
    await revokePassword(context.services, actorOf(context), params.appPasswordId);
    return {};
  },
  'push.get': (_input, { services, session }) => readPush(services, session),
  'push.subscribe': ({ body }, { services, session }) => subscribe(services, session, body),
  'push.unsubscribe': (_input, { services, session }) => unsubscribe(services, session),
  'clients.autoconfig': ({ query }, { services, request }) => serveAutoconfig(services, request, query.emailaddress),
  'clients.autoconfigHost': ({ query }, { services, request }) => serveAutoconfig(services, request, query.emailaddress),
  'clients.autodiscover': (_input, { services, request }) => serveAutodiscover(services, request),
  'clients.autodiscoverJson': async ({ query }, { services }) => serveAutodiscoverJson(services, query.Protocol ?? query.protocol ?? ''),
  'clients.autodiscoverPath': async ({ query }, { services }) => serveAutodiscoverJson(services, query.Protocol ?? query.protocol ?? ''),
  'setup.profile': ({ params }, { services }) => serveProfile(services, params.token),
};
