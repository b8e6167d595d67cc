// OP_MSG and OP_QUERY as they may come, well-formed and not, and the framing of replies.
import { describe, expect, test } from 'vitest';
import { decodeDocument } from '../bson/read.ts';
import { encodeDocument } from '../bson/write.ts';
import { crc32c } from './crc32c.ts';
import { frameReply, OP, parseRequest } from './message.ts';

interface Section {
  kind: number;
  bytes: Buffer;
}

function opMsg(flags: number, sections: Section[], trailer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat(sections.map(({ kind, bytes }) => Buffer.concat([Buffer.from([kind]), bytes])));
  const frame = Buffer.concat([Buffer.alloc(20), body, trailer]);
  frame.writeInt32LE(frame.length, 0);
  frame.writeInt32LE(77, 4);
  frame.writeInt32LE(OP.msg, 12);
  frame.writeUInt32LE(flags, 16);
  return frame;
}

function sequence(name: string, documents: Buffer[], lie = 0): Buffer {
  const content = Buffer.concat([Buffer.from(`${name}\0`), ...documents]);
  const head = Buffer.alloc(4);
  head.writeInt32LE(4 + content.length + lie, 0);
  return Buffer.concat([head, content]);
}

function opQuery(namespace: string, query: Buffer): Buffer {
  const frame = Buffer.concat([Buffer.alloc(20), Buffer.from(`${namespace}\0`), Buffer.alloc(8), query]);
  frame.writeInt32LE(frame.length, 0);
  frame.writeInt32LE(78, 4);
  frame.writeInt32LE(OP.query, 12);
  return frame;
}

const body = encodeDocument({ insert: 'c', $db: 'd' });
const document = (n: number): Buffer => encodeDocument({ _id: n });

describe('OP_MSG', () => {
  test('body and sequences, in either order', () => {
    const documents = [document(1), document(2)];
    for (const sections of [
      [{ kind: 0, bytes: body }, { kind: 1, bytes: sequence('documents', documents) }],
      [{ kind: 1, bytes: sequence('documents', documents) }, { kind: 0, bytes: body }],
    ]) {
      const parsed = parseRequest(opMsg(0, sections));
      if (parsed.kind !== 'request') throw new Error(parsed.reason);
      expect(parsed.request.requestId).toBe(77);
      expect(parsed.request.wantsReply).toBe(true);
      expect(decodeDocument(parsed.request.body)['insert']).toBe('c');
      expect(parsed.request.sequences.get('documents')?.equals(Buffer.concat(documents))).toBe(true);
    }
  });

  test('moreToCome wants no reply', () => {
    const parsed = parseRequest(opMsg(2, [{ kind: 0, bytes: body }]));
    expect(parsed.kind === 'request' && parsed.request.wantsReply).toBe(false);
  });

  test('exhaustAllowed is an optional flag and ignored', () => {
    expect(parseRequest(opMsg(1 << 16, [{ kind: 0, bytes: body }])).kind).toBe('request');
  });

  test('a right checksum is accepted, a wrong one refused', () => {
    const frame = opMsg(1, [{ kind: 0, bytes: body }], Buffer.alloc(4));
    frame.writeUInt32LE(crc32c(frame.subarray(0, frame.length - 4)), frame.length - 4);
    const parsed = parseRequest(frame);
    expect(parsed.kind === 'request' && parsed.request.checksum).toBe(true);
    frame[25] = (frame[25] as number) ^ 1;
    expect(parseRequest(frame)).toMatchObject({ kind: 'refused', reason: 'OP_MSG checksum does not match' });
  });

  test.each([
    ['unknown required flag', opMsg(4, [{ kind: 0, bytes: body }])],
    ['two bodies', opMsg(0, [{ kind: 0, bytes: body }, { kind: 0, bytes: body }])],
    ['no body', opMsg(0, [{ kind: 1, bytes: sequence('documents', [document(1)]) }])],
    ['unknown section kind', opMsg(0, [{ kind: 9, bytes: body }])],
    ['sequence named twice', opMsg(0, [{ kind: 0, bytes: body }, ...[1, 2].map(() => ({ kind: 1, bytes: sequence('documents', [document(1)]) }))])],
    ['sequence longer than the message', opMsg(0, [{ kind: 0, bytes: body }, { kind: 1, bytes: sequence('documents', [document(1)], 5) }])],
    ['sequence shorter than its documents', opMsg(0, [{ kind: 0, bytes: body }, { kind: 1, bytes: sequence('documents', [document(1)], -3) }])],
    ['sequence of negative length', opMsg(0, [{ kind: 0, bytes: body }, { kind: 1, bytes: sequence('documents', [], -40) }])],
    ['body cut short', opMsg(0, [{ kind: 0, bytes: body.subarray(0, body.length - 3) }])],
    ['empty message', opMsg(0, [])],
  ])('refuses: %s', (_name, frame) => {
    expect(parseRequest(frame)).toMatchObject({ kind: 'refused', requestId: 77, opCode: OP.msg });
  });
});

describe('other opcodes', () => {
  test('OP_QUERY carries the legacy handshake', () => {
    const parsed = parseRequest(opQuery('admin.$cmd', encodeDocument({ isMaster: 1 })));
    expect(parsed).toMatchObject({ kind: 'request', request: { kind: 'query', queryDatabase: 'admin', requestId: 78 } });
  });

  test('a $query wrapper is taken off', () => {
    const parsed = parseRequest(opQuery('admin.$cmd', encodeDocument({ $query: { ismaster: 1 }, $readPreference: { mode: 'primary' } })));
    expect(parsed.kind === 'request' && Object.keys(decodeDocument(parsed.request.body))).toEqual(['ismaster']);
  });

  test('OP_QUERY on a collection is refused', () => {
    expect(parseRequest(opQuery('d.c', encodeDocument({})))).toMatchObject({ kind: 'refused' });
  });

  test('compressed messages are refused, since compression is never negotiated', () => {
    const frame = opMsg(0, [{ kind: 0, bytes: body }]);
    frame.writeInt32LE(OP.compressed, 12);
    expect(parseRequest(frame)).toMatchObject({ kind: 'refused', opCode: OP.compressed });
  });
});

describe('replies', () => {
  const reply = encodeDocument({ ok: 1 });

  test('OP_MSG with a checksum when the request had one', () => {
    const frame = frameReply({ kind: 'msg', requestId: 5, checksum: true }, 9, reply);
    expect(frame.readInt32LE(0)).toBe(frame.length);
    expect([frame.readInt32LE(4), frame.readInt32LE(8), frame.readInt32LE(12)]).toEqual([9, 5, OP.msg]);
    expect(frame.readUInt32LE(frame.length - 4)).toBe(crc32c(frame.subarray(0, frame.length - 4)));
    expect(parseRequest(frame)).toMatchObject({ kind: 'request', request: { checksum: true } });
  });

  test('OP_REPLY for OP_QUERY', () => {
    const frame = frameReply({ kind: 'query', requestId: 5, checksum: false }, 9, reply);
    expect([frame.readInt32LE(8), frame.readInt32LE(12), frame.readInt32LE(32)]).toEqual([5, OP.reply, 1]);
    expect(frame.subarray(36).equals(reply)).toBe(true);
  });
});
