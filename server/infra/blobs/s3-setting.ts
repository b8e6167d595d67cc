// The S3_URL setting, parsed: where the bucket is and with which credentials. Pure.
//   s3://KEY:SECRET@host[:port]/bucket[/prefix][?region=eu-central-1&tls=0&style=virtual]
// Without KEY:SECRET the AWS client's own sources of credentials are asked (environment, profile, instance role).
import { ConfigError } from '../../config.ts';

export interface S3Setting {
  endpoint: string;
  bucket: string;
  /** Put before every key; '' or ends with a slash. */
  prefix: string;
  region: string;
  /** `host/bucket/key` instead of `bucket.host/key`; what most servers other than AWS want. */
  pathStyle: boolean;
  credentials: { accessKeyId: string; secretAccessKey: string } | null;
}

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PREFIX = /^(?:[A-Za-z0-9_-][A-Za-z0-9_.-]*\/)*$/;

/** @throws ConfigError naming S3_URL and the rule; never with the secret in its text */
export function parseS3Url(text: string): S3Setting {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 's3:' || url.hostname === '') {
    throw new ConfigError('S3_URL: s3://KEY:SECRET@host[:port]/bucket[/prefix] expected, with ?region=, ?tls=0 or ?style=virtual where needed');
  }
  const [bucket = '', ...folders] = url.pathname.slice(1).split('/');
  if (!BUCKET.test(bucket)) throw new ConfigError(`S3_URL: "${bucket}" is not the name of a bucket (3 to 63 lower-case letters, digits, dots and dashes)`);
  const prefix = folders.filter(Boolean).map((folder) => `${folder}/`).join('');
  if (!PREFIX.test(prefix)) throw new ConfigError(`S3_URL: the prefix "${prefix}" may have letters, digits, dashes, underscores and dots only`);
  if ((url.username === '') !== (url.password === '')) throw new ConfigError('S3_URL: key and secret go together, KEY:SECRET@');
  const secure = url.searchParams.get('tls') !== '0';
  return {
    endpoint: `${secure ? 'https' : 'http'}://${url.host}`,
    bucket,
    prefix,
    region: url.searchParams.get('region') ?? 'us-east-1',
    pathStyle: url.searchParams.get('style') !== 'virtual',
    credentials: url.username === '' ? null : { accessKeyId: decodeURIComponent(url.username), secretAccessKey: decodeURIComponent(url.password) },
  };
}
