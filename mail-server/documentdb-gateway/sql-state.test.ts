// PostgreSQL's and DocumentDB's errors as MongoDB's codes.
import { describe, expect, test } from 'vitest';
import { codeName } from './errors.ts';
import { PgError } from './pg/protocol.ts';
import { mongoCode, toCommandError, TRANSIENT_TRANSACTION_ERROR, unpackSqlState } from './sql-state.ts';

const pgError = (sqlState: string, message = 'x'): PgError => new PgError(new Map([['C', sqlState], ['M', message], ['V', 'ERROR']]));

describe('codes', () => {
  test.each([
    ['M0000', 1, 'InternalError'],
    ['M0001', 2, 'BadValue'],
    ['M0008', 26, 'NamespaceNotFound'],
    ['M001C', 11000, 'DuplicateKey'],
    ['M00CO', 121, 'DocumentValidationFailure'],
    ['M00EQ', 31321, 'Location31321'],
    ['M00F1', 112, 'WriteConflict'],
    ['23505', 11000, 'DuplicateKey'],
    ['23P01', 11000, 'DuplicateKey'],
    ['57014', 50, 'MaxTimeMSExpired'],
    ['40001', 112, 'WriteConflict'],
    ['53100', 14031, 'OutOfDiskSpace'],
    ['99999', 1, 'InternalError'],
    ['M0ZZZ', 8, 'UnknownError'],
  ])('%s is %i %s', (sqlState, code, name) => {
    expect(mongoCode(sqlState, '', false)).toBe(code);
    expect(codeName(code)).toBe(name);
  });

  test('a lock time-out is a conflict inside a transaction only', () => {
    expect(mongoCode('55P03', '', true)).toBe(112);
    expect(mongoCode('55P03', '', false)).toBe(24);
  });

  test('packed SQLSTATEs are told from plain codes', () => {
    expect(unpackSqlState(0x1304001d)).toBe('M001C');
    expect(unpackSqlState(11000)).toBeNull();
    expect(unpackSqlState(5976500)).toBeNull();
  });
});

describe('labels', () => {
  test.each([
    ['40001', true, true],
    ['40P01', true, true],
    ['25P02', true, true],
    ['23505', true, false],
    ['40001', false, false],
  ])('%s in a transaction: %s → transient: %s', (sqlState, inTransaction, transient) => {
    expect(toCommandError(pgError(sqlState), inTransaction).labels.includes(TRANSIENT_TRANSACTION_ERROR)).toBe(transient);
  });
});
