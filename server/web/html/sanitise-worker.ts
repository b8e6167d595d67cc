// The worker thread around sanitise-html.ts: says when it is ready, then one message in, one out.
import { parentPort } from 'node:worker_threads';
import { createSanitise } from './sanitise-html.ts';

const port = parentPort;
if (!port) throw new Error('sanitise-worker runs as a worker thread only');
const sanitise = createSanitise();
// Loading the DOM takes its time; the first job's time starts from here.
port.postMessage({ ready: true });

port.on('message', (job: { id: number; html: string }) => {
  try {
    port.postMessage({ id: job.id, result: sanitise(job.html) });
  } catch (error) {
    port.postMessage({ id: job.id, fault: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown fault' });
  }
});
