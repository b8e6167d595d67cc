// The checkout's own text files, as the house rules see them. Knows what is made, fetched or binary.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface SourceFile {
  /** Relative to the checkout, with `/`. */
  path: string;
  text: string;
}

const SKIPPED_FOLDERS = /^(node_modules|\.git|\.next.*|\.eider.*|generated|testdata|test-results|playwright-report|screenshots|public)$/;
const TEXT = /\.(ts|tsx|mts|mjs|cjs|js|json|jsonc|css|sql|prisma|md|yml|yaml|sh|conf|toml)$|^\.ci\/|(^|\/)\.npmrc$/;
const MADE = /(^|\/)(package-lock\.json|next-env\.d\.ts)$/;

/** Every text file that people wrote, in no particular order. */
export async function readTree(folder: string, prefix = ''): Promise<SourceFile[]> {
  const entries = await readdir(join(folder, prefix), { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry): Promise<SourceFile[]> => {
      const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
      if (entry.isDirectory()) return SKIPPED_FOLDERS.test(entry.name) ? [] : readTree(folder, path);
      if (!entry.isFile() || !TEXT.test(path) || MADE.test(path)) return [];
      return [{ path, text: await readFile(join(folder, path), 'utf8') }];
    }),
  );
  return found.flat();
}
