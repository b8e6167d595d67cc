'use client';
// Calls that need a fresh proof of ownership: made, refused, proved, made again. The dialog is verify-dialog.tsx's.
import { ApiError, api } from '../../../../../server/web/contract/client.ts';
import '../../../../../server/web/contract/account-paths.ts';
import type { JsonRouteName, RequestOf, ResponseOf } from '../../../../../server/web/contract/routes.ts';
import { createStore } from '../../../_state/store.ts';

export interface AskedProof {
  answer: (proved: boolean) => void;
}

/** Null while nothing is asked. */
export const proofStore = createStore<AskedProof | null>(null);

const askProof = (): Promise<boolean> =>
  new Promise((resolve) => {
    const answer = (proved: boolean) => {
      proofStore.set(null);
      resolve(proved);
    };
    proofStore.set({ answer });
  });

/**
 * `api`, with the dialog in between where the server asks for it.
 * @throws ApiError; code `aborted` when the dialog was closed
 */
export async function accountApi<N extends JsonRouteName>(name: N, request: RequestOf<N>): Promise<ResponseOf<N>> {
  try {
    return await api(name, request);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'step_up_required') throw error;
    if (!(await askProof())) throw new ApiError('aborted', 'Cancelled.');
    return api(name, request);
  }
}
