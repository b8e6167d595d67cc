// `eider status`: which roles run, for how long, and how often they had to be started again.
import type { Command } from 'commander';
import type { SupervisorStatus } from '../../mail-server/runtime/supervisor/status-server.ts';
import { installationConfig } from './connection.ts';
import { Refusal } from './refusal.ts';
import { readSupervisorStatus } from './supervisor-status.ts';
import { duration, table } from './table.ts';

export function addStatus(program: Command): void {
  program
    .command('status')
    .description('show all processes: role, state, pid, uptime, restarts; exit code 1 unless all are ready')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const config = installationConfig();
      const status = await readSupervisorStatus(config.supervisorSocket ?? '');
      if (!status) throw new Refusal(`Eider is not running in ${config.home}`);
      process.stdout.write(options.json ? `${JSON.stringify(status, null, 2)}\n` : statusTable(status));
      if (status.roles.some((role) => role.state !== 'ready' && !role.optional)) process.exitCode = 1;
    });
}

/** The status for people: a line per role, then what is absent or external, then why a role last ended. */
export function statusTable(status: SupervisorStatus): string {
  const rows = status.roles.map((role) => [
    role.role,
    role.state,
    role.pid === null ? '-' : String(role.pid),
    role.uptimeMs === null ? '-' : duration(role.uptimeMs),
    String(role.restarts),
  ]);
  const notes = [
    ...status.external.map((name) => `${name}: given by URL`),
    ...status.absent.map(({ role, reason }) => `${role}: absent (${reason})`),
    ...status.roles.flatMap((role) => (role.lastExit ? [`${role.role} last ended at ${role.lastExit.at}: ${role.lastExit.reason}`] : [])),
  ];
  return table(['ROLE', 'STATE', 'PID', 'UPTIME', 'RESTARTS'], rows) + notes.map((note) => `${note}\n`).join('');
}
