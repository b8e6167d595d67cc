// Name, method and path of the routes about the account itself: signing in with more than a password, security, app
// passwords, filters and forwarding. Apart from paths.ts, so that the mailbox loads without them; whoever calls one imports this file.
import { CONTACT_PATHS } from './contact-paths.ts';
import { addPaths, PATHS } from './paths.ts';
import { TRANSFER_PATHS } from './transfer-paths.ts';

export const ACCOUNT_PATHS = {
  'session.secondStep': 'POST /api/session/second-step',
  'session.passkeyOptions': 'POST /api/session/passkey-options',
  'session.passkey': 'POST /api/session/passkey',
  'session.verifyOptions': 'POST /api/session/verify-options',
  'session.verify': 'POST /api/session/verify',
  'security.get': 'GET /api/security',
  'security.activity': 'GET /api/security/activity',
  'twoStep.update': 'PUT /api/security/two-step',
  'totp.create': 'POST /api/security/totp',
  'totp.confirm': 'POST /api/security/totp/confirm',
  'totp.delete': 'DELETE /api/security/totp',
  'recoveryCodes.create': 'POST /api/security/recovery-codes',
  'passkeys.options': 'POST /api/security/passkeys/options',
  'passkeys.create': 'POST /api/security/passkeys',
  'passkeys.rename': 'PATCH /api/security/passkeys/:passkeyId',
  'passkeys.delete': 'DELETE /api/security/passkeys/:passkeyId',
  'password.update': 'PUT /api/password',
  'appPasswords.list': 'GET /api/app-passwords',
  'appPasswords.create': 'POST /api/app-passwords',
  'appPasswords.delete': 'DELETE /api/app-passwords/:appPasswordId',
  'setup.profile': 'GET /api/setup/:token',
  'filters.list': 'GET /api/filters',
  'filters.create': 'POST /api/filters',
  'filters.order': 'PUT /api/filters/order',
  'filters.preview': 'POST /api/filters/preview',
  'filters.run': 'POST /api/filters/run',
  'filters.update': 'PUT /api/filters/:filterId',
  'filters.delete': 'DELETE /api/filters/:filterId',
  'vacation.get': 'GET /api/vacation',
  'vacation.update': 'PUT /api/vacation',
  'forwarding.list': 'GET /api/forwarding',
  'forwarding.create': 'POST /api/forwarding',
  'forwarding.confirm': 'POST /api/forwarding/confirm',
  'forwarding.delete': 'DELETE /api/forwarding/:targetId',
  'push.get': 'GET /api/push',
  'push.subscribe': 'PUT /api/push',
  'push.unsubscribe': 'DELETE /api/push',
  'clients.autoconfig': 'GET /.well-known/autoconfig/mail/config-v1.1.xml',
  'clients.autoconfigHost': 'GET /mail/config-v1.1.xml',
  'clients.autodiscover': 'POST /autodiscover/autodiscover.xml',
  'clients.autodiscoverJson': 'GET /autodiscover/autodiscover.json',
  'clients.autodiscoverPath': 'GET /autodiscover/autodiscover.json/v1.0/:email',
} as const;

/** Every route that there is. */
export const ALL_PATHS = { ...PATHS, ...ACCOUNT_PATHS, ...CONTACT_PATHS, ...TRANSFER_PATHS };

addPaths(ACCOUNT_PATHS);
