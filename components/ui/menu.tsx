'use client';
// A menu opened from a button: top-layer popover, arrow keys, type-ahead, Escape, focus back to the button.
import { createContext, use, useCallback, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { Check } from 'lucide-react';
import { cx } from './cx.ts';
import { placePopover } from './place-popover.ts';
import type { Placement } from './place-popover.ts';

const CloseMenu = createContext<() => void>(() => undefined);

export interface MenuTriggerProps {
  'aria-haspopup': 'menu';
  'aria-expanded': boolean;
  'aria-controls': string | undefined;
  onClick: () => void;
}

export interface MenuProps {
  /** Name of the menu for assistive technology. */
  label: string;
  trigger: (props: MenuTriggerProps) => ReactNode;
  children: ReactNode;
  placement?: Placement;
  className?: string;
}

const itemsOf = (menu: HTMLElement | null) => [...(menu?.querySelectorAll<HTMLElement>('[role^="menuitem"]:not(:disabled)') ?? [])];

/** A button and its menu. `trigger` must spread its props onto a button. */
export function Menu({ label, trigger, children, placement = 'bottom-start', className }: MenuProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const anchor = useRef<HTMLSpanElement>(null);
  const menu = useRef<HTMLDivElement>(null);

  const close = useCallback(() => {
    setOpen(false);
    anchor.current?.querySelector('button')?.focus();
  }, []);

  useLayoutEffect(() => {
    const box = menu.current;
    const from = anchor.current?.firstElementChild;
    if (!open || !box || !(from instanceof HTMLElement)) return;
    box.showPopover();
    placePopover(box, from, placement);
    itemsOf(box)[0]?.focus({ preventScroll: true });
  }, [open, placement]);

  useEffect(() => {
    if (!open) return;
    const outside = (event: Event) => {
      const target = event.target as Node;
      if (!menu.current?.contains(target) && !anchor.current?.contains(target)) setOpen(false);
    };
    const shut = () => setOpen(false);
    document.addEventListener('pointerdown', outside, true);
    document.addEventListener('focusin', outside);
    window.addEventListener('resize', shut);
    return () => {
      document.removeEventListener('pointerdown', outside, true);
      document.removeEventListener('focusin', outside);
      window.removeEventListener('resize', shut);
    };
  }, [open]);

  return (
    <span ref={anchor} className="contents">
      {trigger({ 'aria-haspopup': 'menu', 'aria-expanded': open, 'aria-controls': open ? id : undefined, onClick: () => setOpen((now) => !now) })}
      {open && (
        <div
          ref={menu}
          id={id}
          role="menu"
          aria-label={label}
          popover="manual"
          onKeyDown={(event) => moveInMenu(event, menu.current, close)}
          className={cx('fixed m-0 max-h-[min(26rem,80dvh)] min-w-48 overflow-y-auto rounded-lg border border-line bg-raised p-1 text-ink shadow-3 enter-pop', className)}
        >
          <CloseMenu value={close}>{children}</CloseMenu>
        </div>
      )}
    </span>
  );
}

function moveInMenu(event: KeyboardEvent, menu: HTMLElement | null, close: () => void): void {
  const items = itemsOf(menu);
  const at = items.indexOf(document.activeElement as HTMLElement);
  const go = (index: number) => items[(index + items.length) % items.length]?.focus();
  event.stopPropagation();
  if (event.key === 'ArrowDown') go(at + 1);
  else if (event.key === 'ArrowUp') go(at - 1);
  else if (event.key === 'Home') go(0);
  else if (event.key === 'End') go(-1);
  else if (event.key === 'Escape' || event.key === 'Tab') close();
  else if (event.key.length === 1 && /\S/.test(event.key) && !event.ctrlKey && !event.metaKey) {
    const wanted = event.key.toLowerCase();
    const order = [...items.slice(at + 1), ...items.slice(0, at + 1)];
    order.find((item) => item.textContent?.trim().toLowerCase().startsWith(wanted))?.focus();
  } else return;
  event.preventDefault();
}

export interface MenuItemProps {
  icon?: ReactNode;
  children: ReactNode;
  keys?: string;
  danger?: boolean;
  disabled?: boolean;
  /** Makes it one of a set of choices. */
  checked?: boolean;
  onSelect: () => void;
}

/** One line of a menu. The menu closes before `onSelect` runs, so that focus can go on from there. */
export function MenuItem({ icon, children, keys, danger, disabled, checked, onSelect }: MenuItemProps) {
  const close = use(CloseMenu);
  return (
    <button
      type="button"
      role={checked === undefined ? 'menuitem' : 'menuitemradio'}
      aria-checked={checked}
      disabled={disabled}
      tabIndex={-1}
      onClick={() => {
        close();
        onSelect();
      }}
      onPointerMove={(event) => event.currentTarget.focus({ preventScroll: true })}
      className={cx(
        'flex w-full items-center gap-2.5 rounded-md px-2.5 py-1.5 text-start text-sm outline-none focus:bg-hover focus-visible:bg-pressed disabled:opacity-45',
        danger ? 'text-danger' : 'text-ink',
      )}
    >
      {icon !== undefined && <span className="inline-flex size-4 shrink-0 items-center justify-center text-ink-3 [&>svg]:size-4">{icon}</span>}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {checked && <Check aria-hidden className="size-4 text-accent" />}
      {keys && <kbd className="ps-4 font-sans text-xs text-ink-3">{keys}</kbd>}
    </button>
  );
}

/** A thin line between groups of items. */
export function MenuSeparator() {
  return <div role="separator" className="my-1 h-px bg-line" />;
}

/** A heading within a menu. */
export function MenuHeading({ children }: { children: ReactNode }) {
  return <div className="px-2.5 pt-1.5 pb-1 text-2xs font-medium text-ink-3">{children}</div>;
}
