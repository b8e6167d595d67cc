'use client';
// What should be known before a message is trusted.
import { ShieldAlert } from 'lucide-react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import type { EmailContent } from '../../../../server/web/contract/message.ts';

/** Nothing when there is nothing to warn of. */
export function SenderWarnings({ warnings, imitates }: Pick<EmailContent, 'warnings' | 'imitates'>) {
  const t = useT();
  if (warnings.length === 0) return null;
  return (
    <div role="note" className="mb-4 flex gap-3 rounded-lg bg-danger-soft px-3 py-2.5 text-sm text-danger">
      <ShieldAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="space-y-1">
        {warnings.map((warning) => (
          <p key={warning}>{warning === 'lookalike_domain' ? t('read.warning.lookalike_domain', { domain: imitates ?? '' }) : t(`read.warning.${warning}`)}</p>
        ))}
      </div>
    </div>
  );
}
