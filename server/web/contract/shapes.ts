// Shapes that several routes share: identifiers, pages, addresses. Types are inferred from the schemas.
import { z } from 'zod';

/** Opaque to clients: never parse or build one. */
export const opaqueId = z.string().min(1).max(200).regex(/^[A-Za-z0-9_.:-]+$/, 'not an identifier');

/** Instants are ISO 8601 in UTC. */
export const instant = z.string();

/** An instant as a client gives it. */
export const moment = z.iso.datetime({ offset: true, error: 'not a date and time in ISO 8601' });

export const PAGE_LIMIT_MAX = 100;
export const PAGE_LIMIT_DEFAULT = 50;

/** Query part of every list: cursor pages, never offsets. */
export const pageQuery = z.object({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT_MAX).default(PAGE_LIMIT_DEFAULT),
});

/** A page of a list; `nextCursor` is null on the last one. */
export const pageOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** A mailbox address as shown; `name` is '' when the sender gave none. */
export const mailAddress = z.object({ name: z.string(), address: z.string() });
export type MailAddress = z.infer<typeof mailAddress>;

/**
 * An address typed by the user, alone (`"bob@example.com"`) or with a name. The rule for addr-spec is checked by the
 * server when sending, so that a half-typed one can stay in a draft.
 */
export const recipientInput = z.union([
  z.string().trim().min(1, 'an address is needed').max(320).transform((address) => ({ name: '', address })),
  z.object({
    name: z.string().max(200).default(''),
    address: z.string().trim().min(1, 'an address is needed').max(320, 'at most 320 characters'),
  }),
]);

export const empty = z.object({});
