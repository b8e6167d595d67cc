// The contract of account-paths.ts: permission, proof of ownership, input and output of each.
import { z } from 'zod';
import * as filters from './filters.ts';
import type { AccountRouteName } from './paths.ts';
import type { RouteContract } from './routes.ts';
import * as push from './push.ts';
import * as security from './security.ts';
import { me } from './session.ts';
import { empty, opaqueId } from './shapes.ts';

const autoconfigQuery = z.object({ emailaddress: z.string().max(320).optional() });
/** Programs write it with either letter, and send more that does not matter. */
const autodiscoverQuery = z.object({ Protocol: z.string().max(100).optional(), protocol: z.string().max(100).optional() });
const filterId = z.object({ filterId: opaqueId });
const passkeyId = z.object({ passkeyId: opaqueId });

export const ACCOUNT_ROUTES = {
  'session.secondStep': { permission: 'public', body: security.secondStepBody, response: me },
  'session.passkeyOptions': { permission: 'public', response: security.passkeyCeremony },
  'session.passkey': { permission: 'public', body: security.passkeySignInBody, response: me },
  'session.verifyOptions': { permission: 'account:read', response: security.verifyOptions },
  'session.verify': { permission: 'account:write', body: security.verifyBody, response: empty },
  'security.get': { permission: 'account:read', response: security.securityState },
  'security.activity': { permission: 'account:read', query: security.activityQuery, response: security.activityList },
  'twoStep.update': { permission: 'account:write', verified: true, body: security.twoStepBody, response: security.securityChanged },
  'totp.create': { permission: 'account:write', verified: true, response: security.totpSecret },
  'totp.confirm': { permission: 'account:write', verified: true, body: security.totpConfirmBody, response: security.securityChanged },
  'totp.delete': { permission: 'account:write', verified: true, response: security.securityChanged },
  'recoveryCodes.create': { permission: 'account:write', verified: true, response: security.securityChanged },
  'passkeys.options': { permission: 'account:write', verified: true, response: security.passkeyCeremony },
  'passkeys.create': { permission: 'account:write', verified: true, body: security.passkeyCreateBody, response: security.securityChanged },
  'passkeys.rename': { permission: 'account:write', params: passkeyId, body: security.passkeyRenameBody, response: security.securityChanged },
  'passkeys.delete': { permission: 'account:write', verified: true, params: passkeyId, response: security.securityChanged },
  'password.update': { permission: 'account:write', body: security.passwordBody, response: empty },
  'appPasswords.list': { permission: 'account:read', response: security.appPasswordList },
  'appPasswords.create': { permission: 'account:write', verified: true, body: security.appPasswordCreateBody, response: security.appPasswordCreated },
  'appPasswords.delete': { permission: 'account:write', params: z.object({ appPasswordId: opaqueId }), response: empty },
  'setup.profile': { permission: 'public', params: z.object({ token: opaqueId }), response: 'bytes' },
  'filters.list': { permission: 'account:read', response: filters.filterList },
  'filters.create': { permission: 'account:write', body: filters.filterBody, response: filters.filterList },
  'filters.order': { permission: 'account:write', body: filters.filterOrderBody, response: filters.filterList },
  'filters.preview': { permission: 'mail:read', body: filters.filterPreviewBody, response: filters.filterPreview },
  'filters.run': { permission: 'mail:write', body: filters.filterRunBody, response: filters.filterRun },
  'filters.update': { permission: 'account:write', params: filterId, body: filters.filterBody, response: filters.filterList },
  'filters.delete': { permission: 'account:write', params: filterId, response: filters.filterList },
  'vacation.get': { permission: 'account:read', response: filters.vacation },
  'vacation.update': { permission: 'account:write', body: filters.vacation, response: filters.vacation },
  'forwarding.list': { permission: 'account:read', response: filters.forwardingList },
  'forwarding.create': { permission: 'account:write', verified: true, body: filters.forwardingBody, response: filters.forwardingList },
  'forwarding.confirm': { permission: 'public', body: filters.forwardingConfirmBody, response: filters.forwardingConfirmed },
  'forwarding.delete': { permission: 'account:write', params: z.object({ targetId: opaqueId }), response: filters.forwardingList },
  'push.get': { permission: 'account:read', response: push.pushState },
  'push.subscribe': { permission: 'account:write', body: push.pushBody, response: push.pushState },
  'push.unsubscribe': { permission: 'account:write', response: push.pushState },
  'clients.autoconfig': { permission: 'public', query: autoconfigQuery, response: 'document' },
  'clients.autoconfigHost': { permission: 'public', query: autoconfigQuery, response: 'document' },
  'clients.autodiscover': { permission: 'public', body: 'bytes', response: 'document' },
  'clients.autodiscoverJson': { permission: 'public', query: autodiscoverQuery, response: 'document' },
  'clients.autodiscoverPath': { permission: 'public', params: z.object({ email: z.string().max(320) }), query: autodiscoverQuery, response: 'document' },
} as const satisfies Record<AccountRouteName, RouteContract>;
