// Reads and validates what a request carries: path parameters, query, JSON body. Every fault names its field.
import type { z } from 'zod';
import type { FieldFault } from '../contract/errors.ts';
import { AppError, fieldError } from './app-error.ts';

/** Validates `value`, or throws `invalid_request` with the faults of each field. */
export function validate(schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields: FieldFault[] = parsed.error.issues.slice(0, 20).map((fault) => ({
    field: fault.path.map(String).join('.') || 'request',
    rule: fault.message,
  }));
  const first = fields[0]!;
  throw new AppError('invalid_request', { text: `${first.field}: ${first.rule}`, fields });
}

/** The query as an object; a name given twice is an error rather than a guess. */
export function readQuery(url: URL): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    if (Object.hasOwn(query, name)) throw fieldError(name, 'given more than once');
    query[name] = storable(value);
  }
  return query;
}

/**
 * The request's JSON body.
 * @param limitBytes a longer body is refused before it is read whole
 */
export async function readJson(request: Request, limitBytes: number): Promise<unknown> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new AppError('unsupported_media_type', { text: 'Content-Type must be application/json.' });
  }
  const bytes = await readBytes(request, limitBytes);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!UNSTORABLE.test(text)) return JSON.parse(text) as unknown;
    return JSON.parse(text, (_key, value: unknown) => (typeof value === 'string' ? storable(value) : value)) as unknown;
  } catch {
    throw new AppError('invalid_request', { text: 'The body is not valid JSON in UTF-8.' });
  }
}

/** Escapes that may stand for NUL or half a surrogate pair: pasted text has them, PostgreSQL's text and jsonb refuse them. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/i;

function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

/** The whole body, refused as soon as it passes the limit. */
export async function readBytes(request: Request, limitBytes: number): Promise<Buffer> {
  const declared = Number(request.headers.get('content-length') ?? '0');
  if (declared > limitBytes) throw tooLarge(limitBytes);
  const chunks: Uint8Array[] = [];
  let total = 0;
  if (request.body) {
    for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
      total += chunk.byteLength;
      if (total > limitBytes) throw tooLarge(limitBytes);
      chunks.push(chunk);
    }
  }
  return Buffer.concat(chunks, total);
}

function tooLarge(limitBytes: number): AppError {
  const limit = limitBytes >= 1024 * 1024 ? `${Math.floor(limitBytes / 1024 / 1024)} MB` : `${Math.floor(limitBytes / 1024)} KB`;
  return new AppError('too_large', { text: `The request is larger than ${limit}.` });
}
