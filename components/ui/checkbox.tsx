// The checkbox of lists and forms: a native input, drawn by the system's tokens.
import type { ComponentProps } from 'react';
import { Check, Minus } from 'lucide-react';
import { cx } from './cx.ts';

export interface CheckboxProps extends Omit<ComponentProps<'input'>, 'type' | 'size'> {
  /** Some, but not all, of what it stands for. */
  mixed?: boolean;
}

/** Name it with aria-label, or put it in a <label>. */
export function Checkbox({ mixed = false, className, ...rest }: CheckboxProps) {
  const Mark = mixed ? Minus : Check;
  return (
    <span className={cx('relative inline-flex size-4 shrink-0', className)}>
      <input
        {...rest}
        type="checkbox"
        ref={(input) => {
          if (input) input.indeterminate = mixed;
        }}
        className="peer size-4 cursor-pointer appearance-none rounded-xs border border-control bg-surface transition-colors checked:border-accent checked:bg-accent indeterminate:border-accent indeterminate:bg-accent hover:border-accent"
      />
      <Mark aria-hidden strokeWidth={3} className="pointer-events-none absolute inset-0.5 size-3 text-on-accent opacity-0 peer-checked:opacity-100 peer-indeterminate:opacity-100" />
    </span>
  );
}
