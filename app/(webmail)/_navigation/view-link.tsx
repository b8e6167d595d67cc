'use client';
// A real link to a view: a plain press moves within the page, any other (new tab, middle button) is the browser's.
import type { ComponentProps, MouseEvent } from 'react';
import { navigate } from './use-view.ts';
import { viewHref } from './view.ts';
import type { View } from './view.ts';

export interface ViewLinkProps extends Omit<ComponentProps<'a'>, 'href'> {
  to: View;
}

const isPlain = (event: MouseEvent) => event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

/** `onClick` may call preventDefault to stay. */
export function ViewLink({ to, onClick, ...rest }: ViewLinkProps) {
  return (
    <a
      {...rest}
      href={viewHref(to)}
      onClick={(event) => {
        onClick?.(event);
        if (event.defaultPrevented || !isPlain(event)) return;
        event.preventDefault();
        navigate(to);
      }}
    />
  );
}
