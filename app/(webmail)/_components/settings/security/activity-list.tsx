'use client';
// The trail of the account: sign-ins, refusals, changes to its protection.
import { useQuery } from '@tanstack/react-query';
import { useFormat, useT } from '../../../../../components/i18n/i18n.tsx';
import type { MessageKey, Translate } from '../../../../../components/i18n/catalogue.ts';
import { cx } from '../../../../../components/ui/cx.ts';
import { api } from '../../../../../server/web/contract/client.ts';
import type { ActivityItem } from '../../../../../server/web/contract/security.ts';
import { describeBrowser } from '../describe-browser.ts';
import { SettingRow } from '../setting-row.tsx';

const ALARMING = /refused|rate_limited|off$|changed|removed|revoked/;
const word = (t: Translate, key: string): string => (t as (key: MessageKey) => string)(key as MessageKey);

function ActivityLine({ item }: { item: ActivityItem }) {
  const t = useT();
  const format = useFormat();
  const what = [item.method && word(t, `security.method.${item.method}`), item.detail].filter(Boolean).join(' · ');
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 border-b border-line py-2 last:border-0">
      <p className={cx('text-base', ALARMING.test(item.kind) ? 'font-medium text-ink' : 'text-ink-2')}>
        {word(t, `security.event.${item.kind}`)}
        {what && <span className="text-ink-3"> · {what}</span>}
      </p>
      <p className="ms-auto text-sm text-ink-3">
        <time dateTime={item.at}>{format.fullDate(item.at)}</time>
      </p>
      <p className="w-full text-sm text-ink-3">
        {[describeBrowser(item.userAgent) || t('settings.sessions.unknown'), item.ip].join(' · ')}
      </p>
    </li>
  );
}

export function ActivityList() {
  const t = useT();
  const activity = useQuery({ queryKey: ['activity'], queryFn: ({ signal }) => api('security.activity', {}, { signal }).then((answer) => answer.items), staleTime: 0 });
  return (
    <SettingRow title={t('security.activity')} hint={t('security.activity.hint')}>
      {activity.isPending && <div aria-hidden className="h-24 skeleton" />}
      {activity.isError && <p role="alert">{t('error.load')}</p>}
      {activity.data?.length === 0 && <p className="text-sm text-ink-3">{t('security.activity.empty')}</p>}
      <ul>
        {activity.data?.map((item) => (
          <ActivityLine key={item.id} item={item} />
        ))}
      </ul>
    </SettingRow>
  );
}
