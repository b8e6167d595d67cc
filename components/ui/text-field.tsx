// A labelled text input with hint and error, and the same box for other controls.
import { useId } from 'react';
import type { ComponentProps, ReactNode } from 'react';
import { cx } from './cx.ts';

export interface TextFieldProps extends Omit<ComponentProps<'input'>, 'id'> {
  label: string;
  error?: string | undefined;
  hint?: ReactNode;
  /** A control at the end of the box, such as "show password". */
  trailing?: ReactNode;
}

/** Label above, box, then hint or error. The error is announced and joined to the input. */
export function TextField({ label, error, hint, trailing, className, ...rest }: TextFieldProps) {
  const id = useId();
  const noteId = `${id}-note`;
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium text-ink">
        {label}
      </label>
      <div className={cx('field flex h-10 items-center rounded-md border bg-surface', error ? 'border-danger' : 'border-control')}>
        <input
          {...rest}
          id={id}
          aria-invalid={error ? true : undefined}
          aria-describedby={error || hint ? noteId : undefined}
          className="h-full min-w-0 flex-1 rounded-md bg-transparent px-3 text-base"
        />
        {trailing}
      </div>
      {(error || hint) && (
        <p id={noteId} role={error ? 'alert' : undefined} className={cx('mt-1.5 text-xs', error ? 'text-danger' : 'text-ink-3')}>
          {error ?? hint}
        </p>
      )}
    </div>
  );
}
