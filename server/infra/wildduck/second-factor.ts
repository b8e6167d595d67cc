// The mark on a WildDuck user that somebody else asks for a second factor ("custom" 2FA): with it the account's own
// password opens neither IMAP nor POP3 nor submission, and app passwords are the only way.
import { WildduckError } from './errors.ts';
import { path, type Transport } from './transport.ts';

/** The name of the mark in `secondFactors` of an authentication. */
export const SECOND_FACTOR_MARK = 'custom';

/** Sets or removes the mark. Idempotent; setting it ends the user's open IMAP connections. */
export async function markSecondFactor(transport: Transport, userId: string, required: boolean): Promise<void> {
  try {
    await transport.json(required ? 'PUT' : 'DELETE', path(['users', userId, '2fa', 'custom']), required ? { json: {} } : {});
  } catch (error) {
    const already = required ? 'CustomEnabled' : 'CustomDisabled';
    if (error instanceof WildduckError && error.storeCode === already) return;
    throw error;
  }
}
