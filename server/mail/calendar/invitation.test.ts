import { describe, expect, test } from 'vitest';
import { answerCalendar } from './answer.ts';
import { readInvitation } from './invitation.ts';

const BERLIN = `BEGIN:VTIMEZONE\nTZID:W. Europe Standard Time\nBEGIN:STANDARD\nDTSTART:16011028T030000\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:16010325T020000\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nEND:DAYLIGHT\nEND:VTIMEZONE`;
const PEOPLE = `ORGANIZER;CN="Bob, B":mailto:bob@x.test\nATTENDEE;CN=Alice;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:MAILTO:alice@x.test\nATTENDEE;PARTSTAT=ACCEPTED:mailto:carol@x.test`;

const ics = (event: string, { method = 'REQUEST', zones = '' } = {}): string =>
  `BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:${method}\n${zones}\nBEGIN:VEVENT\nUID:1@x.test\nDTSTAMP:20260601T000000Z\n${event}\n${PEOPLE}\nEND:VEVENT\nEND:VCALENDAR\n`
    .replace(/\n+/g, '\r\n');

describe('when', () => {
  test.each<[name: string, event: string, zones: string, start: string, end: string | null, allDay: boolean]>([
    ['in UTC', 'DTSTART:20260701T100000Z\nDTEND:20260701T110000Z', '', '2026-07-01T10:00:00.000Z', '2026-07-01T11:00:00.000Z', false],
    ['in a zone that the file defines', 'DTSTART;TZID=W. Europe Standard Time:20260701T100000\nDURATION:PT90M', BERLIN, '2026-07-01T08:00:00.000Z', '2026-07-01T09:30:00.000Z', false],
    ['in a zone that the file only names', 'DTSTART;TZID=Europe/Berlin:20260101T100000', '', '2026-01-01T09:00:00.000Z', null, false],
    ['in an hour that comes twice', 'DTSTART;TZID=Europe/Berlin:20261025T023000', '', '2026-10-25T00:30:00.000Z', null, false],
    ['in an hour that is left out', 'DTSTART;TZID=Europe/Berlin:20260329T023000', '', '2026-03-29T01:30:00.000Z', null, false],
    ['in a zone that nobody knows', 'DTSTART;TZID=Nowhere/Land:20260701T100000', '', '2026-07-01T10:00:00', null, false],
    ['without a zone', 'DTSTART:20260701T100000\nDTEND:20260701T113000', '', '2026-07-01T10:00:00', '2026-07-01T11:30:00', false],
    ['a day', 'DTSTART;VALUE=DATE:20260701', '', '2026-07-01', '2026-07-02', true],
    ['days', 'DTSTART;VALUE=DATE:20260701\nDTEND;VALUE=DATE:20260704', '', '2026-07-01', '2026-07-04', true],
  ])('%s', (_name, event, zones, start, end, allDay) => {
    expect(readInvitation(ics(event, { zones }))).toMatchObject({ start, end, allDay });
  });
});

const AT = 'DTSTART:20260701T100000Z';

describe('what', () => {
  test('people, texts, repetition', () => {
    const event = `${AT}\nSUMMARY:Soup\\, fish\nLOCATION:Café\nSEQUENCE:3\nRRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=5`;
    expect(readInvitation(ics(event))).toMatchObject({
      method: 'request', uid: '1@x.test', sequence: 3, summary: 'Soup, fish', location: 'Café', cancelled: false, recurrenceId: null,
      organizer: { name: 'Bob, B', address: 'bob@x.test' },
      attendees: [{ name: 'Alice', address: 'alice@x.test', status: 'needs-action' }, { name: '', address: 'carol@x.test', status: 'accepted' }],
      repeats: { every: 'week', interval: 2, count: 5, until: null },
    });
  });

  test.each([
    ['a cancellation', { method: 'CANCEL' }, AT, { method: 'cancel', cancelled: true }],
    ['a cancelled event', {}, `${AT}\nSTATUS:CANCELLED`, { method: 'request', cancelled: true }],
    ['an answer', { method: 'REPLY' }, AT, { method: 'reply' }],
    ['a method that nobody knows', { method: 'EXPLODE' }, AT, { method: 'publish' }],
    ['one occurrence', {}, `${AT}\nRECURRENCE-ID:20260708T100000Z`, { recurrenceId: '2026-07-08T10:00:00Z' }],
  ])('%s', (_name, how, event, found) => expect(readInvitation(ics(event, how))).toMatchObject(found));

  test('a crowd is cut, and says so', () => {
    const crowd = Array.from({ length: 1_000 }, (_, n) => `ATTENDEE:mailto:p${n}@x.test`).join('\n');
    const found = readInvitation(ics(`${AT}\n${crowd}`))!;
    expect(found.attendees).toHaveLength(200);
    expect(found.attendeesOmitted).toBe(802);
  });

  test.each([
    ['nothing', ''],
    ['no calendar', 'Hello'],
    ['a calendar that never ends', ics(AT).slice(0, 200)],
    ['no event', 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n'],
    ['no start', ics('SUMMARY:x')],
    ['a start that is none', ics('DTSTART:yesterday')],
    ['too much', ics(`${AT}\nDESCRIPTION:${'x'.repeat(1_100_000)}`)],
    ['a card', 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:x\r\nEND:VCARD\r\n'],
  ])('%s: null', (_name, text) => expect(readInvitation(text)).toBeNull());
});

describe('the answer', () => {
  const at = new Date('2026-06-02T08:00:00Z');
  const attendee = { name: 'Alice "A"; Ärger', address: 'alice@x.test' };

  test('says who comes to what, as the organizer’s calendar reads it', () => {
    const source = ics('DTSTART;TZID=W. Europe Standard Time:20260701T100000\nSUMMARY:Soup\nSEQUENCE:2', { zones: BERLIN });
    const text = answerCalendar(source, { attendee, response: 'tentative', at })!;
    expect(text).toMatch(/METHOD:REPLY\r\n/);
    expect(text).toMatch(/DTSTAMP:20260602T080000Z\r\n/);
    expect(text).not.toMatch(/carol/);
    expect(readInvitation(text)).toMatchObject({
      method: 'reply', uid: '1@x.test', sequence: 2, summary: 'Soup', start: '2026-07-01T08:00:00.000Z', organizer: { address: 'bob@x.test' },
      attendees: [{ address: 'alice@x.test', status: 'tentative' }],
    });
  });

  test('to one occurrence names it', () => {
    const text = answerCalendar(ics(`${AT}\nRECURRENCE-ID:20260708T100000Z`), { attendee, response: 'declined', at })!;
    expect(text).toMatch(/RECURRENCE-ID:20260708T100000Z\r\n/);
    expect(text).toMatch(/PARTSTAT=DECLINED/);
  });

  test('no line of a summary becomes a property', () => {
    const text = answerCalendar(ics(`${AT}\nSUMMARY:a\\nATTENDEE:mailto:evil@x.test`), { attendee, response: 'accepted', at })!;
    expect(text.match(/^ATTENDEE/gm)).toHaveLength(1);
  });

  test('is none without an organizer', () => expect(answerCalendar(ics(AT).replace(/ORGANIZER.*\r\n/, ''), { attendee, response: 'accepted', at })).toBeNull());
});
