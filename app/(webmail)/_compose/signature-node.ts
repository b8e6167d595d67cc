// The signature as a part of the text: it keeps its mark while the user writes, so that it can be exchanged.
import { Node } from '@tiptap/core';

export const Signature = Node.create({
  name: 'signature',
  group: 'block',
  content: 'block+',
  defining: true,
  parseHTML: () => [{ tag: 'div.eider-signature' }],
  renderHTML: () => ['div', { class: 'eider-signature' }, 0],
});
