import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CHECKOUT } from './checkout.ts';
import { entryFor, missingOptionals } from './complete-lock.mjs';

it('package-lock.json has every optional package, so that npm ci accepts it (else run complete-lock.mjs)', () => {
  const lock = JSON.parse(readFileSync(join(CHECKOUT, 'package-lock.json'), 'utf8')) as { packages: Record<string, object> };
  expect(missingOptionals(lock.packages)).toEqual([]);
});

it('finds what is missing where Node would look for it', () => {
  const packages = {
    '': { optionalDependencies: { a: '1.0.0' } },
    'node_modules/a': { optionalDependencies: { 'b-linux': '1.0.0', 'b-darwin': '2.0.0' } },
    'node_modules/b-linux': {},
    'node_modules/c': { optionalDependencies: { 'b-darwin': '1.0.0' } },
    'node_modules/c/node_modules/b-darwin': {},
  };
  expect(missingOptionals(packages)).toEqual([{ name: 'b-darwin', version: '2.0.0', by: 'node_modules/a' }]);
});

it.each([
  ['@oxlint/binding-darwin-arm64', { os: ['darwin'], cpu: ['arm64'] }],
  ['@oxlint/binding-linux-x64-musl', { os: ['linux'], cpu: ['x64'], libc: ['musl'] }],
  ['@oxlint/binding-linux-arm-gnueabihf', { os: ['linux'], cpu: ['arm'] }],
  ['@oxlint-tsgolint/win32-x64', { os: ['win32'], cpu: ['x64'] }],
  ['@tailwindcss/oxide-wasm32-wasi', { os: ['linux'], cpu: ['wasm32'] }],
])('%s', (name, machine) => {
  expect(entryFor(name, '1.2.3')).toEqual({ version: '1.2.3', optional: true, ...machine });
});
