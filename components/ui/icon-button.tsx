// A button that shows only an icon: its label is both the accessible name and the tooltip.
import type { ComponentProps, ReactNode } from 'react';
import { cx } from './cx.ts';

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children' | 'aria-label'> {
  label: string;
  icon: ReactNode;
  /** Keys shown in the tooltip, such as "E" or "Ctrl+K". */
  keys?: string;
  size?: 'sm' | 'md' | 'lg';
  tone?: 'plain' | 'accent';
}

const SIZES = { sm: 'size-7 rounded-sm', md: 'size-8 rounded-md', lg: 'size-10 rounded-lg' } as const;

/** An icon with a name, a tooltip and a hit area of at least 28 px. */
export function IconButton({ label, icon, keys, size = 'md', tone = 'plain', className, type = 'button', ...rest }: IconButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      aria-label={label}
      data-tip={label}
      data-tip-keys={keys}
      className={cx(
        'inline-flex shrink-0 items-center justify-center transition-colors disabled:opacity-40 disabled:pointer-events-none',
        tone === 'accent' ? 'text-accent hover:bg-accent-soft' : 'text-ink-2 hover:text-ink hover:bg-hover active:bg-pressed',
        'aria-pressed:text-accent aria-pressed:bg-accent-soft aria-expanded:bg-pressed',
        SIZES[size],
        className,
      )}
    >
      {icon}
    </button>
  );
}
