// Invitations that come by mail, and answers to them.
import { z } from 'zod';
import { instant, mailAddress } from './shapes.ts';

export const invitationResponse = z.enum(['accepted', 'tentative', 'declined']);
export type InvitationResponse = z.infer<typeof invitationResponse>;

export const invitation = z.object({
  /** What the sender wants: an answer, that it is called off, or to tell an answer. `publish` asks for nothing. */
  method: z.enum(['request', 'cancel', 'reply', 'counter', 'publish']),
  summary: z.string(),
  /** An instant in UTC, a day with `allDay`, or a time without a zone. */
  start: z.string(),
  /** Exclusive. */
  end: z.string().nullable(),
  allDay: z.boolean(),
  location: z.string(),
  description: z.string(),
  organizer: mailAddress.nullable(),
  attendees: z.array(mailAddress.extend({ status: z.enum(['needs-action', 'accepted', 'tentative', 'declined', 'delegated']) })),
  /** There are so many more. */
  attendeesOmitted: z.number().int(),
  repeats: z
    .object({ every: z.enum(['day', 'week', 'month', 'year', 'other']), interval: z.number().int(), count: z.number().int().nullable(), until: z.string().nullable() })
    .nullable(),
  cancelled: z.boolean(),
  /** Whether an answer can be sent, and from which of the account's addresses. */
  answerAs: z.string().nullable(),
  /** The account's last answer to this state of the invitation. */
  answered: z.object({ response: invitationResponse, at: instant }).nullable(),
});
export type Invitation = z.infer<typeof invitation>;

export const invitationAnswerBody = z.object({ response: invitationResponse });
