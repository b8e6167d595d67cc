import { describe, expect, test } from 'vitest';
import { parseS3Url } from './s3-setting.ts';

describe('S3_URL', () => {
  test.each([
    [
      's3://AKID:sec%2Fret@objects.example.com/mail',
      { endpoint: 'https://objects.example.com', bucket: 'mail', prefix: '', region: 'us-east-1', pathStyle: true, credentials: { accessKeyId: 'AKID', secretAccessKey: 'sec/ret' } },
    ],
    [
      's3://127.0.0.1:4568/mail/eider/one?tls=0&region=eu-central-1&style=virtual',
      { endpoint: 'http://127.0.0.1:4568', bucket: 'mail', prefix: 'eider/one/', region: 'eu-central-1', pathStyle: false, credentials: null },
    ],
  ])('%s', (text, expected) => expect(parseS3Url(text)).toEqual(expected));

  test.each([
    ['https://objects.example.com/mail', /s3:\/\/KEY:SECRET@host/],
    ['objects.example.com', /s3:\/\/KEY:SECRET@host/],
    ['s3:///mail', /s3:\/\/KEY:SECRET@host/],
    ['s3://h.example', /name of a bucket/],
    ['s3://h.example/Up', /name of a bucket/],
    ['s3://h.example/mail/a%20b', /prefix/],
    ['s3://h.example/mail/.git', /prefix/],
    ['s3://only@h.example/mail', /go together/],
  ])('refuses %s', (text, message) => expect(() => parseS3Url(text)).toThrow(message));

  test('a refusal does not tell the secret', () => {
    expect(() => parseS3Url('s3://AKID:topsecret@h.example/X')).toThrow(expect.objectContaining({ message: expect.not.stringContaining('topsecret') }) as Error);
  });
});
