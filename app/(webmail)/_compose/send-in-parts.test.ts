// A file sent in parts to a server that breaks off wherever the test says.
import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../../server/web/contract/client.ts';
import { UPLOAD_LIMITS, type UploadState } from '../../../server/web/contract/uploads.ts';
import { sendInParts, type OutgoingFile, type PartServer } from './send-in-parts.ts';

const PART = UPLOAD_LIMITS.partBytes;
const offline = () => new ApiError('offline', 'The server cannot be reached.');

/** A server that holds bytes. `faults` strike at the calls of that number, before or after the work is done. */
function scripted(sizeBytes: number, faults: Record<number, 'before' | 'after' | ApiError> = {}) {
  let held = 0;
  let call = 0;
  const calls: string[] = [];
  const work = async <T>(name: string, act: () => T): Promise<T> => {
    call += 1;
    calls.push(name);
    const fault = faults[call];
    if (fault === 'before') throw offline();
    if (fault instanceof ApiError) throw fault;
    const result = act();
    if (fault === 'after') throw offline();
    return result;
  };
  const state = (): UploadState => ({ id: 'u', offset: held, sizeBytes, upload: null });
  const server: PartServer = {
    begin: () => work('begin', state),
    part: (_id, offset, bytes) =>
      work(`part@${offset / PART}`, () => {
        if (offset !== held) throw new ApiError('conflict', 'not there', 409);
        held += bytes.byteLength;
        return state();
      }),
    finish: () => work('finish', () => ({ id: 'u', filename: 'f', contentType: 'text/plain', sizeBytes, scan: 'clean', url: '/u' })),
  };
  return { server, calls, held: () => held };
}

const file = (bytes: number): OutgoingFile => ({ id: 'u', filename: 'f', content: new Blob([new Uint8Array(bytes)]), purpose: 'attach' });

function watched() {
  const fractions: number[] = [];
  const abort = new AbortController();
  const onWaiting = vi.fn();
  return { fractions, abort, onWaiting, watch: { signal: abort.signal, onProgress: (fraction: number) => fractions.push(fraction), onWaiting, pause: vi.fn(async () => undefined) } };
}

describe('sendInParts', () => {
  it.each([
    ['nothing', 0, ['begin', 'finish']],
    ['less than a part', 10, ['begin', 'part@0', 'finish']],
    ['two parts exactly', 2 * PART, ['begin', 'part@0', 'part@1', 'finish']],
    ['two parts and a bit', 2 * PART + 1, ['begin', 'part@0', 'part@1', 'part@2', 'finish']],
  ])('%s', async (_, bytes, expected) => {
    const { server, calls, held } = scripted(bytes);
    const { watch, fractions } = watched();
    expect((await sendInParts(server, file(bytes), watch)).id).toBe('u');
    expect(calls).toEqual(expected);
    expect(held()).toBe(bytes);
    expect(fractions.at(-1)).toBe(1);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
  });

  it.each([
    ['the connection is lost before a part', { 3: 'before' as const }, ['begin', 'part@0', 'part@1', 'begin', 'part@1', 'finish']],
    ['the answer to a part is lost', { 2: 'after' as const }, ['begin', 'part@0', 'begin', 'part@1', 'finish']],
    ['the answer to the last step is lost', { 4: 'after' as const }, ['begin', 'part@0', 'part@1', 'finish', 'begin', 'finish']],
    ['the server restarts', { 2: new ApiError('unavailable', 'x', 503), 3: 'before' as const, 4: 'before' as const }, ['begin', 'part@0', 'begin', 'begin', 'begin', 'part@0', 'part@1', 'finish']],
  ])('goes on when %s', async (_, faults, expected) => {
    const { server, calls } = scripted(2 * PART, faults);
    const { watch, onWaiting } = watched();
    await sendInParts(server, file(2 * PART), watch);
    expect(calls).toEqual(expected);
    expect(onWaiting).toHaveBeenCalledTimes(Object.keys(faults).length);
  });

  it('waits longer from failure to failure, and as long as the server asks', async () => {
    const busy = new ApiError('rate_limited', 'x', 429, { code: 'rate_limited', message: 'x', request_id: 'r', retry_after: 60 });
    const { server } = scripted(1, { 1: 'before', 2: 'before', 3: busy });
    const { watch } = watched();
    await sendInParts(server, file(1), watch);
    expect(watch.pause.mock.calls).toEqual([[500], [1_000], [60_000]]);
  });

  it.each([new ApiError('too_large', 'x', 413), new ApiError('rejected', 'a virus', 422), new ApiError('quota_exceeded', 'x', 422)])('a refusal is final: $code', async (refusal) => {
    const { server, calls } = scripted(1, { 1: refusal });
    const { watch } = watched();
    await expect(sendInParts(server, file(1), watch)).rejects.toBe(refusal);
    expect(calls).toEqual(['begin']);
  });

  it('gives up when another page goes on with the same file all the time', async () => {
    const conflict = new ApiError('conflict', 'x', 409);
    const { server } = scripted(1, Object.fromEntries(Array.from({ length: 30 }, (_, n) => [2 * n + 2, conflict])));
    const { watch } = watched();
    await expect(sendInParts(server, file(1), watch)).rejects.toBe(conflict);
  });

  it('stops when it is cancelled, also while it waits', async () => {
    const { server, calls } = scripted(PART, { 1: 'before' });
    const { watch, abort } = watched();
    watch.pause.mockImplementation(async () => (abort.abort(), undefined));
    await expect(sendInParts(server, file(PART), watch)).rejects.toMatchObject({ code: 'aborted' });
    expect(calls).toEqual(['begin']);
  });

  it('a file that can no longer be read is no lost connection', async () => {
    const { server } = scripted(10);
    const { watch } = watched();
    const gone = { size: 10, type: '', slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException('changed', 'NotReadableError')) }) } as unknown as Blob;
    await expect(sendInParts(server, { ...file(0), content: gone }, watch)).rejects.toMatchObject({ name: 'NotReadableError' });
  });
});
