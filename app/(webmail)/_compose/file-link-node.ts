// The block that stands in the text for a file that the message links to: one piece, which moves and goes as a whole.
import { Node } from '@tiptap/core';

export const FileLink = Node.create({
  name: 'fileLink',
  group: 'block',
  content: 'paragraph+',
  defining: true,
  parseHTML: () => [{ tag: 'div.eider-file' }],
  renderHTML: () => ['div', { class: 'eider-file' }, 0],
});
