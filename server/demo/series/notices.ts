// What machines send: builds and reviews, parcels, receipts and statements. Generated, a few kinds each.
import { pagePdf } from '../files/page-pdf.ts';
import { stableMessageId, type Letter } from '../letter.ts';
import { PEOPLE, type Person } from '../people.ts';
import { seededRandom, type SeededRandom } from '../seeded-random.ts';

const DAY_MS = 86_400_000;
const FORGE: Person = { name: 'Gitbarn', address: 'notifications@gitbarn.example' };
const PARCELS: Person = { name: 'Parcelhound', address: 'tracking@parcelhound.example' };
const HOSTING: Person = { name: 'Cloudberry Hosting', address: 'billing@cloudberry.example' };
const BANK: Person = { name: 'Bluefin Savings', address: 'statements@bluefin.example' };
const RAIL: Person = { name: 'Ferryline', address: 'tickets@ferryline.example' };

const BRANCHES = ['tide-table-on-phones', 'walk-14-reroute', 'search-by-harbour', 'print-stylesheet', 'moon-as-a-dot', 'postcards'];
const PARTS = ['maps', 'tables', 'reader', 'shop', 'layout'];
const GOODS = ['Watercolour pads (3)', 'Wool socks, grey', 'Waterproof notebook', 'Pruning shears', 'Binoculars strap', 'Tea, first flush', 'Paper samples', 'Bird feeder'];

/** Notices of the last `days` days. */
export function noticeLetters(now: Date, days: number): Letter[] {
  const random = seededRandom(20261122);
  const midnight = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const at = (daysAgo: number, hour: number, minute: number): Date =>
    new Date(Math.min(midnight - daysAgo * DAY_MS + (hour * 60 + minute) * 60_000, now.getTime() - 5_400_000));
  const letters: Letter[] = [];
  for (let day = days; day >= 0; day--) {
    if (random.next() < 0.34) letters.push(build(random, day, at(day, random.integer(8, 18), random.integer(0, 59))));
    if (day % 17 === 4) letters.push(...parcel(random, day, at));
    if (day % 30 === 9) letters.push(receipt(day, at(day, 3, 12)), statement(day, at(day, 4, 2)));
    if (day % 53 === 11) letters.push(ticket(random, day, at(day, 20, 45)));
  }
  return letters;
}

function placed(daysAgo: number): Pick<Letter, 'folder' | 'to'> {
  return { folder: daysAgo > 25 ? 'archive' : 'inbox', to: [PEOPLE.alice] };
}

function build(random: SeededRandom, day: number, date: Date): Letter {
  const branch = random.pick(BRANCHES);
  const part = random.pick(PARTS);
  const number = 2400 - day * 3;
  const failed = random.next() < 0.25;
  const subject = `[saltmarsh/atlas] ${failed ? 'Build failed' : 'Build passed'}: ${branch} (#${number})`;
  const result = failed ? `1 of 214 tests failed in ${part}` : '214 tests passed';
  const colour = failed ? '#b3261e' : '#1e7a3c';
  return {
    ...placed(day),
    from: FORGE,
    subject,
    text: `${subject}\n\n${result}\n\nhttps://gitbarn.example/saltmarsh/atlas/runs/${number}`,
    html:
      `<div style="font:14px/1.5 Helvetica,Arial,sans-serif;color:#24292e"><div style="border-left:4px solid ${colour};padding:4px 14px"><b style="color:${colour}">${failed ? 'Failed' : 'Passed'}</b> · ${branch} · #${number}</div>` +
      `<p>${result}.</p><p><a href="https://gitbarn.example/saltmarsh/atlas/runs/${number}">Open the run</a></p></div>`,
    date,
    unread: day < 2,
    messageId: stableMessageId(FORGE, 'run', number, branch, date.toISOString().slice(11, 16)),
    headers: { 'List-Id': 'saltmarsh/atlas <atlas.saltmarsh.gitbarn.example>', 'Auto-Submitted': 'auto-generated' },
  };
}

