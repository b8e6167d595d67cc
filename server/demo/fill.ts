// Stores the demo mailbox in one account through WildDuck, once. Owns progress and what happens after being killed
// half-way; what is stored is demo-mailbox.ts.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '../config.ts';
import { wildduckClientFromConfig, type WildduckClient } from '../infra/wildduck/client.ts';
import { demoMailbox } from './demo-mailbox.ts';
import { letterSource, type Letter } from './letter.ts';
import type { DemoFolder } from './story.ts';

/** Letters stored at the same time. More only queue up inside WildDuck. */
const AT_ONCE = 8;

export interface FillInput {
  wildduck: WildduckClient;
  /** Whose mailbox. */
  address: string;
  /** Remembers how far the filling got; its presence, complete, makes a second call do nothing. */
  stateFile: string;
  now: Date;
  onProgress?: (stored: number, total: number) => void;
}

export type FillOutcome = { kind: 'filled'; messages: number } | { kind: 'already-filled' } | { kind: 'no-account' };

interface FillState {
  /** The `now` of the first call: a resumed filling makes the same letters. */
  now: string;
  /** Letters stored for certain, from the oldest on. */
  stored: number;
  complete: boolean;
  /** The highest UID seen in each mailbox, by its id. */
  lastUids: Record<string, number>;
}

/**
 * Fills the mailbox. Idempotent: what an interrupted call stored is found again by its Message-ID.
 * @throws WildduckError, or a file system error on the state file
 */
export async function fillDemoMailbox(input: FillInput): Promise<FillOutcome> {
  const state = await readState(input);
  if (state.complete) return { kind: 'already-filled' };
  const owner = await input.wildduck.resolveAddress(input.address);
  if (owner?.kind !== 'user') return { kind: 'no-account' };
  const mailboxes = await mailboxesByFolder(input.wildduck, owner.userId);
  const letters = demoMailbox(new Date(state.now));
  const known = state.resumed ? await storedSince(input.wildduck, owner.userId, mailboxes, state) : new Set<string>();
  while (state.stored < letters.length) {
    const batch = letters.slice(state.stored, state.stored + AT_ONCE);
    await Promise.all(
      batch
        .filter((letter) => !known.has(letter.messageId))
        .map(async (letter) => {
          const mailboxId = mailboxes.get(letter.folder)!;
          const uid = await store(input.wildduck, { userId: owner.userId, mailboxId }, letter);
          state.lastUids[mailboxId] = Math.max(uid, state.lastUids[mailboxId] ?? 0);
        }),
    );
    state.stored += batch.length;
    await writeState(input.stateFile, state);
    input.onProgress?.(state.stored, letters.length);
  }
  await writeState(input.stateFile, { ...state, complete: true });
  return { kind: 'filled', messages: letters.length };
}

async function store(wildduck: WildduckClient, target: { userId: string; mailboxId: string }, letter: Letter): Promise<number> {
  const { uid } = await wildduck.uploadRaw(target, await letterSource(letter), {
    date: letter.date,
    unseen: letter.unread ?? false,
    flagged: letter.starred ?? false,
    draft: letter.folder === 'drafts',
  });
  return uid;
}

const SPECIAL_USE: Record<Exclude<DemoFolder, 'inbox'>, { use: string; path: string }> = {
  sent: { use: '\\Sent', path: 'Sent' },
  archive: { use: '\\Archive', path: 'Archive' },
  junk: { use: '\\Junk', path: 'Junk' },
  trash: { use: '\\Trash', path: 'Trash' },
  drafts: { use: '\\Drafts', path: 'Drafts' },
};

/** The account's own mailbox for each folder; made by the usual name where it has none. */
async function mailboxesByFolder(wildduck: WildduckClient, userId: string): Promise<Map<DemoFolder, string>> {
  const existing = await wildduck.listMailboxes(userId);
  const found = new Map<DemoFolder, string>();
  const inbox = existing.find((mailbox) => mailbox.path.toUpperCase() === 'INBOX');
  if (!inbox) throw new Error('the account has no INBOX');
  found.set('inbox', inbox.id);
  for (const [folder, { use, path }] of Object.entries(SPECIAL_USE) as [Exclude<DemoFolder, 'inbox'>, { use: string; path: string }][]) {
    const own = existing.find((mailbox) => mailbox.specialUse === use) ?? existing.find((mailbox) => mailbox.path === path);
    found.set(folder, own?.id ?? (await create(wildduck, userId, path)));
  }
  return found;
}

async function create(wildduck: WildduckClient, userId: string, path: string): Promise<string> {
  const outcome = await wildduck.createMailbox(userId, path);
  if (outcome.kind !== 'done') throw new Error(`mailbox ${path} could not be made: ${outcome.kind}`);
  return outcome.mailboxId;
}

/**
 * Message-IDs of what a killed call stored after its last note: at most one batch, so the UIDs just above the noted
 * ones.
 */
async function storedSince(
  wildduck: WildduckClient,
  userId: string,
  mailboxes: ReadonlyMap<DemoFolder, string>,
  state: FillState,
): Promise<Set<string>> {
  const found = new Set<string>();
  for (const mailboxId of mailboxes.values()) {
    const noted = state.lastUids[mailboxId] ?? 0;
    for (let uid = noted + 1; uid <= noted + AT_ONCE; uid++) {
      const message = await wildduck.getMessage({ userId, mailboxId, uid });
      if (message) found.add(message.messageId.replace(/^<|>$/g, ''));
    }
  }
  return found;
}

async function readState({ stateFile, now }: FillInput): Promise<FillState & { resumed: boolean }> {
  try {
    return { ...(JSON.parse(await readFile(stateFile, 'utf8')) as FillState), resumed: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const fresh: FillState = { now: now.toISOString(), stored: 0, complete: false, lastUids: {} };
    // Noted before the first letter: a call killed during its first batch leaves a state to resume from.
    await writeState(stateFile, fresh);
    return { ...fresh, resumed: false };
  }
}

async function writeState(file: string, { now, stored, complete, lastUids }: FillState): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify({ now, stored, complete, lastUids }), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/**
 * `node server/demo/fill.ts --address alice@eider.test [--state demo-mailbox.json]`, in the environment of the product's
 * processes. Each mailbox wants a state file of its own; its name is one in the home folder.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { address: { type: 'string' }, state: { type: 'string', default: 'demo-mailbox.json' } } });
  if (!values.address) throw new Error('--address: whose mailbox is to be filled');
  const config = loadConfig();
  const outcome = await fillDemoMailbox({
    wildduck: wildduckClientFromConfig(config),
    address: values.address,
    stateFile: join(config.home, values.state),
    now: new Date(),
  });
  if (outcome.kind === 'no-account') throw new Error(`${values.address}: there is no such account`);
  process.stdout.write(outcome.kind === 'filled' ? `${outcome.messages} messages\n` : 'filled before\n');
}

if (import.meta.main) await main();
