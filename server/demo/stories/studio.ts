// Conversations with the colleagues at the studio, where a book of coastal walks is being made.
import { landscapePng } from '../files/landscape-png.ts';
import { pagePdf } from '../files/page-pdf.ts';
import { zipArchive } from '../files/zip-archive.ts';
import type { Story } from '../story.ts';

const picture = (filename: string, ...drawing: Parameters<typeof landscapePng>) => ({
  filename,
  contentType: 'image/png',
  content: landscapePng(...drawing),
});

export const STUDIO_STORIES: readonly Story[] = [
  {
    subject: 'Cover, third round',
    folder: 'inbox',
    with: ['alice', 'priya', 'mei'],
    messages: [
      {
        from: 'priya',
        ago: '2d 09:12',
        text: 'Good morning both,\n\nHere is the cover with the lower horizon. I think the title finally has air, but I am not sure about the sun: it pulls the eye away from the boat.\n\nCould you look before we meet at two?',
        files: [picture('cover-v3-dawn.png', 'dawn', 31)],
      },
      {
        from: 'mei',
        ago: '2d 10:40',
        text: 'Lower horizon: yes. Sun: I would move it behind the second ridge, so that it explains the light without being a character of its own.\n\nOne more thing: on the spine "Tide Atlas" is now 1 mm too high. I have put my version beside yours.',
        files: [picture('cover-v3-mei.png', 'sea', 8)],
      },
      {
        from: 'alice',
        ago: '2d 11:05',
        text: "I like Mei's sun. Let's go with the sea palette, it is closer to what the first page promises.\n\nPriya, can you send both to Nordlicht as a soft proof today?",
      },
      { from: 'priya', ago: '1d 16:31', text: 'Sent. Ulrike says that the proof can be here on Wednesday if we confirm the paper by noon tomorrow.' },
      {
        from: 'mei',
        ago: '55m',
        unread: true,
        starred: true,
        text: 'The soft proof is back already, and it is lovely. The blue holds even under the warm lamp in the kitchen.\n\nShall I confirm the 120 g paper, or do you want to see the 135 g first?',
        files: [picture('proof-under-lamp.png', 'dusk', 12)],
      },
    ],
  },
  {
    subject: 'Walk 14: the path at Kettle Ness has moved',
    folder: 'inbox',
    with: ['alice', 'tomas', 'ranger'],
    messages: [
      {
        from: 'ranger',
        ago: '4d 08:20',
        text: 'Dear all,\n\nafter the storm of last week the cliff path between Kettle Ness and the old signal house is closed for good. The new one runs about 200 m inland, behind the sheep pens. The signs are up, the map boards will follow in December.\n\nI attach the track as I walked it on Saturday.\n\nKirsty MacLeod\nNorth Shore Reserve',
        files: [
          {
            filename: 'kettle-ness-new-path.zip',
            contentType: 'application/zip',
            content: zipArchive({
              'kettle-ness.gpx':
                '<?xml version="1.0"?>\n<gpx version="1.1" creator="field notes"><trk><name>Kettle Ness</name><trkseg>\n' +
                Array.from({ length: 60 }, (_, step) => `<trkpt lat="${(54.53 + step * 0.0007).toFixed(5)}" lon="${(-0.72 + Math.sin(step / 5) * 0.003).toFixed(5)}"/>`).join('\n') +
                '\n</trkseg></trk></gpx>\n',
              'notes.txt': 'Stile at point 12 is slippery. Gate at 31 has a new latch. Bench with a view at 44.\n',
            }),
          },
        ],
      },
      { from: 'tomas', ago: '4d 09:02', text: 'Thank you, Kirsty, that is just in time: walk 14 has not gone to layout yet.\n\nAlice, this makes the walk 1.3 km longer. Do we still call it "easy"?' },
      { from: 'alice', ago: '4d 12:45', text: 'Still easy, but let us say 3 hours and not 2½, and mention the stile.\n\nKirsty, may we use the bench at point 44 for the opening picture? We would credit the reserve.' },
      { from: 'ranger', ago: '3d 17:58', text: 'You may, with pleasure. Go at low water in the late afternoon, the light comes under the clouds then.' },
      { from: 'tomas', ago: '3h', unread: true, text: 'Map redrawn, text shortened by two lines so that it fits. It is in the shared folder as walk-14-v6.\n\nI also found that walk 15 starts at the car park which the storm took. Kirsty, is there another one?' },
    ],
  },
  {
    subject: 'Lunch on Thursday?',
    folder: 'inbox',
    with: ['alice', 'bob'],
    messages: [
      { from: 'bob', ago: '1d 11:20', text: 'Are you in on Thursday? The harbour café has the fish soup again, and I owe you one for the proofreading.' },
      { from: 'alice', ago: '1d 11:34', text: 'In, hungry, and I shall hold you to it. Half past twelve?' },
      { from: 'bob', ago: '1d 11:36', text: 'Half past twelve. I will bring the tide tables for February, there is a strange one on the 19th that I want to show you.' },
    ],
  },
  {
    subject: 'Budget for the second printing',
    folder: 'inbox',
    with: ['alice', 'priya'],
    messages: [
      {
        from: 'priya',
        ago: '6d 14:05',
        text: 'The numbers as promised. In short: 3,000 copies are possible without the grant, 5,000 with it. Everything beyond that is storage, and the attic is full.',
        html:
          '<p>The numbers as promised.</p><table border="1" cellpadding="8" cellspacing="0" style="border-collapse:collapse">' +
          '<tr style="background:#eef4f6"><th align="left">Run</th><th align="right">Print</th><th align="right">Paper</th><th align="right">Per copy</th></tr>' +
          '<tr><td>2,000</td><td align="right">€ 6,180</td><td align="right">€ 2,240</td><td align="right">€ 4.21</td></tr>' +
          '<tr><td><b>3,000</b></td><td align="right">€ 7,930</td><td align="right">€ 3,300</td><td align="right"><b>€ 3.74</b></td></tr>' +
          '<tr><td>5,000</td><td align="right">€ 11,260</td><td align="right">€ 5,400</td><td align="right">€ 3.33</td></tr></table>' +
          '<p>In short: 3,000 copies are possible without the grant, 5,000 with it. Everything beyond that is storage, and the attic is full.</p>',
        files: [
          {
            filename: 'second-printing.pdf',
            contentType: 'application/pdf',
            content: pagePdf('Tide Atlas: second printing', [
              'Saltmarsh Studio', '', '---', 'Copies\tper copy', '2,000\t4.21', '3,000\t3.74', '5,000\t3.33', '---', '',
              'Paper: 120 g uncoated, FSC. Binding: sewn, open spine.',
            ]),
          },
        ],
      },
      { from: 'alice', ago: '6d 15:30', text: 'Three thousand it is. If the grant comes through in January, we do the other two as a third printing with the corrections.' },
      { from: 'priya', ago: '5d 09:01', text: 'Agreed. I will tell Ulrike, and I have moved the launch to the week of the spring tide. It seemed right.' },
    ],
  },
  {
    subject: 'Notes from the planning afternoon',
    folder: 'inbox',
    with: ['alice', 'bob', 'priya', 'tomas', 'mei'],
    messages: [
      {
        from: 'tomas',
        ago: '9d 17:40',
        starred: true,
        text: 'What we decided:\n\n1. The atlas comes first, the postcards follow in May.\n2. Walks 3, 9 and 14 are walked once more before Christmas.\n3. Mei draws the birds, Jana draws the boats.\n4. We answer readers within two days, all of us, in turn.\n\nWhat is open: the name of the series, and who feeds the cat in week 52.',
      },
      { from: 'mei', ago: '9d 18:15', text: 'I feed the cat. The name of the series should have a bird in it.' },
      { from: 'bob', ago: '9d 18:22', text: 'Everything that Mei proposes has a bird in it. (I am for it.)' },
      { from: 'alice', ago: '8d 08:50', text: 'Thank you, Tomás, this is exactly what I needed on a Monday. I take walk 9 myself, weather permitting.\n\nSeries: let us collect names until Friday and then decide in five minutes, not fifty.' },
    ],
  },
  {
    subject: 'The website on a phone',
    folder: 'archive',
    with: ['alice', 'tomas'],
    messages: [
      { from: 'tomas', ago: '47d 10:11', text: 'A reader writes that the tide tables cannot be read on a small phone: the last column falls off the edge. I can reproduce it below 360 pixels.' },
      { from: 'alice', ago: '47d 10:55', text: 'Then let us turn the table by ninety degrees there: days down, high and low water side by side. Nobody needs the moon on a phone.' },
      { from: 'tomas', ago: '46d 16:20', text: 'Done, and it is online. The moon survived as a small dot, I could not bring myself to remove it.' },
    ],
  },
  {
    subject: 'Photographs for chapter three',
    folder: 'archive',
    with: ['alice', 'mei'],
    messages: [
      {
        from: 'mei',
        ago: '72d 13:08',
        text: 'Four candidates for the opening of chapter three. My favourite is the second, but the fourth has the better sky.',
        files: [picture('chapter3-a.png', 'forest', 3, 480, 300), picture('chapter3-b.png', 'sea', 4, 480, 300), picture('chapter3-c.png', 'snow', 5, 480, 300), picture('chapter3-d.png', 'dusk', 6, 480, 300)],
      },
      { from: 'alice', ago: '72d 15:44', text: 'The second. A sky can be had on any evening, that reflection only once.' },
    ],
  },
  {
    subject: 'Keys to the boathouse',
    folder: 'archive',
    with: ['alice', 'hamish'],
    messages: [
      { from: 'hamish', ago: '120d 07:45', text: 'Keys are under the third crab pot from the left. If the door sticks, lift and push. Mind the gull, she has opinions.\n\nHamish' },
      { from: 'alice', ago: '120d 08:30', text: 'Found them, lifted, pushed, and negotiated with the gull. Thank you!' },
    ],
  },
];
