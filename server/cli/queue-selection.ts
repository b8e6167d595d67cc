// Which deliveries a command is about, from its arguments: an id, or a filter. Shared by the commands on the queue.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { isQueueId } from '../delivery/queue-id.ts';
import { type Selection, selectedDomains } from '../delivery/operations/selection.store.ts';
import type { LiveState } from '../delivery/states.ts';
import type { Lane } from '../delivery/enqueue-types.ts';
import { parseDomain } from '../mail/address.ts';
import type { Connection } from './connection.ts';
import { Refusal } from './refusal.ts';
import { siteHosts } from './site-hosts.ts';
import { requireTenant } from './tenant.ts';

/** Every unfinished state; the type makes it complete. */
export const STATES = Object.keys({
  queued: true, scheduled: true, deferred: true, attempting: true, held: true,
} satisfies Record<LiveState, true>);
export const LANES = Object.keys({ transactional: true, marketing: true } satisfies Record<Lane, true>);

export interface SelectionOptions {
  tenant?: string;
  domain?: string;
  lane?: Lane;
  mx?: string;
  state?: LiveState;
  recipient?: string;
  all?: boolean;
}

/** Adds the filter's options to a command. */
export function withSelection(command: Command): Command {
  return command
    .option('--tenant <slug>', "one tenant's only")
    .option('--domain <name>', 'to recipients of one domain only')
    .addOption(new Option('--lane <lane>', 'of one lane only').choices(LANES))
    .option('--mx <host>', 'to domains whose mail goes to this host, or, with a dot in front, to hosts under it: .google.com')
    .addOption(new Option('--state <state>', 'in one state only').choices(STATES))
    .option('--recipient <address>', 'to one address only');
}

/**
 * The selection that arguments and options name.
 * @param id `queueId`, or `queueId:recipientNo`; undefined: by filter
 */
export async function selectionFrom(connection: Connection, id: string | undefined, options: SelectionOptions): Promise<Selection> {
  const selection: Selection = { ...(id !== undefined && parseDeliveryId(id)) };
  if (options.tenant !== undefined) selection.tenantId = (await requireTenant(connection.pool, options.tenant)).id;
  if (options.lane !== undefined) selection.lane = options.lane;
  if (options.state !== undefined) selection.state = options.state;
  if (options.recipient !== undefined) selection.recipient = options.recipient;
  if (options.domain !== undefined) selection.domains = [requireDomain(options.domain)];
  if (options.mx !== undefined) {
    const waiting = await selectedDomains(connection.pool, selection);
    selection.domains = await domainsAt(connection, options.mx, waiting);
  }
  return selection;
}

/** @throws Refusal when it is no domain name */
export function requireDomain(text: string): string {
  const domain = parseDomain(text);
  if (domain === null) throw new Refusal(`--domain: "${text}" is no domain name`);
  return domain;
}

/** `queueId` or `queueId:recipientNo`, as the queue's list shows them. @throws Refusal */
export function parseDeliveryId(text: string): { queueId: string; recipientNo?: number } {
  const [queueId = '', recipientNo, rest] = text.split(':');
  if (!isQueueId(queueId) || rest !== undefined || (recipientNo !== undefined && !/^\d{1,4}$/.test(recipientNo))) {
    throw new Refusal(`"${text}" is no queue id: they look like 019aa000-0000-7000-8000-000000000001, with :2 for its recipient 2`);
  }
  return { queueId: queueId.toLowerCase(), ...(recipientNo !== undefined && { recipientNo: Number(recipientNo) }) };
}

/** Of the domains, those whose mail goes to the host now, by the same routing as the workers'. */
async function domainsAt(connection: Connection, mx: string, domains: readonly string[]): Promise<string[]> {
  const wanted = mx.toLowerCase().replace(/\.$/, '');
  if (!/^\.?[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(wanted)) throw new Refusal(`--mx: "${mx}" is no host name, nor a dot and one`);
  const hosts = siteHosts(connection);
  const matches = async (domain: string) => (await hosts(domain)).some((host) => (wanted.startsWith('.') ? host.endsWith(wanted) : host === wanted));
  const found: string[] = [];
  // A hundred look-ups at once: enough to be quick, few enough for any resolver.
  for (let at = 0; at < domains.length; at += 100) {
    const part = domains.slice(at, at + 100);
    const hits = await Promise.all(part.map(matches));
    found.push(...part.filter((_, index) => hits[index]));
  }
  return found;
}

/** @throws InvalidArgumentError, as commander wants it */
export function parseWhole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`a whole number from ${least} to ${most} expected.`);
  };
}
