// `eider domain dkim …`: rotating a domain's signing keys without a gap.
import type { Command } from 'commander';
import { selectDomain } from '../domains/domain.store.ts';
import { advanceRotation, beginRotation, cancelRotation, switchNow } from '../domains/rotation/rotate-dkim.ts';
import type { RotationStep } from '../domains/rotation/rotation-rules.ts';
import { selectRotatingKeys } from '../domains/rotation/rotation.store.ts';
import { dnsResolver } from '../infra/dns/resolver.ts';
import { withConnection } from './connection.ts';
import { Refusal } from './refusal.ts';
import { requireDomain } from './require-domain.ts';
import { table } from './table.ts';

export function addDkim(domain: Command): void {
  const dkim = domain.command('dkim').description('signing keys and their rotation');
  dkim
    .command('status')
    .description('the keys, and what the rotation waits for')
    .argument('<name>')
    .option('--json', 'as JSON')
    .action((name: string, options: { json?: boolean }) =>
      withConnection(async (connection) => {
        const { pool, config } = connection;
        const found = await requireDomain(connection, name);
        const { domainId } = (await selectDomain(pool, found))!;
        const resolver = dnsResolver(config.dnsServers);
        const step = await advanceRotation(pool, (record) => resolver.txt(record), { domainId, name: found }, new Date());
        const keys = await selectRotatingKeys(pool, domainId);
        if (options.json) return void process.stdout.write(`${JSON.stringify({ keys, next: step }, null, 2)}\n`);
        const day = (date: Date | null) => date?.toISOString().slice(0, 16).replace('T', ' ') ?? '';
        process.stdout.write(table(['SELECTOR', 'ALGORITHM', 'STATUS', 'IN DNS SINCE', 'SIGNS SINCE', 'RETIRED'], keys.map((key) => [key.selector, key.algorithm, key.status, day(key.seenAt), day(key.signingAt), day(key.retiredAt)])));
        process.stdout.write(`${describe(step)}\n`);
      }),
    );
  dkim
    .command('rotate')
    .description('make the next pair of keys; they sign once their records have been in DNS for a day')
    .argument('<name>')
    .action((name: string) =>
      withConnection(async (connection) => {
        const found = await requireDomain(connection, name);
        const result = await beginRotation(connection.pool, connection.secretBox(), found);
        if (result.kind === 'not-hosted') throw new Refusal(`${name} is not hosted here`);
        if (result.kind === 'under-way') throw new Refusal(`a rotation is under way with ${result.selectors.join(' and ')}: see eider domain dkim status ${found}, or cancel it`);
        process.stdout.write(`${result.selectors.join(' and ')} made. Publish their records (eider domain records ${found}); the rest happens by itself.\n`);
      }),
    );
  dkim
    .command('cancel')
    .description('give up a rotation whose keys do not sign yet')
    .argument('<name>')
    .action((name: string) =>
      withConnection(async (connection) => {
        const found = await requireDomain(connection, name);
        const removed = await cancelRotation(connection.pool, found);
        if (!removed) throw new Refusal(`no rotation of ${found} waits for its records`);
        process.stdout.write(`${removed} keys thrown away; the old ones sign on\n`);
      }),
    );
  dkim
    .command('switch')
    .description('sign with the new keys at once, for a key that leaked: mail may fail to verify where they are not known yet')
    .argument('<name>')
    .requiredOption('--now', 'I know')
    .action((name: string) =>
      withConnection(async (connection) => {
        const found = await requireDomain(connection, name);
        if (!(await switchNow(connection.pool, found, new Date()))) throw new Refusal(`${found} has no new keys to switch to: eider domain dkim rotate ${found}`);
        process.stdout.write(`the new keys of ${found} sign from now on; workers notice within a minute\n`);
      }),
    );
}

function describe(step: RotationStep): string {
  switch (step.kind) {
    case 'idle':
      return 'No rotation is under way.';
    case 'await-records':
      return `Waiting for the records of ${step.selectors.join(' and ')} in DNS (eider domain records shows them).`;
    case 'wait':
      return `All new records are in DNS; they sign from ${step.at.toISOString()} on.`;
    case 'switch':
      return 'Switched just now: the new keys sign.';
    case 'wait-retired':
      return `The new keys sign. The records of ${step.selectors.join(' and ')} must stay in DNS until ${step.at.toISOString()}.`;
    case 'remove':
      return `Finished: the records of ${step.selectors.join(' and ')} may leave DNS now.`;
  }
}
