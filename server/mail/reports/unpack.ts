// Reports travel packed: gzip (RFC 1952) and zip members, sniffed by their first bytes, grown to a limit and no
// further. A packed report that grows beyond it is a bomb, and is refused whole.
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { REPORT_LIMITS } from './limits.ts';

export type Unpacked = { kind: 'documents'; documents: Buffer[] } | { kind: 'refused'; rule: string };

/** @param bytes a part of a mail or a file: gzip, zip, or a document as it is */
export function unpack(bytes: Buffer): Unpacked {
  if (bytes.length > REPORT_LIMITS.messageOctets) return { kind: 'refused', rule: 'packed report too large' };
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return inflated(() => [gunzipSync(bytes, { maxOutputLength: REPORT_LIMITS.inflatedOctets })]);
  if (bytes.subarray(0, 4).toString('latin1') === 'PK\x03\x04') return inflated(() => zipMembers(bytes));
  return bytes.length > REPORT_LIMITS.inflatedOctets ? { kind: 'refused', rule: 'report too large' } : { kind: 'documents', documents: [bytes] };
}

class Unreadable extends Error {}

function inflated(read: () => Buffer[]): Unpacked {
  try {
    return { kind: 'documents', documents: read() };
  } catch (error) {
    if (error instanceof Unreadable) return { kind: 'refused', rule: error.message };
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'ERR_BUFFER_TOO_LARGE') return { kind: 'refused', rule: `packed report grows beyond ${REPORT_LIMITS.inflatedOctets} octets` };
    if (code.startsWith('Z_') || code.startsWith('ERR_')) return { kind: 'refused', rule: `packed report is damaged (${code})` };
    throw error;
  }
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;

/** By the central directory (APPNOTE 4.3.12); the sizes it states are not believed, all members share one limit. */
function zipMembers(zip: Buffer): Buffer[] {
  let at = directoryStart(zip);
  let room: number = REPORT_LIMITS.inflatedOctets;
  const members: Buffer[] = [];
  for (let count = 0; at + 46 <= zip.length && zip.readUInt32LE(at) === DIRECTORY_ENTRY; count++) {
    if (count >= REPORT_LIMITS.zipMembers) throw new Unreadable(`zip with more than ${REPORT_LIMITS.zipMembers} members`);
    const packedSize = zip.readUInt32LE(at + 20);
    const nameLength = zip.readUInt16LE(at + 28);
    const name = zip.toString('latin1', at + 46, at + 46 + nameLength);
    if (!name.endsWith('/')) {
      const member = zipMember(zip, zip.readUInt32LE(at + 42), packedSize, zip.readUInt16LE(at + 10), zip.readUInt16LE(at + 8), room);
      room -= member.length;
      members.push(member);
    }
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  if (members.length === 0) throw new Unreadable('zip without members');
  return members;
}

function directoryStart(zip: Buffer): number {
  // The record stands at the end, before a comment of at most 65,535 octets.
  for (let at = zip.length - 22; at >= Math.max(0, zip.length - 22 - 0xffff); at--) {
    if (zip.readUInt32LE(at) === END_OF_DIRECTORY) return zip.readUInt32LE(at + 16);
  }
  throw new Unreadable('zip without a directory');
}

function zipMember(zip: Buffer, headerAt: number, packedSize: number, method: number, flags: number, room: number): Buffer {
  if (flags & 1) throw new Unreadable('zip member is encrypted');
  if (headerAt + 30 > zip.length || zip.readUInt32LE(headerAt) !== LOCAL_HEADER) throw new Unreadable('zip member without a header');
  const start = headerAt + 30 + zip.readUInt16LE(headerAt + 26) + zip.readUInt16LE(headerAt + 28);
  const packed = zip.subarray(start, start + packedSize);
  if (method === 0) {
    if (packed.length > room) throw new Unreadable(`packed report grows beyond ${REPORT_LIMITS.inflatedOctets} octets`);
    return packed;
  }
  if (method !== 8) throw new Unreadable(`zip method ${method} is not read`);
  return inflateRawSync(packed, { maxOutputLength: Math.max(1, room) });
}
