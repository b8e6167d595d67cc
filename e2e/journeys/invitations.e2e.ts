import { deliverFromOutside } from '../clients/mail-clients.ts';
import { expect, row, test } from '../fixtures.ts';

const calendar = (uid: string, summary: string, attendee: string): string =>
  [
    'BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//outside//EN', 'METHOD:REQUEST', 'BEGIN:VEVENT', `UID:${uid}`, 'SEQUENCE:0', 'DTSTAMP:20300101T000000Z',
    'DTSTART:20300704T100000Z', 'DTEND:20300704T113000Z', `SUMMARY:${summary}`, 'LOCATION:Slipway 3', 'ORGANIZER;CN=Vera Outside:mailto:vera@outside.example',
    `ATTENDEE;CN=Bob;RSVP=TRUE;PARTSTAT=NEEDS-ACTION:mailto:${attendee}`, 'END:VEVENT', 'END:VCALENDAR', '',
  ].join('\r\n');

test('an invitation shows when and where, and its answer reaches the organizer once', async ({ openMail, product, outside, unique }) => {
  const subject = unique('Launching');
  const uid = `${subject.replace(/\W/g, '')}@outside.example`;
  const page = await openMail(product.bob);
  await deliverFromOutside(product, {
    to: product.bob.address, subject, text: 'The boat goes in. Come and push.',
    icalEvent: { method: 'REQUEST', content: calendar(uid, subject, product.bob.address) },
  });
  await row(page, subject).getByRole('link').first().click();
  const card = page.getByRole('region', { name: 'Invitation' });
  await expect(card.getByRole('heading', { name: subject })).toBeVisible();
  // 10:00 UTC, seen from Berlin in summer.
  await expect(card).toContainText(/4 Jul 2030.*12:00.*13:30/);
  await expect(card).toContainText('Slipway 3');

  const answer = card.getByRole('group', { name: 'Your answer' });
  await answer.getByRole('button', { name: 'Maybe' }).click();
  await expect(page.getByText('Answer sent to Vera Outside')).toBeVisible();
  await answer.getByRole('button', { name: 'Yes' }).click();
  const said = await outside.message(({ source }) => source.includes('Accepted: ') && source.includes(subject));
  expect(said.recipients).toEqual(['vera@outside.example']);
  expect(said.source).toMatch(/^Content-Type: text\/calendar;.*method=REPLY/im);
  const files = [...said.source.matchAll(/\r\n\r\n([A-Za-z0-9+/=\r\n]{200,}?)\r\n(?:\r\n)?--/g)].map((match) => Buffer.from(match[1]!, 'base64').toString());
  expect(files.join('\n')).toMatch(/METHOD:REPLY[^]*PARTSTAT=ACCEPTED/);

  await page.reload();
  await expect(page.getByRole('group', { name: 'Your answer' }).getByRole('button', { name: 'Yes' })).toHaveAttribute('aria-pressed', 'true');
});
