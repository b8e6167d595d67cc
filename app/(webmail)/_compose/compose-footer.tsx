'use client';
// Send, attach, format, discard, and whether it is saved.
import { useRef } from 'react';
import { ImagePlus, Paperclip, Trash2, Type } from 'lucide-react';
import { useT } from '../../../components/i18n/i18n.tsx';
import { IconButton } from '../../../components/ui/icon-button.tsx';
import type { Template } from '../../../server/web/contract/templates.ts';
import type { ComposeModel } from './compose-model.ts';
import type { ComposeState } from './compose-state.ts';
import { RemindMenu } from './remind-menu.tsx';
import { SaveStatus } from './save-status.tsx';
import { SendButton } from './send-button.tsx';
import { TemplateMenu } from './template-menu.tsx';
import type { ComposeActions } from './use-compose-actions.ts';

export interface ComposeFooterProps {
  model: ComposeModel;
  state: ComposeState;
  actions: ComposeActions;
  toolbar: boolean;
  onToggleToolbar: () => void;
  onTemplate: (template: Template) => void;
  onFiles: (files: Iterable<File>, inline?: boolean) => void;
}

/** The last line of the form. */
export function ComposeFooter({ model, state, actions, toolbar, onToggleToolbar, onTemplate, onFiles }: ComposeFooterProps) {
  const t = useT();
  const attach = useRef<HTMLInputElement>(null);
  const image = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement, inline: boolean) => {
    onFiles([...(input.files ?? [])], inline);
    input.value = '';
  };
  const sending = state.phase === 'sending';
  return (
    <div className="flex h-14 shrink-0 items-center gap-0.5 border-t border-line px-3 max-sm:pb-[env(safe-area-inset-bottom)]">
      <SendButton sending={sending} onSend={actions.send} />
      <IconButton label={t('compose.showFormatting')} icon={<Type className="size-4" />} aria-pressed={toolbar} onClick={onToggleToolbar} />
      <IconButton label={t('compose.attach')} icon={<Paperclip className="size-4" />} onClick={() => attach.current?.click()} />
      <IconButton label={t('compose.insertImage')} icon={<ImagePlus className="size-4" />} onClick={() => image.current?.click()} />
      <TemplateMenu subject={state.subject} own={state.own} onInsert={onTemplate} />
      <RemindMenu days={state.remindAfterDays} onPick={(remindAfterDays) => model.edit({ remindAfterDays })} />
      <input ref={attach} type="file" multiple hidden data-testid="attach-input" aria-label={t('compose.attach')} onChange={(event) => take(event.currentTarget, false)} />
      <input ref={image} type="file" multiple hidden accept="image/png,image/jpeg,image/gif,image/webp" aria-label={t('compose.insertImage')} onChange={(event) => take(event.currentTarget, true)} />
      <span className="flex min-w-0 flex-1 justify-end px-2">
        <SaveStatus save={state.save} onRetry={() => void model.saveNow()} />
      </span>
      <IconButton label={t('compose.discard')} icon={<Trash2 className="size-4" />} disabled={sending} onClick={actions.discard} />
    </div>
  );
}
