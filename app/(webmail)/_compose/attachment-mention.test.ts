// Words that mean a file should be there.
import { describe, expect, it } from 'vitest';
import { mentionsAttachment } from './attachment-mention.ts';

describe('mentionsAttachment', () => {
  it.each(['The report is attached.', 'see attachment', 'Anbei die Rechnung', 'im Anhang', 'en pièce jointe', 'te lo adjunto', 'файл во вложении', '資料を添付します', '请看附件'])('%s', (text) => expect(mentionsAttachment(text)).toBe(true));
  it.each(['', 'I am very fond of you', 'unattachedness of mind', 'Zusammenhang', 'See you tomorrow'])('not: %s', (text) => expect(mentionsAttachment(text)).toBe(false));
});
