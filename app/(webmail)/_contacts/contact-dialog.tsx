'use client';
// A contact: everything about it, to read and to change.
import { useId, useState } from 'react';
import type { FormEvent } from 'react';
import { Mail, Trash2 } from 'lucide-react';
import { useT } from '../../../components/i18n/i18n.tsx';
import { Button } from '../../../components/ui/button.tsx';
import { Dialog } from '../../../components/ui/dialog.tsx';
import { Notice } from '../../../components/ui/notice.tsx';
import { ApiError } from '../../../server/web/contract/client.ts';
import type { Contact } from '../../../server/web/contract/contacts.ts';
import { showToast } from '../_state/toasts.ts';
import { bodyOf, draftOf, isEmpty, newDraft } from './contact-draft.ts';
import type { ContactDraft } from './contact-draft.ts';
import { LabelledRows, NameFields, PhotoField } from './contact-fields.tsx';
import { useContact, useContactChanges } from './use-contacts.ts';
import { writeTo } from './write-to.ts';

const LABELS = ['home', 'work', 'mobile', 'fax', 'other'];

/** What the server said of single rows, by their position, and of the rest. */
function faultsOf(error: Error | null): { rows: Record<number, string>; text: string | null } {
  const rows: Record<number, string> = {};
  if (error instanceof ApiError) {
    for (const { field, rule } of error.fields) {
      const row = /^addresses\.(\d+)\.address$/.exec(field);
      if (row) rows[Number(row[1])] = rule;
    }
  }
  return { rows, text: error && Object.keys(rows).length === 0 ? error.message : null };
}

function MoreOnCard({ more }: { more: Contact['more'] }) {
  const t = useT();
  if (more.length === 0) return null;
  return (
    <section>
      <h3 className="mb-1.5 text-sm font-medium">{t('contact.more')}</h3>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
        {more.map(({ name, label, value }, index) => (
          <div key={index} className="contents">
            <dt className="text-ink-3">{label ? `${name} (${label})` : name}</dt>
            <dd className="wrap-anywhere">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function ContactForm({ initial, onClose }: { initial: ContactDraft; onClose: () => void }) {
  const t = useT();
  const id = useId();
  const { save, remove } = useContactChanges();
  const [draft, setDraft] = useState(initial);
  const change = (part: Partial<ContactDraft>) => {
    setDraft((now) => ({ ...now, ...part }));
    save.reset();
  };
  const faults = faultsOf(save.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isEmpty(draft)) return;
    save.mutate({ id: draft.id, revision: draft.revision, body: bodyOf(draft) }, {
      onSuccess: (contact) => {
        showToast({ text: draft.id === null ? t('contacts.kept', { name: contact.name }) : t('contacts.saved') });
        onClose();
      },
    });
  };
  const address = initial.addresses[0]?.value ?? '';
  return (
    <form onSubmit={submit} noValidate className="space-y-5">
      <PhotoField draft={draft} onChange={change} />
      <NameFields draft={draft} onChange={change} />
      <LabelledRows title={t('contact.addresses')} addLabel={t('contact.addAddress')} nameOf={(n) => t('contact.address', { n })} rows={draft.addresses} onChange={(addresses) => change({ addresses })} type="email" faults={faults.rows} />
      <LabelledRows title={t('contact.phones')} addLabel={t('contact.addPhone')} nameOf={(n) => t('contact.phone', { n })} rows={draft.phones} onChange={(phones) => change({ phones })} type="tel" faults={{}} />
      <datalist id="contact-labels">
        {LABELS.map((label) => (
          <option key={label} value={label} />
        ))}
      </datalist>
      <div>
        <label htmlFor={`${id}-note`} className="mb-1.5 block text-sm font-medium">
          {t('contact.note')}
        </label>
        <textarea id={`${id}-note`} rows={3} maxLength={20_000} value={draft.note} onChange={(event) => change({ note: event.target.value })} className="field w-full rounded-md border border-control bg-surface px-3 py-2 text-base" />
      </div>
      <MoreOnCard more={draft.more} />
      {faults.text && (
        <p role="alert" className="text-sm text-danger">
          {faults.text}
        </p>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        {draft.id !== null && (
          <Button
            variant="danger"
            icon={<Trash2 className="size-4" />}
            className="me-auto"
            onClick={() => {
              onClose();
              remove.mutate([draft.id!]);
            }}
          >
            {t('contact.delete')}
          </Button>
        )}
        {draft.id !== null && address !== '' && (
          <Button
            icon={<Mail className="size-4" />}
            onClick={() => {
              onClose();
              writeTo([{ name: draft.name || [draft.given, draft.family].filter(Boolean).join(' '), address }]);
            }}
          >
            {t('contacts.write')}
          </Button>
        )}
        <Button type="submit" variant="primary" busy={save.isPending} disabled={isEmpty(draft)}>
          {t('app.save')}
        </Button>
      </div>
    </form>
  );
}

export interface ContactDialogProps {
  /** Null: a new one. */
  id: string | null;
  /** What a new one begins with. */
  person?: { name: string; address: string };
  onClose: () => void;
}

/** Open for as long as it is mounted. */
export function ContactDialog({ id, person, onClose }: ContactDialogProps) {
  const t = useT();
  const { data, error, refetch } = useContact(id);
  let body = <div aria-hidden className="h-80 skeleton" />;
  if (error) {
    body = (
      <Notice icon={<Mail />} title={t('error.load')} alert action={<Button onClick={() => void refetch()}>{t('app.retry')}</Button>}>
        {error.message}
      </Notice>
    );
  } else if (id === null) body = <ContactForm initial={newDraft(person ?? null)} onClose={onClose} />;
  else if (data) body = <ContactForm initial={draftOf(data)} onClose={onClose} />;
  return (
    <Dialog title={id === null ? t('contacts.new') : (data?.name ?? t('contact.edit'))} closeLabel={t('app.close')} onClose={onClose}>
      {body}
    </Dialog>
  );
}
