'use client';
// The rich-text editor (Tiptap). Loaded only when something is written.
import { useEffect } from 'react';
import { EditorContent, useEditor } from '@tiptap/react';
import type { Editor } from '@tiptap/react';
import StarterKit from '@tiptap/starter-kit';
import Image from '@tiptap/extension-image';
import { Placeholder } from '@tiptap/extensions';
import { FileLink } from './file-link-node.ts';
import { Signature } from './signature-node.ts';
import { EditorToolbar } from './editor-toolbar.tsx';

export interface MessageEditorProps {
  html: string;
  label: string;
  placeholder: string;
  autoFocus: boolean;
  toolbar: boolean;
  onChange: (html: string) => void;
  /** Files pasted or dropped into the text. */
  onFiles: (files: File[], inline: boolean) => void;
  /** Hands out the editor once it stands. */
  onReady: (editor: Editor) => void;
}

const filesOf = (data: DataTransfer | null): File[] => [...(data?.files ?? [])];
const allImages = (files: readonly File[]) => files.length > 0 && files.every((file) => /^image\/(png|jpe?g|gif|webp|avif)$/.test(file.type));

/** Loads `html` once; key it to load anew. */
export default function MessageEditor({ html, label, placeholder, autoFocus, toolbar, onChange, onFiles, onReady }: MessageEditorProps) {
  const editor = useEditor({
    extensions: [
      StarterKit.configure({ heading: { levels: [1, 2, 3] }, link: { openOnClick: false, autolink: true, defaultProtocol: 'https', protocols: ['mailto'] } }),
      Image.configure({ inline: true, allowBase64: false }),
      Signature,
      FileLink,
      Placeholder.configure({ placeholder }),
    ],
    content: html,
    autofocus: autoFocus ? 'start' : false,
    injectCSS: false,
    shouldRerenderOnTransaction: false,
    editorProps: {
      attributes: { class: 'message-editor', role: 'textbox', 'aria-multiline': 'true', 'aria-label': label, dir: 'auto' },
      handlePaste: (_view, event) => {
        const files = filesOf(event.clipboardData);
        if (files.length === 0 || event.clipboardData?.getData('text/html').includes('urn:schemas-microsoft-com')) return false;
        onFiles(files, allImages(files));
        return true;
      },
      handleDrop: (_view, event, _slice, moved) => {
        const files = filesOf(event.dataTransfer);
        if (moved || files.length === 0) return false;
        event.preventDefault();
        event.stopPropagation();
        onFiles(files, allImages(files));
        return true;
      },
    },
    onUpdate: ({ editor: changed }) => onChange(changed.getHTML()),
  });

  useEffect(() => {
    if (editor) onReady(editor);
  }, [editor, onReady]);

  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <EditorContent editor={editor} className="min-h-0 flex-1 overflow-y-auto px-4 py-3" onMouseDown={(event) => event.target === event.currentTarget && (event.preventDefault(), editor?.commands.focus('end'))} />
      {toolbar && editor && <EditorToolbar editor={editor} />}
    </div>
  );
}
