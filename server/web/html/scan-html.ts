// A quick look at raw HTML, for what a message's head shows before its body is sanitised: are there remote images,
// are there tracking pixels. Linear; what it misses, the sanitiser still blocks.

export interface HtmlFacts {
  /** Remote images that can be seen. */
  remoteImages: number;
  /** Hosts of remote images of at most 2 by 2 pixels, or hidden. */
  trackers: string[];
}

const TAG = /<img\b[^>]{0,8000}>/gi;
const REMOTE_SOURCE = /\ssrc\s*=\s*["']?\s*((?:https?:)?\/\/[^"'\s>]+)/i;
const REMOTE_BACKGROUND = /\sbackground\s*=\s*["']?\s*(?:https?:)?\/\/|url\(\s*(?:["']|&quot;)?\s*(?:https?:)?\/\//gi;

export function scanHtml(html: string): HtmlFacts {
  const trackers = new Set<string>();
  let remoteImages = 0;
  for (const [tag] of html.matchAll(TAG)) {
    const source = REMOTE_SOURCE.exec(tag)?.[1];
    if (source === undefined) continue;
    if (isPixel(tag)) trackers.add(hostOf(source));
    else remoteImages += 1;
  }
  remoteImages += html.match(REMOTE_BACKGROUND)?.length ?? 0;
  trackers.delete('');
  return { remoteImages, trackers: [...trackers] };
}

function isPixel(tag: string): boolean {
  if (/display\s*:\s*none|visibility\s*:\s*hidden/i.test(tag)) return true;
  const tiny = (name: string) =>
    new RegExp(`\\s${name}\\s*=\\s*["']?\\s*[0-2](?:px)?\\s*["'\\s/>]|[;"'\\s](?:max-)?${name}\\s*:\\s*[0-2](?:px)?\\s*[;"']`, 'i').test(tag);
  return tiny('width') && tiny('height');
}

function hostOf(source: string): string {
  const url = source.startsWith('//') ? `https:${source}` : source;
  return URL.canParse(url) ? new URL(url).hostname : '';
}
