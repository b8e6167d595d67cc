// Every kind of unsuccessful answer of the mail store has its place in the union.
import { describe, expect, test } from 'vitest';
import { errorFromReply, errorFromTransport } from './errors.ts';
import { path } from './transport.ts';

describe('replies', () => {
  test.each([
    [404, { error: 'This user does not exist', code: 'UserNotFound' }, 'not-found'],
    [404, { error: 'Mailbox is missing', code: 'NoSuchMailbox' }, 'not-found'],
    [404, undefined, 'not-found'],
    [500, { error: 'Mailbox is missing' }, 'not-found'],
    [500, { error: 'Mailbox is missing', code: 'TRYCREATE' }, 'not-found'],
    [500, { error: 'This username already exists', code: 'UserExistsError' }, 'conflict'],
    [400, { error: 'exists', code: 'ALREADYEXISTS' }, 'conflict'],
    [400, { error: 'Mailbox creation failed with code MailboxAlreadyExists' }, 'conflict'],
    [400, { error: 'Mailbox deletion failed with code DisallowedMailboxMethod', code: 'CANNOT' }, 'invalid'],
    [400, { error: '"quota" must be a number', code: 'InputValidationError' }, 'invalid'],
    [413, 'too large', 'invalid'],
    [403, { error: 'Authentication failed', code: 'AuthFailed' }, 'denied'],
    [403, { message: 'Invalid accessToken value', code: 'InvalidToken' }, 'denied'],
    [403, { error: 'slow down', code: 'RateLimitedError', ttl: 30 }, 'rate-limited'],
    [500, { error: 'MongoDB Error: gone', code: 'InternalDatabaseError' }, 'unavailable'],
    [503, undefined, 'unavailable'],
    [200, { error: 'something' }, 'protocol'],
    [302, null, 'protocol'],
  ] as const)('%i %j is %s', (status, body, code) => {
    expect(errorFromReply(status, body)).toMatchObject({ code, status });
  });

  test('a limit tells how long, when the store does', () => {
    expect(errorFromReply(403, { code: 'RateLimitedError', ttl: 30 }).retryAfterMs).toBe(30_000);
    expect(errorFromReply(403, { code: 'RateLimitedError' }).retryAfterMs).toBeUndefined();
  });
});

test('faults of the connection', () => {
  expect(errorFromTransport(new DOMException('late', 'TimeoutError')).code).toBe('timeout');
  expect(errorFromTransport(new TypeError('fetch failed')).code).toBe('unavailable');
});

test('no value climbs out of its place in a path', () => {
  expect(path(['users', '../admin', 'a/b?c#d'])).toBe('/users/..%2Fadmin/a%2Fb%3Fc%23d');
});
