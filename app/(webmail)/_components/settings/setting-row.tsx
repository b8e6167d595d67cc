// One setting: name and explanation, its control below or beside.
import type { ReactNode } from 'react';

/** A block with a line below it. */
export function SettingRow({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  return (
    <section className="border-b border-line py-5 first:pt-0 last:border-0">
      <h3 className="text-base font-medium">{title}</h3>
      {hint && <p className="mt-0.5 max-w-prose text-sm text-ink-3">{hint}</p>}
      <div className="mt-3">{children}</div>
    </section>
  );
}
