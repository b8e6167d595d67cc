// What a pane shows instead of content: nothing here, failed, not found.
import type { ReactNode } from 'react';

export interface NoticeProps {
  icon: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  /** Announces it: for errors that arrive after the fact. */
  alert?: boolean;
}

/** Centred icon, title, explanation and one action. */
export function Notice({ icon, title, children, action, alert }: NoticeProps) {
  return (
    <div role={alert ? 'alert' : undefined} className="flex h-full min-h-64 flex-col items-center justify-center px-8 py-12 text-center enter-fade">
      <span aria-hidden className="mb-4 inline-flex size-12 items-center justify-center rounded-full bg-accent-soft text-accent [&>svg]:size-5.5">
        {icon}
      </span>
      <p className="text-md font-semibold text-ink">{title}</p>
      {children && <p className="mt-1 max-w-80 text-sm text-balance text-ink-2">{children}</p>}
      {action && <div className="mt-5">{action}</div>}
    </div>
  );
}
