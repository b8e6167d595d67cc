// Teaching rspamd's Bayes classifier through its controller (POST /learnspam, /learnham).
import { request, type RequestOptions } from 'node:http';

export type Lesson = 'spam' | 'ham';

/**
 * - `learned`, or `known`: it had been told the same before
 * - `refused`: it does not want this message (too few words, too large)
 * - `unavailable`: no answer, or none to rely on; worth another try
 */
export type LessonOutcome = 'learned' | 'known' | 'refused' | 'unavailable';

export interface SpamLearner {
  learn(message: Buffer, lesson: Lesson): Promise<LessonOutcome>;
}

const TIMEOUT_MS = 20_000;

/** @param controller `unix:///path/to/socket`, or `http://:password@host:port` */
export function createSpamLearner(controller: string): SpamLearner {
  const url = new URL(controller);
  const options: RequestOptions = url.protocol === 'unix:' ? { socketPath: decodeURIComponent(url.pathname) } : { host: url.hostname, port: url.port || 11334 };
  const password = decodeURIComponent(url.password);
  return {
    learn: (message, lesson) =>
      new Promise((resolve) => {
        const asked = request(
          {
            ...options, method: 'POST', path: lesson === 'spam' ? '/learnspam' : '/learnham', timeout: TIMEOUT_MS,
            headers: { 'content-type': 'application/octet-stream', 'content-length': message.length, ...(password && { password }) },
          },
          (answer) => {
            const chunks: Buffer[] = [];
            answer.on('data', (chunk: Buffer) => chunks.push(chunk));
            answer.on('error', () => resolve('unavailable'));
            answer.on('end', () => resolve(outcomeOf(answer.statusCode ?? 0, Buffer.concat(chunks).toString('utf8'))));
          },
        );
        asked.on('timeout', () => asked.destroy());
        asked.on('error', () => resolve('unavailable'));
        asked.end(message);
      }),
  };
}

/** rspamd tells the same by status (208: known) and by words, depending on its version. */
export function outcomeOf(status: number, body: string): LessonOutcome {
  if (status === 200 && /"success"\s*:\s*true/.test(body)) return 'learned';
  if (status === 208 || /already learned/i.test(body)) return 'known';
  if (status === 204 || /contains (?:less|more) tokens|not enough tokens|skip/i.test(body)) return 'refused';
  return status >= 400 && status < 500 && status !== 401 && status !== 403 ? 'refused' : 'unavailable';
}
