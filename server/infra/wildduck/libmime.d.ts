// What is used of libmime, which ships no types.
declare module 'libmime' {
  const libmime: {
    /** Decodes RFC 2047 encoded words; throws for charsets that it does not know. */
    decodeWords(text: string): string;
  };
  export default libmime;
}
