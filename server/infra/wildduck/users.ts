// Accounts and addresses over WildDuck's REST API.
import { WildduckError } from './errors.ts';
import { path, type Transport } from './transport.ts';
import type {
  AuthenticateInput, AuthenticateOutcome, CreateUserInput, CreateUserOutcome, ResolvedAddress, User, UserAddress,
} from './types.ts';

interface AuthenticateReply {
  id: string;
  username: string;
  address: string;
  require2fa: string[] | boolean;
  requirePasswordChange?: boolean;
}

/** Checks a password or an app password for a scope. Wrong ones are an outcome, not an error. */
export async function authenticate(transport: Transport, input: AuthenticateInput): Promise<AuthenticateOutcome> {
  try {
    const reply = await transport.json<AuthenticateReply>('POST', '/authenticate', {
      json: {
        username: input.username,
        password: input.password,
        scope: input.scope,
        protocol: input.protocol ?? 'API',
        ...(input.ip !== undefined && { ip: input.ip }),
        ...(input.sessionId !== undefined && { sess: input.sessionId }),
      },
    });
    return {
      kind: 'authenticated',
      userId: reply.id,
      username: reply.username,
      address: reply.address,
      secondFactors: Array.isArray(reply.require2fa) ? reply.require2fa : [],
      requirePasswordChange: reply.requirePasswordChange === true,
    };
  } catch (error) {
    if (!(error instanceof WildduckError)) throw error;
    if (error.code === 'rate-limited') return { kind: 'rate-limited', retryAfterMs: error.retryAfterMs };
    if (error.storeCode === 'InvalidAuthScope') return { kind: 'denied', userId: undefined, reason: 'scope' };
    // A user name that is not even well formed (`InputValidationError`) is a wrong one. Our own token
    // being refused (`InvalidToken`) is not: that stays an error.
    if (error.storeCode === 'AuthFailed' || error.storeCode === 'AuthFail' || error.code === 'invalid') {
      return { kind: 'denied', userId: undefined, reason: 'credentials' };
    }
    throw error;
  }
}

/** Creates an account with its INBOX and special mailboxes. Not idempotent: a second call answers `exists`. */
export async function createUser(transport: Transport, input: CreateUserInput): Promise<CreateUserOutcome> {
  try {
    const reply = await transport.json<{ id: string }>('POST', '/users', {
      json: {
        username: input.username,
        password: input.password,
        address: input.address,
        // Passwords are checked where they are set; WildDuck would ask the internet.
        allowUnsafe: true,
        ...(input.name !== undefined && { name: input.name }),
        ...(input.quotaBytes !== undefined && { quota: input.quotaBytes }),
        ...(input.language !== undefined && { language: input.language }),
        ...(input.mailboxes !== undefined && { mailboxes: input.mailboxes }),
        ...(input.tags !== undefined && { tags: input.tags }),
      },
    });
    return { kind: 'created', userId: reply.id };
  } catch (error) {
    if (error instanceof WildduckError && error.code === 'conflict') return { kind: 'exists', storeCode: error.storeCode };
    throw error;
  }
}

interface UserReply {
  id: string;
  username: string;
  name?: string;
  address?: string;
  enabled2fa?: string[];
  disabled?: boolean;
  suspended?: boolean;
  tags?: string[];
  fromWhitelist?: string[];
  limits?: { quota?: { allowed: number; used: number } };
}

/** An account by id, or null when there is none. */
export async function getUser(transport: Transport, userId: string): Promise<User | null> {
  const reply = await orNull(transport.json<UserReply>('GET', path(['users', userId])));
  if (!reply) return null;
  return {
    id: reply.id,
    username: reply.username,
    name: reply.name ?? '',
    address: reply.address ?? '',
    enabled2fa: reply.enabled2fa ?? [],
    disabled: reply.disabled === true,
    suspended: reply.suspended === true,
    quota: { allowedBytes: reply.limits?.quota?.allowed ?? 0, usedBytes: reply.limits?.quota?.used ?? 0 },
    tags: reply.tags ?? [],
    fromWhitelist: reply.fromWhitelist ?? [],
  };
}

/** The id of the account with this user name, or null. */
export async function resolveUsername(transport: Transport, username: string): Promise<string | null> {
  const reply = await orNull(transport.json<{ id: string }>('GET', path(['users', 'resolve', username])));
  return reply?.id ?? null;
}

