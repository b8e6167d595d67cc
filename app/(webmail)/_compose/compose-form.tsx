'use client';
// The fields of a message being written; the same in the dock, below a conversation and on phones.
import { lazy, Suspense, useCallback, useRef, useState } from 'react';
import type { DragEvent, KeyboardEvent } from 'react';
import type { Editor } from '@tiptap/react';
import { Paperclip } from 'lucide-react';
import { useFormat, useT } from '../../../components/i18n/i18n.tsx';
import { Button } from '../../../components/ui/button.tsx';
import { cx } from '../../../components/ui/cx.ts';
import type { SharedFile } from '../../../server/web/contract/shares.ts';
import type { Upload } from '../../../server/web/contract/uploads.ts';
import type { Template } from '../../../server/web/contract/templates.ts';
import { ErrorBoundary } from '../_components/frame/error-boundary.tsx';
import { useMe } from '../_data/use-me.ts';
import { AddressFields } from './address-fields.tsx';
import { ComposeFooter } from './compose-footer.tsx';
import type { ComposeModel } from './compose-model.ts';
import type { ComposeState } from './compose-state.ts';
import { fileLinkHtml, withFileLink } from './file-link.ts';
import { QuotedPreview } from './quoted-preview.tsx';
import { signatureOf } from './signature.ts';
import { UploadList } from './upload-list.tsx';
import type { ComposeActions } from './use-compose-actions.ts';
import { useUploads } from './use-uploads.ts';

const ConflictDialog = lazy(() => import('./conflict-dialog.tsx').then((module) => ({ default: module.ConflictDialog })));
const LinkOfferDialog = lazy(() => import('./link-offer-dialog.tsx').then((module) => ({ default: module.LinkOfferDialog })));
const MessageEditor = lazy(() => import('./editor.tsx'));

export interface ComposeFormProps {
  model: ComposeModel;
  state: ComposeState;
  actions: ComposeActions;
  /** Below a conversation: subject hidden, grows with its text. */
  inline: boolean;
}

function EditorSkeleton() {
  return (
    <div aria-hidden className="min-h-0 flex-1 space-y-3 px-4 py-4">
      <div className="h-3 w-1/2 skeleton" />
      <div className="h-3 w-2/3 skeleton" />
    </div>
  );
}

function Conflict({ model, state }: { model: ComposeModel; state: ComposeState }) {
  const t = useT();
  const [comparing, setComparing] = useState(false);
  return (
    <div role="alert" className="flex flex-wrap items-center gap-2 border-b border-line bg-warn-soft px-4 py-2 text-sm text-warn">
      <span className="flex-1">{t('compose.conflict')}</span>
      <Button size="sm" onClick={() => setComparing(true)}>
        {t('compose.compare')}
      </Button>
      <Suspense>{comparing && <ConflictDialog model={model} state={state} onClose={() => setComparing(false)} />}</Suspense>
    </div>
  );
}

/** Ctrl+Enter sends from anywhere in it; files may be dropped anywhere on it. */
export function ComposeForm({ model, state, actions, inline }: ComposeFormProps) {
  const t = useT();
  const format = useFormat();
  const me = useMe();
  const editor = useRef<Editor | null>(null);
  const [toolbar, setToolbar] = useState(false);
  const [dropping, setDropping] = useState(false);
  const answering = state.inReplyTo !== null && state.inReplyTo.mode !== 'forward';

  const insertImage = useCallback((upload: Upload) => {
    editor.current?.chain().focus().setImage({ src: upload.url, alt: upload.filename }).run();
  }, []);
  const insertTemplate = (template: Template) => {
    editor.current?.chain().focus().insertContent(template.html).run();
    if (model.state.subject.trim() === '' && template.subject !== '') model.edit({ subject: template.subject });
  };
  const insertLink = useCallback(
    (file: SharedFile) => {
      const block = fileLinkHtml(file, t('link.about', { size: format.bytes(file.sizeBytes), date: format.fullDate(file.expiresAt) }));
      // The window may be small while the file is on its way: then it has no editor.
      if (editor.current && !editor.current.isDestroyed) editor.current.commands.setContent(withFileLink(editor.current.getHTML(), block), { emitUpdate: true });
      else model.replaceText(withFileLink(model.state.own, block));
    },
    [model, t, format],
  );
  const uploads = useUploads(model, { onInline: insertImage, onShared: insertLink });
  const onReady = useCallback((ready: Editor) => {
    editor.current = ready;
  }, []);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) actions.send();
    else if (event.key === 'Escape' && !event.defaultPrevented && !inline) actions.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const hasFiles = (event: DragEvent) => event.dataTransfer.types.includes('Files');
  const onDrop = (event: DragEvent) => {
    setDropping(false);
    if (!hasFiles(event)) return;
    event.preventDefault();
    uploads.add(event.dataTransfer.files);
  };

  return (
    <div
      onKeyDown={onKeyDown}
      onDragOver={(event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setDropping(true);
      }}
      onDragLeave={(event) => !event.currentTarget.contains(event.relatedTarget as Node | null) && setDropping(false)}
      onDrop={onDrop}
      onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && void model.saveNow()}
      className="relative flex min-h-0 flex-1 flex-col"
    >
      {state.save.kind === 'conflict' && <Conflict model={model} state={state} />}
      <AddressFields model={model} state={state} identities={me?.identities ?? []} signatureFor={(address) => (me ? signatureOf(me.settings, address) : '')} showSubject={!inline} focusTo={!answering} />
      <ErrorBoundary>
        <div className={cx('flex min-h-0 flex-1 flex-col', inline && 'min-h-44')}>
          <Suspense fallback={<EditorSkeleton />}>
            <MessageEditor
              key={state.epoch}
              html={state.own}
              label={t('compose.body')}
              placeholder={t('compose.placeholder')}
              autoFocus={answering}
              toolbar={toolbar}
              onChange={(own) => model.edit({ own })}
              onFiles={(files, asImages) => uploads.add(files, asImages)}
              onReady={onReady}
            />
          </Suspense>
        </div>
      </ErrorBoundary>
      {state.quoted && <QuotedPreview html={state.quoted} />}
      <UploadList items={state.uploads} onRemove={uploads.remove} onRetry={uploads.retry} />
      {(state.faults.form || state.faults.html || state.faults.attachments) && (
        <p role="alert" className="border-t border-line px-4 py-2 text-sm text-danger">
          {[state.faults.form, state.faults.html, state.faults.attachments].filter(Boolean).join(' ')}
        </p>
      )}
      <ComposeFooter model={model} state={state} actions={actions} toolbar={toolbar} onToggleToolbar={() => setToolbar((now) => !now)} onTemplate={insertTemplate} onFiles={uploads.add} />
      <Suspense>{uploads.offer.files.length > 0 && <LinkOfferDialog {...uploads.offer} />}</Suspense>
      {dropping && (
        <div className="pointer-events-none absolute inset-2 z-20 flex items-center justify-center gap-2 rounded-lg border-2 border-dashed border-accent bg-accent-soft/90 text-md font-medium text-accent-strong">
          <Paperclip aria-hidden className="size-5" />
          {t('compose.dropHere')}
        </div>
      )}
    </div>
  );
}
