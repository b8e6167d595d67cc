// The supervisor's status over HTTP on a Unix socket, for `eider status` and the health page. Reads only.
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { RoleStatus } from './role-spec.ts';

export interface SupervisorStatus {
  pid: number;
  startedAt: string;
  home: string;
  url: string;
  roles: RoleStatus[];
  /** Optional services that this machine doesn't have. */
  absent: { role: string; reason: string }[];
  /** Services that are given by URL instead of embedded. */
  external: string[];
}

/** Listens on `socket`; what an earlier supervisor left there is replaced (the lock on EIDER_HOME is ours). */
export async function serveStatus(socket: string, status: () => SupervisorStatus): Promise<Server> {
  rmSync(socket, { force: true });
  const server = createServer((request, response) => {
    const found = request.method === 'GET' && request.url === '/status';
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ? status() : { error: 'not found' }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, () => resolve());
  });
  chmodSync(socket, 0o600);
  return server;
}
