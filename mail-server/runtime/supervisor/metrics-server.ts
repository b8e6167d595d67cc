// Everything there is to measure on this machine, on one page for Prometheus: GET /metrics on a loopback port. Gathers
// from the Unix sockets of all Node processes, and adds what the supervisor knows of its roles.
import { readdirSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { join } from 'node:path';
import { METRICS_SOCKET } from '../../../server/infra/metrics/metrics-socket.ts';
import { joinPages } from './metrics-page.ts';
import type { RoleStatus } from './role-spec.ts';

/** A process that answers no faster is left out of this page. */
const ANSWER_MS = 5_000;

/**
 * Listens on 127.0.0.1, never elsewhere: the page names tenants' traffic, and nothing on it is for others.
 * @param folder where the processes have their sockets
 */
export async function serveMetricsPage(port: number, folder: string, roles: () => readonly RoleStatus[]): Promise<Server> {
  const server = createServer((incoming, response) => {
    if (incoming.method !== 'GET' || incoming.url !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('GET /metrics\n');
      return;
    }
    void metricsPage(folder, roles()).then((page) => response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(page));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  return server;
}

async function metricsPage(folder: string, roles: readonly RoleStatus[]): Promise<string> {
  const sockets = readdirSync(folder).filter((name) => METRICS_SOCKET.test(name)).map((name) => join(folder, name));
  return joinPages([rolesPage(roles), ...(await Promise.all(sockets.map(ask)))]);
}

/** What a process says; nothing when it doesn't answer. The socket of one that is gone is removed. */
function ask(socketPath: string): Promise<string> {
  return new Promise((resolve) => {
    const call = request({ socketPath, path: '/metrics', timeout: ANSWER_MS }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => resolve(''));
      response.on('end', () => resolve(response.statusCode === 200 ? Buffer.concat(chunks).toString('utf8') : ''));
    });
    call.on('timeout', () => call.destroy());
    call.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') rmSync(socketPath, { force: true });
      resolve('');
    });
    call.end();
  });
}

/** The supervisor's own: which roles are up, and how often each was started again. */
export function rolesPage(roles: readonly RoleStatus[]): string {
  const lines = (name: string, value: (role: RoleStatus) => number) => roles.map((role) => `${name}{role="${role.role}"} ${value(role)}`);
  return [
    '# HELP eider_role_up Whether a process is ready: 1, or 0.',
    '# TYPE eider_role_up gauge',
    ...lines('eider_role_up', (role) => (role.state === 'ready' ? 1 : 0)),
    '# HELP eider_role_restarts_total How often a process was started again.',
    '# TYPE eider_role_restarts_total counter',
    ...lines('eider_role_restarts_total', (role) => role.restarts),
    '',
  ].join('\n');
}
