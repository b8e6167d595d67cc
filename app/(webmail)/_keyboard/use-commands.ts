'use client';
// Joins keys and palette to what the mounted parts of the page can do. The part mounted last wins.
import { useEffect, useLayoutEffect, useRef } from 'react';
import { keepFocus } from './keep-focus.ts';
import { matchStroke } from './keymap.ts';
import type { CommandName } from './keymap.ts';

/** A handler may return false: not now, let the next part (or the browser) have it. */
type Handler = () => void | false;
export type Commands = Partial<Record<CommandName, Handler>>;

const stack: { run: (name: CommandName) => boolean; has: (name: CommandName) => boolean }[] = [];

/** Runs a command where it is offered; false when nobody takes it. */
export function runCommand(name: CommandName): boolean {
  for (const entry of [...stack].reverse()) if (entry.run(name)) return true;
  return false;
}

/** Whether some part of the page offers the command now. */
export const canRun = (name: CommandName): boolean => stack.some((entry) => entry.has(name));

/** Offers commands for as long as the component is mounted. */
export function useCommands(commands: Commands): void {
  const latest = useRef(commands);
  useLayoutEffect(() => {
    latest.current = commands;
  });
  useEffect(() => {
    const entry = {
      run: (name: CommandName) => {
        const handler = latest.current[name];
        return handler !== undefined && handler() !== false;
      },
      has: (name: CommandName) => latest.current[name] !== undefined,
    };
    stack.push(entry);
    return () => {
      stack.splice(stack.indexOf(entry), 1);
    };
  }, []);
}

const SEQUENCE_MS = 1200;

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  return target.matches('textarea, select, input:not([type=checkbox]):not([type=radio]):not([type=button])');
}

/** Enter belongs to the control that has the focus, when that does something with it. */
const takesEnter = (target: EventTarget | null) => target instanceof HTMLElement && target.closest('button, a, summary, [role=menuitem], [role=option]') !== null;

/** Listens to the keyboard; mounted once. */
export function useKeyboard(): void {
  useEffect(() => {
    let typed = '';
    let timer = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || ['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return;
      if (document.querySelector('dialog[open]') || (event.key === 'Enter' && takesEnter(event.target))) return;
      const match = matchStroke(typed, event, isTyping(event.target));
      window.clearTimeout(timer);
      typed = '';
      if (match.kind === 'pending') {
        typed = match.typed;
        timer = window.setTimeout(() => (typed = ''), SEQUENCE_MS);
      } else if (match.kind === 'command' && runCommand(match.shortcut.command)) event.preventDefault();
    };
    const letFocusGo = keepFocus();
    document.addEventListener('keydown', onKey);
    // Tells programs that drive the page (tests, assistive scripts) that keys are listened to from now on.
    document.documentElement.dataset['keyboard'] = 'ready';
    return () => {
      delete document.documentElement.dataset['keyboard'];
      letFocusGo();
      document.removeEventListener('keydown', onKey);
      window.clearTimeout(timer);
    };
  }, []);
}
