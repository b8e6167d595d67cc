// Errors of the API in the page's language. The server speaks English; a language gives its words for each code, and
// for the sentences that say more than the code does. Loaded with the first error.
import type { ApiError, ClientErrorCode } from '../../server/web/contract/client.ts';

export interface ErrorTexts {
  codes: Record<ClientErrorCode, string>;
  /** By the server's English sentence. */
  words: Record<string, string>;
  /** For a rule of a field that has no words here. */
  rule: string;
}

/** Puts an error into other words; the code, and what it is about, stay. */
export function translateError(error: ApiError, { codes, words, rule }: ErrorTexts): void {
  const known = words[error.message];
  for (const fault of error.fields) fault.rule = words[fault.rule] ?? rule;
  error.message = known ?? (error.code === 'invalid_request' && error.fields[0] ? error.fields[0].rule : codes[error.code]);
}
