// Asks the running supervisor for its status, over its Unix socket.
import { request } from 'node:http';
import type { SupervisorStatus } from '../../mail-server/runtime/supervisor/status-server.ts';

/** The supervisor's status, or null when none answers there. */
export function readSupervisorStatus(socket: string): Promise<SupervisorStatus | null> {
  return new Promise((resolve) => {
    const call = request({ socketPath: socket, path: '/status', timeout: 3000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => resolve(null));
      response.on('end', () => {
        try {
          resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')) as SupervisorStatus);
        } catch {
          resolve(null);
        }
      });
    });
    call.on('timeout', () => call.destroy());
    call.on('error', () => resolve(null));
    call.end();
  });
}
