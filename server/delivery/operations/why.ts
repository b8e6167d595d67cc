// Why a delivery waits, in one sentence, and until when. The causes are a table, in the order in which they hold it
// up; the first that applies is the answer. Pure; facts are gathered by why.store.ts and by whoever knows the limits.
import type { LiveState } from '../states.ts';
import type { Suspension } from '../suspension.store.ts';

export interface WaitingRow {
  queueId: string;
  recipientNo: number;
  recipient: string;
  domain: string;
  lane: string;
  state: LiveState;
  attempts: number;
  dueAt: Date;
  expiresAt: Date;
  lastAttemptAt: Date | null;
  reason: string | null;
}

/** Something that keeps ready mail waiting: a limit, an open breaker, a cap. */
export interface Hindrance {
  /** Without the time, as the end of "It waits: …". */
  reason: string;
  /** Null: until something changes that no clock tells. */
  until: Date | null;
}

export interface WhyFacts {
  row: WaitingRow;
  tenant: { slug: string; status: string; statusReason: string | null; resumeAt: Date | null } | null;
  suspension: Suspension | null;
  /** Of its site and of the addresses that may send it; those in force. */
  hindrances: readonly Hindrance[];
  /** What leaves it only a share of the usual speed, without an end of its own; null: nothing. */
  slowed: string | null;
  /** Rows of the same tenant, lane and domain that go first; counted up to AHEAD_LIMIT. */
  ahead: number;
  /** Delivery workers connected to the database. */
  workers: number;
  now: Date;
}

export interface Why {
  cause: string;
  /** One sentence. */
  sentence: string;
  /** When the wait is over by itself; null when no clock ends it. */
  until: Date | null;
}

export const AHEAD_LIMIT = 10_000;

interface Cause {
  name: string;
  applies(facts: WhyFacts): boolean;
  say(facts: WhyFacts): Omit<Why, 'cause'>;
}

const CAUSES: readonly Cause[] = [
  {
    name: 'held',
    applies: ({ row }) => row.state === 'held',
    say: ({ row }) => ({
      sentence: `It is held${inBrackets(row.reason)} until an operator releases it: eider queue release ${row.queueId}:${row.recipientNo}.`,
      until: null,
    }),
  },
  {
    name: 'attempting',
    applies: ({ row }) => row.state === 'attempting',
    say: ({ row }) => ({
      sentence: `A worker has been attempting it since ${time(row.lastAttemptAt)} (attempt ${row.attempts}); should that worker be gone, it is tried again after ${time(row.dueAt)}.`,
      until: row.dueAt,
    }),
  },
  {
    name: 'scheduled',
    applies: ({ row, now }) => row.state === 'scheduled' && row.dueAt > now,
    say: (facts) => ({ sentence: `It waits for its send_at, ${time(facts.row.dueAt)}${thenStopped(facts)}.`, until: facts.row.dueAt }),
  },
  {
    name: 'deferred',
    applies: ({ row, now }) => row.state === 'deferred' && row.dueAt > now,
    say: (facts) => ({
      sentence: `It was deferred${inBrackets(facts.row.reason)} and is tried again at ${time(facts.row.dueAt)} (attempt ${facts.row.attempts + 1}; given up after ${time(facts.row.expiresAt)})${thenStopped(facts)}.`,
      until: facts.row.dueAt,
    }),
  },
  {
    name: 'tenant',
    applies: ({ tenant }) => tenant !== null && tenant.status !== 'active',
    say: ({ tenant }) => ({
      sentence: `Its tenant ${tenant!.slug} is ${tenant!.status}${inBrackets(tenant!.statusReason)} ${tenant!.resumeAt ? `until ${time(tenant!.resumeAt)}` : 'until an operator makes it active'}.`,
      until: tenant!.resumeAt,
    }),
  },
  {
    name: 'suspension',
    applies: ({ suspension }) => suspension !== null,
    say: (facts) => ({ sentence: `${capital(suspended(facts))}.`, until: facts.suspension!.until }),
  },
  {
    name: 'hindrance',
    applies: ({ hindrances }) => hindrances.length > 0,
    say: ({ hindrances }) => {
      // All of them must be over: the last one decides.
      const longest = [...hindrances].sort((a, b) => (b.until?.getTime() ?? Infinity) - (a.until?.getTime() ?? Infinity))[0]!;
      return { sentence: `It waits: ${longest.reason.replace(/\.$/, '')}${longest.until ? `, until about ${time(longest.until)}` : ''}.`, until: longest.until };
    },
  },
  {
    name: 'no-worker',
    applies: ({ workers }) => workers === 0,
    say: () => ({ sentence: 'It is ready, but no delivery worker is connected to the database: see eider status.', until: null }),
  },
  {
    name: 'due',
    applies: ({ row }) => row.state === 'scheduled' || row.state === 'deferred',
    say: ({ row }) => ({ sentence: `It has been due since ${time(row.dueAt)} and is made ready within seconds.`, until: null }),
  },
  {
    name: 'in-line',
    applies: ({ ahead }) => ahead > 0,
    say: ({ row, ahead, slowed }) => ({
      sentence: `It is ready, with ${ahead >= AHEAD_LIMIT ? `${AHEAD_LIMIT} or more` : ahead} of the same tenant, lane (${row.lane}) and domain (${row.domain}) in line before it${slowed ? `; ${slowed}` : ''}.`,
      until: null,
    }),
  },
  { name: 'next', applies: () => true, say: ({ slowed }) => ({ sentence: slowed ? `It is ready and next in line; ${slowed}.` : 'It is ready and next in line: a worker with room takes it within a second.', until: null }) },
];

/** The names of all causes, for tests and documentation. */
export const CAUSE_NAMES = CAUSES.map((cause) => cause.name);

/** The first cause that holds a delivery up. */
export function explainWait(facts: WhyFacts): Why {
  const cause = CAUSES.find((candidate) => candidate.applies(facts))!;
  return { cause: cause.name, ...cause.say(facts) };
}

/** To the second, UTC. */
const time = (moment: Date | null): string => (moment === null ? 'a moment ago' : `${moment.toISOString().slice(0, 19)}Z`);
const inBrackets = (text: string | null): string => (text ? ` (${text.replace(/\.$/, '')})` : '');
const capital = (text: string): string => text[0]!.toUpperCase() + text.slice(1);

function suspended({ row, tenant, suspension }: WhyFacts): string {
  const { scope, match, reason, createdBy, until } = suspension!;
  const what = { tenant: `its tenant ${tenant?.slug ?? match}`, domain: `mail to ${row.domain}`, lane: `the ${row.lane} lane`, mx: `mail to ${match} hosts`,
    'tenant-lane': `the ${row.lane} lane of its tenant ${tenant?.slug ?? match}`, 'sender-domain': `mail from ${match.slice(match.indexOf(' ') + 1)}` }[scope];
  return `${what} is suspended by ${createdBy} (${reason.replace(/\.$/, '')}) ${until ? `until ${time(until)}` : 'until somebody resumes it'}`;
}

/** What will hold it up when its time has come. */
function thenStopped(facts: WhyFacts): string {
  const { suspension, row } = facts;
  return suspension && (suspension.until === null || suspension.until > row.dueAt) ? `; but ${suspended(facts)}` : '';
}
