// The mailing list of people who look at the sea: long threads in plain text, as such lists are.
import type { PersonName } from '../people.ts';

export interface ListThread {
  subject: string;
  /** Days before now at which it began. */
  startDay: number;
  posts: { from: PersonName; text: string }[];
}

export const LIST = { id: 'coastwatch-discuss.lists.coastwatch.example', address: 'discuss@lists.coastwatch.example', tag: '[coastwatch]' } as const;

export const LIST_THREADS: readonly ListThread[] = [
  {
    subject: 'Which app shows the tide without an account?',
    startDay: 3,
    posts: [
      { from: 'wendy', text: 'I only want to know when the water comes back. Every app wants my birthday first. What do you all use?' },
      { from: 'hamish', text: 'A window.' },
      { from: 'george', text: 'The printed tables of the harbour office. They have never asked for my birthday, and they float.' },
      { from: 'fatima', text: 'The Tidewatch page works without an account and without a script. Full disclosure: I wrote it.\n\nIt takes its numbers from the 37 harmonic constituents of your port, so that it also works when the network does not.' },
      { from: 'sam', text: '@Fatima, does it know about Kettle Ness?' },
      { from: 'fatima', text: 'It does since you asked. Reload.' },
      { from: 'sam', text: 'I have been on this list for nine years and nothing has ever been solved this quickly.' },
      { from: 'wendy', text: 'Thank you, Fatima! It even says "coming in" and "going out", which is all that I ever wanted.' },
      { from: 'hamish', text: 'My window says that too.' },
    ],
  },
  {
    subject: 'Eiders at the harbour mouth: counts for November',
    startDay: 12,
    posts: [
      { from: 'ranger', text: 'Sunday, 8:10 to 9:00, wind NE 4, visibility good.\n\nCommon eider   214  (121 m, 93 f)\nKing eider       1  (m!)\nLong-tailed     18\nVelvet scoter    6\n\nThe king eider stayed by the outer mole the whole time.' },
      { from: 'erik', text: 'A king eider! I saw my last in 2011, at Vardø, through tears, because of the wind.' },
      { from: 'fatima', text: 'Is it worth coming out with a small scope, or does one need the big one?' },
      { from: 'ranger', text: 'A small one is fine from the bench. Please keep to the path, they rest close to the shore in this wind.' },
      { from: 'george', text: 'Went yesterday. He is still there, and he knows that he is being looked at.' },
      { from: 'mei', text: 'I drew him. He kept his good side turned to us the whole time.' },
      { from: 'wendy', text: 'May we have the drawing for the library window?' },
      { from: 'mei', text: 'You may.' },
    ],
  },
  {
    subject: 'Datum of the old harbour gauge',
    startDay: 38,
    posts: [
      { from: 'george', text: 'Does anyone know to what the zero of the gauge at the fish stairs refers? The brass plate says "ordinary springs", which is not a number.' },
      { from: 'fatima', text: 'The survey of 1911 puts it 2.94 m below the bench mark on the customs house. But the customs house has sunk since, hasn\'t it?' },
      { from: 'hamish', text: 'The customs house has not sunk. The street has been raised. Twice.' },
      { from: 'george', text: 'So the difference of 11 cm that I see between the gauge and the tables…' },
      { from: 'fatima', text: '…is 7 cm of sea and 4 cm of street, more or less.' },
      { from: 'alice', text: 'May I quote this thread in the atlas? "Seven of sea and four of street" would make a fine caption.' },
      { from: 'george', text: 'You may, if you spell me with one l in the middle and two at the end.' },
    ],
  },
  {
    subject: 'Beach clean on the first Sunday',
    startDay: 66,
    posts: [
      { from: 'wendy', text: 'Meeting point is the slipway at ten. Gloves are there, tea is there, bags are there. Children welcome, dogs on a lead because of the seals.' },
      { from: 'sam', text: 'I bring the trailer.' },
      { from: 'iris', text: 'I bring the buns.' },
      { from: 'hamish', text: 'I come for the buns and will be seen near the trailer.' },
      { from: 'wendy', text: 'Result: 84 kg in two hours, of which 31 kg rope. One message in a bottle, in Danish, which Erik is reading to the children now.' },
    ],
  },
  {
    subject: 'Night sky from the signal house',
    startDay: 150,
    posts: [
      { from: 'erik', text: 'On the 12th the moon sets early and the sky should be clear. I will be at the signal house from ten with two telescopes.' },
      { from: 'mei', text: 'Coming, with the large thermos.' },
      { from: 'fatima', text: 'High water is at 23:41, 5.2 m. Do not park on the shingle.' },
      { from: 'sam', text: 'I parked on the shingle. I would like to thank Hamish and his tractor.' },
    ],
  },
];
