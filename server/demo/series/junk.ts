// What the filter caught: the usual promises, harmless here.
import { stableMessageId, type Letter } from '../letter.ts';
import { PEOPLE, type Person } from '../people.ts';
import { instantAgo } from '../story.ts';

const JUNK: readonly (readonly [sender: string, address: string, subject: string, text: string])[] = [
  ['Winner Department', 'claims@lucky-draw.test', 'CONGRATULATIONS!!! You have been selected', 'You have won a prize in a lottery that you did not enter. Send us a small fee to receive a large one.'],
  ['Mailbox Support', 'no-reply@mailbox-verify.test', 'Your mailbox is 99% full', 'Dear user, your mailbox will be closed today. Confirm your password here: http://mailbox-verify.test/login'],
  ['Prof. Dr. Investor', 'partner@golden-offer.test', 'Confidential business proposal', 'I have a sum that I cannot spend alone. You look trustworthy.'],
  ['SEO Experts', 'growth@rank-first.test', 'Your website is not on page one', 'We noticed that your site about tides is not first for the word "shoes". We can help.'],
  ['Bluefin Savings', 'security@bluef1n-alerts.test', 'Unusual sign-in, act now', 'We noticed a sign-in from the Moon. If this was not you, sign in here: http://bluef1n-alerts.test'],
  ['Miracle Sleep', 'offers@pillow-miracle.test', 'Sleep like a stone, 80% off', 'The pillow that doctors do not talk about.'],
  ['Parcel Service', 'customs@parcel-fee.test', 'Your parcel is held: pay 1,99', 'A fee of 1,99 is due. Pay within 24 hours.'],
  ['Crypto Tide', 'rise@coin-tide.test', 'The coin that only rises', 'Unlike the sea, it never goes back. Invest before the next high water.'],
];

export function junkLetters(now: Date): Letter[] {
  return JUNK.map(([name, address, subject, text], index) => {
    const from: Person = { name, address };
    return {
      folder: 'junk',
      from,
      to: [PEOPLE.alice],
      subject,
      text,
      html: `<center><h1 style="color:#c00">${subject}</h1><p>${text}</p></center>`,
      date: instantAgo(`${1 + index * 2}d ${String(2 + index * 2).padStart(2, '0')}:13`, now),
      unread: index < 3,
      messageId: stableMessageId(from, subject),
      authentication: index % 3 === 0 ? 'none' : 'fail',
    };
  });
}
