// What the browser holds while a proof is out: a random token, of which the database keeps the hash.
import { createHash } from 'node:crypto';
import { insertChallenge, readChallenge, type Challenge, type ChallengePurpose } from '../../factors/challenge.store.ts';
import { randomToken } from '../../infra/crypto/hash.ts';
import { AppError } from '../api/app-error.ts';
import type { Services } from '../services.ts';

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** @returns the token */
export async function openChallenge(
  { pool }: Services,
  purpose: ChallengePurpose,
  accountId: string | null,
  more: { challenge?: string; remember?: boolean } = {},
): Promise<string> {
  const token = randomToken(32);
  await insertChallenge(pool, { tokenHash: hashOf(token), accountId, purpose, challenge: more.challenge ?? '', remember: more.remember ?? false });
  return token;
}

/** @throws AppError gone: expired, answered, answered wrongly too often, or never there */
export async function findChallenge({ pool }: Services, token: string, purpose: ChallengePurpose): Promise<Challenge> {
  const found = await readChallenge(pool, hashOf(token), purpose);
  if (!found) throw challengeGone();
  return found;
}

export function challengeGone(): AppError {
  return new AppError('gone', { text: 'This took too long, or failed too often. Please start again.' });
}
