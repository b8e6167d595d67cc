'use client';
// Mail from an account elsewhere: where it is, what of it, and go.
import { useState } from 'react';
import type { FormEvent } from 'react';
import { useT } from '../../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../../components/ui/button.tsx';
import { Checkbox } from '../../../../../components/ui/checkbox.tsx';
import { TextField } from '../../../../../components/ui/text-field.tsx';
import { ApiError } from '../../../../../server/web/contract/client.ts';
import type { ImapFolder, ImapServerInput } from '../../../../../server/web/contract/transfers.ts';
import { SettingRow } from '../setting-row.tsx';
import { useTransferChanges } from './use-transfers.ts';

const PORTS = { tls: 993, starttls: 143, none: 143 } as const;
type Security = keyof typeof PORTS;
const EMPTY: ImapServerInput = { host: '', port: 993, security: 'tls', user: '', password: '' };

function FolderChoice({ folders, chosen, onToggle }: { folders: readonly ImapFolder[]; chosen: ReadonlySet<string>; onToggle: (path: string) => void }) {
  const t = useT();
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 text-sm font-medium">{t('transfers.folders')}</legend>
      <ul className="max-h-72 overflow-y-auto rounded-lg border border-line">
        {folders.map(({ path, messages, target }) => (
          <li key={path} className="border-b border-line last:border-0">
            <label className="flex min-h-10 cursor-pointer items-center gap-3 px-3 py-1.5 text-sm">
              <Checkbox checked={chosen.has(path)} onChange={() => onToggle(path)} />
              <bdi className="min-w-0 flex-1 truncate">{path}</bdi>
              <span className="min-w-0 truncate text-xs text-ink-3">{t('transfers.goesTo', { name: target.kind === 'use' ? t(`folder.${target.use}`) : target.path })}</span>
              <span className="shrink-0 text-xs text-ink-3 tnum">{t('transfers.messages', { n: messages })}</span>
            </label>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}

function ServerFields({ server, onChange, faultOf }: { server: ImapServerInput; onChange: (part: Partial<ImapServerInput>) => void; faultOf: (field: string) => string | undefined }) {
  const t = useT();
  return (
    <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_6rem_8rem]">
      <TextField label={t('transfers.host')} value={server.host} error={faultOf('host')} dir="ltr" maxLength={253} autoCapitalize="none" spellCheck={false} onChange={(event) => onChange({ host: event.target.value })} />
      <TextField label={t('transfers.port')} value={server.port || ''} error={faultOf('port')} inputMode="numeric" dir="ltr" maxLength={5} onChange={(event) => onChange({ port: Number(event.target.value.replace(/\D/g, '')) })} />
      <label className="block text-sm font-medium">
        <span className="mb-1.5 block">{t('transfers.security')}</span>
        <select value={server.security} onChange={(event) => onChange({ security: event.target.value as Security, port: PORTS[event.target.value as Security] })} className="field h-10 w-full rounded-md border border-control bg-surface px-2.5 text-base font-normal">
          {(Object.keys(PORTS) as Security[]).map((security) => (
            <option key={security} value={security}>
              {t(`transfers.security.${security}`)}
            </option>
          ))}
        </select>
      </label>
      <TextField label={t('transfers.user')} value={server.user} error={faultOf('user')} dir="ltr" maxLength={320} autoComplete="off" autoCapitalize="none" spellCheck={false} onChange={(event) => onChange({ user: event.target.value })} className="sm:col-span-3" />
      <TextField label={t('transfers.password')} type="password" value={server.password} error={faultOf('password')} hint={t('transfers.passwordHint')} dir="ltr" maxLength={1000} autoComplete="off" onChange={(event) => onChange({ password: event.target.value })} className="sm:col-span-3" />
    </div>
  );
}

/** The password leaves the page with the form. */
export function AccountImport() {
  const t = useT();
  const { look, bring } = useTransferChanges();
  const [server, setServer] = useState(EMPTY);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const folders = look.data;
  const fields = look.error instanceof ApiError ? look.error.fields : [];
  const change = (part: Partial<ImapServerInput>) => {
    setServer((now) => ({ ...now, ...part }));
    look.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!folders) return look.mutate(server, { onSuccess: (found) => setChosen(new Set(found.filter(({ wanted }) => wanted).map(({ path }) => path))) });
    const wanted = folders.map(({ path }) => path).filter((path) => chosen.has(path));
    bring.mutate({ server, folders: wanted }, {
      onSuccess: () => {
        look.reset();
        setServer(EMPTY);
      },
    });
  };
  const toggle = (path: string) =>
    setChosen((now) => {
      const next = new Set(now);
      if (!next.delete(path)) next.add(path);
      return next;
    });
  const count = folders?.filter(({ path }) => chosen.has(path)).reduce((sum, { messages }) => sum + messages, 0) ?? 0;
  const complete = server.host !== '' && server.user !== '' && server.password !== '' && server.port > 0;
  return (
    <SettingRow title={t('transfers.account')} hint={t('transfers.accountHint')}>
      <form onSubmit={submit} noValidate className="space-y-4">
        {folders ? <FolderChoice folders={folders} chosen={chosen} onToggle={toggle} /> : <ServerFields server={server} onChange={change} faultOf={(field) => fields.find((fault) => fault.field === field)?.rule} />}
        {look.error && fields.length === 0 && (
          <p role="alert" className="text-sm text-danger">
            {look.error.message}
          </p>
        )}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" variant="primary" busy={look.isPending || bring.isPending} disabled={folders ? chosen.size === 0 : !complete}>
            {folders ? t('transfers.bring', { n: count }) : t('transfers.look')}
          </Button>
          {folders && <Button onClick={() => look.reset()}>{t('transfers.other')}</Button>}
        </div>
      </form>
    </SettingRow>
  );
}
