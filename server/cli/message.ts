// `eider message trace <id>`: everything that happened to one message.
import type { Command } from 'commander';
import { findByMessageId, type MessageStory, readStory } from '../delivery/operations/message-story.store.ts';
import { tellStory } from '../delivery/operations/tell-story.ts';
import { isQueueId } from '../delivery/queue-id.ts';
import type { Queryable } from '../infra/db/pool.ts';
import { withConnection } from './connection.ts';
import { Refusal } from './refusal.ts';

export function addMessage(program: Command): void {
  program
    .command('message')
    .description('single messages')
    .command('trace')
    .description('tell all that happened to a message: accepted, attempted, deferred, delivered or bounced, reported, complained about')
    .argument('<id>', 'its queue id, or its Message-ID')
    .option('--json', 'as JSON')
    .action(trace);
}

async function trace(id: string, options: { json?: boolean }): Promise<void> {
  await withConnection(async ({ pool }) => {
    const stories = await storiesOf(pool, id);
    process.stdout.write(options.json ? `${JSON.stringify(stories, null, 2)}\n` : stories.map(tellStory).join('\n'));
  });
}

/** Those of a queue id, or of all messages with a Message-ID, the newest first. */
async function storiesOf(db: Queryable, id: string): Promise<MessageStory[]> {
  if (isQueueId(id)) {
    const story = await readStory(db, id.toLowerCase());
    if (!story) throw new Refusal(`nothing is known of ${id}: there is no such message, or its events are past their retention`);
    return [story];
  }
  if (!id.includes('@')) throw new Refusal(`"${id}" is neither a queue id nor a Message-ID`);
  const messageId = id.startsWith('<') ? id : `<${id}>`;
  const found = await findByMessageId(db, messageId);
  if (found.length === 0) throw new Refusal(`no message has the Message-ID ${messageId}`);
  const stories = await Promise.all(found.map((queueId) => readStory(db, queueId)));
  return stories.filter((story) => story !== null);
}
