// English: labels. Loaded with the label list.
import { pluralFor } from '../plural.ts';

const plural = pluralFor('en');
const conversations = (n: number) => plural(n, { one: 'Conversation', other: '# conversations' });

export const labels = {
  'labels.title': 'Labels',
  'labels.new': 'New label',
  'labels.edit': 'Edit label',
  'labels.name': 'Name',
  'labels.within': 'Within',
  'labels.top': 'No other label',
  'labels.color': 'Colour',
  'labels.color.red': 'Red',
  'labels.color.orange': 'Orange',
  'labels.color.amber': 'Amber',
  'labels.color.green': 'Green',
  'labels.color.teal': 'Teal',
  'labels.color.blue': 'Blue',
  'labels.color.indigo': 'Indigo',
  'labels.color.violet': 'Violet',
  'labels.color.pink': 'Pink',
  'labels.color.brown': 'Brown',
  'labels.color.grey': 'Grey',
  'labels.none': 'Labels that you make stand here.',
  'labels.menu': ({ name }: { name: string }) => `Options for the label ${name}`,
  'labels.addWithin': 'Add label within',
  'labels.delete': 'Delete label',
  'labels.deleteTitle': 'Delete this label?',
  'labels.deleteText': ({ name, total }: { name: string; total: number }) =>
    total > 0 ? `“${name}” is taken off ${plural(total, { one: '# conversation', other: '# conversations' })}. The messages stay.` : `No conversation has “${name}”.`,
  'labels.pick': 'Label as',
  'labels.find': 'Find or make a label',
  'labels.make': ({ name }: { name: string }) => `Make “${name}”`,
  'labels.apply': 'Apply',
  'labels.some': 'some of them',
  'labels.takeOff': ({ name }: { name: string }) => `Take off the label ${name}`,
  'labels.added': ({ n, name }: { n: number; name: string }) => `${conversations(n)} labelled “${name}”`,
  'labels.removed': ({ n, name }: { n: number; name: string }) => `“${name}” taken off ${plural(n, { one: 'the conversation', other: '# conversations' })}`,
  'labels.changed': ({ n }: { n: number }) => `Labels of ${plural(n, { one: 'the conversation', other: '# conversations' })} changed`,
};
