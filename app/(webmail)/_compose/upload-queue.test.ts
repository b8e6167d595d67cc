// Files of a message: what is kept for the next page, and when it is forgotten.
import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../../server/web/contract/client.ts';
import { ComposeModel, type ComposeServer } from './compose-model.ts';
import { EMPTY_COMPOSE } from './compose-state.ts';
import type { KeptFile } from './kept-files.ts';
import { UploadQueue, type UploadHelp } from './upload-queue.ts';

const saved = { id: 'd', revision: 1, updatedAt: '2026-11-22T00:00:00Z' };

function setUp(server: Partial<UploadHelp['server']> = {}, kept: KeptFile[] = []) {
  const drafts = { create: vi.fn(async (_fields: unknown, own: { id: string }) => ({ ...saved, id: own.id })), update: vi.fn(async (id: string) => ({ ...saved, id })) };
  const model = new ComposeModel({ ...drafts, remove: vi.fn(async () => undefined) } as unknown as ComposeServer);
  model.start(EMPTY_COMPOSE, null);
  const help = {
    server: {
      begin: vi.fn<UploadHelp['server']['begin']>(async ({ id, content }) => ({ id, offset: 0, sizeBytes: content.size, upload: null })),
      part: vi.fn(async (id: string, offset: number, bytes: ArrayBuffer) => ({ id, offset: offset + bytes.byteLength, sizeBytes: offset + bytes.byteLength, upload: null })),
      finish: vi.fn(async (id: string) => ({ id, filename: 'a.txt', contentType: 'text/plain', sizeBytes: 5, scan: 'clean' as const, url: `/api/uploads/${id}` })),
      ...server,
    },
    keep: vi.fn<UploadHelp['keep']>(),
    forget: vi.fn<UploadHelp['forget']>(),
    kept: vi.fn(async () => kept),
    remove: vi.fn(async () => undefined),
    chooseAgain: 'again',
  };
  return { model, help, drafts, queue: new UploadQueue(model, help) };
}

const text = (name = 'a.txt') => new File(['hello'], name, { type: 'text/plain', lastModified: 1 });
const keptFile = (draftId: string, content: Blob | null): KeptFile => ({ id: 'u', accountId: 'a', draftId, filename: 'a.txt', sizeBytes: 5, content, lastModified: 1, inline: false, linkDays: null });
const never = () => new Promise<never>(() => undefined);

describe('UploadQueue', () => {
  it('the draft is stored while the file is under way; the file is forgotten when the draft names it', async () => {
    const { model, help, drafts, queue } = setUp();
    queue.add([text()]);
    expect(help.keep).toHaveBeenCalledWith(expect.objectContaining({ draftId: model.draftId, filename: 'a.txt' }));
    expect(drafts.create).toHaveBeenCalledOnce();
    await vi.waitFor(() => expect(help.forget).toHaveBeenCalledOnce());
    const { key } = model.state.uploads[0]!;
    expect(drafts.update).toHaveBeenCalledWith(model.draftId, 1, expect.objectContaining({ attachments: [key] }), false, expect.anything());
  });

  it('a file that an earlier page began goes on in its draft', async () => {
    const { model, help, queue } = setUp({}, [keptFile('d', text())]);
    await queue.resume();
    await queue.resume();
    await vi.waitFor(() => expect(model.state.uploads).toMatchObject([{ key: 'u', state: 'done' }]));
    expect(help.server.begin).toHaveBeenCalledOnce();
  });

  it('one too large to be kept goes on when it is chosen again', async () => {
    const { model, help, queue } = setUp({}, [keptFile('d', null)]);
    await queue.resume();
    expect(model.state.uploads).toMatchObject([{ state: 'failed', error: 'again' }]);
    queue.add([text('b.txt'), text()]);
    await vi.waitFor(() => expect(model.state.uploads.map((item) => item.state)).toEqual(['done', 'done']));
    expect(help.server.begin).toHaveBeenCalledWith(expect.objectContaining({ id: 'u' }));
  });

  it('what the server refuses is shown and not tried again by the next page', async () => {
    const { model, help, queue } = setUp({ finish: async () => Promise.reject(new ApiError('rejected', 'contains a virus', 422)) });
    queue.add([text()]);
    await vi.waitFor(() => expect(model.state.uploads).toMatchObject([{ state: 'failed', error: 'contains a virus' }]));
    expect(help.forget).toHaveBeenCalledOnce();
  });

  it('cancelling takes it away here and on the server', async () => {
    const { model, help, queue } = setUp({ part: never });
    queue.add([text()]);
    queue.remove(model.state.uploads[0]!);
    expect(model.state.uploads).toEqual([]);
    expect(help.remove).toHaveBeenCalledOnce();
    expect(help.forget).toHaveBeenCalledOnce();
  });

  it('a window that closes leaves its files for the next; a message thrown away does not', async () => {
    const left = setUp({ part: never });
    left.queue.add([text()]);
    left.model.dispose();
    expect(left.help.forget).not.toHaveBeenCalled();
    const thrown = setUp({ part: never });
    thrown.queue.add([text()]);
    await thrown.model.discard();
    thrown.model.dispose();
    expect(thrown.help.forget).toHaveBeenCalledOnce();
    expect(thrown.help.remove).toHaveBeenCalledOnce();
  });

  it('a lost connection shows as waiting, and trying again ends the wait', async () => {
    let tries = 0;
    const { model, queue } = setUp({ begin: async ({ id, content }) => ((tries += 1), tries < 3 ? Promise.reject(new ApiError('offline', 'x')) : { id, offset: 0, sizeBytes: content.size, upload: null }) });
    queue.add([text()]);
    for (const expected of [1, 2]) {
      await vi.waitFor(() => expect([model.state.uploads[0]!.state, tries]).toEqual(['waiting', expected]));
      queue.retry(model.state.uploads[0]!);
    }
    await vi.waitFor(() => expect(model.state.uploads).toMatchObject([{ state: 'done' }]));
  });
});
