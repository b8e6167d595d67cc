'use client';
// Addresses that mail is forwarded to, and those that have not agreed yet.
import { useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useT } from '../../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../../components/ui/button.tsx';
import { TextField } from '../../../../../components/ui/text-field.tsx';
import { ApiError, api } from '../../../../../server/web/contract/client.ts';
import type { ForwardingTarget } from '../../../../../server/web/contract/filters.ts';
import { showToast } from '../../../_state/toasts.ts';
import { SettingRow } from '../setting-row.tsx';
import { accountApi } from '../security/verified.ts';

const KEY = ['forwarding'] as const;

export function ForwardingSettings() {
  const t = useT();
  const client = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const [fault, setFault] = useState<string>();
  const list = useQuery({ queryKey: KEY, queryFn: ({ signal }) => api('forwarding.list', {}, { signal }) });
  const onSuccess = (answer: { items: ForwardingTarget[] }) => client.setQueryData(KEY, answer);
  const ask = useMutation({
    mutationFn: (address: string) => accountApi('forwarding.create', { body: { address } }),
    onSuccess: (answer, address) => {
      onSuccess(answer);
      form.current?.reset();
      setFault(undefined);
      showToast({ text: t('forwarding.asked', { address }) });
    },
    onError: (error) => error instanceof ApiError && error.code !== 'aborted' && setFault(error.fields[0]?.rule ?? error.message),
  });
  const remove = useMutation({
    mutationFn: (id: string) => api('forwarding.delete', { params: { targetId: id } }),
    onSuccess,
    onError: (error) => showToast({ tone: 'error', text: t('done.failed', { message: error.message }) }),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    ask.mutate(String(new FormData(event.currentTarget).get('address') ?? '').trim());
  };
  return (
    <SettingRow title={t('forwarding.title')} hint={t('forwarding.hint')}>
      {list.isError && <p role="alert">{t('error.load')}</p>}
      <ul className="mb-3 empty:hidden">
        {list.data?.items.map((target) => (
          <li key={target.id} className="flex flex-wrap items-center gap-3 border-b border-line py-2.5 last:border-0">
            <div className="min-w-0 flex-1">
              <p className="truncate text-base font-medium">{target.address}</p>
              <p className="text-sm text-ink-3">{target.verified ? t('forwarding.active') : t('forwarding.waiting')}</p>
            </div>
            {!target.verified && (
              <Button size="sm" busy={ask.isPending} onClick={() => ask.mutate(target.address)}>
                {t('forwarding.again')}
              </Button>
            )}
            <Button size="sm" variant="danger" busy={remove.isPending} onClick={() => remove.mutate(target.id)}>
              {t('forwarding.remove')}
            </Button>
          </li>
        ))}
      </ul>
      <form ref={form} noValidate onSubmit={submit} className="flex max-w-md items-start gap-2">
        <TextField label={t('forwarding.address')} name="address" type="email" autoComplete="off" autoCapitalize="none" spellCheck={false} error={fault} className="flex-1" />
        <Button type="submit" busy={ask.isPending} className="mt-6.5">
          {t('forwarding.add')}
        </Button>
      </form>
    </SettingRow>
  );
}
