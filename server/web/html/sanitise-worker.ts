// The worker thread around sanitise-html.ts: one message in, one out.
import { parentPort } from 'node:worker_threads';
import { createSanitise } from './sanitise-html.ts';

const port = parentPort;
if (!port) throw new Error('sanitise-worker runs as a worker thread only');
const sanitise = createSanitise();

port.on('message', (job: { id: number; html: string }) => {
  try {
    port.postMessage({ id: job.id, result: sanitise(job.html) });
  } catch (error) {
    port.postMessage({ id: job.id, fault: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown fault' });
  }
});
