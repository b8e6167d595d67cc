// A calendar invitation (RFC 5545, RFC 5546 REQUEST) as the text of an .ics file.

export interface Invitation {
  uid: string;
  summary: string;
  location: string;
  start: Date;
  minutes: number;
  organizer: { name: string; address: string };
  attendees: { name: string; address: string }[];
  /** When the invitation was made. */
  stamp: Date;
}

/** Lines end with CRLF; long ones are folded at 75 bytes (RFC 5545 section 3.1). */
export function invitationIcs(invitation: Invitation): string {
  const end = new Date(invitation.start.getTime() + invitation.minutes * 60_000);
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Eider//Demo mailbox//EN',
    'METHOD:REQUEST',
    'BEGIN:VEVENT',
    `UID:${invitation.uid}`,
    `DTSTAMP:${instant(invitation.stamp)}`,
    `DTSTART:${instant(invitation.start)}`,
    `DTEND:${instant(end)}`,
    `SUMMARY:${escaped(invitation.summary)}`,
    `LOCATION:${escaped(invitation.location)}`,
    `ORGANIZER;CN="${invitation.organizer.name}":mailto:${invitation.organizer.address}`,
    ...invitation.attendees.map(({ name, address }) => `ATTENDEE;CN="${name}";PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:${address}`),
    'SEQUENCE:0',
    'STATUS:CONFIRMED',
    'END:VEVENT',
    'END:VCALENDAR',
  ];
  return lines.map(folded).join('\r\n') + '\r\n';
}

function instant(date: Date): string {
  return date.toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function escaped(text: string): string {
  return text.replace(/[\\;,]/g, String.raw`\$&`).replace(/\n/g, String.raw`\n`);
}

function folded(line: string): string {
  const pieces: string[] = [];
  let piece = '';
  for (const character of line) {
    if (Buffer.byteLength(piece + character) > 74) {
      pieces.push(piece);
      piece = '';
    }
    piece += character;
  }
  return [...pieces, piece].join('\r\n ');
}
