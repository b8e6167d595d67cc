// This process's metrics over HTTP on a Unix socket in a folder that only its owner can enter. The supervisor gathers
// them from all processes into one page; see mail-server/runtime/supervisor/metrics-server.ts.
import { chmodSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { collectDefaultMetrics } from 'prom-client';
import type { Logger } from '../log/logger.ts';
import { metricsText, registry } from './registry.ts';

/** The socket's name: short, since a socket's whole path may have 107 bytes only. */
export const METRICS_SOCKET = /^m\.(\d+)$/;

/**
 * Serves `GET /metrics`, with the labels `role` and `pid` on everything. A process whose metrics cannot be served
 * works all the same; the log says so.
 * @param folder where to; undefined: nowhere
 * @returns what ends it
 */
export async function serveMetrics(role: string, folder: string | undefined, log: Logger): Promise<() => void> {
  if (folder === undefined) return () => undefined;
  registry.setDefaultLabels({ role, pid: String(process.pid) });
  if (!registry.getSingleMetric('process_cpu_seconds_total')) collectDefaultMetrics({ register: registry });
  const path = join(folder, `m.${process.pid}`);
  rmSync(path, { force: true });
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    metricsText((error) => log.warn({ err: error }, 'some metrics could not be read')).then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      (error: unknown) => {
        log.warn({ err: error }, 'metrics could not be read');
        response.writeHead(500).end();
      },
    );
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, () => resolve());
    });
    chmodSync(path, 0o600);
  } catch (error) {
    log.warn({ err: error }, 'metrics are not served');
  }
  server.on('error', (error) => log.warn({ err: error }, 'serving metrics failed'));
  server.unref();
  return () => {
    server.close();
    server.closeAllConnections();
    rmSync(path, { force: true });
  };
}
