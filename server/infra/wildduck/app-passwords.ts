// App passwords over WildDuck's REST API: passwords for mail programs, each for some protocols only.
import { orNull } from './users.ts';
import { path, type Transport } from './transport.ts';

export type AppPasswordScope = 'imap' | 'pop3' | 'smtp';

export interface AppPassword {
  id: string;
  description: string;
  scopes: AppPasswordScope[];
  createdAt: Date;
  lastUsedAt: Date | null;
}

/** Makes an app password. The password is shown this once and cannot be read again. */
export async function createAppPassword(
  transport: Transport,
  userId: string,
  input: { description: string; scopes: AppPasswordScope[]; ip?: string },
): Promise<{ id: string; password: string }> {
  const reply = await transport.json<{ id: string; password: string }>('POST', path(['users', userId, 'asps']), {
    json: {
      description: input.description,
      scopes: input.scopes,
      ...(input.ip !== undefined && { ip: input.ip }),
    },
  });
  return { id: reply.id, password: reply.password };
}

/** Oldest first. */
export async function listAppPasswords(transport: Transport, userId: string): Promise<AppPassword[]> {
  const reply = await transport.json<{
    results: { id: string; description: string; scopes: string[]; created: string; lastUse?: { time?: string | false } }[];
  }>('GET', path(['users', userId, 'asps']));
  return reply.results.map((row) => ({
    id: row.id,
    description: row.description,
    scopes: row.scopes.filter((scope): scope is AppPasswordScope => scope === 'imap' || scope === 'pop3' || scope === 'smtp'),
    createdAt: new Date(row.created),
    lastUsedAt: row.lastUse?.time ? new Date(row.lastUse.time) : null,
  }));
}

/** Takes an app password back; @returns whether there was one. */
export async function deleteAppPassword(transport: Transport, userId: string, id: string): Promise<boolean> {
  return (await orNull(transport.json('DELETE', path(['users', userId, 'asps', id])))) !== null;
}
