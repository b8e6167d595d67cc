// `eider privacy erase <address>`: takes a person's address out of everything that the delivery pipeline keeps.
import type { Command } from 'commander';
import { eraseAddress, type ErasureResult } from '../delivery/operations/erase-address.ts';
import { messageLoader } from '../delivery/message-loader.ts';
import { beginAudit, countAudited, finishAudit } from '../infra/audit/audit-log.store.ts';
import { openBlobStore } from '../infra/blobs/open-blob-store.ts';
import { sha256Hex } from '../infra/crypto/hash.ts';
import { parseAddress } from '../mail/address.ts';
import { withConnection } from './connection.ts';
import { operatorName } from './operator.ts';
import { Refusal } from './refusal.ts';

export function addPrivacy(program: Command): void {
  program
    .command('privacy')
    .description('personal data')
    .command('erase')
    .description(
      'erase an address from the queue, messages, dead letters, the event log and the audit log; mail that waits for it is cancelled, suppressions keep its hash',
    )
    .argument('<address>', 'the address')
    .option('--reason <text>', 'why: a ticket, not a name; kept in the audit log')
    .option('--yes', 'do it: it cannot be undone')
    .option('--json', 'the result as JSON')
    .action(erase);
}

async function erase(address: string, options: { reason?: string; yes?: boolean; json?: boolean }): Promise<void> {
  const parsed = parseAddress(address);
  if (parsed.kind === 'invalid') throw new Refusal(`"${address}" is no address: ${parsed.rule}`);
  if (!options.yes) throw new Refusal('erasing cannot be undone: say --yes');
  await withConnection(async ({ pool, config }) => {
    const by = operatorName();
    const blobs = openBlobStore(config);
    // By its hash: the audit log must not keep what was erased.
    const target = { addressHash: sha256Hex(parsed.value.address.toLowerCase()) };
    const audit = await beginAudit(pool, { actor: by, action: 'privacy erase', target, reason: options.reason });
    const reports = { host: config.hostname, loader: messageLoader({ db: pool, blobs, signersFor: () => Promise.resolve([]) }) };
    const result = await eraseAddress({ pool, reports, blobs }, parsed.value.address, by, (client, changed) => countAudited(client, audit, changed));
    await finishAudit(pool, audit);
    process.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : erasureText(result));
  });
}

export function erasureText({ pseudonym, cancelled, changed, left }: ErasureResult): string {
  const lines = Object.entries({ 'waiting deliveries cancelled': cancelled, ...changed }).map(([place, count]) => `${String(count).padStart(8)}  ${place}`);
  const again = [
    left.attempting > 0 ? `${left.attempting} deliveries to it are being attempted` : '',
    left.messages > 0 ? `${left.messages} messages are still to be delivered to others, and keep it until then` : '',
  ].filter(Boolean);
  return `${lines.join('\n')}\nIn the log it is now ${pseudonym}.\n${again.length > 0 ? `Not yet everything: ${again.join('; ')}. Run this again when they are done.\n` : ''}`;
}
