// A process that accepts mail as the web app does, by calling enqueue: to be killed at any moment. Each accepted
// delivery is written to its own book before anything else happens.
//   node accepting-process.ts BOOK PREFIX CALLERS PAUSE_MS   (DATABASE_URL, EIDER_HOME, CHAOS_TENANT)
import { randomBytes } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { enqueue, enqueueDeps } from '../../server/delivery/enqueue.ts';
import { folderBlobStore } from '../../server/infra/blobs/blob-store.ts';
import { createPool } from '../../server/infra/db/pool.ts';

const [bookPath = '', prefix = '', callers = '8', pauseMs = '50'] = process.argv.slice(2);
const book = openSync(bookPath, 'a');
const pool = createPool(process.env['DATABASE_URL']!, { max: 6, applicationName: 'eider-web', statementTimeoutMs: 5_000 });
const deps = enqueueDeps(pool, folderBlobStore(join(process.env['EIDER_HOME']!, 'blobs')));
const DOMAINS = 20;
/** Beyond what stands in the database: goes to the blob store. */
const LARGE = randomBytes(220_000).toString('base64').replace(/(.{76})/g, '$1\r\n');
const SMALL = randomBytes(3_000).toString('base64').replace(/(.{76})/g, '$1\r\n');
let next = 0;

process.send?.('ready');
process.on('disconnect', () => process.exit(0));
await Promise.all(Array.from({ length: Number(callers) }, call));

async function call(): Promise<void> {
  for (;;) {
    const number = next++;
    const ids = Array.from({ length: 1 + (number % 7 === 0 ? 2 : 0) }, (_, i) => `${prefix}-${number}-${i}@d${(number + i) % DOMAINS}.example`);
    try {
      if (await accept(number, ids)) writeSync(book, `${ids.join('\n')}\n`);
    } catch {
      // Not accepted, or nobody knows: the caller was told to try again later.
    }
    await sleep(Number(pauseMs) * (0.5 + Math.random()));
  }
}

async function accept(number: number, ids: string[]): Promise<boolean> {
  const header = `From: Chaos <chaos@eider.test>\r\nTo: undisclosed:;\r\nSubject: Message ${number}\r\nMessage-ID: <${prefix}-${number}@eider.test>\r\n\r\n`;
  const result = await enqueue(deps, {
    tenantId: process.env['CHAOS_TENANT']!,
    accountId: null,
    source: 'web',
    lane: number % 5 === 0 ? 'marketing' : 'transactional',
    reversePath: 'chaos@eider.test',
    recipients: ids.map((address) => ({ address })),
    headerFrom: 'chaos@eider.test',
    messageIdHeader: `<${prefix}-${number}@eider.test>`,
    content: Buffer.from(`${header}${number % 50 === 0 ? LARGE : SMALL}\r\n.\r\n`),
    // Some come with a key, as API calls do.
    ...(number % 3 === 0 && { idempotencyKey: { key: `${prefix}-${number}`, bodyHash: 'same' } }),
  });
  if (result.kind !== 'accepted') throw new Error(`${result.field}: ${result.rule}`);
  return true;
}
