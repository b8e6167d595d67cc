// `eider index …`: the mailbox index, which lists and searches are read from.
import type { Command } from 'commander';
import { required } from '../config.ts';
import { openWildduckStore } from '../infra/wildduck/store.ts';
import { indexableAccounts } from '../mailbox/account.store.ts';
import { rebuildIndex, type RebuildOutcome } from '../mailbox/rebuild.ts';
import { withConnection } from './connection.ts';
import { Refusal } from './refusal.ts';

export function addIndex(program: Command): void {
  const index = program.command('index').description('the mailbox index, which lists and searches are read from');
  index
    .command('rebuild')
    .description('throw the index of an account away and build it again; without an address, of every account')
    .argument('[address]', "the account's address")
    .action(rebuild);
}

async function rebuild(address: string | undefined): Promise<void> {
  await withConnection(async ({ pool, config }) => {
    const accounts = await indexableAccounts(pool, address?.toLowerCase());
    if (address !== undefined && accounts.length === 0) throw new Refusal(`there is no account ${address}`);
    const store = await openWildduckStore(required(config.mongoUrl, 'MONGO_URL'));
    try {
      for (const account of accounts) {
        const outcome = await rebuildIndex({ pool, store }, account.accountId, ({ done, total }) => {
          process.stderr.write(`\r${account.address}: ${done} of ${total} messages`);
        });
        process.stderr.write('\r\x1b[K');
        process.stdout.write(`${account.address}: ${told(outcome)}\n`);
        if (outcome.kind !== 'rebuilt') process.exitCode = 1;
      }
    } finally {
      await store.close();
    }
  });
}

/** An outcome for people. */
export function told(outcome: RebuildOutcome): string {
  switch (outcome.kind) {
    case 'rebuilt': {
      const seconds = Math.max(outcome.tookMs / 1000, 0.001);
      return `${outcome.total} messages in ${seconds.toFixed(1)} s (${Math.round(outcome.total / seconds)} a second)`;
    }
    case 'busy':
      return 'an indexer is at work on it; try again in a minute';
    case 'unknown-account':
      return 'gone';
  }
}
