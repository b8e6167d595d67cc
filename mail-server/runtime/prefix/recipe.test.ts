import { expect, it } from 'vitest';
import { LEFT_OUT, PACKAGES, recipeHash, statusFile } from './recipe.ts';

it('keys the cache by architecture, the same each time', () => {
  expect(recipeHash('amd64')).toMatch(/^[0-9a-f]{16}$/);
  expect(recipeHash('amd64')).toBe(recipeHash('amd64'));
  expect(recipeHash('arm64')).not.toBe(recipeHash('amd64'));
});

it('declares exactly what is left out as installed', () => {
  const names = [...statusFile('amd64').matchAll(/^Package: (.+)$/gm)].map((match) => match[1]);
  expect(names).toEqual([...LEFT_OUT]);
  expect(names.filter((name) => (PACKAGES as readonly string[]).includes(name ?? ''))).toEqual([]);
});
