// Turns written-down conversations into letters: who gets each message, what it quotes, how its HTML looks.
import { LIST, type ListThread } from './mailing-list.ts';
import { stableMessageId, type Letter } from '../letter.ts';
import { PEOPLE } from '../people.ts';
import { seededRandom } from '../seeded-random.ts';
import { instantAgo, type Story, type StoryMessage } from '../story.ts';

const MINUTE_MS = 60_000;

/** The messages of one conversation, oldest first. */
export function storyLetters(story: Story, now: Date): Letter[] {
  const letters: Letter[] = [];
  story.messages.forEach((message, index) => {
    const from = PEOPLE[message.from];
    const previous = story.messages[index - 1];
    const date = instantAgo(message.ago, now);
    const others = story.with.filter((name) => name !== message.from).map((name) => PEOPLE[name]);
    const references = letters.map((letter) => letter.messageId);
    const quote = previous && quotation(previous, instantAgo(previous.ago, now));
    letters.push({
      folder: message.from === 'alice' ? 'sent' : story.folder,
      from,
      to: others.slice(0, 1),
      cc: others.slice(1),
      subject: index === 0 ? story.subject : `Re: ${story.subject}`,
      text: quote ? `${message.text}\n\n${quote.text}` : message.text,
      html: story.style === 'plain' ? undefined : html(message, story, quote?.html),
      files: message.files,
      date,
      unread: message.unread,
      starred: message.starred,
      messageId: stableMessageId(from, story.subject, index),
      references,
    });
  });
  return letters;
}

/** The posts of one thread of the mailing list, oldest first, some minutes or hours apart. */
export function listLetters(thread: ListThread, now: Date): Letter[] {
  const random = seededRandom(thread.subject.length * 7919);
  const start = instantAgo(`${thread.startDay}d 08:30`, now).getTime();
  let time = start;
  const letters: Letter[] = [];
  thread.posts.forEach(({ from: name, text }, index) => {
    const from = PEOPLE[name];
    const previous = thread.posts[index - 1];
    if (index > 0) time += random.integer(7, 220) * MINUTE_MS;
    const date = new Date(Math.min(time, now.getTime() - (thread.posts.length - index) * MINUTE_MS));
    const quoted = previous && `${PEOPLE[previous.from].name} wrote:\n${quotedLines(previous.text)}\n\n`;
    letters.push({
      folder: name === 'alice' ? 'sent' : thread.startDay > 30 ? 'archive' : 'inbox',
      from,
      to: [{ name: 'Coastwatch', address: LIST.address }],
      subject: `${index === 0 ? '' : 'Re: '}${LIST.tag} ${thread.subject}`,
      text: `${quoted ?? ''}${text}\n\n-- \n${LIST.address}\nTo leave: https://lists.coastwatch.example/leave`,
      date,
      unread: index >= thread.posts.length - 2 && thread.startDay < 5,
      messageId: stableMessageId(from, thread.subject, index),
      references: letters.map((letter) => letter.messageId),
      headers: {
        'List-Id': `Coastwatch <${LIST.id}>`,
        'List-Post': `<mailto:${LIST.address}>`,
        'List-Unsubscribe': '<https://lists.coastwatch.example/leave>, <mailto:leave@lists.coastwatch.example>',
        Precedence: 'list',
      },
    });
  });
  return letters;
}

function html(message: StoryMessage, story: Story, quote: string | undefined): string {
  const body = message.html ?? paragraphs(message.text);
  const attributes = [story.language && `lang="${story.language}"`, story.direction && `dir="${story.direction}"`].filter(Boolean);
  return `<div ${attributes.join(' ')}>${body}</div>${quote ?? ''}`;
}

function quotation(message: StoryMessage, date: Date): { text: string; html: string } {
  const { name, address } = PEOPLE[message.from];
  const when = date.toUTCString().replace(/^\w+, /, '').replace(/:\d\d GMT$/, ' UTC');
  const opening = `On ${when}, ${name} wrote:`;
  return {
    text: `${opening}\n${quotedLines(message.text)}`,
    html:
      `<div class="gmail_quote"><div class="gmail_attr">On ${when}, ${escape(name)} &lt;${address}&gt; wrote:</div>` +
      `<blockquote style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex">${paragraphs(message.text)}</blockquote></div>`,
  };
}

function quotedLines(text: string): string {
  return text.split('\n').map((line) => `> ${line}`.trimEnd()).join('\n');
}

function paragraphs(text: string): string {
  return text.split('\n\n').map((paragraph) => `<p>${escape(paragraph).replaceAll('\n', '<br>')}</p>`).join('');
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
