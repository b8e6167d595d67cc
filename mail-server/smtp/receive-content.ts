// Takes the content of one DATA command into the spool while checking it. Owns the end of the stream in every
// case (too large, forbidden bytes, a client that leaves); what happens to the message is the caller's.
import type { Readable } from 'node:stream';
import { ContentCheck, CONTENT_LIMITS, type ContentLimits } from './content-check.ts';
import { ReplyError } from './reply-error.ts';
import type { Spool, Spooled } from './spool.ts';

/** Past this multiple of the size limit nobody is polite any more: the connection is closed. */
const PATIENCE = 2;

/**
 * Reads the stream to its end. Content with a fault is read on but not kept, since the reply to DATA can
 * only be given at its end.
 * @returns the content, or null when the client left before the end
 * @throws ReplyError for content that is refused; the error of a full disk as 452
 */
export async function receiveContent(stream: Readable, spool: Spool, limits: ContentLimits = CONTENT_LIMITS): Promise<Spooled | null> {
  const check = new ContentCheck(limits);
  const writer = spool.writer();
  let diskFault: Error | null = null;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      check.push(chunk);
      if (check.bytes > limits.maxBytes * PATIENCE) break;
      if (check.fault || diskFault) continue;
      try {
        await writer.write(chunk);
      } catch (error) {
        diskFault = error as Error;
      }
    }
  } catch {
    // smtp-server destroys the stream when the connection goes away; there is nobody left to answer.
    await writer.discard();
    return null;
  }
  check.end();
  if (check.fault || diskFault) {
    await writer.discard();
    if (check.fault) throw new ReplyError(check.fault.code, check.fault.text, { endSession: check.bytes > limits.maxBytes * PATIENCE });
    throw new ReplyError(452, '4.3.1 No room for the message at the moment', { cause: diskFault });
  }
  return writer.finish();
}
