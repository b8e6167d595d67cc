// The names of the app's own files, for the service worker to keep: without a network any part of the app may be opened.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

export const dynamic = 'force-dynamic';

/** Scripts, styles and fonts. */
export async function GET(): Promise<Response> {
  const folder = join(process.cwd(), process.env['EIDER_NEXT_DIST'] ?? '.next', 'static');
  const files = await readdir(folder, { recursive: true }).catch((): string[] => []);
  return Response.json(files.filter((file) => /\.(js|css|woff2?)$/.test(file)).map((file) => `/_next/static/${file}`));
}