/** A parcel is announced, and comes two days later. */
function parcel(random: SeededRandom, day: number, at: (day: number, hour: number, minute: number) => Date): Letter[] {
  const goods = random.pick(GOODS);
  const code = `PH${random.integer(10_000_000, 99_999_999)}`;
  const first = stableMessageId(PARCELS, code, 'sent');
  const letter = (subject: string, text: string, dayOf: number, hour: number, messageId: string, references?: string[]): Letter => ({
    ...placed(dayOf),
    from: PARCELS,
    subject,
    text: `${text}\n\n${goods}\nParcel ${code}\nhttps://parcelhound.example/t/${code}`,
    html: `<div style="font:15px/1.5 Helvetica,Arial,sans-serif;max-width:520px"><h2 style="color:#7a4b00">${text}</h2><p>${goods}</p><p style="background:#fff6e5;padding:10px 14px;border-radius:6px;font-family:monospace">${code}</p><p><a href="https://parcelhound.example/t/${code}">Follow the parcel</a></p><img src="https://px.parcelhound.example/${code}" width="1" height="1" alt=""></div>`,
    date: at(dayOf, hour, 17),
    messageId,
    references,
    headers: { 'Auto-Submitted': 'auto-generated' },
  });
  return [
    letter(`Your parcel ${code} is on its way`, 'Your parcel is on its way.', day, 11, first),
    letter(`Re: Your parcel ${code} is on its way`, 'Delivered: it waits with your neighbour at number 6.', Math.max(0, day - 2), 13, stableMessageId(PARCELS, code, 'there'), [first]),
  ];
}

function receipt(day: number, date: Date): Letter {
  const number = `CB-2026-${String(date.getUTCMonth() + 1).padStart(2, '0')}417`;
  return {
    ...placed(day),
    from: HOSTING,
    subject: `Receipt ${number}`,
    text: `Thank you for your payment.\n\nSmall server, 1 month   EUR 9.00\nBackups                 EUR 2.00\nTotal                   EUR 11.00\n\nThe receipt is attached.`,
    date,
    files: [{ filename: `${number}.pdf`, contentType: 'application/pdf', content: pagePdf(`Receipt ${number}`, ['Cloudberry Hosting', date.toISOString().slice(0, 10), '', '---', 'Small server, 1 month\t9.00', 'Backups\t2.00', '---', 'Total EUR\t11.00']) }],
    messageId: stableMessageId(HOSTING, number, day),
  };
}

function statement(day: number, date: Date): Letter {
  const month = date.toLocaleString('en', { month: 'long', timeZone: 'UTC' });
  return {
    ...placed(day),
    from: BANK,
    subject: `Your statement for ${month} is ready`,
    text: `Dear Ms Hale,\n\nyour statement for ${month} is ready. For your safety it is not attached: please sign in as you always do. We never send links to sign in.\n\nBluefin Savings`,
    date,
    messageId: stableMessageId(BANK, 'statement', day),
  };
}

function ticket(random: SeededRandom, day: number, date: Date): Letter {
  const code = `FL${random.integer(100_000, 999_999)}`;
  const leaves = new Date(date.getTime() + 9 * DAY_MS).toISOString().slice(0, 10);
  return {
    ...placed(day),
    from: RAIL,
    subject: `Your ticket ${code}: Port Wend to Northness`,
    text: `Booking ${code}\n\nPort Wend 08:15 → Northness 10:05\n${leaves}, foot passenger, one bicycle\n\nPlease be at the gangway ten minutes before.`,
    date,
    starred: day < 25,
    files: [{ filename: `ticket-${code}.pdf`, contentType: 'application/pdf', content: pagePdf(`Ferryline ${code}`, ['Port Wend 08:15\tNorthness 10:05', leaves, '', 'Foot passenger\t14.00', 'Bicycle\t3.50', '---', 'Total EUR\t17.50']) }],
    messageId: stableMessageId(RAIL, code, day),
  };
}
