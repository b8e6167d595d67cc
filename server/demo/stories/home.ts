// Family, friends and the errands of a private life.
import { landscapePng } from '../files/landscape-png.ts';
import { pagePdf } from '../files/page-pdf.ts';
import type { Story } from '../story.ts';

export const HOME_STORIES: readonly Story[] = [
  {
    subject: 'Lofoten in June: cabin found!',
    folder: 'inbox',
    with: ['alice', 'nora', 'dad'],
    messages: [
      {
        from: 'nora',
        ago: '2d 20:14',
        starred: true,
        text: 'I found it. Red, on stilts, with a rowing boat and a stove, and you can hear the eiders from the bed. Eleven minutes on foot to the shop.\n\nIt is free from the 12th to the 22nd of June. They hold it for us until Sunday.',
        html: '<p>I found it. Red, on stilts, with a rowing boat and a stove, and you can hear the eiders from the bed. Eleven minutes on foot to the shop.</p><p><img src="cid:cabin@hale-family.example" alt="The view from the cabin" width="480"></p><p>It is free from the <b>12th to the 22nd of June</b>. They hold it for us until Sunday.</p>',
        files: [{ filename: 'view-from-the-cabin.png', contentType: 'image/png', content: landscapePng('snow', 21, 640, 400), contentId: 'cabin@hale-family.example' }],
      },
      { from: 'dad', ago: '2d 20:52', text: 'A ROWING BOAT. I am in.\n\nDad' },
      { from: 'alice', ago: '2d 21:30', text: 'Book it before Dad buys oars.' },
      { from: 'nora', ago: '1d 08:03', text: 'Booked. I paid the deposit, we settle up at Christmas. Dad has bought oars.' },
      { from: 'dad', ago: '6h', unread: true, text: 'They were on sale.\n\nDo we need life jackets in adult sizes or does the cabin have some? I could also bring the good thermos, the one from the ferry.\n\nDad' },
    ],
  },
  {
    subject: 'Rehearsal moved to the chapel this week',
    folder: 'inbox',
    with: ['alice', 'choir'],
    messages: [
      { from: 'choir', ago: '1d 18:20', unread: true, text: 'Dear singers,\n\nthe heating in the hall has given up, so this Tuesday we meet in the chapel on Quay Street, at seven as always. Bring a pencil, the Rutter, and a warm scarf.\n\nAltos: please look at bar 43 again. You know why.\n\nGwen' },
    ],
  },
  {
    subject: 'Your check-up',
    folder: 'inbox',
    with: ['alice', 'dentist'],
    messages: [
      { from: 'dentist', ago: '3d 10:00', text: 'Dear Alice,\n\nyour next check-up is due. We have kept Thursday, 10 December, at 8:40 for you. If this does not suit, please answer this message or ring us.\n\nBrightwater Dental' },
      { from: 'alice', ago: '3d 10:42', text: 'That suits me, thank you.' },
    ],
  },
  {
    subject: 'Window in the kitchen',
    folder: 'inbox',
    with: ['alice', 'landlord'],
    messages: [
      { from: 'alice', ago: '16d 08:15', text: 'Good morning,\n\nthe kitchen window does not close properly since the storm; with an east wind the curtain moves although it is shut. Could somebody have a look?\n\nAlice Hale, flat 4' },
      { from: 'landlord', ago: '15d 11:20', text: 'Dear Ms Hale,\n\nthank you for letting us know. The joiner comes on Friday between 9 and 11. If you are out, the caretaker lets him in.\n\nMarlowe Lettings' },
      { from: 'landlord', ago: '10d 15:05', text: 'Dear Ms Hale,\n\nthe joiner reports that the hinge was replaced. Please tell us if the curtain still moves.\n\nMarlowe Lettings' },
    ],
  },
  {
    subject: 'Bread on Saturdays',
    folder: 'inbox',
    with: ['alice', 'iris'],
    messages: [
      { from: 'iris', ago: '14d 16:30', text: 'Hello Alice,\n\nfrom December we bake on Saturdays too. If you want a rye put aside, tell me by Thursday evening, as everybody else on the quay already has.\n\nIris, Harbour Café' },
      { from: 'alice', ago: '14d 17:02', text: 'One rye, every Saturday, until further notice. You have made my winter.' },
      { from: 'iris', ago: '14d 17:10', text: 'It is in the book. In ink.' },
    ],
  },
  {
    subject: 'An essay for the spring number?',
    folder: 'inbox',
    with: ['alice', 'editor'],
    messages: [
      {
        from: 'editor',
        ago: '4d 13:37',
        unread: true,
        text: 'Dear Alice Hale,\n\nI edit Coastlines, a quarterly about places where land stops. Your note on the lost car parks of the north shore made me laugh and then made me think, which is a combination I try to print.\n\nWould you write 2,000 words for the spring number? Deadline 31 January, fee as in the attached sheet, and you keep all rights beyond first publication.\n\nWith best wishes\nOliver Finch',
        files: [{ filename: 'coastlines-terms.pdf', contentType: 'application/pdf', content: pagePdf('Coastlines: terms for contributors', ['First publication rights only.', 'Fee for 2,000 words\t480.00', 'Payment within 14 days of acceptance.', '---', 'Proofs are sent to the author; nothing is changed without asking.']) }],
      },
    ],
  },
  {
    subject: 'Chess by mail, game 12',
    folder: 'inbox',
    with: ['alice', 'erik'],
    style: 'plain',
    messages: [
      { from: 'erik', ago: '24d 19:00', text: '1. e4' },
      { from: 'alice', ago: '23d 20:10', text: '1. … c5. You knew that.' },
      { from: 'erik', ago: '21d 19:30', text: '2. Nf3' },
      { from: 'alice', ago: '20d 21:00', text: '2. … d6' },
      { from: 'erik', ago: '18d 18:45', text: '3. d4. I have bought a new lamp for thinking.' },
      { from: 'alice', ago: '17d 20:40', text: '3. … cxd4. It shows.' },
      { from: 'erik', ago: '12d 19:15', text: '4. Nxd4' },
      { from: 'alice', ago: '10d 22:05', text: '4. … Nf6' },
      { from: 'erik', ago: '2d 19:20', text: '5. Nc3, and take your time, it is snowing here.' },
    ],
  },
  {
    subject: 'Thank you for the talk',
    folder: 'archive',
    with: ['alice', 'wendy'],
    messages: [
      { from: 'wendy', ago: '85d 09:30', text: 'Dear Alice,\n\nyour evening at the library was the best attended since the man with the owls. Three people have asked for the list of books that you mentioned, could you send it?\n\nWendy' },
      { from: 'alice', ago: '85d 14:00', text: 'Dear Wendy,\n\ncoming second to owls is an honour. The list:\n\n- The Sea Around Us\n- A Year on the Shingle\n- Maps That Lie, and Why\n- The Lighthouse Stevensons\n\nAlice' },
      { from: 'wendy', ago: '84d 08:55', text: 'Ordered, all four. The waiting list is open.' },
    ],
  },
  {
    subject: 'Photos from the regatta',
    folder: 'archive',
    with: ['alice', 'sam'],
    messages: [
      { from: 'sam', ago: '101d 21:45', text: 'Two of the better ones. In the third you can see Hamish falling in, so I keep that for his birthday.', files: [{ filename: 'regatta-start.png', contentType: 'image/png', content: landscapePng('sea', 41, 560, 360) }, { filename: 'regatta-evening.png', contentType: 'image/png', content: landscapePng('dusk', 42, 560, 360) }] },
      { from: 'alice', ago: '100d 08:20', text: 'The evening one goes on my wall. And I want to be there on his birthday.' },
    ],
  },
  {
    subject: 'Old bicycle, free to a good home',
    folder: 'trash',
    with: ['alice', 'sam'],
    messages: [{ from: 'sam', ago: '33d 17:00', text: 'Anyone? Blue, seven gears, five of them work.' }],
  },
];
