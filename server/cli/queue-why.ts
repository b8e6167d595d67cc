// `eider queue why <id>`: what a waiting message waits for, in one sentence, and until when.
import type { Command } from 'commander';
import { explainWait, type Why } from '../delivery/operations/why.ts';
import { countAhead, countWorkers, selectTenantStanding, selectWaiting, type WaitingDelivery } from '../delivery/operations/why.store.ts';
import { boundRoute } from '../delivery/route.ts';
import { suspensionMatch } from '../delivery/suspension-match.ts';
import { listSuspensions } from '../delivery/suspension.store.ts';
import { type Connection, withConnection } from './connection.ts';
import { queueHindrances } from './queue-hindrances.ts';
import { parseDeliveryId } from './queue-selection.ts';
import { Refusal } from './refusal.ts';
import { siteRoutes } from './site-hosts.ts';
import { endedSentence } from './why-not.ts';

export function addWhy(queue: Command): void {
  queue
    .command('why')
    .description('say in one sentence what a message waits for, and until when')
    .argument('<id>', 'a queue id, or with its recipient: <id>:<number>')
    .option('--json', 'as JSON')
    .action(async (id: string, options: { json?: boolean }) => {
      const { queueId, recipientNo } = parseDeliveryId(id);
      await withConnection(async (connection) => {
        const rows = (await selectWaiting(connection.pool, queueId)).filter((row) => recipientNo === undefined || row.recipientNo === recipientNo);
        if (rows.length === 0) throw new Refusal(await endedSentence(connection.pool, queueId, recipientNo));
        const answers = await Promise.all((await explainRows(connection, rows)).map((why, index) => ({ row: rows[index]!, why })));
        process.stdout.write(options.json ? `${JSON.stringify(answers.map(asJson), null, 2)}\n` : whyText(answers));
      });
    });
}

export interface Answer {
  row: { recipientNo: number; recipient: string; queueId: string };
  why: Why;
}

const asJson = ({ row, why }: Answer): object => ({ queueId: row.queueId, recipientNo: row.recipientNo, recipient: row.recipient, ...why });

/** The sentence alone where it holds for all; otherwise each with its recipients. */
export function whyText(answers: readonly Answer[]): string {
  const groups = [...Map.groupBy(answers, ({ row, why }) => why.sentence.replaceAll(`${row.queueId}:${row.recipientNo}`, '\0')).values()];
  if (groups.length === 1) {
    const [first] = groups[0]!;
    const { queueId, recipientNo } = first!.row;
    const sentence = groups[0]!.length === 1 ? first!.why.sentence : first!.why.sentence.replaceAll(`${queueId}:${recipientNo}`, queueId);
    return `${sentence}\n`;
  }
  return groups.map((group) => `${recipients(group)}: ${group[0]!.why.sentence}\n`).join('');
}

function recipients(group: readonly Answer[]): string {
  const shown = group.slice(0, 3).map(({ row }) => `:${row.recipientNo} ${row.recipient}`).join(', ');
  return group.length > 3 ? `${shown} and ${group.length - 3} more` : shown;
}

/** @param rows of one message */
async function explainRows(connection: Connection, rows: readonly WaitingDelivery[]): Promise<Why[]> {
  const { config, pool } = connection;
  const [tenant, suspensions, workers] = await Promise.all([
    selectTenantStanding(pool, rows[0]!.tenantId),
    listSuspensions(pool),
    countWorkers(pool),
  ]);
  const match = suspensionMatch(suspensions);
  const routes = siteRoutes(connection);
  const hindrances = queueHindrances(config, pool);
  const now = new Date();
  const answers = Promise.all(
    rows.map(async (row) => {
      // What a look-up or a limit says matters only to what could go otherwise.
      const waits = row.state === 'queued' || row.state === 'scheduled' || row.state === 'deferred';
      const route = !waits ? null : row.routeTo ? boundRoute(row.routeTo) : await routes(row.domain).catch(() => null);
      const suspension = waits ? match.find({ lane: row.lane as 'transactional', tenantId: row.tenantId, domain: row.domain, sender: row.sender, hosts: route?.hosts ?? [] }) : null;
      return explainWait({ row, tenant, suspension, ...(await hindrances.of(row, route)), ahead: await countAhead(pool, row), workers, now });
    }),
  );
  return answers.finally(() => hindrances.close());
}
