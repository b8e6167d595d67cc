// Reports and automatic replies about a person's own mail also belong to that person: their return path is ours, so the
// message goes on to them as it came, with the null reverse-path.
import { bodyOffset, foldField, parseHeaderFields, rfc5322Date } from '../../mail/header.ts';
import { parseAddress } from '../../mail/address.ts';
import { type AcceptedMessage, acceptMessage } from '../accepted-message.ts';
import type { EnqueueSource } from '../enqueue-types.ts';
import type { KnownMessage } from './feedback.store.ts';

/** Whose senders are persons with a mailbox; programs read events instead. */
const HANDED_ON: ReadonlySet<EnqueueSource> = new Set<EnqueueSource>(['web', 'submission', 'forward']);

export type HandOn = { kind: 'message'; message: AcceptedMessage } | { kind: 'not'; why: string };

export interface HandOnInput {
  message: KnownMessage;
  /** The report as it came in. */
  content: Buffer;
  /** This host's name. */
  hostname: string;
  isHosted(domain: string): Promise<boolean>;
  clientAddress: string;
  receivedAt: Date;
  now: Date;
}

/**
 * The message for the person, or why there is none. One that claims to be written at a domain hosted here is not handed
 * on: it would leave our own queue and so look true, and real mail of ours never comes back this way.
 */
export async function handOn(input: HandOnInput): Promise<HandOn> {
  const { message, content } = input;
  if (!HANDED_ON.has(message.source)) return { kind: 'not', why: 'its sender is a program' };
  if (message.reversePath === '') return { kind: 'not', why: 'the message asked for no reports' };
  const parsed = parseAddress(message.reversePath);
  if (parsed.kind === 'invalid' || !(await input.isHosted(parsed.value.domain))) return { kind: 'not', why: 'its sender has no mailbox here' };
  const fields = parseHeaderFields(content);
  const written = fields.filter(({ name }) => /^(?:from|sender)$/i.test(name)).map(({ value }) => value).join(' ');
  // Field values are bytes; domains may be UTF-8, and comments may stand within an address.
  const authors = Buffer.from(written, 'latin1').toString('utf8').replace(/\([^()]*\)/g, '');
  for (const [, name] of authors.matchAll(/@\s*([^\s<>,;:()"@]+)/g)) {
    const domain = name!.toLowerCase();
    if (await input.isHosted(domain)) return { kind: 'not', why: `it claims to come from ${domain}` };
  }
  const mailer = `mailer-daemon@${input.hostname}`;
  const from = authors.includes('@') ? '' : foldField('From', `Mail Delivery System <${mailer}>`);
  const received = `Received: from [${input.clientAddress}]\r\n\tby ${input.hostname} (return path);\r\n\t${rfc5322Date(input.receivedAt)}\r\n`;
  const body = from === '' ? content : withoutFrom(content);
  const acceptance = acceptMessage(
    {
      tenantId: message.tenantId, accountId: null, source: 'dsn', lane: 'transactional', reversePath: '',
      recipients: [{ address: message.reversePath, notify: ['NEVER'] }],
      // Of this host, so that no tenant's key signs what others wrote.
      headerFrom: mailer,
      messageIdHeader: fields.find(({ name }) => /^message-id$/i.test(name))?.value ?? '',
      subject: fields.find(({ name }) => /^subject$/i.test(name))?.value ?? '',
      content: Buffer.concat([Buffer.from(received + from, 'latin1'), body]),
    },
    input.now,
  );
  return acceptance.kind === 'acceptable' ? { kind: 'message', message: acceptance.message } : { kind: 'not', why: `${acceptance.field}: ${acceptance.rule}` };
}

/** A From without an address is of no use to anybody. */
function withoutFrom(content: Buffer): Buffer {
  const end = bodyOffset(content);
  const kept = parseHeaderFields(content).filter(({ name }) => !/^from$/i.test(name)).map(({ raw }) => raw).join('');
  return Buffer.concat([Buffer.from(`${kept}\r\n`, 'latin1'), content.subarray(end)]);
}
