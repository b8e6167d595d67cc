// Reads the leaf parts of a received message, tolerant of broken MIME and bounded. A part that is itself a
// message (message/rfc822) stays whole: what a report returns is not searched for more reports.
import { type HeaderField, headerValue, parseHeaderText } from '../header.ts';
import { decodeBytes, decodeTransfer } from './text-decoding.ts';
import { REPORT_LIMITS } from './limits.ts';

export interface MimePart {
  /** In lower case, without parameters. */
  type: string;
  /** Parameters of Content-Type by name in lower case. */
  parameters: Map<string, string>;
  fileName: string | null;
  headers: HeaderField[];
  /** Transfer encoding undone. */
  bytes(): Buffer;
  /** As text, LF line ends, cut at the limit. */
  text(): string;
}

export interface MimeMessage {
  headers: HeaderField[];
  type: string;
  parameters: Map<string, string>;
  /** Leaves in order. */
  parts: MimePart[];
  /** Its own multipart body was begun and never closed: part of it is missing. */
  cut: boolean;
}

/** @param raw a message with any line ends; beyond the size limit it is cut */
export function readMime(raw: Uint8Array): MimeMessage {
  const bounded = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.byteLength, REPORT_LIMITS.messageOctets));
  const source = bounded.toString('latin1').replace(/\r\n?/g, '\n');
  const { headers, body } = splitEntity(dropMboxLine(source));
  const { type, parameters } = contentType(headers);
  const parts: MimePart[] = [];
  collect(headers, body, 0, parts);
  return { headers, type, parameters, parts, cut: isCut(body, type, parameters) };
}

function isCut(body: string, type: string, parameters: Map<string, string>): boolean {
  const boundary = type.startsWith('multipart/') ? parameters.get('boundary') : undefined;
  return boundary !== undefined && body.includes(`--${boundary}\n`) && !body.includes(`\n--${boundary}--`);
}

/** A message inside another part, as far as its header goes: `headers` is empty when there is none. */
export function splitEntity(source: string): { headers: HeaderField[]; body: string } {
  if (source.startsWith('\n')) return { headers: [], body: source.slice(1) };
  const end = source.indexOf('\n\n');
  const header = (end < 0 ? source : source.slice(0, end + 1)).slice(0, REPORT_LIMITS.headerOctets);
  return { headers: parseHeaderText(header.replaceAll('\n', '\r\n')), body: end < 0 ? '' : source.slice(end + 2) };
}

function dropMboxLine(source: string): string {
  return /^>?From \S/.test(source) ? source.slice(source.indexOf('\n') + 1) : source;
}

function collect(headers: HeaderField[], body: string, depth: number, parts: MimePart[]): void {
  if (parts.length >= REPORT_LIMITS.mimeParts) return;
  const { type, parameters } = contentType(headers);
  const boundary = type.startsWith('multipart/') ? parameters.get('boundary') : undefined;
  if (boundary && depth < REPORT_LIMITS.mimeDepth) {
    const entities = splitMultipart(body, boundary);
    if (entities.length > 0) {
      for (const entity of entities) {
        const { headers: inner, body: innerBody } = splitEntity(entity);
        collect(inner, innerBody, depth + 1, parts);
      }
      return;
    }
  }
  parts.push(leaf(headers, type.startsWith('multipart/') ? 'text/plain' : type, parameters, body));
}

function leaf(headers: HeaderField[], type: string, parameters: Map<string, string>, body: string): MimePart {
  const encoding = (headerValue(headers, 'content-transfer-encoding') ?? '').toLowerCase().trim();
  const disposition = parseParameters(headerValue(headers, 'content-disposition') ?? '').parameters;
  return {
    type,
    parameters,
    fileName: disposition.get('filename') ?? parameters.get('name') ?? null,
    headers,
    bytes: () => decodeTransfer(body, encoding),
    text: () => {
      const cut = body.slice(0, REPORT_LIMITS.textOctets * 2);
      return decodeBytes(decodeTransfer(cut, encoding), parameters.get('charset')).slice(0, REPORT_LIMITS.textOctets).replace(/\r\n?/g, '\n');
    },
  };
}

/** The entities between the delimiter lines (RFC 2046 5.1.1); a missing close delimiter is forgiven. */
function splitMultipart(body: string, boundary: string): string[] {
  const delimiter = `--${boundary}`;
  const entities: string[] = [];
  let start = -1;
  let at = body.startsWith(delimiter) ? 0 : body.indexOf(`\n${delimiter}`) + 1;
  while (at > 0 || (at === 0 && body.startsWith(delimiter))) {
    const after = at + delimiter.length;
    const closes = body.startsWith('--', after);
    const lineEnd = body.indexOf('\n', after);
    const rest = body.slice(after, lineEnd < 0 ? body.length : lineEnd).trim();
    if (rest === '' || rest === '--') {
      if (start >= 0) entities.push(body.slice(start, Math.max(start, at - 1)));
      start = closes || lineEnd < 0 ? -1 : lineEnd + 1;
      if (closes || entities.length >= REPORT_LIMITS.mimeParts) break;
    }
    if (lineEnd < 0) break;
    const next = body.startsWith(delimiter, lineEnd + 1) ? lineEnd : body.indexOf(`\n${delimiter}`, lineEnd);
    if (next < 0) break;
    at = next + 1;
  }
  if (start >= 0 && start < body.length) entities.push(body.slice(start));
  return entities;
}

function contentType(headers: HeaderField[]): { type: string; parameters: Map<string, string> } {
  const { value, parameters } = parseParameters(headerValue(headers, 'content-type') ?? 'text/plain');
  const type = value.toLowerCase();
  return { type: /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/.test(type) ? type : 'text/plain', parameters };
}

const PARAMETER = /;\s*([^\s=;"]{1,60})\s*=\s*(?:"((?:[^"\\]|\\.){0,1000})"|([^\s;"]{0,1000}))/g;

function parseParameters(field: string): { value: string; parameters: Map<string, string> } {
  const text = field.slice(0, 4_000);
  const parameters = new Map<string, string>();
  for (const match of text.matchAll(PARAMETER)) {
    const name = match[1]!.toLowerCase();
    if (!parameters.has(name)) parameters.set(name, match[2]?.replace(/\\(.)/g, '$1') ?? match[3]!);
  }
  return { value: text.split(';', 1)[0]!.trim(), parameters };
}
