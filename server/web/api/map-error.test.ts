import { describe, expect, test } from 'vitest';
import { WildduckError } from '../../infra/wildduck/errors.ts';
import type { Logger } from '../../infra/log/logger.ts';
import { API_ERRORS } from '../contract/errors.ts';
import { AppError, errorBody, fieldError } from './app-error.ts';
import { mapError } from './map-error.ts';

function recorder() {
  const lines: { level: string; line: Record<string, unknown> }[] = [];
  const at = (level: string) => (line: Record<string, unknown>) => void lines.push({ level, line });
  return { lines, log: { error: at('error'), debug: at('debug') } as unknown as Logger };
}
const context = { requestId: 'r1', route: 'me.get' };

describe('mapError', () => {
  test.each([
    [new AppError('not_found'), 'not_found', 'debug'],
    [fieldError('to', 'is needed'), 'invalid_request', 'debug'],
    [new WildduckError('timeout', 'slow'), 'mail_store_unavailable', 'error'],
    [new WildduckError('not-found', 'gone'), 'not_found', 'debug'],
    [new WildduckError('over-quota', 'full'), 'quota_exceeded', 'debug'],
    [Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), 'unavailable', 'error'],
    [Object.assign(new Error('admin shutdown'), { code: '57P01' }), 'unavailable', 'error'],
    [Object.assign(new Error('syntax error'), { code: '42601' }), 'internal', 'error'],
    [new TypeError('x is not a function'), 'internal', 'error'],
    ['a string', 'internal', 'error'],
  ])('%s → %s, logged once at %s', (thrown, code, level) => {
    const { log, lines } = recorder();
    expect(mapError(thrown, log, context).code).toBe(code);
    expect(lines.map((line) => line.level)).toEqual([level]);
  });

  test('what people read tells nothing of the inside; the log has the cause', () => {
    const { log, lines } = recorder();
    const error = mapError(new Error('password=hunter2 at 10.0.0.3'), log, context);
    expect(JSON.stringify(errorBody(error, 'r1'))).not.toContain('hunter2');
    expect(JSON.stringify(lines[0]!.line)).toContain('hunter2');
  });

  test('every code has a status that fits', () => {
    for (const [code, status] of Object.entries(API_ERRORS)) {
      expect(new AppError(code as keyof typeof API_ERRORS).status).toBe(status);
      expect(new AppError(code as keyof typeof API_ERRORS).text).not.toBe('');
    }
  });

  test('the body has the documented shape', () => {
    const error = new AppError('rate_limited', { retryAfterSeconds: 30 });
    expect(errorBody(error, 'r1')).toEqual({ error: { code: 'rate_limited', message: error.text, request_id: 'r1', retry_after: 30 } });
  });
});
