'use client';
// The imports and exports of the last weeks, and how far those that run have come.
import { useFormat, useT } from '../../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../../components/ui/button.tsx';
import type { Transfer } from '../../../../../server/web/contract/transfers.ts';
import { SettingRow } from '../setting-row.tsx';
import { useTransferChanges, useTransfers } from './use-transfers.ts';

function TransferLine({ transfer, onStop }: { transfer: Transfer; onStop: () => void }) {
  const t = useT();
  const format = useFormat();
  const { kind, name, state, total, done, skipped, failed, problem } = transfer;
  const title = t(`transfers.kind.${kind}`, { name });
  const figures = [
    state === 'running' && total > 0 ? t('transfers.progress', { done, total }) : t('transfers.messages', { n: done }),
    skipped > 0 && t('transfers.skipped', { n: skipped }),
    failed > 0 && t('transfers.refused', { n: failed }),
  ].filter(Boolean);
  return (
    <li className="border-b border-line px-3.5 py-2.5 last:border-0">
      <div className="flex items-center gap-3">
        <div className="min-w-0 flex-1">
          <p className="truncate text-sm font-medium">{title}</p>
          <p className="text-xs text-ink-3 tnum">
            <span role="status">{t(`transfers.state.${state}`)}</span> · {figures.join(' · ')} · {format.lately(transfer.endedAt ?? transfer.createdAt)}
          </p>
        </div>
        {(state === 'running' || state === 'preparing') && (
          <Button size="sm" aria-label={t('transfers.stopNamed', { name })} onClick={onStop}>
            {t('transfers.stop')}
          </Button>
        )}
      </div>
      {state === 'running' && <progress aria-label={title} className="mt-2 h-1.5 w-full accent-accent" {...(total > 0 ? { value: done, max: total } : {})} />}
      {problem && (
        <p className="mt-1 text-xs text-danger">
          {t(`transfers.problem.${problem}`)} {kind !== 'export' && t('transfers.again')}
        </p>
      )}
    </li>
  );
}

/** Nothing while there are none. */
export function TransferList() {
  const t = useT();
  const { data } = useTransfers();
  const { stop } = useTransferChanges();
  if (!data || data.length === 0) return null;
  return (
    <SettingRow title={t('transfers.list')}>
      <ul aria-label={t('transfers.list')} className="overflow-hidden rounded-lg border border-line">
        {data.map((transfer) => (
          <TransferLine key={transfer.id} transfer={transfer} onStop={() => stop.mutate(transfer.id)} />
        ))}
      </ul>
    </SettingRow>
  );
}
