'use client';
// To, Cc or Bcc: chips, an input that makes them, and suggestions from the address book.
import { useDeferredValue, useId, useRef, useState } from 'react';
import type { ClipboardEvent, KeyboardEvent, ReactNode } from 'react';
import { X } from 'lucide-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useT } from '../../../components/i18n/i18n.tsx';
import { Avatar } from '../../../components/ui/avatar.tsx';
import { cx } from '../../../components/ui/cx.ts';
import { api } from '../../../server/web/contract/client.ts';
import type { Suggestion } from '../../../server/web/contract/contacts.ts';
import { keys } from '../_data/keys.ts';
import { addRecipients, isAddress, parseRecipients } from './recipients.ts';
import type { Recipient } from './recipients.ts';

export interface RecipientFieldProps {
  label: string;
  value: readonly Recipient[];
  onChange: (next: Recipient[]) => void;
  error: string | undefined;
  autoFocus?: boolean;
  trailing?: ReactNode;
}

function useSuggestions(typed: string, taken: readonly Recipient[]): Suggestion[] {
  const q = useDeferredValue(typed.trim());
  const { data } = useQuery<Suggestion[]>({
    queryKey: keys.suggestions(q.toLowerCase()),
    queryFn: ({ signal }) => api('contacts.suggest', { query: { q, limit: 8 } }, { signal }).then((answer) => answer.items),
    enabled: q.length > 0,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
  if (q === '' || typed.trim() === '') return [];
  const present = new Set(taken.map((person) => person.address.toLowerCase()));
  return (data ?? []).filter(({ address, members }) => (members ?? [{ address }]).some((person) => !present.has(person.address.toLowerCase()))).slice(0, 6);
}

function Chip({ person, onRemove, onEdit }: { person: Recipient; onRemove: () => void; onEdit: () => void }) {
  const t = useT();
  const name = person.name || person.address;
  return (
    <li
      data-valid={person.valid}
      title={person.valid ? person.address : t('compose.invalidRecipient', { address: person.address })}
      onDoubleClick={onEdit}
      className={cx('inline-flex h-6.5 max-w-full items-center gap-1 rounded-full border ps-2.5 pe-0.5 text-sm', person.valid ? 'border-line bg-sunken' : 'border-danger bg-danger-soft text-danger')}
    >
      <span className="truncate">
        <bdi>{name}</bdi>
      </span>
      <button type="button" aria-label={t('compose.removeRecipient', { name })} onClick={onRemove} className="inline-flex size-5.5 shrink-0 items-center justify-center rounded-full text-ink-3 hover:bg-pressed hover:text-ink">
        <X aria-hidden className="size-3.5" />
      </button>
    </li>
  );
}

interface OfferProps {
  id: string;
  people: readonly Suggestion[];
  at: number;
  onPick: (person: Suggestion) => void;
}

function Offer({ id, people, at, onPick }: OfferProps) {
  const t = useT();
  return (
    <ul id={id} role="listbox" aria-label={t('compose.suggestions')} className="absolute start-3 top-full z-30 max-h-72 w-80 max-w-[calc(100%-1.5rem)] overflow-y-auto rounded-lg border border-line bg-raised p-1 shadow-3 enter-pop">
      {people.map((person, index) => (
        <li
          key={person.address || `group:${person.name}`}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === at}
          onMouseDown={(event) => {
            event.preventDefault();
            onPick(person);
          }}
          className={cx('flex h-11 cursor-pointer items-center gap-2.5 rounded-md px-2 hover:bg-hover', index === at && 'bg-hover')}
        >
          <Avatar name={person.name} address={person.address} size="sm" />
          <span className="min-w-0">
            <span className="block truncate text-sm font-medium">{person.name || person.address}</span>
            {person.members ? (
              <span className="block truncate text-xs text-ink-3">{t('compose.groupMembers', { n: person.members.length })}</span>
            ) : (
              person.name && <span className="block truncate text-xs text-ink-3">{person.address}</span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Enter, comma, semicolon, Tab and leaving the field make a chip; Backspace in the empty input takes the last. */
export function RecipientField({ label, value, onChange, error, autoFocus, trailing }: RecipientFieldProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const [focused, setFocused] = useState(false);
  const offered = useSuggestions(typed, value);
  const open = focused && offered.length > 0;

  const commit = (text: string) => {
    if (text.trim()) onChange(addRecipients(value, parseRecipients(text)));
    setTyped('');
    setAt(0);
  };
  /** A group becomes the people in it: who will be written to is seen, and can be changed. */
  const pick = ({ name, address, members }: Suggestion) => {
    onChange(addRecipients(value, (members ?? [{ name, address }]).map((person) => ({ ...person, valid: isAddress(person.address) }))));
    setTyped('');
    setAt(0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const chosen = open ? offered[at] : undefined;
    if (event.key === 'ArrowDown' && open) setAt((now) => (now + 1) % offered.length);
    else if (event.key === 'ArrowUp' && open) setAt((now) => (now - 1 + offered.length) % offered.length);
    else if (event.key === 'Escape' && open) setTyped('');
    else if (event.key === 'Backspace' && typed === '' && value.length > 0) onChange(value.slice(0, -1));
    else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
      if (chosen && !isAddress(typed.trim())) pick(chosen);
      else commit(typed);
    } else if (event.key === 'Tab' && typed.trim() && !event.shiftKey) {
      if (chosen && !isAddress(typed.trim())) pick(chosen);
      else commit(typed);
    } else if (/^[,;]$/.test(event.key) && typed.trim() && !typed.includes('"')) commit(typed);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onPaste = (event: ClipboardEvent) => {
    const text = event.clipboardData.getData('text');
    if (!/[,;\n@]/.test(text)) return;
    event.preventDefault();
    commit(typed + text);
  };

  return (
    <div className={cx('relative border-b px-4 max-sm:px-4', error ? 'border-danger' : 'border-line')}>
      <div className="flex min-h-10.5 items-start gap-2 py-1.5" onMouseDown={(event) => event.target === event.currentTarget && setTimeout(() => input.current?.focus(), 0)}>
        <label htmlFor={`${id}-input`} className="w-8 shrink-0 pt-1 text-sm text-ink-3">
          {label}
        </label>
        <ul className="flex min-w-0 flex-1 flex-wrap items-center gap-1">
          {value.map((person, index) => (
            <Chip
              key={`${person.address}-${index}`}
              person={person}
              onRemove={() => {
                onChange(value.filter((_, other) => other !== index));
                input.current?.focus();
              }}
              onEdit={() => {
                onChange(value.filter((_, other) => other !== index));
                setTyped(person.address);
                input.current?.focus();
              }}
            />
          ))}
          <li className={cx('flex-1', value.length > 0 ? 'min-w-16' : 'min-w-32')}>
            <input
              ref={input}
              id={`${id}-input`}
              role="combobox"
              aria-expanded={open}
              aria-controls={`${id}-list`}
              aria-activedescendant={open ? `${id}-list-${at}` : undefined}
              aria-autocomplete="list"
              aria-invalid={error ? true : undefined}
              aria-describedby={error ? `${id}-error` : undefined}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              inputMode="email"
              autoFocus={autoFocus}
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value);
                setAt(0);
              }}
              onKeyDown={onKeyDown}
              onPaste={onPaste}
              onFocus={() => setFocused(true)}
              onBlur={() => {
                setFocused(false);
                commit(typed);
              }}
              className="h-6.5 w-full min-w-0 bg-transparent text-base outline-none"
            />
          </li>
        </ul>
        {trailing}
      </div>
      {error && (
        <p id={`${id}-error`} role="alert" className="pb-1.5 ps-10 text-xs text-danger">
          {error}
        </p>
      )}
      {open && <Offer id={`${id}-list`} people={offered} at={at} onPick={pick} />}
    </div>
  );
}
