// `eider message trace <id>`: everything that happened to one message.
import type { Command } from 'commander';
import { findByMessageId, type MessageStory, readStory } from '../delivery/operations/message-story.store.ts';
import { tellStory } from '../delivery/operations/tell-story.ts';
import { conversationsOf, type KeptConversation } from '../delivery/conversation-log.ts';
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
    .option('--conversation', 'with what was said in each attempt, as long as it is kept (30 days)')
    .option('--json', 'as JSON')
    .action(trace);
}

async function trace(id: string, options: { conversation?: boolean; json?: boolean }): Promise<void> {
  await withConnection(async ({ pool }) => {
    const stories = await storiesOf(pool, id);
    const told = await Promise.all(stories.map(async (story) => ({ story, conversations: options.conversation ? await conversationsOf(pool, story.queueId) : [] })));
    if (options.json) {
      const json = options.conversation ? told.map(({ story, conversations }) => ({ ...story, conversations })) : stories;
      process.stdout.write(`${JSON.stringify(json, null, 2)}\n`);
    } else process.stdout.write(told.map(({ story, conversations }) => `${tellStory(story)}${conversations.map(conversationText).join('')}`).join('\n'));
  });
}

/** One attempt's, for people: milliseconds, who spoke (C: we, S: the server, *: a note), what. */
export function conversationText({ at, attempt, recipientNos, lines }: Pick<KeptConversation, 'attempt' | 'recipientNos' | 'lines'> & { at: Date }): string {
  const head = `\nattempt ${attempt}, until ${at.toISOString()}, recipient ${recipientNos.join(', ')}\n`;
  if (lines === null) return `${head}  (what was said was lost: the worker was killed before it was kept)\n`;
  return `${head}${lines.map((line) => `  ${line}\n`).join('')}`;
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
