// Conversations in other languages and scripts: the printer, the illustrator, booksellers, translators.
import { landscapePng } from '../files/landscape-png.ts';
import { pagePdf } from '../files/page-pdf.ts';
import type { Story } from '../story.ts';

export const STORIES_ABROAD: readonly Story[] = [
  {
    subject: 'Andruck und Liefertermin „Tide Atlas“',
    folder: 'inbox',
    with: ['alice', 'ulrike'],
    language: 'de',
    messages: [
      {
        from: 'ulrike',
        ago: '5d 08:05',
        text: 'Liebe Frau Hale,\n\nder Andruck auf 120 g liegt bereit. Die Blautöne stehen schön, in den Schatten der dritten Karte haben wir ein wenig zurückgenommen, damit die Höhenlinien lesbar bleiben.\n\nWenn Sie uns bis Mittwoch die Freigabe geben, können wir vor den Feiertagen drucken und in der ersten Januarwoche ausliefern.\n\nMit freundlichen Grüßen\nUlrike Brandt\nDruckerei Nordlicht',
        files: [
          {
            filename: 'Auftragsbestätigung 2026-1187.pdf',
            contentType: 'application/pdf',
            content: pagePdf('Auftragsbestätigung 2026-1187', ['Druckerei Nordlicht', 'Saltmarsh Studio, Tide Atlas, 2. Auflage', '', '---', '3.000 Exemplare, 192 Seiten\t7.930,00', 'Papier 120 g\t3.300,00', '---', 'Summe netto EUR\t11.230,00', '', 'Lieferung: KW 1, frei Haus']),
          },
        ],
      },
      { from: 'alice', ago: '5d 09:40', text: 'Liebe Frau Brandt,\n\nherzlichen Dank, das klingt wunderbar. Die Freigabe kommt spätestens am Dienstagabend. Eine Frage noch: Lässt sich der Faden der Heftung in Dunkelblau ausführen?\n\nViele Grüße\nAlice Hale' },
      { from: 'ulrike', ago: '4h', unread: true, text: 'Liebe Frau Hale,\n\nja, Dunkelblau ist vorrätig und kostet nichts extra. Ich lege dem Musterband beide Fäden bei, dann können Sie in Ruhe vergleichen.\n\nHerzliche Grüße aus dem verschneiten Norden\nUlrike Brandt' },
    ],
  },
  {
    subject: 'Lodičky pro kapitolu o přístavech',
    folder: 'inbox',
    with: ['alice', 'jana'],
    language: 'cs',
    messages: [
      {
        from: 'jana',
        ago: '7d 19:25',
        text: 'Milá Alice,\n\nposílám první tři lodičky. Ta s hnědou plachtou je podle fotografie z muzea, příď jsem trochu zvýraznila, aby se v malé velikosti neztratila.\n\nŽluťoučký kůň zatím nikde, ale dvě chobotnice se mi do okraje vešly. Když budou vadit, klidně řekni.\n\nZdraví\nJana',
        files: [{ filename: 'lodičky-náčrt.png', contentType: 'image/png', content: landscapePng('sea', 77, 480, 320) }],
      },
      { from: 'alice', ago: '6d 09:10', text: 'Milá Jano, jsou nádherné. Chobotnice rozhodně zůstanou!\n\n(I had help with the Czech. The octopuses speak for themselves.)' },
    ],
  },
  {
    subject: '『潮の地図帳』日本語版について',
    folder: 'inbox',
    with: ['alice', 'sato'],
    language: 'ja',
    messages: [
      {
        from: 'sato',
        ago: '1d 01:30',
        unread: true,
        text: 'アリス・ヘイル様\n\nいつもお世話になっております。北海書房の佐藤です。\n\n先日お送りいただいた見本、社内で大変好評でした。特に第三章の干潟の地図は、紙の手触りと色がよく合っていると思います。\n\n日本語版の初版は二千部で検討しております。来月のご都合のよい日に、オンラインで打ち合わせをお願いできますでしょうか。\n\nどうぞよろしくお願いいたします。\n佐藤 健一',
      },
    ],
  },
  {
    subject: '关于新批次纸张的样品',
    folder: 'inbox',
    with: ['alice', 'lin'],
    language: 'zh',
    messages: [
      { from: 'lin', ago: '11d 03:15', text: '尊敬的艾丽斯女士：\n\n您好！120克和135克两种未涂布纸的样品已于今天上午寄出，快递单号随后发给您。\n\n这一批纸的颜色比上一批稍暖一些，我们觉得更适合水彩插图。如果您希望保持原来的色调，也可以按照旧配方生产，交货时间不变。\n\n祝好！\n林海燕\n海纸有限公司' },
      { from: 'alice', ago: '11d 08:45', text: 'Dear Ms Lin,\n\nthank you very much. The warmer tone sounds right for the watercolours; we will look at both under daylight and tell you by Friday.\n\nWith kind regards\nAlice Hale' },
    ],
  },
  {
    subject: 'ترجمة مقدمة أطلس المد والجزر',
    folder: 'inbox',
    with: ['alice', 'layla'],
    direction: 'rtl',
    language: 'ar',
    messages: [
      {
        from: 'layla',
        ago: '3d 12:10',
        unread: true,
        text: 'عزيزتي أليس،\n\nانتهيت من ترجمة المقدمة والفصل الأول. النص جميل وهادئ، وحاولت أن أحافظ على إيقاعه في العربية.\n\nلدي سؤالان: كيف تفضلين كتابة أسماء الأماكن مثل Kettle Ness؟ وهل أترجم أسماء الطيور أم أضيف الاسم العلمي بين قوسين؟\n\nمع أطيب التحيات،\nليلى حداد',
      },
    ],
  },
  {
    subject: 'תערוכת המפות במוזיאון הימי',
    folder: 'inbox',
    with: ['alice', 'noa'],
    direction: 'rtl',
    language: 'he',
    messages: [
      {
        from: 'noa',
        ago: '13d 07:50',
        text: 'שלום אליס,\n\nאנחנו מתכננים לאביב תערוכה קטנה על מפות חוף, מהמאה השבע־עשרה ועד היום. נשמח מאוד להציג שלושה עמודים מתוך האטלס שלכם, לצד המפה של 1764.\n\nהפתיחה מתוכננת ל־18 במרץ 2027 בשעה 19:00. האם תוכלו להגיע?\n\nבברכה,\nנעה לוי\nהמוזיאון הימי',
      },
      { from: 'alice', ago: '12d 10:05', text: 'Dear Noa,\n\nwhat a lovely idea, and what company to be in. Yes to the three pages; I would suggest the mudflats, the harbour of 1764 redrawn, and the moon.\n\nWe will certainly try to come.\n\nAlice' },
    ],
  },
  {
    subject: 'Réassort avant Noël ?',
    folder: 'inbox',
    with: ['alice', 'amelie'],
    language: 'fr',
    messages: [
      { from: 'amelie', ago: '8d 15:35', text: "Chère Alice,\n\nvotre livre s'envole ! Il ne nous reste que quatre exemplaires en vitrine, et la file d'attente s'allonge. Pourriez-vous nous en envoyer une trentaine avant le 10 décembre ?\n\nUn client a demandé s'il existait une édition avec les marées de la Manche. Je lui ai promis de vous poser la question.\n\nAmicalement,\nAmélie\nLibrairie du Port" },
      { from: 'alice', ago: '8d 16:50', text: 'Chère Amélie,\n\ntrente exemplaires partent demain matin. Et dites à votre client que la Manche est prévue pour 2028 : nous marchons lentement, mais nous marchons.\n\nAmitiés\nAlice' },
    ],
  },
  {
    subject: 'Una pregunta sobre el paseo número seis',
    folder: 'archive',
    with: ['alice', 'tomas'],
    language: 'es',
    messages: [
      { from: 'tomas', ago: '64d 18:05', text: 'Mi abuela ha leído el capítulo seis y pregunta por qué nadie menciona la fuente junto al faro. Dice que allí se bebía el mejor agua de toda la costa, y que si quieres te lo cuenta ella misma.\n\n¿La añadimos?' },
      { from: 'alice', ago: '64d 18:30', text: 'La añadimos, y a la abuela en los agradecimientos. :-)' },
    ],
  },
];
