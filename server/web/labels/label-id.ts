// Label ids of the API: the keyword in letters that need no escaping in URLs.

const PREFIX = 'l-';

export function labelIdOf(keyword: string): string {
  return PREFIX + Buffer.from(keyword.toLowerCase()).toString('base64url');
}

/** The keyword of a label's id, lower case; null for what cannot be one. */
export function keywordOfId(id: string): string | null {
  if (!id.startsWith(PREFIX)) return null;
  const keyword = Buffer.from(id.slice(PREFIX.length), 'base64url').toString('utf8');
  return /^[^\s\p{Cc}(){%*"\\\]A-Z]{1,100}$/u.test(keyword) && labelIdOf(keyword) === id ? keyword : null;
}
