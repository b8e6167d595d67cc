// The text button in its variants. Icon-only buttons are icon-button.tsx.
import type { ComponentProps, ReactNode } from 'react';
import { LoaderCircle } from 'lucide-react';
import { cx } from './cx.ts';

export type ButtonVariant = 'primary' | 'secondary' | 'ghost' | 'danger';

const VARIANTS: Record<ButtonVariant, string> = {
  primary: 'bg-accent text-on-accent shadow-1 hover:bg-accent-strong',
  secondary: 'bg-raised text-ink border border-line-strong hover:bg-hover active:bg-pressed',
  ghost: 'text-ink-2 hover:bg-hover hover:text-ink active:bg-pressed',
  danger: 'text-danger border border-line-strong hover:bg-danger-soft',
};

const SIZES = {
  sm: 'h-7 px-2.5 text-xs gap-1.5 rounded-sm',
  md: 'h-9 px-3.5 text-sm gap-2 rounded-md',
  lg: 'h-11 px-5 text-base gap-2 rounded-md',
} as const;

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  variant?: ButtonVariant;
  size?: keyof typeof SIZES;
  icon?: ReactNode;
  /** Shows a spinner in the icon's place and refuses presses, without changing width. */
  busy?: boolean;
  children: ReactNode;
}

/** A button with text. `type` is "button" unless told otherwise, so that forms aren't sent by surprise. */
export function Button({ variant = 'secondary', size = 'md', icon, busy, className, children, type = 'button', disabled, ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={cx(
        'relative inline-flex shrink-0 items-center justify-center font-medium whitespace-nowrap select-none transition-colors',
        'disabled:opacity-55 disabled:pointer-events-none',
        SIZES[size],
        VARIANTS[variant],
        className,
      )}
    >
      {busy && <LoaderCircle aria-hidden className="absolute size-4 animate-spin" />}
      <span className={cx('inline-flex items-center gap-[inherit]', busy && 'invisible')}>
        {icon}
        {children}
      </span>
    </button>
  );
}
