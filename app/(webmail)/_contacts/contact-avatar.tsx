// A contact's picture, or its initials.
import { Avatar } from '../../../components/ui/avatar.tsx';
import type { AvatarProps } from '../../../components/ui/avatar.tsx';
import { pathOf } from '../../../server/web/contract/paths.ts';
import '../../../server/web/contract/contact-paths.ts';

const SIZES = { sm: 'size-6', md: 'size-8', lg: 'size-10' } as const;

/** Decorative, as Avatar is. */
export function ContactAvatar({ id, hasPhoto, size = 'md', ...rest }: AvatarProps & { id: string; hasPhoto: boolean }) {
  if (!hasPhoto) return <Avatar size={size} {...rest} />;
  return <img src={pathOf('contacts.photo', { contactId: id }).path} alt="" loading="lazy" className={`${SIZES[size]} shrink-0 rounded-full bg-sunken object-cover`} />;
}
