'use client';
// Both versions of a draft that was changed in two places, and the choice between them.
import { useEffect, useState } from 'react';
import { useFormat, useT } from '../../../components/i18n/i18n.tsx';
import { Button } from '../../../components/ui/button.tsx';
import { Dialog } from '../../../components/ui/dialog.tsx';
import type { Draft } from '../../../server/web/contract/compose.ts';
import type { ComposeModel } from './compose-model.ts';
import { textAsHtml } from './compose-state.ts';
import type { ComposeState } from './compose-state.ts';
import { roughText, splitHtml } from './message-html.ts';

interface Version {
  people: string;
  subject: string;
  text: string;
  files: string[];
}

const names = (people: readonly { name: string; address: string }[]) => people.map((person) => person.name || person.address).join(', ');

const mineOf = (state: ComposeState): Version => ({
  people: names([...state.to, ...state.cc, ...state.bcc]),
  subject: state.subject,
  text: roughText(state.own),
  files: state.uploads.filter((item) => !item.inline).map((item) => item.filename),
});

function theirsOf({ fields, uploads }: Draft): Version {
  const html = fields.html ?? textAsHtml(fields.text ?? '');
  return {
    people: names([...fields.to, ...fields.cc, ...fields.bcc]),
    subject: fields.subject,
    text: roughText(splitHtml(html).own),
    files: uploads.filter((upload) => fields.attachments.includes(upload.id) && !html.includes(upload.url)).map((upload) => upload.filename),
  };
}

function Card({ title, note, version, choice, onChoose }: { title: string; note: string; version: Version; choice: string; onChoose: () => void }) {
  const t = useT();
  return (
    <section aria-label={title} className="flex min-w-0 flex-col rounded-lg border border-line">
      <header className="flex items-baseline justify-between gap-2 border-b border-line bg-sunken px-3.5 py-2">
        <h3 className="text-sm font-semibold">{title}</h3>
        <span className="text-xs text-ink-3">{note}</span>
      </header>
      <div className="min-h-40 flex-1 space-y-1.5 px-3.5 py-2.5 text-sm" dir="auto">
        {version.people && <p className="truncate text-ink-3">{version.people}</p>}
        {version.subject && (
          <p dir="auto" className="font-medium">
            {version.subject}
          </p>
        )}
        <p className="max-h-64 overflow-y-auto wrap-anywhere whitespace-pre-wrap text-ink-2">{version.text || t('compose.conflict.empty')}</p>
        {version.files.map((file) => (
          <p key={file} className="truncate text-xs text-ink-3">
            {file}
          </p>
        ))}
      </div>
      <footer className="px-3.5 pb-3">
        <Button size="sm" onClick={onChoose}>
          {choice}
        </Button>
      </footer>
    </section>
  );
}

/** Closing it chooses nothing: the conflict stays. */
export function ConflictDialog({ model, state, onClose }: { model: ComposeModel; state: ComposeState; onClose: () => void }) {
  const t = useT();
  const format = useFormat();
  const [other, setOther] = useState<Draft | null>(null);
  const [fault, setFault] = useState('');
  useEffect(() => {
    model.readOther().then(setOther, (error: unknown) => setFault(error instanceof Error ? error.message : String(error)));
  }, [model]);
  const settle = (keep: 'mine' | 'theirs' | 'both') => {
    onClose();
    void model.settleConflict(keep);
  };
  return (
    <Dialog
      title={t('compose.conflict.title')}
      closeLabel={t('app.close')}
      onClose={onClose}
      size="lg"
      footer={<Button onClick={() => settle('both')}>{t('compose.keepBoth')}</Button>}
    >
      {fault && (
        <p role="alert" className="mb-3 text-sm text-danger">
          {t('compose.conflict.failed', { message: fault })}
        </p>
      )}
      <div className="grid gap-3 sm:grid-cols-2">
        <Card title={t('compose.conflict.mine')} note="" version={mineOf(state)} choice={t('compose.keepMine')} onChoose={() => settle('mine')} />
        {other && (
          <Card title={t('compose.conflict.theirs')} note={format.fullDate(other.updatedAt)} version={theirsOf(other)} choice={t('compose.takeTheirs')} onChoose={() => settle('theirs')} />
        )}
      </div>
    </Dialog>
  );
}
