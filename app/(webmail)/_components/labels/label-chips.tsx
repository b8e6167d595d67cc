'use client';
// The labels that a conversation carries, as coloured chips.
import { useLabels } from '../../_data/use-labels.ts';

/** @param keywords in any letter case. Until names are known nothing shows, rather than keywords. */
export function LabelChips({ keywords, limit = 2 }: { keywords: readonly string[]; limit?: number }) {
  const { byKeyword } = useLabels();
  const shown = keywords.flatMap((keyword) => byKeyword.get(keyword.toLowerCase()) ?? []);
  return (
    <>
      {shown.slice(0, limit).map((label) => (
        <span key={label.id} data-label={label.color} className="label-chip max-w-28 shrink-0 truncate rounded-xs px-1.5 text-2xs font-medium">
          {label.name}
        </span>
      ))}
      {shown.length > limit && <span className="shrink-0 text-2xs text-ink-3">+{shown.length - limit}</span>}
    </>
  );
}
