// Invitations, changes, cancellations and answers as they come by mail (iTIP, RFC 5546, in the form of RFC 5545). Reads
// what one event is about; calendars are not kept.
import ICAL from 'ical.js';
import { instantOf } from './zoned-time.ts';

/** What the sender wants: RFC 5546 1.4. `publish` asks for nothing. */
export type InvitationMethod = 'request' | 'cancel' | 'reply' | 'counter' | 'publish';
export type PartStat = 'needs-action' | 'accepted' | 'tentative' | 'declined' | 'delegated';

export interface Attendee {
  name: string;
  address: string;
  status: PartStat;
}

export interface Invitation {
  method: InvitationMethod;
  uid: string;
  /** Of one occurrence of a repeated event; null: all of it. As it stands in the file. */
  recurrenceId: string | null;
  /** Grows with each change (RFC 5545 3.8.7.4). */
  sequence: number;
  summary: string;
  /** ISO 8601: an instant in UTC, a day (`2026-07-01`) with `allDay`, or a time without a zone (`2026-07-01T10:00:00`). */
  start: string;
  /** Exclusive; null when the file gives none. */
  end: string | null;
  allDay: boolean;
  location: string;
  description: string;
  organizer: { name: string; address: string } | null;
  attendees: Attendee[];
  /** There are more than `attendees` has. */
  attendeesOmitted: number;
  repeats: { every: 'day' | 'week' | 'month' | 'year' | 'other'; interval: number; count: number | null; until: string | null } | null;
  cancelled: boolean;
}

const MAX_TEXT = 1_000_000;
const MAX_ATTENDEES = 200;
const METHODS: readonly string[] = ['request', 'cancel', 'reply', 'counter', 'publish'];
const STATUSES: readonly string[] = ['needs-action', 'accepted', 'tentative', 'declined', 'delegated'];
const EVERY: Partial<Record<string, NonNullable<Invitation['repeats']>['every']>> = { DAILY: 'day', WEEKLY: 'week', MONTHLY: 'month', YEARLY: 'year' };

/** The event that a calendar file is about; null when there is none, or it cannot be read. Never throws. */
export function readInvitation(text: string): Invitation | null {
  const found = eventOf(text);
  if (!found) return null;
  try {
    return describe(found.calendar, found.event);
  } catch {
    // Values that contradict their own kind.
    return null;
  }
}

/** The calendar and its first whole event, or else its first occurrence of one. */
export function eventOf(text: string): { calendar: ICAL.Component; event: ICAL.Component } | null {
  if (text.length > MAX_TEXT) return null;
  try {
    const calendar = new ICAL.Component(ICAL.parse(text) as unknown[]);
    if (calendar.name !== 'vcalendar') return null;
    const events = calendar.getAllSubcomponents('vevent');
    const event = events.find((one) => !one.hasProperty('recurrence-id')) ?? events[0];
    return event ? { calendar, event } : null;
  } catch {
    return null;
  }
}

function describe(calendar: ICAL.Component, event: ICAL.Component): Invitation | null {
  const start = timeOf(event, 'dtstart');
  const uid = textOf(event, 'uid', 1_000);
  if (!start || uid === '') return null;
  const method = textOf(calendar, 'method', 40).toLowerCase();
  const people = event.getAllProperties('attendee');
  return {
    method: (METHODS.includes(method) ? method : 'publish') as InvitationMethod,
    uid,
    recurrenceId: event.hasProperty('recurrence-id') ? String(event.getFirstPropertyValue('recurrence-id')) : null,
    sequence: Number(event.getFirstPropertyValue('sequence') ?? 0) || 0,
    summary: textOf(event, 'summary', 500),
    start: start.iso,
    end: endOf(event, start),
    allDay: start.allDay,
    location: textOf(event, 'location', 1_000),
    description: textOf(event, 'description', 20_000),
    organizer: event.hasProperty('organizer') ? personOf(event.getFirstProperty('organizer')!) : null,
    attendees: people.slice(0, MAX_ATTENDEES).flatMap((property) => {
      const person = personOf(property);
      const status = String(property.getParameter('partstat') ?? 'needs-action').toLowerCase();
      return person ? [{ ...person, status: (STATUSES.includes(status) ? status : 'needs-action') as PartStat }] : [];
    }),
    attendeesOmitted: Math.max(0, people.length - MAX_ATTENDEES),
    repeats: repetitionOf(event),
    cancelled: method === 'cancel' || textOf(event, 'status', 40).toLowerCase() === 'cancelled',
  };
}

function textOf(component: ICAL.Component, name: string, longest: number): string {
  const value = component.getFirstPropertyValue(name);
  return value === null ? '' : String(value).slice(0, longest);
}

interface Moment {
  iso: string;
  allDay: boolean;
  /** As a number to reckon with; for a floating time as if it were UTC. */
  ms: number;
  kind: 'instant' | 'day' | 'floating';
}

function timeOf(event: ICAL.Component, name: string): Moment | null {
  const time = event.getFirstPropertyValue(name);
  if (!(time instanceof ICAL.Time)) return null;
  const wall = Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second);
  if (Number.isNaN(wall)) return null;
  if (time.isDate) return moment(wall, 'day');
  if (time.zone !== ICAL.Timezone.localTimezone) return moment(time.toJSDate().getTime(), 'instant');
  // Without a definition of the zone in the file, its name is what is left.
  const zone = event.getFirstProperty(name)?.getParameter('tzid');
  const instant = typeof zone === 'string' ? instantOf(wall, zone) : null;
  return instant === null ? moment(wall, 'floating') : moment(instant, 'instant');
}

function moment(ms: number, kind: Moment['kind']): Moment {
  const iso = new Date(ms).toISOString();
  const shown = kind === 'day' ? iso.slice(0, 10) : kind === 'floating' ? iso.slice(0, 19) : iso;
  return { iso: shown, allDay: kind === 'day', ms, kind };
}

/** RFC 5545 3.6.1: an event has an end, or a duration, or lasts its day. */
function endOf(event: ICAL.Component, start: Moment): string | null {
  const end = timeOf(event, 'dtend');
  if (end) return end.iso;
  const duration = event.getFirstPropertyValue('duration');
  if (duration instanceof ICAL.Duration) return moment(start.ms + duration.toSeconds() * 1_000, start.kind).iso;
  return start.allDay ? moment(start.ms + 86_400_000, 'day').iso : null;
}

function personOf(property: ICAL.Property): { name: string; address: string } | null {
  const address = String(property.getFirstValue()).replace(/^mailto:/i, '').trim();
  if (!/^[^\s@<>]+@[^\s@<>]+$/.test(address) || address.length > 320) return null;
  return { name: String(property.getParameter('cn') ?? '').slice(0, 200), address };
}

function repetitionOf(event: ICAL.Component): Invitation['repeats'] {
  const rule = event.getFirstPropertyValue('rrule');
  if (!(rule instanceof ICAL.Recur)) return null;
  return {
    every: EVERY[rule.freq] ?? 'other',
    interval: rule.interval,
    count: rule.count ?? null,
    until: rule.until ? rule.until.toString() : null,
  };
}
