import { describe, expect, test } from 'vitest';
import { CODE_RULES, createAttemptLimit, memoryCounters } from './attempt-limit.ts';

function limitAt() {
  const clock = { ms: 0 };
  return { clock, limit: createAttemptLimit(memoryCounters(() => clock.ms)) };
}

describe('sign-in limits', () => {
  test('ten tries at one account, from any address, until the window ends', async () => {
    const { limit, clock } = limitAt();
    for (let n = 0; n < 10; n += 1) expect(await limit.take(`192.0.2.${n}`, 'Alice@x.test')).toEqual({ kind: 'allowed' });
    expect(await limit.take('192.0.2.99', 'alice@X.test')).toEqual({ kind: 'limited', retryAfterSeconds: 900 });
    expect(await limit.take('192.0.2.99', 'bob@x.test')).toEqual({ kind: 'allowed' });
    clock.ms = 901_000;
    expect(await limit.take('192.0.2.99', 'alice@x.test')).toEqual({ kind: 'allowed' });
  });

  test('fifty tries from one network, over many accounts', async () => {
    const { limit } = limitAt();
    for (let n = 0; n < 50; n += 1) expect((await limit.take('2001:db8:1:2::' + n.toString(16), `u${n}@x.test`)).kind).toBe('allowed');
    expect((await limit.take('2001:db8:1:2:ffff::1', 'other@x.test')).kind).toBe('limited');
    expect((await limit.take('2001:db8:1:3::1', 'other@x.test')).kind).toBe('allowed');
  });

  test('a right password starts the account over and gives the network its try back', async () => {
    const { limit } = limitAt();
    for (let round = 0; round < 30; round += 1) {
      for (let n = 0; n < 9; n += 1) {
        expect((await limit.take('192.0.2.1', 'alice@x.test')).kind).toBe('allowed');
        await limit.succeeded('192.0.2.1', 'alice@x.test');
      }
    }
  });

  test('codes: ten in a quarter of an hour, thirty a day, and a right password elsewhere changes nothing', async () => {
    const clock = { ms: 0 };
    const counters = memoryCounters(() => clock.ms);
    const codes = createAttemptLimit(counters, 'code', CODE_RULES);
    const passwords = createAttemptLimit(counters);
    let allowed = 0;
    for (let n = 0; n < 100; n += 1) {
      await passwords.succeeded(`192.0.2.${n}`, 'a');
      if ((await codes.take(`192.0.2.${n}`, 'a')).kind === 'allowed') allowed += 1;
      if (n % 10 === 9) clock.ms += 901_000;
    }
    expect(allowed).toBe(30);
  });
});
