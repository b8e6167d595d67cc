// The mail that carries an answer to its organizer (iMIP, RFC 6047). Pure but for nodemailer's streams.
import MailComposer from 'nodemailer/lib/mail-composer/index.js';
import { answerCalendar, type Answer } from '../../mail/calendar/answer.ts';
import { oneLine } from '../compose/check-compose.ts';

export interface AnswerMessageInput extends Answer {
  /** The invitation as it came. */
  source: string;
  summary: string;
  organizer: { name: string; address: string };
  /** With angle brackets. */
  messageId: string;
  /** The Message-ID of the mail that brought the invitation. */
  inReplyTo: string | null;
}

/** In the sender's words, as calendars word it; the organizer's calendar reads the file. */
const WORDS: Record<Answer['response'], { subject: string; text: string }> = {
  accepted: { subject: 'Accepted', text: 'has accepted the invitation' },
  tentative: { subject: 'Tentative', text: 'may come' },
  declined: { subject: 'Declined', text: 'has declined the invitation' },
};

export function answerSubject(response: Answer['response'], summary: string): string {
  return oneLine(`${WORDS[response].subject}: ${summary || '(no title)'}`).slice(0, 500);
}

/** The message with CRLF line ends; null when the invitation asks for no answer. */
export async function answerMessage(input: AnswerMessageInput): Promise<Buffer | null> {
  const calendar = answerCalendar(input.source, input);
  if (calendar === null) return null;
  const who = input.attendee.name || input.attendee.address;
  const composer = new MailComposer({
    from: { ...input.attendee, name: oneLine(input.attendee.name) },
    to: { ...input.organizer, name: oneLine(input.organizer.name) },
    subject: answerSubject(input.response, input.summary),
    text: `${who} ${WORDS[input.response].text}: ${input.summary}\n`,
    icalEvent: { method: 'REPLY', content: calendar, filename: 'answer.ics' },
    messageId: input.messageId,
    date: input.at,
    ...(input.inReplyTo ? { inReplyTo: input.inReplyTo, references: [input.inReplyTo] } : {}),
    newline: '\r\n',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}
