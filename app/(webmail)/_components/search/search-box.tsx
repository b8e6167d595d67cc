'use client';
// The search field: operators offered while typing, results as you type, Escape gives up.
import { useEffect, useId, useRef, useState } from 'react';
import type { KeyboardEvent } from 'react';
import { Search, X } from 'lucide-react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { cx } from '../../../../components/ui/cx.ts';
import { IconButton } from '../../../../components/ui/icon-button.tsx';
import { useCommands } from '../../_keyboard/use-commands.ts';
import { currentView, navigate } from '../../_navigation/use-view.ts';
import type { View } from '../../_navigation/view.ts';
import { operatorsFor, withOperator } from './search-operators.ts';
import type { Operator } from './search-operators.ts';

const TYPE_AHEAD_MS = 220;
const MAX_OFFERED = 7;

/** Where the search began, to return to when it is cleared. */
const before: { view: View | null } = { view: null };

function goSearch(q: string): void {
  const now = currentView();
  if (now.kind !== 'search') before.view = now;
  navigate({ kind: 'search', q, folder: null, conversationId: null }, now.kind === 'search' ? 'replace' : 'push');
}

function leaveSearch(): void {
  if (currentView().kind !== 'search') return;
  navigate(before.view ?? { kind: 'folder', folder: 'inbox', filter: null, conversationId: null });
}

function Offer({ id, operators, at, onPick }: { id: string; operators: readonly Operator[]; at: number; onPick: (operator: Operator) => void }) {
  const t = useT();
  return (
    <div className="absolute inset-x-0 top-full z-40 mt-1.5 rounded-lg border border-line bg-raised p-1.5 shadow-3 enter-pop">
      <p className="px-2.5 pt-1 pb-1.5 text-2xs font-medium text-ink-3">{t('search.operators')}</p>
      <ul id={id} role="listbox" aria-label={t('search.help')}>
        {operators.map((operator, index) => (
          <li
            key={operator.text}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            onMouseDown={(event) => {
              event.preventDefault();
              onPick(operator);
            }}
            className={cx('flex h-8 cursor-pointer items-center gap-3 rounded-md px-2.5 text-sm hover:bg-hover', index === at && 'bg-hover')}
          >
            <code className="min-w-28 font-mono text-xs font-medium text-accent">{operator.text}</code>
            <span className="text-ink-3">{t(operator.hint)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** `view` tells the query in use. */
export function SearchBox({ view }: { view: View }) {
  const t = useT();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef(0);
  const shownQuery = view.kind === 'search' ? view.q : '';
  const [text, setText] = useState(shownQuery);
  const [offering, setOffering] = useState(false);
  const [at, setAt] = useState(-1);
  const operators = operatorsFor(text).slice(0, MAX_OFFERED);
  const offers = offering && operators.length > 0;

  useEffect(() => {
    if (document.activeElement !== input.current) setText(shownQuery);
  }, [shownQuery]);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  useCommands({
    search: () => {
      input.current?.focus();
      input.current?.select();
    },
  });

  const change = (next: string) => {
    setText(next);
    setAt(-1);
    setOffering(true);
    window.clearTimeout(timer.current);
    const q = next.trim();
    timer.current = window.setTimeout(() => {
      if (q.length >= 2 && !q.endsWith(':')) goSearch(q);
      else if (q === '') leaveSearch();
    }, TYPE_AHEAD_MS);
  };
  const pick = (operator: Operator) => {
    change(withOperator(text, operator));
    input.current?.focus();
  };
  const clear = () => {
    window.clearTimeout(timer.current);
    setText('');
    leaveSearch();
    input.current?.focus();
  };
  const submit = () => {
    window.clearTimeout(timer.current);
    setOffering(false);
    const q = text.trim();
    if (q) goSearch(q);
    input.current?.blur();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' && offers) setAt((now) => Math.min(now + 1, operators.length - 1));
    else if (event.key === 'ArrowUp' && offers) setAt((now) => Math.max(now - 1, -1));
    else if (event.key === 'Enter') {
      const chosen = offers ? operators[at] : undefined;
      if (chosen) pick(chosen);
      else submit();
    } else if (event.key === 'Escape') {
      if (offers) setOffering(false);
      else input.current?.blur();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <form role="search" onSubmit={(event) => event.preventDefault()} className="relative min-w-0 flex-1 md:max-w-2xl">
      <div className="field flex h-10 items-center rounded-lg border border-line bg-surface ps-3 pe-1 transition-colors focus-within:bg-surface">
        <Search aria-hidden className="size-4 shrink-0 text-ink-3" />
        <input
          ref={input}
          type="text"
          role="combobox"
          inputMode="search"
          enterKeyHint="search"
          aria-label={t('search.label')}
          aria-expanded={offers}
          aria-controls={id}
          aria-activedescendant={offers && at >= 0 ? `${id}-${at}` : undefined}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          placeholder={t('search.placeholder')}
          value={text}
          onChange={(event) => change(event.target.value)}
          onFocus={() => setOffering(true)}
          onBlur={() => setOffering(false)}
          onKeyDown={onKeyDown}
          className="h-full min-w-0 flex-1 bg-transparent px-2.5 text-base"
        />
        {text ? (
          <IconButton label={t('search.clear')} icon={<X className="size-4" />} onClick={clear} />
        ) : (
          <kbd aria-hidden className="me-2 hidden rounded-xs border border-line-strong px-1.5 font-sans text-2xs text-ink-3 md:inline">
            /
          </kbd>
        )}
      </div>
      {offers && <Offer id={id} operators={operators} at={at} onPick={pick} />}
    </form>
  );
}
