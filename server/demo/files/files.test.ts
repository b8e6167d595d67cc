import { crc32, inflateRawSync, inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { invitationIcs } from './invitation-ics.ts';
import { landscapePng } from './landscape-png.ts';
import { pagePdf } from './page-pdf.ts';
import { zipArchive } from './zip-archive.ts';

describe('files made in code', () => {
  test('PNG: size in the header, every row there, small', () => {
    const png = landscapePng('sea', 1, 64, 40);
    expect(png.readUInt32BE(16)).toBe(64);
    expect(png.readUInt32BE(20)).toBe(40);
    const start = png.indexOf('IDAT');
    const data = png.subarray(start + 4, start + 4 + png.readUInt32BE(start - 4));
    expect(inflateSync(data).length).toBe(65 * 40);
    expect(landscapePng('sea', 1).length).toBeLessThan(20_000);
    expect(landscapePng('sea', 2, 64, 40)).not.toEqual(png);
  });

  test('PDF: the cross-reference table points at its objects', () => {
    const pdf = pagePdf('Receipt (paid)', ['Tea\t4.00', '---', 'Grüße']).toString('latin1');
    const offsets = [...pdf.matchAll(/^(\d{10}) 00000 n $/gm)].map((match) => Number(match[1]));
    expect(offsets).toHaveLength(7);
    offsets.forEach((offset, index) => expect(pdf.slice(offset)).toMatch(new RegExp(`^${index + 1} 0 obj`)));
    const start = Number(/startxref\n(\d+)/.exec(pdf)![1]);
    expect(pdf.slice(start, start + 4)).toBe('xref');
    expect(pdf).toContain(String.raw`(Receipt \(paid\))`);
  });

  test('ZIP: the directory leads to every file', () => {
    const zip = zipArchive({ 'notes.txt': 'low water at 9:14\n', 'ä.txt': 'ü' });
    const end = zip.length - 22;
    expect(zip.toString('latin1', end, end + 4)).toBe('PK\x05\x06');
    expect(readZip(zip, zip.readUInt32LE(end + 16), zip.readUInt16LE(end + 10))).toEqual({ 'notes.txt': 'low water at 9:14\n', 'ä.txt': 'ü' });
    expect(zip.readUInt32LE(end + 12) + zip.readUInt32LE(end + 16)).toBe(end);
  });

  test('ICS: escaped, folded at 75 bytes', () => {
    const ics = invitationIcs({
      uid: 'u@eider.test', summary: 'Walk; then soup, perhaps', location: 'Ä'.repeat(60), start: new Date('2026-12-01T09:00:00Z'), minutes: 90,
      organizer: { name: 'Bob', address: 'bob@eider.test' }, attendees: [{ name: 'Alice', address: 'alice@eider.test' }], stamp: new Date('2026-11-22T10:00:00Z'),
    });
    expect(ics).toContain(String.raw`SUMMARY:Walk\; then soup\, perhaps`);
    expect(ics).toContain('DTSTART:20261201T090000Z\r\nDTEND:20261201T103000Z\r\n');
    expect(ics.split('\r\n').every((line) => Buffer.byteLength(line) <= 75)).toBe(true);
    expect(ics.replace(/\r\n /g, '')).toContain('Ä'.repeat(60));
  });
});

/** A reader by the layout in the format's note (APPNOTE 4.3), so that the writer is not its own judge. */
function readZip(zip: Buffer, directory: number, count: number): Record<string, string> {
  const files: Record<string, string> = {};
  let at = directory;
  for (let index = 0; index < count; index++) {
    expect(zip.toString('latin1', at, at + 4)).toBe('PK\x01\x02');
    const nameLength = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    const local = zip.readUInt32LE(at + 42);
    expect(zip.toString('latin1', local, local + 4)).toBe('PK\x03\x04');
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const content = inflateRawSync(zip.subarray(start, start + zip.readUInt32LE(at + 20)));
    expect(zip.readUInt32LE(at + 16)).toBe(crc32(content));
    expect(zip.readUInt32LE(at + 24)).toBe(content.length);
    files[name] = content.toString('utf8');
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return files;
}
