// The real worker thread: results, time limits, recovery, sharing.
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { createSanitiser, isCostly, MAX_HTML_CHARACTERS, type Sanitiser } from './sanitiser.ts';

let started = 0;
let sanitiser: Sanitiser | undefined;
const startReal = () => {
  started += 1;
  return new Worker(new URL('./sanitise-worker.ts', import.meta.url));
};
afterEach(async () => {
  await sanitiser?.close();
  started = 0;
});

test.each([
  ['<p>short</p>', false],
  ['<p>one</p><br>'.repeat(1000), false],
  ['<div>'.repeat(400), true],
  [`<p>${'x'.repeat(250_000)}</p>`, true],
])('isCostly (%#)', (html, costly) => expect(isCostly(html)).toBe(costly));

describe('sanitiser', () => {
  test('cleans in its own thread, once per key', async () => {
    sanitiser = createSanitiser(startReal);
    let loads = 0;
    const load = () => ((loads += 1), '<p onclick="x">Hello<script>alert(1)</script></p>');
    const [one, two] = await Promise.all([sanitiser.sanitise('k', load), sanitiser.sanitise('k', load)]);
    expect(one).toBe(two);
    expect(one).toMatchObject({ kind: 'clean', result: { html: '<p>Hello</p>' } });
    expect(await sanitiser.sanitise('k', load)).toBe(one);
    expect([loads, started]).toEqual([1, 1]);
  }, 90_000);

  test('a mail that takes too long fails alone and is not tried again; the next one gets a fresh thread', async () => {
    let hang = true;
    sanitiser = createSanitiser(() => {
      if (!hang) return startReal();
      hang = false;
      return new Worker('const { parentPort: p } = require("node:worker_threads"); p.postMessage({ ready: true }); p.on("message", () => { for (;;); })', { eval: true });
    }, 5_000);
    const [slow, next] = await Promise.all([sanitiser.sanitise('slow', () => '<p>slow</p>'), sanitiser.sanitise('next', () => '<p>next</p>')]);
    expect(slow).toMatchObject({ kind: 'failed', reason: 'timeout' });
    expect(next).toMatchObject({ kind: 'clean', result: { html: '<p>next</p>' } });
    expect(await sanitiser.sanitise('slow', () => '<p>slow</p>')).toBe(slow);
  }, 90_000);

  test('a thread that dies takes one mail with it', async () => {
    let die = true;
    sanitiser = createSanitiser(() => {
      if (!die) return startReal();
      die = false;
      return new Worker('require("node:worker_threads").parentPort.on("message", () => process.exit(3))', { eval: true });
    });
    const [dead, next] = await Promise.all([sanitiser.sanitise('a', () => 'a'), sanitiser.sanitise('b', () => '<b>b</b>')]);
    expect(dead).toMatchObject({ kind: 'failed', reason: 'fault' });
    expect(next.kind).toBe('clean');
  }, 90_000);

  test('a large mail is cut, and does not hold a small one up', async () => {
    sanitiser = createSanitiser(startReal, 60_000);
    const order: string[] = [];
    const large = sanitiser.sanitise('large', () => `<p>${'some words '.repeat(100)}</p>`.repeat(MAX_HTML_CHARACTERS / 500)).then((outcome) => (order.push('large'), outcome));
    const small = sanitiser.sanitise('small', () => '<p>y</p>').then(() => order.push('small'));
    await small;
    const outcome = await large;
    expect(order).toEqual(['small', 'large']);
    expect(outcome.kind === 'clean' && outcome.result.html.length).toBeLessThan(MAX_HTML_CHARACTERS * 1.01);
  }, 180_000);
});
