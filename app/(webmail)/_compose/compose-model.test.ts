// Autosave order, conflicts, retries and sending, on a server of which every answer is given by the test.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../../server/web/contract/client.ts';
import type { Draft, DraftSaved } from '../../../server/web/contract/compose.ts';
import { ComposeModel } from './compose-model.ts';
import type { ComposeServer, DraftKeeper } from './compose-model.ts';
import { EMPTY_COMPOSE } from './compose-state.ts';
import { parseRecipients } from './recipients.ts';

function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

function setUp() {
  const calls: string[] = [];
  const saves: ReturnType<typeof deferred<DraftSaved>>[] = [];
  const save = (name: string) => {
    calls.push(name);
    const answer = deferred<DraftSaved>();
    saves.push(answer);
    return answer.promise;
  };
  const server: ComposeServer = {
    create: (fields) => save(`create ${fields.subject}`),
    update: (_id, revision, fields, final) => save(`update@${revision} ${fields.subject}${final ? ' final' : ''}`),
    read: vi.fn(async () => ({ id: 'd', revision: 7, updatedAt: '2026-11-22T00:00:00Z', uploads: [], emailId: null, fields: { to: [], cc: [], bcc: [], subject: 'theirs', html: '<p>x</p>', text: null, attachments: [], inReplyTo: null, remindAfterDays: null } }) satisfies Draft),
    remove: vi.fn(async () => undefined),
    send: vi.fn(async () => ({ sendId: 's', queueId: 'q', messageId: 'm', savedToSent: true, heldUntil: null })),
  };
  const keeper = { keep: vi.fn<DraftKeeper['keep']>(), forget: vi.fn<DraftKeeper['forget']>() };
  const model = new ComposeModel(server, keeper);
  model.start(EMPTY_COMPOSE, null);
  const answer = async (index: number, revision: number) => {
    saves[index]!.resolve({ id: 'd', revision, updatedAt: '2026-11-22T00:00:00Z' });
    await vi.advanceTimersByTimeAsync(0);
  };
  return { model, server, keeper, calls, saves, answer };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('autosave', () => {
  it('waits for a pause, then creates, then updates with the revision it was given', async () => {
    const { model, calls, answer } = setUp();
    model.edit({ subject: 'a' });
    await vi.advanceTimersByTimeAsync(1_000);
    model.edit({ subject: 'ab' });
    expect(calls).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(calls).toEqual(['create ab']);
    await answer(0, 1);
    expect(model.state.save.kind).toBe('saved');
    model.edit({ subject: 'abc' });
    await vi.advanceTimersByTimeAsync(1_500);
    expect(calls).toEqual(['create ab', 'update@1 abc']);
  });

  it('saves at the latest after six seconds of steady writing', async () => {
    const { model, calls } = setUp();
    for (let n = 0; n < 8; n += 1) {
      model.edit({ subject: 'x'.repeat(n + 1) });
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(calls).toHaveLength(1);
  });

  it('never has two saves under way, and saves what was typed meanwhile', async () => {
    const { model, calls, answer } = setUp();
    model.edit({ subject: 'a' });
    await vi.advanceTimersByTimeAsync(1_500);
    model.edit({ subject: 'b' });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(calls).toEqual(['create a']);
    await answer(0, 1);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(calls).toEqual(['create a', 'update@1 b']);
  });

  it('does not store a message that nobody wrote', async () => {
    const { model, calls } = setUp();
    model.edit({ subject: 'a' });
    model.edit({ subject: '' });
    expect(await model.saveNow(true)).toBe(true);
    expect(calls).toEqual([]);
    expect(model.atRisk).toBe(false);
  });

  it('tries again after a failure that may pass', async () => {
    const { model, calls, saves } = setUp();
    model.edit({ subject: 'a' });
    await vi.advanceTimersByTimeAsync(1_500);
    saves[0]!.reject(new ApiError('offline', 'no server'));
    await vi.advanceTimersByTimeAsync(0);
    expect(model.state.save).toEqual({ kind: 'failed', message: 'no server' });
    expect(model.atRisk).toBe(true);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(calls).toEqual(['create a', 'create a']);
  });
});

describe('conflict', () => {
  async function inConflict() {
    const set = setUp();
    set.model.start(EMPTY_COMPOSE, { id: 'd', revision: 3 });
    set.model.edit({ subject: 'mine' });
    await vi.advanceTimersByTimeAsync(1_500);
    set.saves[0]!.reject(new ApiError('draft_conflict', 'changed', 409));
    await vi.advanceTimersByTimeAsync(0);
    expect(set.model.state.save.kind).toBe('conflict');
    return set;
  }

  it('stops saving until it is settled', async () => {
    const { model, calls } = await inConflict();
    model.edit({ subject: 'mine too' });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(calls).toHaveLength(1);
  });
  it('keeps mine over the stored revision', async () => {
    const { model, calls } = await inConflict();
    void model.settleConflict('mine');
    await vi.advanceTimersByTimeAsync(0);
    expect(calls.at(-1)).toBe('update@7 mine');
  });
  it('keeps both: mine becomes a draft of its own', async () => {
    const { model, calls } = await inConflict();
    void model.settleConflict('both');
    await vi.advanceTimersByTimeAsync(0);
    expect(calls.at(-1)).toBe('create mine');
  });
  it('takes theirs', async () => {
    const { model } = await inConflict();
    const { epoch } = model.state;
    await model.settleConflict('theirs');
    expect(model.state).toMatchObject({ subject: 'theirs', own: '<p>x</p>', epoch: epoch + 1, save: { kind: 'saved' } });
  });
});

describe('sending', () => {
  it('waits for the save under way and names its draft', async () => {
    const { model, server, answer } = setUp();
    model.edit({ subject: 'a', to: parseRecipients('b@c.de') });
    await vi.advanceTimersByTimeAsync(1_500);
    const sending = model.send();
    await vi.advanceTimersByTimeAsync(0);
    expect(server.send).not.toHaveBeenCalled();
    await answer(0, 1);
    expect(await sending).toMatchObject({ sendId: 's' });
    expect(server.send).toHaveBeenCalledWith(expect.objectContaining({ draftId: 'd', subject: 'a' }), expect.any(String));
    expect(model.state.phase).toBe('done');
  });

  it('keeps the key over tries of the same content, and shows faults at their fields', async () => {
    const { model, server } = setUp();
    const send = vi.mocked(server.send);
    send.mockRejectedValueOnce(new ApiError('invalid_request', 'no', 400, { code: 'invalid_request', message: 'no', request_id: 'r', fields: [{ field: 'to.1.address', rule: 'not an address' }, { field: 'subject', rule: 'too long' }] }));
    model.edit({ to: parseRecipients('a@b.cd, x@y.zz') });
    expect(await model.send()).toBe(null);
    expect(model.state.faults).toEqual({ to: 'x@y.zz: not an address', subject: 'too long' });
    expect(model.state.to.map((person) => person.valid)).toEqual([true, false]);
    await model.send();
    expect(send.mock.calls[0]![1]).toBe(send.mock.calls[1]![1]);
  });

  it('takes a new key when the content changed', async () => {
    const { model, server } = setUp();
    vi.mocked(server.send).mockRejectedValueOnce(new ApiError('offline', 'no server'));
    model.edit({ subject: 'a' });
    await model.send();
    expect(model.state.faults).toEqual({ form: 'no server' });
    model.edit({ subject: 'b' });
    await model.send();
    const [first, second] = vi.mocked(server.send).mock.calls;
    expect(first![1]).not.toBe(second![1]);
  });
});

describe('without a server', () => {
  async function failed() {
    const set = setUp();
    vi.spyOn(set.server, 'create');
    set.model.edit({ subject: 'a' });
    await vi.advanceTimersByTimeAsync(1_500);
    set.saves[0]!.reject(new ApiError('offline', 'no server'));
    await vi.advanceTimersByTimeAsync(0);
    return set;
  }

  it('keeps what is written in the browser, and forgets it once it is saved', async () => {
    const { model, keeper, answer } = await failed();
    expect(keeper.keep.mock.calls.at(-1)![0]).toMatchObject({ fields: { subject: 'a' }, draft: null });
    expect(keeper.forget).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(4_000);
    await answer(1, 1);
    expect(model.state.save.kind).toBe('saved');
    expect(keeper.forget).toHaveBeenCalledWith(keeper.keep.mock.calls[0]![0].key);
  });

  it('asks again for the same draft, so that a lost answer makes no second one', async () => {
    const { server } = await failed();
    await vi.advanceTimersByTimeAsync(4_000);
    const [first, second] = vi.mocked(server.create).mock.calls;
    expect(first![1]).toEqual(second![1]);
  });

  it('sending names a draft that may be there though no answer came', async () => {
    const { model, server } = await failed();
    await model.send();
    expect(vi.mocked(server.send).mock.calls[0]![0].draftId).toBe(vi.mocked(server.create).mock.calls[0]![1].id);
  });

  it('goes on from what was kept, as the same window', async () => {
    const before = await failed();
    const kept = before.keeper.keep.mock.calls[0]![0];
    const { model, server, keeper, answer } = setUp();
    vi.spyOn(server, 'create');
    model.startKept({ ...EMPTY_COMPOSE, subject: 'a' }, kept);
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.mocked(server.create).mock.calls[0]![1]).toEqual({ id: kept.createId, writer: kept.key });
    await answer(0, 1);
    expect(keeper.forget).toHaveBeenCalledWith(kept.key);
  });
});

describe('taking back', () => {
  it('goes on writing in the draft that the server made, with a new key and time', async () => {
    const { model, server, calls } = setUp();
    model.edit({ subject: 'a' });
    await model.send({ undoSeconds: 10 });
    const { epoch } = model.state;
    model.resume({ id: 'again', revision: 3, updatedAt: '2026-11-22T00:00:00Z' });
    expect(model.state).toMatchObject({ phase: 'writing', subject: 'a', save: { kind: 'saved' }, epoch: epoch + 1 });
    expect(model.atRisk).toBe(false);
    model.edit({ subject: 'b' });
    await vi.advanceTimersByTimeAsync(1_500);
    expect(calls).toEqual(['update@3 b']);
    void model.send();
    expect(vi.mocked(server.send).mock.calls).toHaveLength(1);
  });

  it('another time is another send', async () => {
    const { model, server } = setUp();
    vi.mocked(server.send).mockRejectedValue(new ApiError('offline', 'no server'));
    model.edit({ subject: 'a' });
    for (const sendAt of ['2026-12-01T08:00:00Z', '2026-12-01T08:00:00Z', '2026-12-02T08:00:00Z', undefined]) await model.send(sendAt ? { sendAt } : {});
    const used = vi.mocked(server.send).mock.calls.map((call) => call[1]);
    expect(used[0]).toBe(used[1]);
    expect(new Set(used).size).toBe(3);
  });
});

describe('discarding', () => {
  it('waits for the save under way, then removes the draft', async () => {
    const { model, server, answer } = setUp();
    model.edit({ subject: 'a' });
    await vi.advanceTimersByTimeAsync(1_500);
    const discarding = model.discard();
    await answer(0, 1);
    await discarding;
    expect(server.remove).toHaveBeenCalledWith('d');
    await vi.advanceTimersByTimeAsync(20_000);
    expect(model.atRisk).toBe(false);
  });
});
