// Message contents as the mail store gave them, for the second and third request that a reader's click makes
// (details, body, attachment). Contents never change under an id, so entries only age out.
import type { StoredContent } from './read-content.ts';

const MAX_CHARACTERS = 32_000_000;

export interface ContentCache {
  get(key: string, load: () => Promise<StoredContent | null>): Promise<StoredContent | null>;
}

export function createContentCache(): ContentCache {
  const entries = new Map<string, { content: StoredContent; size: number }>();
  const pending = new Map<string, Promise<StoredContent | null>>();
  let characters = 0;
  const keep = (key: string, content: StoredContent) => {
    const size = 2_000 + content.text.length + content.html.length;
    if (size > MAX_CHARACTERS / 4 || entries.has(key)) return;
    entries.set(key, { content, size });
    characters += size;
    for (const [oldKey, old] of entries) {
      if (characters <= MAX_CHARACTERS) break;
      entries.delete(oldKey);
      characters -= old.size;
    }
  };
  return {
    async get(key, load) {
      const entry = entries.get(key);
      if (entry) {
        entries.delete(key);
        entries.set(key, entry);
        return entry.content;
      }
      let work = pending.get(key);
      if (!work) {
        work = load().then((content) => {
          if (content) keep(key, content);
          return content;
        });
        pending.set(key, work);
        void work.then(() => pending.delete(key), () => pending.delete(key));
      }
      return work;
    },
  };
}
