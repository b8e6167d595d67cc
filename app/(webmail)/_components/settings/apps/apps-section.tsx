'use client';
// Mail programs: app passwords and the servers.
import { useState } from 'react';
import { Smartphone } from 'lucide-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useFormat, useT } from '../../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../../components/ui/button.tsx';
import { api } from '../../../../../server/web/contract/client.ts';
import type { AppPassword, AppPasswordCreated, AppPasswordScope } from '../../../../../server/web/contract/security.ts';
import { showToast } from '../../../_state/toasts.ts';
import { SettingRow } from '../setting-row.tsx';
import { useFailureToast } from '../security/use-security.ts';
import { accountApi } from '../security/verified.ts';
import { VerifyDialog } from '../security/verify-dialog.tsx';
import { CreatedDialog } from './created-dialog.tsx';
import { NewPasswordForm } from './new-password-form.tsx';
import { RemovableLine } from '../removable-line.tsx';
import { ServerTable } from './server-table.tsx';

const KEY = ['app-passwords'] as const;

function PasswordLine({ item }: { item: AppPassword }) {
  const t = useT();
  const format = useFormat();
  const client = useQueryClient();
  const fail = useFailureToast();
  const remove = useMutation({
    mutationFn: () => accountApi('appPasswords.delete', { params: { appPasswordId: item.id } }),
    onSuccess: () => showToast({ text: t('apps.removed') }),
    onError: fail,
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
  });
  const when = item.lastUsedAt && format.lately(item.lastUsedAt);
  return (
    <RemovableLine
      icon={<Smartphone />}
      name={item.name}
      about={`${item.scopes.map((scope) => scope.toUpperCase()).join(', ')} · ${when ? t('apps.used', { when }) : t('apps.unused')}`}
      removal={{ title: t('apps.remove.title', { name: item.name }), text: t('apps.remove.text'), label: t('apps.remove'), busy: remove.isPending, run: () => remove.mutate() }}
    />
  );
}

export default function AppsSection() {
  const t = useT();
  const client = useQueryClient();
  const fail = useFailureToast();
  const [created, setCreated] = useState<AppPasswordCreated | null>(null);
  const [forms, setForms] = useState(0);
  const list = useQuery({ queryKey: KEY, queryFn: ({ signal }) => api('appPasswords.list', {}, { signal }) });
  const create = useMutation({
    mutationFn: (body: { name: string; scopes: AppPasswordScope[] }) => accountApi('appPasswords.create', { body }),
    onSuccess: (made) => {
      setCreated(made);
      setForms((n) => n + 1);
    },
    onError: fail,
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
  });
  return (
    <>
      <p className="-mt-4 mb-5 max-w-prose text-sm text-ink-3">{t('apps.intro')}</p>
      <SettingRow title={t('apps.passwords')}>
        {list.isPending && <div aria-hidden className="h-16 skeleton" />}
        {list.isError && (
          <div role="alert" className="flex items-center gap-3 text-sm">
            {t('error.load')}
            <Button size="sm" onClick={() => void list.refetch()}>
              {t('app.retry')}
            </Button>
          </div>
        )}
        {list.data?.items.length === 0 && <p className="text-sm text-ink-3">{t('apps.none')}</p>}
        <ul>
          {list.data?.items.map((item) => (
            <PasswordLine key={item.id} item={item} />
          ))}
        </ul>
      </SettingRow>
      <SettingRow title={t('apps.new')}>
        <NewPasswordForm key={forms} busy={create.isPending} onCreate={create.mutate} />
      </SettingRow>
      {list.data && (
        <SettingRow title={t('apps.servers')}>
          <ServerTable servers={list.data.servers} />
        </SettingRow>
      )}
      {created && <CreatedDialog created={created} onClose={() => setCreated(null)} />}
      <VerifyDialog />
    </>
  );
}
