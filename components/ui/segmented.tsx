// A choice between a few values, shown side by side: radio buttons underneath.
import { useId } from 'react';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';

export interface SegmentedProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string; icon?: ReactNode }[];
  onChange: (value: T) => void;
}

/** `label` names the group; the visible heading is the caller's. */
export function Segmented<T extends string>({ label, value, options, onChange }: SegmentedProps<T>) {
  const name = useId();
  return (
    <div role="radiogroup" aria-label={label} className="inline-flex flex-wrap gap-0.5 rounded-lg bg-pressed p-0.5">
      {options.map((option) => (
        <label
          key={option.value}
          className={cx(
            'inline-flex h-8 cursor-pointer items-center gap-2 rounded-md px-3 text-sm font-medium transition-colors has-focus-visible:outline-2 has-focus-visible:outline-accent',
            option.value === value ? 'bg-surface text-ink shadow-1' : 'text-ink-2 hover:text-ink',
          )}
        >
          <input type="radio" name={name} value={option.value} checked={option.value === value} onChange={() => onChange(option.value)} className="sr-only" />
          {option.icon}
          {option.label}
        </label>
      ))}
    </div>
  );
}
