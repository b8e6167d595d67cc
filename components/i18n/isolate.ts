// Names and addresses of any direction within a text.

/** Kept from mixing with the words around it (Unicode's first strong isolate, UAX 9 section 2.4.2). */
export const isolate = (text: string | number): string => `\u2068${text}\u2069`;
