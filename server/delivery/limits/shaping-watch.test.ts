import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ShapingRulesError } from './shaping-rules.ts';
import { watchShapingRules, type ShapingWatch } from './shaping-watch.ts';

let home: string;
let watch: ShapingWatch | undefined;
const said: { level: number; msg: string; fault?: string }[] = [];
const log = pino({ level: 'info' }, { write: (line: string) => void said.push(JSON.parse(line) as (typeof said)[number]) });
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'eider-shaping-'));
  said.length = 0;
});
afterEach(() => {
  watch?.close();
  rmSync(home, { recursive: true, force: true });
});
const write = (text: string): void => writeFileSync(join(home, 'shaping.json'), text);
const rate = () => watch!.rules.default.rate;

test('read again when it changes, without a restart; unchanged, the rules stay the same object', () => {
  write('{"default":{"rate":"60/min"}}');
  watch = watchShapingRules(home, log);
  const before = watch.rules;
  watch.look();
  expect(watch.rules).toBe(before);
  write('{"default":{"rate":"30/min"}}');
  watch.look();
  expect(rate()).toEqual({ count: 30, windowMs: 60_000 });
  rmSync(join(home, 'shaping.json'));
  watch.look();
  expect(rate()).toEqual({ count: 50, windowMs: 1_000 });
  expect(said.map(({ msg }) => msg)).toEqual(['shaping rules read again', 'shaping rules are gone; those that come with Eider hold']);
});

test('a wrong file keeps those before, and is told once with field and rule; mended, it holds', () => {
  write('{"default":{"rate":"60/min"}}');
  watch = watchShapingRules(home, log);
  write('{"default":{"rate":"fast"}}');
  watch.look();
  watch.look();
  expect(rate()).toEqual({ count: 60, windowMs: 60_000 });
  expect(watch.isCurrent).toBe(false);
  expect(said).toMatchObject([{ level: 50, msg: 'shaping rules are wrong; those before hold on', fault: expect.stringContaining('default.rate: a rate such as "600/min" expected') }]);
  write('{"default":{"rate":"5/min"}}');
  watch.look();
  expect(watch.isCurrent).toBe(true);
  expect(rate()).toEqual({ count: 5, windowMs: 60_000 });
});

test('wrong at the start, there is nothing to hold on to', () => {
  write('{"sites":[{}]}');
  expect(() => watchShapingRules(home, log)).toThrow(ShapingRulesError);
});
