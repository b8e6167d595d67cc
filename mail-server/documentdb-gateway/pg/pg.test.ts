// The pure parts of the PostgreSQL client: addresses, SCRAM, messages.
import { describe, expect, test } from 'vitest';
import { parsePgAddress } from './address.ts';
import { bindAndExecute, readDataRow, readErrorFields, startupMessage } from './protocol.ts';
import { ScramClient } from './scram.ts';

describe('addresses', () => {
  test.each([
    ['postgresql://eider@localhost/documentdb?host=/run/pg', { path: '/run/pg/.s.PGSQL.5432' }, 'eider', '', 'documentdb'],
    ['postgresql:///documentdb?host=%2Frun%2Fpg&port=5555&user=u', { path: '/run/pg/.s.PGSQL.5555' }, 'u', '', 'documentdb'],
    ['postgresql://u:p%40ss@/d?host=/run/pg', { path: '/run/pg/.s.PGSQL.5432' }, 'u', 'p@ss', 'd'],
    ['postgres://u:p@127.0.0.1:6000/d', { host: '127.0.0.1', port: 6000 }, 'u', 'p', 'd'],
  ])('%s', (text, endpoint, user, password, database) => {
    expect(parsePgAddress(text)).toEqual({ endpoint, user, password, database });
  });

  test.each(['nonsense', 'mysql://u@h/d', 'postgresql://u:secret@h/d?sslmode=require'])('refuses %s without quoting the password', (text) => {
    expect(() => parsePgAddress(text)).toThrow(/^(?!.*secret)/);
  });
});

describe('SCRAM-SHA-256', () => {
  // The example of RFC 7677, section 3.
  const client = (): ScramClient => new ScramClient('pencil', 'rOprNGfwEbeRWgbNEkqO', 'user');
  const serverFirst = 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096';

  test('follows the example', () => {
    const scram = client();
    expect(scram.first()).toBe('n,,n=user,r=rOprNGfwEbeRWgbNEkqO');
    expect(scram.final(serverFirst)).toBe(
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    );
    expect(() => scram.verify('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')).not.toThrow();
  });

  test('refuses a server that does not know the password, or changes the nonce', () => {
    const scram = client();
    scram.final(serverFirst);
    expect(() => scram.verify('v=AAAATRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')).toThrow();
    expect(() => client().final('r=other,s=AAAA,i=4096')).toThrow();
    expect(() => client().final('r=rOprNGfwEbeRWgbNEkqO,s=AAAA,i=4096')).toThrow();
  });
});

describe('messages', () => {
  test('Bind announces its own length and carries text, bytes and null', () => {
    const frame = bindAndExecute({ name: 'find', sql: '' }, ['grüße', Buffer.from([1, 2]), null], true);
    const bindEnd = frame.readInt32BE(1) + 1;
    expect(frame.subarray(bindEnd).toString('latin1')).toBe('E\0\0\0\x09\0\0\0\0\0H\0\0\0\x04S\0\0\0\x04');
    expect(frame.subarray(6, 11).toString('latin1')).toBe('find\0');
    expect(frame.includes(Buffer.from('grüße'))).toBe(true);
  });

  test('DataRow tells null from empty', () => {
    const row = Buffer.concat([Buffer.from([0x44, 0, 0, 0, 0, 0, 3]), Buffer.from([0xff, 0xff, 0xff, 0xff]), Buffer.from([0, 0, 0, 0]), Buffer.from([0, 0, 0, 1, 65])]);
    expect(readDataRow(row).map((column) => column?.toString() ?? null)).toEqual([null, '', 'A']);
  });

  test('error fields, also cut short', () => {
    expect(readErrorFields(Buffer.from('E\0\0\0\0SERROR\0C23505\0Mdup\0\0')).get('C')).toBe('23505');
    expect(readErrorFields(Buffer.from('E\0\0\0\0SERROR\0Mno end')).get('S')).toBe('ERROR');
  });

  test('the startup message ends with an empty name', () => {
    const frame = startupMessage({ user: 'u' });
    expect(frame.readInt32BE(0)).toBe(frame.length);
    expect(frame.subarray(8).toString()).toBe('user\0u\0\0');
  });
});
