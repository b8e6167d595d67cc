// The keys, as data: Gmail's where Gmail has one. Matching is pure; use-commands.tsx listens and runs.
import type { MessageKey } from '../../../components/i18n/catalogue.ts';

export type CommandName =
  | 'next' | 'previous' | 'open' | 'back' | 'select' | 'selectAll' | 'selectNone'
  | 'compose' | 'search' | 'help' | 'palette' | 'undo'
  | 'reply' | 'replyAll' | 'forward'
  | 'archive' | 'trash' | 'spam' | 'move' | 'label' | 'snooze' | 'mute' | 'toggleStar' | 'read' | 'unread'
  | 'nextMessage' | 'previousMessage' | 'expandAll'
  | 'goInbox' | 'goStarred' | 'goSnoozed' | 'goDrafts' | 'goSent' | 'goArchive' | 'goTrash' | 'goSpam' | 'goContacts' | 'goSettings'
  | 'send' | 'closeCompose';

export type ShortcutGroup = 'go' | 'list' | 'act' | 'compose';

export interface Shortcut {
  command: CommandName;
  /** Each alternative is a sequence of keys: "g i" or "Shift+I" or "Mod+Enter" (Ctrl, on a Mac Command). */
  keys: readonly string[];
  label: MessageKey;
  group: ShortcutGroup;
  /** Works while typing too. */
  whileTyping?: boolean;
  /** The browser's or a component's own doing: shown in the help only. */
  documentOnly?: boolean;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { command: 'goInbox', keys: ['g i'], label: 'command.goInbox', group: 'go' },
  { command: 'goStarred', keys: ['g s'], label: 'command.goStarred', group: 'go' },
  { command: 'goSnoozed', keys: ['g b'], label: 'command.goSnoozed', group: 'go' },
  { command: 'goSent', keys: ['g t'], label: 'command.goSent', group: 'go' },
  { command: 'goDrafts', keys: ['g d'], label: 'command.goDrafts', group: 'go' },
  { command: 'goArchive', keys: ['g a'], label: 'command.goArchive', group: 'go' },
  { command: 'goTrash', keys: ['g #'], label: 'command.goTrash', group: 'go' },
  { command: 'goSpam', keys: ['g !'], label: 'command.goSpam', group: 'go' },
  { command: 'goContacts', keys: ['g c'], label: 'command.goContacts', group: 'go' },
  { command: 'goSettings', keys: ['g ,'], label: 'command.goSettings', group: 'go' },
  { command: 'search', keys: ['/'], label: 'command.search', group: 'go' },
  { command: 'palette', keys: ['Mod+k'], label: 'command.palette', group: 'go', whileTyping: true },
  { command: 'help', keys: ['?'], label: 'command.help', group: 'go' },

  { command: 'next', keys: ['j'], label: 'command.next', group: 'list' },
  { command: 'previous', keys: ['k'], label: 'command.previous', group: 'list' },
  { command: 'open', keys: ['o', 'Enter'], label: 'command.open', group: 'list' },
  { command: 'back', keys: ['u', 'Escape'], label: 'command.back', group: 'list' },
  { command: 'nextMessage', keys: ['n'], label: 'command.nextMessage', group: 'list' },
  { command: 'previousMessage', keys: ['p'], label: 'command.previousMessage', group: 'list' },
  { command: 'expandAll', keys: [';'], label: 'command.expandAll', group: 'list' },
  { command: 'select', keys: ['x'], label: 'command.select', group: 'list' },
  { command: 'selectAll', keys: ['* a'], label: 'command.selectAll', group: 'list' },
  { command: 'selectNone', keys: ['* n'], label: 'command.selectNone', group: 'list' },

  { command: 'archive', keys: ['e', 'y'], label: 'action.archive', group: 'act' },
  { command: 'trash', keys: ['#', 'Delete'], label: 'action.trash', group: 'act' },
  { command: 'spam', keys: ['!'], label: 'action.spam', group: 'act' },
  { command: 'toggleStar', keys: ['s'], label: 'command.toggleStar', group: 'act' },
  { command: 'move', keys: ['v'], label: 'action.move', group: 'act' },
  { command: 'label', keys: ['l'], label: 'action.label', group: 'act' },
  { command: 'snooze', keys: ['b'], label: 'action.snooze', group: 'act' },
  { command: 'mute', keys: ['m'], label: 'action.mute', group: 'act' },
  { command: 'read', keys: ['Shift+I'], label: 'action.read', group: 'act' },
  { command: 'unread', keys: ['Shift+U'], label: 'action.unread', group: 'act' },
  { command: 'undo', keys: ['z'], label: 'command.undo', group: 'act' },

  { command: 'compose', keys: ['c'], label: 'command.compose', group: 'compose' },
  { command: 'reply', keys: ['r'], label: 'action.reply', group: 'compose' },
  { command: 'replyAll', keys: ['a'], label: 'action.replyAll', group: 'compose' },
  { command: 'forward', keys: ['f'], label: 'action.forward', group: 'compose' },
  { command: 'send', keys: ['Mod+Enter'], label: 'command.send', group: 'compose', documentOnly: true },
  { command: 'closeCompose', keys: ['Escape'], label: 'command.closeCompose', group: 'compose', documentOnly: true },
];

/** The parts of a keyboard event that matter. */
export interface Stroke {
  key: string;
  /** The key's place on the board, as `KeyC`: what counts where the layout's letters are not Latin. */
  code?: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/**
 * One key as it is written in the table. Shift counts only with letters: "#" and "?" are what they are however a
 * keyboard makes them.
 */
export function strokeName(stroke: Stroke): string {
  const placed = /^[^\u0000-\u024f]$/.test(stroke.key) ? /^Key([A-Z])$/.exec(stroke.code ?? '')?.[1]?.toLowerCase() : undefined;
  const key = placed ?? stroke.key;
  const letter = key.length === 1 && key.toLowerCase() !== key.toUpperCase();
  const mod = stroke.ctrlKey || stroke.metaKey ? 'Mod+' : '';
  if (stroke.altKey) return `Alt+${mod}${key}`;
  if (letter) return stroke.shiftKey ? `${mod}Shift+${key.toUpperCase()}` : mod + key.toLowerCase();
  return mod + key;
}

export type Match = { kind: 'command'; shortcut: Shortcut } | { kind: 'pending'; typed: string } | { kind: 'none' };

/** What `typed` (keys so far, by spaces) and one more key mean. A key that ends no sequence starts a new one. */
export function matchStroke(typed: string, stroke: Stroke, typing: boolean, shortcuts: readonly Shortcut[] = SHORTCUTS): Match {
  const name = strokeName(stroke);
  const usable = shortcuts.filter((shortcut) => !shortcut.documentOnly && (!typing || shortcut.whileTyping));
  for (const sequence of typed ? [`${typed} ${name}`, name] : [name]) {
    const shortcut = usable.find((each) => each.keys.includes(sequence));
    if (shortcut) return { kind: 'command', shortcut };
    if (usable.some((each) => each.keys.some((keys) => keys.startsWith(`${sequence} `)))) return { kind: 'pending', typed: sequence };
  }
  return { kind: 'none' };
}

/** "Mod+k" as printed on the keys of this system. */
export function printedKeys(keys: string, mac: boolean): string[] {
  const printed: Record<string, string> = { Mod: mac ? '⌘' : 'Ctrl', Shift: mac ? '⇧' : 'Shift', Escape: 'Esc', Delete: 'Del' };
  return keys.split(/[ +]/).map((key) => printed[key] ?? (key.length === 1 ? key.toUpperCase() : key));
}
