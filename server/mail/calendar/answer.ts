// The answer to an invitation as a calendar file (METHOD:REPLY, RFC 5546 3.2.3).
import ICAL from 'ical.js';
import { eventOf } from './invitation.ts';

export interface Answer {
  /** Who answers: the attendee's address as the account has it. */
  attendee: { name: string; address: string };
  response: 'accepted' | 'tentative' | 'declined';
  at: Date;
}

/** What a reply says again of the event, so that the organizer finds it. */
const REPEATED = ['uid', 'sequence', 'recurrence-id', 'dtstart', 'dtend', 'duration', 'summary', 'organizer'];

/** @returns null when `invitation` has no event that asks for an answer */
export function answerCalendar(invitation: string, { attendee, response, at }: Answer): string | null {
  const found = eventOf(invitation);
  if (!found?.event.hasProperty('organizer') || !found.event.hasProperty('uid')) return null;
  const calendar = new ICAL.Component('vcalendar');
  calendar.addPropertyWithValue('version', '2.0');
  calendar.addPropertyWithValue('prodid', '-//Eider//Webmail//EN');
  calendar.addPropertyWithValue('method', 'REPLY');
  // Times name their zones.
  for (const zone of found.calendar.getAllSubcomponents('vtimezone')) calendar.addSubcomponent(copyOf(zone));
  const event = new ICAL.Component('vevent');
  for (const name of REPEATED) {
    const property = found.event.getFirstProperty(name);
    if (property) event.addProperty(new ICAL.Property(structuredClone(property.toJSON()) as unknown[]));
  }
  event.addPropertyWithValue('dtstamp', ICAL.Time.fromJSDate(at, true));
  const answering = new ICAL.Property('attendee');
  answering.setValue(`mailto:${attendee.address}`);
  if (attendee.name !== '') answering.setParameter('cn', attendee.name);
  answering.setParameter('partstat', response.toUpperCase());
  event.addProperty(answering);
  calendar.addSubcomponent(event);
  return `${calendar.toString()}\r\n`;
}

const copyOf = (component: ICAL.Component): ICAL.Component => new ICAL.Component(structuredClone(component.toJSON()) as unknown[]);
