import { describe, expect, test } from 'vitest';
import { createRemoteImageSigner } from './remote-images.ts';

const signer = createRemoteImageSigner(Buffer.alloc(32, 1));
const token = (path: string) => new URL(path, 'http://x').searchParams.get('u')!;

describe('remote image addresses', () => {
  const url = 'https://cdn.example/a b.png?x=1&y="2"';
  test('open for the account that they were made for, only', () => {
    const path = signer.pathFor('account-1', url);
    expect(path).toMatch(/^\/api\/images\?u=[A-Za-z0-9_-]+$/);
    expect(signer.open('account-1', token(path))).toBe(url);
    expect(signer.open('account-2', token(path))).toBeNull();
  });
  test('another address under the same signature does not open', () => {
    const signature = token(signer.pathFor('a', url)).slice(0, 22);
    expect(signer.open('a', signature + Buffer.from('http://10.0.0.1/').toString('base64url'))).toBeNull();
    expect(signer.open('a', '')).toBeNull();
  });
  test('another installation signs differently', () => {
    expect(createRemoteImageSigner(Buffer.alloc(32, 2)).open('a', token(signer.pathFor('a', url)))).toBeNull();
  });
});
