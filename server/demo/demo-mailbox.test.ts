import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { demoMailbox } from './demo-mailbox.ts';
import { letterSource } from './letter.ts';
import { instantAgo } from './story.ts';

const NOW = new Date('2026-11-22T10:30:00Z');
const letters = demoMailbox(NOW);
const named = (subject: string) => letters.find((letter) => letter.subject === subject)!;

describe('demo mailbox', () => {
  test('some hundred letters of the last eight months, in order, none from the future', () => {
    expect(letters.length).toBeGreaterThan(300);
    expect(letters.length).toBeLessThan(600);
    const times = letters.map((letter) => letter.date.getTime());
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBeLessThan(NOW.getTime());
    expect(NOW.getTime() - times[0]!).toBeLessThan(250 * 86_400_000);
  });

  test('Message-IDs are unique, and references point to earlier letters', () => {
    const seen = new Set<string>();
    for (const letter of letters) {
      expect(seen).not.toContain(letter.messageId);
      for (const reference of letter.references ?? []) expect(seen, letter.subject).toContain(reference);
      seen.add(letter.messageId);
    }
  });

  test('every domain is reserved for examples and tests', () => {
    const addresses = letters.flatMap((letter) => [letter.from, ...letter.to, ...(letter.cc ?? [])]).map(({ address }) => address);
    expect(addresses.filter((address) => !/\.(example|test)$/.test(address))).toEqual([]);
  });

  test('is the same at every run', async () => {
    const again = demoMailbox(NOW);
    for (const index of [0, 100, 200, letters.length - 1]) {
      expect(await letterSource(again[index]!)).toEqual(await letterSource(letters[index]!));
    }
  });

  test('holds at any time of the day', () => {
    for (const hour of ['00:00', '00:30', '05:00', '23:59']) {
      const now = new Date(`2026-11-22T${hour}:00Z`);
      expect(demoMailbox(now).every((letter) => letter.date <= now), hour).toBe(true);
    }
  });
});

describe('as MIME', () => {
  test('an inline picture, scripts of all kinds, an invitation, attachments', async () => {
    const cabin = await PostalMime.parse(await letterSource(named('Lofoten in June: cabin found!')));
    expect(cabin.html).toContain('cid:cabin@hale-family.example');
    expect(cabin.attachments[0]).toMatchObject({ mimeType: 'image/png', contentId: '<cabin@hale-family.example>' });
    for (const subject of ['『潮の地図帳』日本語版について', 'ترجمة مقدمة أطلس المد والجزر', 'תערוכת המפות במוזיאון הימי', '关于新批次纸张的样品']) {
      const parsed = await PostalMime.parse(await letterSource(named(subject)));
      expect(parsed.subject).toBe(subject);
      expect(parsed.text).toContain(named(subject).text.slice(0, 20));
    }
    const invitation = (await letterSource(named('Invitation: Fish soup'))).toString();
    expect(invitation).toMatch(/Content-Type: text\/calendar; charset=utf-8; method=REQUEST/);
    const printer = await PostalMime.parse(await letterSource(named('Andruck und Liefertermin „Tide Atlas“')));
    expect(printer.attachments[0]!.filename).toBe('Auftragsbestätigung 2026-1187.pdf');
  });
});

describe('instantAgo', () => {
  test.each([
    ['40m', '2026-11-22T09:50:00Z'],
    ['5h', '2026-11-22T05:30:00Z'],
    ['3d 09:14', '2026-11-19T09:14:00Z'],
  ])('%s', (ago, expected) => {
    expect(instantAgo(ago, NOW)).toEqual(new Date(expected));
  });

  test.each(['0d 09:00', 'yesterday', '3d', '-5m'])('refuses %s', (ago) => {
    expect(() => instantAgo(ago, NOW)).toThrow(ago);
  });
});
