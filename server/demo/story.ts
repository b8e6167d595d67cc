// The shape in which the demo's conversations are written down, and how their times are read.
import type { PersonName } from './people.ts';

/** Where a received message lies; what Alice wrote lies in Sent. */
export type DemoFolder = 'inbox' | 'sent' | 'archive' | 'junk' | 'trash' | 'drafts';

export interface DemoFile {
  filename: string;
  contentType: string;
  content: Buffer;
  /** Shown within the HTML as `cid:…`. */
  contentId?: string;
}

export interface StoryMessage {
  from: PersonName;
  /** Before now: `40m`, `5h`, or `3d 09:14` (that day at that time, UTC). */
  ago: string;
  /** Paragraphs divided by empty lines. */
  text: string;
  /** The HTML body; made from the text when absent. */
  html?: string;
  files?: DemoFile[];
  unread?: boolean;
  starred?: boolean;
}

export interface Story {
  subject: string;
  folder: 'inbox' | 'archive' | 'trash';
  /** Everyone beside the sender gets each message. */
  with: PersonName[];
  /** `plain` has no HTML part, as mailing lists like it. */
  style?: 'rich' | 'plain';
  /** The right-to-left scripts need it on their HTML. */
  direction?: 'rtl';
  language?: string;
  messages: StoryMessage[];
}

const DAY_MS = 86_400_000;

/**
 * The instant that `ago` means, seen from `now`.
 * @throws Error when it is not of one of the forms above, or not in the past
 */
export function instantAgo(ago: string, now: Date): Date {
  const short = /^(\d+)([mh])$/.exec(ago);
  if (short) return new Date(now.getTime() - Number(short[1]) * (short[2] === 'h' ? 3_600_000 : 60_000));
  const long = /^(\d+)d (\d\d):(\d\d)$/.exec(ago);
  if (!long || Number(long[1]) < 1) throw new Error(`"${ago}": 40m, 5h or 3d 09:14 expected`);
  const midnight = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  return new Date(midnight - Number(long[1]) * DAY_MS + Number(long[2]) * 3_600_000 + Number(long[3]) * 60_000);
}
