// Calendar invitations, as calendars send them.
import { invitationIcs } from '../files/invitation-ics.ts';
import { stableMessageId, type Letter } from '../letter.ts';
import { PEOPLE, type PersonName } from '../people.ts';
import { instantAgo } from '../story.ts';

interface Meeting {
  by: PersonName;
  summary: string;
  location: string;
  /** When the invitation came, and how many days after now the meeting is (negative: it was). */
  ago: string;
  inDays: number;
  hour: number;
  minutes: number;
  unread?: boolean;
}

const MEETINGS: readonly Meeting[] = [
  { by: 'priya', summary: 'Cover: last look', location: 'Studio, large table', ago: '26h', inDays: 2, hour: 14, minutes: 45, unread: true },
  { by: 'bob', summary: 'Fish soup', location: 'Harbour Café', ago: '1d 11:38', inDays: 3, hour: 12, minutes: 60 },
  { by: 'tomas', summary: 'Walk 9, once more', location: 'Car park at the signal house', ago: '5d 16:00', inDays: 6, hour: 9, minutes: 240 },
  { by: 'choir', summary: 'Advent concert', location: 'Chapel, Quay Street', ago: '11d 19:05', inDays: 21, hour: 18, minutes: 90 },
  { by: 'priya', summary: 'Quarterly numbers, with cake', location: 'Studio', ago: '40d 09:00', inDays: -36, hour: 15, minutes: 60 },
  { by: 'mei', summary: 'Choosing the pictures for chapter three', location: 'Mei’s kitchen', ago: '75d 12:00', inDays: -71, hour: 10, minutes: 120 },
];

const DAY_MS = 86_400_000;

export function invitationLetters(now: Date): Letter[] {
  return MEETINGS.map((meeting) => {
    const organizer = PEOPLE[meeting.by];
    const date = instantAgo(meeting.ago, now);
    const midnight = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
    const start = new Date(midnight + meeting.inDays * DAY_MS + meeting.hour * 3_600_000);
    const when = start.toUTCString().replace(/:\d\d GMT$/, ' UTC');
    const uid = stableMessageId(organizer, 'meeting', meeting.summary);
    return {
      folder: meeting.inDays < -20 ? 'archive' : 'inbox',
      from: organizer,
      to: [PEOPLE.alice],
      subject: `Invitation: ${meeting.summary}`,
      text: `${organizer.name} invites you.\n\n${meeting.summary}\n${when}\n${meeting.location}`,
      html: `<p>${organizer.name} invites you.</p><h3>${meeting.summary}</h3><p>${when}<br>${meeting.location}</p>`,
      date,
      unread: meeting.unread,
      messageId: stableMessageId(organizer, 'invitation', meeting.summary),
      invitation: invitationIcs({
        uid, summary: meeting.summary, location: meeting.location, start, minutes: meeting.minutes, organizer, attendees: [PEOPLE.alice], stamp: date,
      }),
    };
  });
}
