// What an API answered, for tests.
import { expect } from 'vitest';

/** The JSON of an answer, which must have this status. */
export async function json<T>(pending: Promise<Response>, status = 200): Promise<T> {
  const response = await pending;
  const body = (await response.json()) as T;
  expect([response.status, body]).toEqual([status, body]);
  return body;
}
