// Newsletters: weekly HTML mail with pictures on the sender's server, as they come to everybody.
import { stableMessageId, type Letter } from '../letter.ts';
import { PEOPLE, type Person } from '../people.ts';
import { seededRandom } from '../seeded-random.ts';

interface Newsletter {
  from: Person;
  /** Days between issues, and how many days ago the newest one came. */
  every: number;
  newest: number;
  hour: number;
  colour: string;
  tint: string;
  tagline: string;
  topics: readonly (readonly [headline: string, teaser: string])[];
}

const NEWSLETTERS: readonly Newsletter[] = [
  {
    from: { name: 'Tidelines Weekly', address: 'letter@tidelines.example' },
    every: 7, newest: 1, hour: 6, colour: '#1f5f7a', tint: '#e8f3f6', tagline: 'Five things from the edge of the land',
    topics: [
      ['The river that runs both ways', 'Twice a day the Wend changes its mind. We spent a week with the people who live by its moods.'],
      ['How to read a wrack line', 'Seaweed, feathers, one sandal: what the last high water left behind, and why it lies where it lies.'],
      ['Lighthouses for sale', 'Three are on the market this winter. One has a lift, one has a ghost, one has neither but a garden.'],
      ['A short history of the rubber boot', 'It began with a duke and a cobbler who disliked each other.'],
      ['Salt, slowly', 'On the last pan still worked by hand, the harvest depends on the wind and on Margit.'],
      ['The seal count is in', 'Up by a tenth, and asleep in all the places where people wanted to park.'],
      ['Fog, an appreciation', 'It hides the horizon and gives back the foreground.'],
    ],
  },
  {
    from: { name: 'Paper & Press', address: 'hello@paperandpress.example' },
    every: 14, newest: 2, hour: 9, colour: '#8a3b2e', tint: '#f8eeea', tagline: 'Notes from the printing floor',
    topics: [
      ['Open spines, closed arguments', 'Why sewn books lie flat, what they cost, and when glue is the better answer.'],
      ['Blue is hard', 'Four printers, one file, four oceans. A comparison under daylight.'],
      ['The paper that came in from the cold', 'Uncoated stock keeps its own weather. How long should it rest before it is printed?'],
      ['A type for maps', 'Narrow, patient, legible upside down: eight faces that do the job.'],
    ],
  },
  {
    from: { name: 'The Slow Web', address: 'dispatch@slowweb.example' },
    every: 7, newest: 3, hour: 15, colour: '#37474f', tint: '#eef1f2', tagline: 'Software that takes its time',
    topics: [
      ['The page that weighs nothing', 'Twelve kilobytes, no script, read by two million people a year.'],
      ['In praise of the text file', 'It opens everywhere, forever, and nobody has ever asked it for a subscription.'],
      ['Mail is still here', 'Fifty years on, the oldest network application is the one that nobody owns.'],
      ['Small servers, long lives', 'A machine in a cupboard has been up for 3,812 days. Its owner would rather not talk about it.'],
      ['Undo', 'The kindest command, and how to make room for it.'],
    ],
  },
  {
    from: { name: 'Trailhead Outfitters', address: 'news@trailhead.example' },
    every: 9, newest: 0, hour: 5, colour: '#2f6b3c', tint: '#edf5ee', tagline: 'Gear for bad weather',
    topics: [
      ['Winter sale: boots up to 40 % off', 'Waterproof, resoleable, and patient with cold feet.'],
      ['New: the Skerry jacket', 'Two layers, four pockets, no nonsense. Also in yellow.'],
      ['Repairs are free in November', 'Bring us your broken zips.'],
      ['Maps, head torches, thermos flasks', 'Short days need good company.'],
    ],
  },
  {
    from: { name: 'Kitchen Garden Club', address: 'club@kitchengarden.example' },
    every: 14, newest: 6, hour: 7, colour: '#6a7b1f', tint: '#f4f6e6', tagline: 'What to do this fortnight',
    topics: [
      ['Garlic goes in now', 'Pointed end up, two thumbs deep, and then forget about it until March.'],
      ['Leeks for people who are often away', 'Sow, thin, ignore, eat.'],
      ['The compost heap in winter', 'It sleeps, but lightly.'],
      ['Windowsill herbs', 'Parsley forgives; basil does not.'],
    ],
  },
];

const DAY_MS = 86_400_000;

