// Who may submit: passwords and app passwords checked by WildDuck, failures slowed per address and account.
// Owns the order of checks and the replies (RFC 4954 4 and 6).
import type { WildduckClient } from '../../server/infra/wildduck/client.ts';
import { addressGroup } from '../smtp/guarded-server.ts';
import { ReplyError } from '../smtp/reply-error.ts';
import type { SubmittingAccount } from './account.store.ts';
import type { Counters } from '../smtp/counters.ts';

export interface Submitter extends SubmittingAccount {
  userId: string;
  username: string;
}

export interface SignInDeps {
  wildduck: Pick<WildduckClient, 'authenticate'>;
  counters: Counters;
  findAccount(wildduckUserId: string): Promise<SubmittingAccount | null>;
}

const WINDOW_SECONDS = 600;
/** From one address, over all accounts: a whole office may be behind it, a guesser must not get far. */
const MAX_FAILURES_PER_ADDRESS = 30;
/** For one account from one address; WildDuck has its own limit for the account as a whole. */
const MAX_FAILURES_PER_ACCOUNT = 10;

const REFUSED = '5.7.8 User name or password is wrong';

/** @throws ReplyError for every refusal; the texts do not tell whether the account exists */
export async function signIn(
  deps: SignInDeps,
  attempt: { username: string; password: string; address: string; sessionId: string },
): Promise<Submitter> {
  const group = addressGroup(attempt.address);
  const byAddress = `auth:${group}`;
  const byAccount = `auth:${group}:${attempt.username.toLowerCase().slice(0, 320)}`;
  const [addressFailures, accountFailures] = await Promise.all([
    deps.counters.read(byAddress, WINDOW_SECONDS),
    deps.counters.read(byAccount, WINDOW_SECONDS),
  ]);
  if (addressFailures >= MAX_FAILURES_PER_ADDRESS || accountFailures >= MAX_FAILURES_PER_ACCOUNT) {
    throw new ReplyError(421, '4.7.0 Too many failed sign-ins, try again in ten minutes', { endSession: true });
  }
  const outcome = await deps.wildduck.authenticate({
    username: attempt.username,
    password: attempt.password,
    scope: 'smtp',
    protocol: 'SMTP',
    ip: attempt.address,
    sessionId: attempt.sessionId,
  });
  switch (outcome.kind) {
    case 'rate-limited':
      throw new ReplyError(421, '4.7.0 Too many failed sign-ins, try again later', { endSession: true });
    case 'denied':
      await Promise.all([deps.counters.add(byAddress, 1, WINDOW_SECONDS), deps.counters.add(byAccount, 1, WINDOW_SECONDS)]);
      if (outcome.reason === 'scope') throw new ReplyError(535, '5.7.8 This password is not for sending: make an app password with the scope smtp');
      throw new ReplyError(535, REFUSED);
    case 'authenticated':
      // A mail program cannot show a second factor; app passwords come without one.
      if (outcome.secondFactors.length > 0) throw new ReplyError(534, '5.7.9 Two-factor sign-in is on: use an app password');
      if (outcome.requirePasswordChange) throw new ReplyError(534, '5.7.9 Choose a new password in the web app first');
  }
  const account = await deps.findAccount(outcome.userId);
  if (!account) throw new ReplyError(535, REFUSED);
  return { ...account, userId: outcome.userId, username: outcome.username };
}
