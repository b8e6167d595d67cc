// A person's initials on a colour that stays the same for the same address.
import { cx } from './cx.ts';

/** How many hues base.css defines for [data-hue]. */
export const AVATAR_HUES = 10;

/** Colour number for a key (an address), stable between visits. FNV-1a, 32 bits. */
export function avatarHue(key: string): number {
  let hash = 0x811c9dc5;
  for (const char of key.trim().toLowerCase()) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193);
  return (hash >>> 0) % AVATAR_HUES;
}

/** One or two letters: of the first and last word of the name, else the first of the address. */
export function initials(name: string, address: string): string {
  const words = name.replace(/["'()<>[\]]/g, ' ').split(/[\s,._-]+/u).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const letter = (word: string | undefined) => (word ? (Array.from(word)[0] ?? '').toLocaleUpperCase() : '');
  if (words.length > 1) return letter(words[0]) + letter(words.at(-1));
  if (words.length === 1) return letter(words[0]);
  const local = /[\p{L}\p{N}]/u.exec(address)?.[0] ?? '?';
  return local.toLocaleUpperCase();
}

const SIZES = { sm: 'size-6 text-2xs', md: 'size-8 text-xs', lg: 'size-10 text-sm' } as const;

export interface AvatarProps {
  name: string;
  address: string;
  size?: keyof typeof SIZES;
  className?: string;
}

/** Decorative: the name always stands beside it as text. */
export function Avatar({ name, address, size = 'md', className }: AvatarProps) {
  return (
    <span aria-hidden data-hue={avatarHue(address || name)} className={cx('avatar inline-flex shrink-0 items-center justify-center rounded-full font-semibold select-none', SIZES[size], className)}>
      {initials(name, address)}
    </span>
  );
}
