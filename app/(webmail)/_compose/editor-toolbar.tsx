'use client';
// Formatting of the selected text.
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useEditorState } from '@tiptap/react';
import type { Editor } from '@tiptap/react';
import { Bold, Code, Italic, Link2, List, ListOrdered, Redo2, RemoveFormatting, Strikethrough, TextQuote, Underline, Undo2 } from 'lucide-react';
import { useT } from '../../../components/i18n/i18n.tsx';
import { Button } from '../../../components/ui/button.tsx';
import { IconButton } from '../../../components/ui/icon-button.tsx';

const ICON = 'size-4';

/** Completes what people type as a link; '' for what can't be one. */
export function linkTarget(text: string): string {
  const typed = text.trim();
  if (/^(https?:\/\/|mailto:)\S+$/i.test(typed)) return typed;
  if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(typed)) return `mailto:${typed}`;
  return /^[^\s:/]+\.[^\s:]+$/.test(typed) ? `https://${typed}` : '';
}

function LinkForm({ editor, onDone }: { editor: Editor; onDone: () => void }) {
  const t = useT();
  const [text, setText] = useState<string>(() => (editor.getAttributes('link').href as string | undefined) ?? '');
  const apply = () => {
    const href = linkTarget(text);
    const chain = editor.chain().focus().extendMarkRange('link');
    if (text.trim() === '') chain.unsetLink().run();
    else if (href && editor.state.selection.empty && !editor.isActive('link')) chain.insertContent({ type: 'text', text: text.trim(), marks: [{ type: 'link', attrs: { href } }] }).run();
    else if (href) chain.setLink({ href }).run();
    onDone();
  };
  return (
    <form
      className="flex w-full items-center gap-1.5"
      onSubmit={(event) => {
        event.preventDefault();
        event.stopPropagation();
        apply();
      }}
    >
      <input
        type="text"
        inputMode="url"
        aria-label={t('format.linkAddress')}
        placeholder="https://"
        autoFocus
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          editor.commands.focus();
          onDone();
        }}
        className="h-8 min-w-0 flex-1 rounded-md border border-control bg-surface px-2.5 text-sm"
      />
      <Button size="sm" type="submit" variant="primary">
        {t('format.linkApply')}
      </Button>
      {editor.isActive('link') && (
        <Button
          size="sm"
          variant="ghost"
          onClick={() => {
            editor.chain().focus().extendMarkRange('link').unsetLink().run();
            onDone();
          }}
        >
          {t('format.linkRemove')}
        </Button>
      )}
    </form>
  );
}

/** Pressed buttons show what the cursor stands in. */
export function EditorToolbar({ editor }: { editor: Editor }) {
  const t = useT();
  const [linking, setLinking] = useState(false);
  const on = useEditorState({
    editor,
    selector: ({ editor: now }) => ({
      bold: now.isActive('bold'),
      italic: now.isActive('italic'),
      underline: now.isActive('underline'),
      strike: now.isActive('strike'),
      bullet: now.isActive('bulletList'),
      ordered: now.isActive('orderedList'),
      quote: now.isActive('blockquote'),
      code: now.isActive('code'),
      link: now.isActive('link'),
      undo: now.can().undo(),
      redo: now.can().redo(),
    }),
  });
  const tool = (label: string, icon: ReactNode, run: () => void, pressed?: boolean, keys?: string) => (
    <IconButton label={label} keys={keys} icon={icon} size="sm" aria-pressed={pressed} onMouseDown={(event) => event.preventDefault()} onClick={run} />
  );
  const chain = () => editor.chain().focus();
  return (
    <div role="toolbar" aria-label={t('compose.formatting')} className="flex min-h-10 flex-wrap items-center gap-0.5 border-t border-line px-3 py-1">
      {linking ? (
        <LinkForm editor={editor} onDone={() => setLinking(false)} />
      ) : (
        <>
          {tool(t('format.bold'), <Bold className={ICON} />, () => chain().toggleBold().run(), on.bold, 'Ctrl B')}
          {tool(t('format.italic'), <Italic className={ICON} />, () => chain().toggleItalic().run(), on.italic, 'Ctrl I')}
          {tool(t('format.underline'), <Underline className={ICON} />, () => chain().toggleUnderline().run(), on.underline, 'Ctrl U')}
          {tool(t('format.strike'), <Strikethrough className={ICON} />, () => chain().toggleStrike().run(), on.strike)}
          <span aria-hidden className="mx-1 h-4 w-px bg-line" />
          {tool(t('format.bulletList'), <List className={ICON} />, () => chain().toggleBulletList().run(), on.bullet)}
          {tool(t('format.orderedList'), <ListOrdered className={ICON} />, () => chain().toggleOrderedList().run(), on.ordered)}
          {tool(t('format.quote'), <TextQuote className={ICON} />, () => chain().toggleBlockquote().run(), on.quote)}
          {tool(t('format.code'), <Code className={ICON} />, () => chain().toggleCode().run(), on.code)}
          {tool(t('format.link'), <Link2 className={ICON} />, () => setLinking(true), on.link)}
          <span aria-hidden className="mx-1 h-4 w-px bg-line" />
          {tool(t('format.clear'), <RemoveFormatting className={ICON} />, () => chain().unsetAllMarks().clearNodes().run())}
          <span className="ms-auto flex">
            <IconButton label={t('format.undo')} icon={<Undo2 className={ICON} />} size="sm" disabled={!on.undo} onClick={() => chain().undo().run()} />
            <IconButton label={t('format.redo')} icon={<Redo2 className={ICON} />} size="sm" disabled={!on.redo} onClick={() => chain().redo().run()} />
          </span>
        </>
      )}
    </div>
  );
}
