// One file to the server, part by part: goes on where the server says it stands, however often it breaks off.
import { ApiError } from '../../../server/web/contract/client.ts';
import { UPLOAD_LIMITS, type Upload, type UploadState } from '../../../server/web/contract/uploads.ts';

export interface OutgoingFile {
  /** Of the browser's own making: beginning again under it goes on with the same upload. */
  id: string;
  filename: string;
  content: Blob;
  purpose: 'attach' | 'link';
}

/** What it asks of the server; upload-server.ts has the real one. */
export interface PartServer {
  begin(file: OutgoingFile): Promise<UploadState>;
  part(id: string, offset: number, bytes: ArrayBuffer, options: { signal: AbortSignal; onProgress: (bytes: number) => void }): Promise<UploadState>;
  finish(id: string, signal: AbortSignal): Promise<Upload>;
}

export interface SendWatch {
  signal: AbortSignal;
  /** 0…1, of what the server has or is just getting. */
  onProgress: (fraction: number) => void;
  /** It broke off; `pause` says for how long. */
  onWaiting: () => void;
  /** Resolves after `ms`, or earlier when there is reason to try at once. */
  pause: (ms: number) => Promise<void>;
}

const PAUSES_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000];
/** Parts that don't belong where the server stands, one after another: two pages are sending the same file. */
const CONFLICTS_MAX = 5;

const aborted = () => new ApiError('aborted', 'Cancelled.');

/**
 * Sends it all. What passes (a lost connection, a server that restarts) is waited for without end; the rest is thrown.
 * @throws ApiError (`aborted` when `signal` fires), or what reading the file throws
 */
export async function sendInParts(server: PartServer, file: OutgoingFile, watch: SendWatch): Promise<Upload> {
  let failures = 0;
  let conflicts = 0;
  for (;;) {
    if (watch.signal.aborted) throw aborted();
    try {
      let state = await server.begin(file);
      if (state.upload) return state.upload;
      watch.onProgress(share(state.offset, state.sizeBytes));
      while (state.offset < state.sizeBytes) {
        if (watch.signal.aborted) throw aborted();
        const { offset, sizeBytes }: UploadState = state;
        // Read here rather than by the request: a file that has changed on disk is no lost connection.
        const bytes = await file.content.slice(offset, offset + UPLOAD_LIMITS.partBytes).arrayBuffer();
        state = await server.part(file.id, offset, bytes, { signal: watch.signal, onProgress: (sent) => watch.onProgress(share(offset + sent, sizeBytes)) });
        failures = 0;
        conflicts = 0;
        watch.onProgress(share(state.offset, sizeBytes));
      }
      return await server.finish(file.id, watch.signal);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === 'conflict' && conflicts < CONFLICTS_MAX) {
        // The answer to this part was lost: beginning again tells how far it has come.
        conflicts += 1;
        continue;
      }
      if (!error.transient) throw error;
      const wait = PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)]!;
      failures += 1;
      watch.onWaiting();
      await watch.pause(Math.max(wait, (error.retryAfterSeconds ?? 0) * 1000));
    }
  }
}

const share = (bytes: number, of: number): number => (of === 0 ? 1 : Math.min(1, bytes / of));