/** One page of accounts, ordered by user name. Pass `nextCursor` on until it is null. */
export async function listUsers(
  transport: Transport,
  { limit = 100, cursor, query }: { limit?: number; cursor?: string; query?: string } = {},
): Promise<{ users: { id: string; username: string; address: string; name: string }[]; nextCursor: string | null }> {
  const reply = await transport.json<{ results: UserReply[]; nextCursor: string | false }>('GET', '/users', {
    query: { limit, next: cursor, query },
  });
  return {
    users: reply.results.map(({ id, username, address, name }) => ({
      id, username, address: address ?? '', name: name ?? '',
    })),
    nextCursor: reply.nextCursor || null,
  };
}

export interface UserChanges {
  password?: string;
  name?: string;
  disabled?: boolean;
  suspended?: boolean;
  quotaBytes?: number;
  tags?: string[];
}

/** Changes an account's settings. Setting a password here needs no old one: the caller has authorised it. */
export async function updateUser(transport: Transport, userId: string, changes: UserChanges): Promise<void> {
  const { quotaBytes, ...others } = changes;
  await transport.json('PUT', path(['users', userId]), {
    json: {
      ...others,
      ...(quotaBytes !== undefined && { quota: quotaBytes }),
      ...(changes.password !== undefined && { allowUnsafe: true }),
    },
  });
}

/** Deletes an account and, in the background, all its mail. */
export async function deleteUser(transport: Transport, userId: string): Promise<void> {
  await transport.json('DELETE', path(['users', userId]));
}

interface ResolveReply {
  id: string;
  address: string;
  user?: string;
  targets?: string[];
}

/**
 * Whose address this is: an account's or a forwarding one; plus-labels, domain aliases and catch-alls (`*@domain`,
 * `local@*`) included; null when nobody's. Dots in the local part do not count, as WildDuck has it.
 */
export async function resolveAddress(transport: Transport, address: string): Promise<ResolvedAddress | null> {
  const at = address.lastIndexOf('@');
  if (at < 1) return null;
  // WildDuck's own `allowWildcard` answers 500 for every address that has no exact match (1.51).
  const candidates = [address, `*${address.slice(at)}`, `${address.slice(0, at)}@*`];
  for (const candidate of candidates) {
    const reply = await resolveExactly(transport, candidate);
    if (reply) {
      return reply.user !== undefined
        ? { kind: 'user', addressId: reply.id, address: reply.address, userId: reply.user }
        : { kind: 'forward', addressId: reply.id, address: reply.address, targets: reply.targets ?? [] };
    }
  }
  return null;
}

async function resolveExactly(transport: Transport, address: string): Promise<ResolveReply | null> {
  try {
    return await orNull(transport.json<ResolveReply>('GET', path(['addresses', 'resolve', address])));
  } catch (error) {
    // Something that is no address at all is nobody's.
    if (error instanceof WildduckError && error.code === 'invalid') return null;
    throw error;
  }
}

interface AddressReply {
  id: string;
  address: string;
  name?: string;
  main?: boolean;
}

/** All addresses of an account, the default one included. */
export async function listAddresses(transport: Transport, userId: string): Promise<UserAddress[]> {
  const reply = await transport.json<{ results: AddressReply[] }>('GET', path(['users', userId, 'addresses']));
  return reply.results.map((row) => ({
    id: row.id, address: row.address, name: row.name ?? '', main: row.main === true,
  }));
}

/** Gives an account one more address; false when somebody has it already. */
export async function createAddress(
  transport: Transport,
  userId: string,
  input: { address: string; name?: string; main?: boolean; allowWildcard?: boolean },
): Promise<boolean> {
  try {
    await transport.json('POST', path(['users', userId, 'addresses']), { json: input });
    return true;
  } catch (error) {
    if (error instanceof WildduckError && error.code === 'conflict') return false;
    throw error;
  }
}

/** The value, or null when WildDuck says that there is no such thing. */
export async function orNull<T>(pending: Promise<T>): Promise<T | null> {
  try {
    return await pending;
  } catch (error) {
    if (error instanceof WildduckError && error.code === 'not-found') return null;
    throw error;
  }
}