/** Every issue of the last `days` days. The newest of each series is unread, the old ones are archived. */
export function newsletterLetters(now: Date, days: number): Letter[] {
  return NEWSLETTERS.flatMap((series) => {
    const issues = Math.floor((days - series.newest) / series.every) + 1;
    return Array.from({ length: issues }, (_, back) => issue(series, issues - back, series.newest + back * series.every, now));
  });
}

function issue(series: Newsletter, number: number, daysAgo: number, now: Date): Letter {
  const midnight = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  // An issue of today that would still lie in the future came an hour ago.
  const date = new Date(Math.min(midnight - daysAgo * DAY_MS + series.hour * 3_600_000 + 420_000, now.getTime() - 3_600_000));
  const random = seededRandom(number * 31 + series.every + series.hour);
  const first = number % series.topics.length;
  const topics = [0, 1, 2].map((offset) => series.topics[(first + offset) % series.topics.length]!);
  const domain = series.from.address.split('@')[1]!;
  const token = random.integer(1e8, 9e8).toString(36);
  return {
    folder: daysAgo > 21 ? 'archive' : 'inbox',
    from: series.from,
    to: [PEOPLE.alice],
    subject: topics[0]![0],
    text: topics.map(([headline, teaser]) => `${headline}\n${teaser}`).join('\n\n') + `\n\nUnsubscribe: https://${domain}/leave/${token}`,
    html: page(series, number, topics, domain, token),
    date,
    unread: daysAgo < series.every && daysAgo < 7,
    messageId: stableMessageId(series.from, 'issue', number, daysAgo),
    headers: {
      'List-Id': `${series.from.name} <letter.${domain}>`,
      'List-Unsubscribe': `<https://${domain}/leave/${token}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
  };
}

function page(series: Newsletter, number: number, topics: readonly (readonly [string, string])[], domain: string, token: string): string {
  const [lead, ...rest] = topics;
  const article = ([headline, teaser]: readonly [string, string], index: number): string =>
    `<tr><td style="padding:18px 32px;border-top:1px solid #e3e6e8"><img src="https://img.${domain}/${number}/${index + 2}.jpg" width="96" height="72" alt="" align="right" style="margin-left:16px;border-radius:4px">` +
    `<h3 style="margin:0 0 6px;font:600 17px/1.35 Georgia,serif;color:#222">${headline}</h3><p style="margin:0;font:15px/1.5 Helvetica,Arial,sans-serif;color:#555">${teaser}</p></td></tr>`;
  return (
    `<!doctype html><html><head><style>@media (max-width:600px){.sheet{width:100%!important}}</style></head><body style="margin:0;background:${series.tint}">` +
    `<table width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:24px 12px"><table class="sheet" width="600" cellpadding="0" cellspacing="0" style="background:#fff;border-radius:8px;overflow:hidden">` +
    `<tr><td style="background:${series.colour};padding:28px 32px;color:#fff"><div style="font:700 26px/1.2 Georgia,serif">${series.from.name.replace('&', '&amp;')}</div><div style="font:14px Helvetica,Arial,sans-serif;opacity:.85">${series.tagline} · No. ${number}</div></td></tr>` +
    `<tr><td><img src="https://img.${domain}/${number}/lead.jpg" width="600" height="260" alt="" style="display:block;width:100%"></td></tr>` +
    `<tr><td style="padding:28px 32px"><h2 style="margin:0 0 10px;font:700 24px/1.3 Georgia,serif;color:#222">${lead![0]}</h2><p style="margin:0 0 18px;font:16px/1.6 Helvetica,Arial,sans-serif;color:#444">${lead![1]}</p>` +
    `<a href="https://${domain}/read/${number}?r=${token}" style="display:inline-block;background:${series.colour};color:#fff;padding:11px 20px;border-radius:6px;text-decoration:none;font:600 15px Helvetica,Arial,sans-serif">Read on</a></td></tr>` +
    rest.map(article).join('') +
    `<tr><td style="padding:20px 32px;background:#fafbfb;font:12px/1.6 Helvetica,Arial,sans-serif;color:#888">You get this letter because you asked for it. <a href="https://${domain}/leave/${token}" style="color:#888">Unsubscribe</a></td></tr>` +
    `</table></td></tr></table><img src="https://count.${domain}/o/${token}.gif" width="1" height="1" alt=""></body></html>`
  );
}
