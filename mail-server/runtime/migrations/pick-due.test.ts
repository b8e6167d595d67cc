import { describe, expect, it } from 'vitest';
import { SetupError } from '../setup-error.ts';
import { pickDue } from './apply-migrations.ts';

const migration = (name: string, checksum = `sum of ${name}`) => ({ name, checksum, sql: '' });
const applied = (name: string, more: { checksum?: string; finished?: boolean } = {}) => ({
  migration_name: name,
  checksum: `sum of ${name}`,
  finished: true,
  ...more,
});

describe('pickDue', () => {
  const files = [migration('1_a'), migration('2_b'), migration('3_c')];

  it.each([
    ['all, on a new database', [], ['1_a', '2_b', '3_c']],
    ['those that come after', [applied('1_a'), applied('2_b')], ['3_c']],
    ['also one that was added in between', [applied('1_a'), applied('3_c')], ['2_b']],
    ['none', [applied('1_a'), applied('2_b'), applied('3_c')], []],
    ['none for one that only the database knows', [applied('0_old'), applied('1_a'), applied('2_b'), applied('3_c')], []],
  ])('%s', (_name, record, due) => {
    expect(pickDue(files, record).map(({ name }) => name)).toEqual(due);
  });

  it('refuses a file that was changed after it was applied', () => {
    const record = [applied('1_a'), applied('2_b', { checksum: 'another' })];
    expect(() => pickDue(files, record)).toThrow(new SetupError('migration 2_b was changed after this database had it: restore the file and add a new migration'));
  });

  it('refuses to go on from one that is recorded as failed', () => {
    expect(() => pickDue(files, [applied('1_a', { finished: false })])).toThrow('migration 1_a is recorded as failed');
  });
});
