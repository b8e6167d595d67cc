// Notices when a text speaks of an attachment. In several languages, since people write in theirs.

const WORDS = /\b(attach(?:ed|ment|ments|ing)|enclosed|anhang|angehängt|anbei|beigefügt|pi[èe]ce[s]?[ -]jointe[s]?|ci-joint[es]*|adjunt[oa]s?|allegat[oi]|em anexo|bijlage|bijgevoegd|bifogad|vedlagt|vedhæftet|załącznik\w*|příloh\w*)\b|вложени|прикрепл|添付|附件|첨부|مرفق|מצורף/iu;

/** `text` is what the user wrote, without the quotation. */
export function mentionsAttachment(text: string): boolean {
  return WORDS.test(text);
}
