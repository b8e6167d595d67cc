import { describe, expect, test } from 'vitest';
import { isConnectionFault, isPassingFault } from './faults.ts';

const error = (message: string, code?: string): Error => Object.assign(new Error(message), code === undefined ? {} : { code });

describe('faults of the database', () => {
  test.each([
    ['the server ends', error('terminating connection due to administrator command', '57P01'), true, true],
    ['another process of it crashed', error('terminating connection because of crash', '57P02'), true, true],
    ['it is starting up', error('the database system is in recovery mode', '57P03'), true, true],
    ['its disk is full', error('could not extend file', '53100'), true, true],
    ['nobody listens', error('connect ECONNREFUSED', 'ECONNREFUSED'), true, true],
    ['no socket file', error('connect ENOENT', 'ENOENT'), true, true],
    ['cut', error('Connection terminated unexpectedly'), true, true],
    ['no answer', error('Query read timeout'), true, true],
    ['no connection to be had', error('timeout exceeded when trying to connect'), true, true],
    ['a deadlock', error('deadlock detected', '40P01'), false, true],
    ['too slow', error('canceling statement due to statement timeout', '57014'), false, true],
    ['a duplicate key', error('duplicate key', '23505'), false, false],
    ['data that it refuses', error('unsupported Unicode escape sequence', '22P05'), false, false],
  ])('%s', (_name, fault, connection, passing) => {
    expect([isConnectionFault(fault), isPassingFault(fault)]).toEqual([connection, passing]);
  });
});
