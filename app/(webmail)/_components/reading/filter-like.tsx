'use client';
// A filter that begins with what an opened message has: whom it is from.
import { useT } from '../../../../components/i18n/i18n.tsx';
import type { EmailHead } from '../../../../server/web/contract/message.ts';
import FilterDialog from '../settings/filters/filter-dialog.tsx';
import { EMPTY_DRAFT } from '../settings/filters/filter-draft.ts';

export default function FilterLike({ head, onClose }: { head: EmailHead; onClose: () => void }) {
  const t = useT();
  return <FilterDialog title={t('read.filterLike')} initial={{ ...EMPTY_DRAFT, from: head.from?.address ?? '', subject: head.from ? '' : head.subject }} onClose={onClose} />;
}
