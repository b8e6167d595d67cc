// What WildDuck does with arriving mail on an account's behalf: filters, automatic replies, forwarding.
import { WildduckError } from './errors.ts';
import { orNull } from './users.ts';
import { path, type Transport } from './transport.ts';

export interface StoredFilter {
  name: string;
  query: Record<string, string | number | boolean>;
  action: Record<string, string | boolean>;
}

/** @returns the filter's id; filters are applied in the order in which they were made */
export async function createFilter(transport: Transport, userId: string, filter: StoredFilter): Promise<string> {
  return (await transport.json<{ id: string }>('POST', path(['users', userId, 'filters']), { json: filter })).id;
}

/** One that is already gone is fine. */
export async function deleteFilter(transport: Transport, userId: string, id: string): Promise<void> {
  try {
    await orNull(transport.json('DELETE', path(['users', userId, 'filters', id])));
  } catch (error) {
    if (!(error instanceof WildduckError && error.storeCode === 'FilterNotFound')) throw error;
  }
}

export interface Autoreply {
  enabled: boolean;
  name: string;
  /** '' takes the subject of the message that is answered. */
  subject: string;
  text: string;
  start: Date | null;
  end: Date | null;
}

export async function getAutoreply(transport: Transport, userId: string): Promise<Autoreply> {
  const reply = await transport.json<{ status: boolean; name?: string; subject?: string; text?: string; start?: string | false | null; end?: string | false | null }>(
    'GET', path(['users', userId, 'autoreply']),
  );
  return {
    enabled: reply.status,
    name: reply.name ?? '',
    subject: reply.subject ?? '',
    text: reply.text ?? '',
    start: reply.start ? new Date(reply.start) : null,
    end: reply.end ? new Date(reply.end) : null,
  };
}

export async function setAutoreply(transport: Transport, userId: string, autoreply: Autoreply): Promise<void> {
  const { enabled, name, subject, text, start, end } = autoreply;
  await transport.json('PUT', path(['users', userId, 'autoreply']), {
    json: { status: enabled, name, subject, text, html: '', start: start?.toISOString() ?? false, end: end?.toISOString() ?? false },
  });
}

/** Everything that is not spam goes to these addresses too; none: it goes nowhere else. */
export async function setForwarding(transport: Transport, userId: string, addresses: readonly string[]): Promise<void> {
  await transport.json('PUT', path(['users', userId]), { json: { targets: addresses } });
}
