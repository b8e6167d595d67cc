import { expect, test } from 'vitest';
import { imitatedDomain } from './lookalike.ts';

const KNOWN = ['eider-mail.example.com', 'harbour-books.com', 'paypal.com', 'gmail.com', 'bbc.co.uk', 'ing.com', 'müller.de'];

test.each<[domain: string, imitated: string | null]>([
  ['harbour-books.com', null],
  ['post.harbour-books.com', null],
  ['harbuor-books.com', 'harbour-books.com'],
  ['harbour-book.com', 'harbour-books.com'],
  ['harbourr-books.com', 'harbour-books.com'],
  ['harbour-bo0ks.com', 'harbour-books.com'],
  ['harbour-books.de', null],
  ['paypa1.com', 'paypal.com'],
  ['paypaI.com'.toLowerCase(), 'paypal.com'],
  ['xn--pypal-4ve.com', 'paypal.com'],
  ['mail.paypal.com.evil.test', null],
  ['grnail.com', 'gmail.com'],
  ['gmial.com', null],
  ['bbd.co.uk', null],
  ['lng.com', 'ing.com'],
  ['king.com', null],
  ['xn--mller-kva.de', null],
  ['muller.de', 'xn--mller-kva.de'],
  ['elsewhere.org', null],
  ['com', null],
  ['[192.0.2.1]', null],
  ['', null],
])('%s looks like %s', (domain, imitated) => {
  const found = imitatedDomain(domain, KNOWN);
  expect(found === null ? null : found.replace('müller.de', 'xn--mller-kva.de')).toBe(imitated);
});
