'use client';
// Sets and takes labels of the chosen conversations: type to find or make one, Enter or Apply to finish.
import { useId, useMemo, useState } from 'react';
import type { KeyboardEvent } from 'react';
import { Check, Minus, Plus } from 'lucide-react';
import { useQueryClient } from '@tanstack/react-query';
import type { QueryClient } from '@tanstack/react-query';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../components/ui/button.tsx';
import { cx } from '../../../../components/ui/cx.ts';
import { Dialog } from '../../../../components/ui/dialog.tsx';
import type { Conversation } from '../../../../server/web/contract/message.ts';
import { loadBulkJobs } from '../../_data/load-bulk-jobs.ts';
import type { BulkOrder } from '../../_data/bulk-jobs.ts';
import { keys } from '../../_data/keys.ts';
import { rowsOf } from '../../_data/list-pages.ts';
import type { ListPages } from '../../_data/list-pages.ts';
import { useActions } from '../../_data/use-actions.ts';
import { useLabelChanges, useLabels } from '../../_data/use-labels.ts';
import type { ShownLabel } from '../../_data/use-labels.ts';
import { currentView } from '../../_navigation/use-view.ts';
import { actionSlug } from '../list/use-list-controller.ts';
import { labelTargets } from '../../_state/label-menu.ts';
import { clearSelection, selectionStore } from '../../_state/selection.ts';
import { useStore } from '../../_state/store.ts';

type Tick = 'all' | 'some' | 'none';

/** What each target carries, from whatever list or conversation is cached. */
function carriedBy(client: QueryClient, targets: readonly string[]): ReadonlySet<string>[] {
  const rows = new Map(client.getQueriesData<ListPages>({ queryKey: keys.lists }).flatMap(([, data]) => rowsOf(data).map((row) => [row.id, row.labels])));
  return targets.map((id) => {
    const open = client.getQueryData<Conversation>(keys.conversation(id))?.messages.flatMap((message) => message.labels);
    return new Set((rows.get(id) ?? open ?? []).map((keyword) => keyword.toLowerCase()));
  });
}

function Row({ label, tick, at, id, onToggle, onPoint }: { label: ShownLabel; tick: Tick; at: boolean; id: string; onToggle: () => void; onPoint: () => void }) {
  const t = useT();
  const Mark = tick === 'some' ? Minus : Check;
  return (
    <li
      id={id}
      role="option"
      aria-selected={at}
      aria-checked={tick === 'some' ? 'mixed' : tick === 'all'}
      aria-label={tick === 'some' ? `${label.name}, ${t('labels.some')}` : label.name}
      onPointerMove={onPoint}
      onClick={onToggle}
      className={cx('flex h-9 cursor-pointer items-center gap-3 rounded-md px-3 text-base', at && 'bg-hover')}
    >
      <span aria-hidden className={cx('inline-flex size-4 items-center justify-center rounded-xs border', tick === 'none' ? 'border-control bg-surface' : 'border-accent bg-accent text-on-accent')}>
        {tick !== 'none' && <Mark strokeWidth={3} className="size-3" />}
      </span>
      <span aria-hidden data-label={label.color} className="label-dot size-2.5 shrink-0 rounded-full" />
      <span className="truncate">{label.name}</span>
    </li>
  );
}

/** The texts come with whichever part of labels is loaded first. */
function OpenMenu({ targets }: { targets: readonly string[] }) {
  const t = useT();
  const id = useId();
  const client = useQueryClient();
  const perform = useActions();
  const { labels } = useLabels();
  const { create } = useLabelChanges();
  const [carried] = useState(() => carriedBy(client, targets));
  const [chosen, setChosen] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const wanted = typed.trim().toLowerCase();
  const shown = useMemo(() => (labels ?? []).filter((label) => label.name.toLowerCase().includes(wanted)), [labels, wanted]);
  const makes = wanted !== '' && !(labels ?? []).some((label) => label.name.toLowerCase() === wanted);
  const count = shown.length + (makes ? 1 : 0);

  const tickOf = (label: ShownLabel): Tick => {
    const choice = chosen.get(label.id);
    if (choice !== undefined) return choice ? 'all' : 'none';
    const having = carried.filter((set) => set.has(label.keyword)).length;
    return having === 0 ? 'none' : having === carried.length ? 'all' : 'some';
  };
  const close = () => labelTargets.set(null);
  const toggled = (label: ShownLabel) => new Map(chosen).set(label.id, tickOf(label) !== 'all');

  const apply = (choice: ReadonlyMap<string, boolean>, known: readonly ShownLabel[] = labels ?? []) => {
    close();
    const picked = (on: boolean) => known.filter((label) => choice.get(label.id) === on);
    const [add, remove] = [picked(true), picked(false)];
    if (add.length + remove.length === 0) return;
    const n = targets.length;
    const only = add.length + remove.length === 1 ? (add[0] ?? remove[0])!.name : null;
    const done = only === null ? t('labels.changed', { n }) : add.length === 1 ? t('labels.added', { n, name: only }) : t('labels.removed', { n, name: only });
    const view = currentView();
    const selection = selectionStore.get();
    if (selection.everything && (view.kind === 'folder' || view.kind === 'search') && targets.length === selection.ids.size) {
      const order: BulkOrder = { action: 'label', addLabels: add.map((label) => label.id), removeLabels: remove.map((label) => label.id) };
      return void loadBulkJobs().then(({ startBulkJob }) => startBulkJob(view, order));
    }
    perform({
      action: 'label',
      conversationIds: [...targets],
      slug: actionSlug(view),
      labels: { add: add.map((label) => label.keyword), remove: remove.map((label) => label.keyword), addIds: add.map((label) => label.id), removeIds: remove.map((label) => label.id), done },
    });
    if (n > 1) clearSelection();
  };
  const make = () => {
    const name = typed.trim();
    create.mutate(
      { name },
      {
        onSuccess: ({ items }) => {
          const made = items.find((label) => label.name.toLowerCase() === name.toLowerCase());
          const known = items.map((label) => ({ ...label, label: label.name, depth: 0 }));
          if (made) apply(new Map(chosen).set(made.id, true), known);
        },
      },
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt((now) => Math.min(now + 1, count - 1));
    else if (event.key === 'ArrowUp') setAt((now) => Math.max(now - 1, 0));
    else if (event.key === 'Enter') {
      const label = shown[at];
      if (label) apply(typed === '' && chosen.size > 0 ? chosen : toggled(label));
      else if (makes) make();
    } else return;
    event.preventDefault();
  };

  return (
    <Dialog
      title={t('labels.pick')}
      closeLabel={t('app.close')}
      onClose={close}
      size="sm"
      bare
      footer={
        <>
          <Button onClick={close}>{t('app.cancel')}</Button>
          <Button variant="primary" disabled={chosen.size === 0} onClick={() => apply(chosen)}>
            {t('labels.apply')}
          </Button>
        </>
      }
    >
      <div className="border-b border-line p-2">
        <input
          type="search"
          role="combobox"
          aria-label={t('labels.find')}
          aria-expanded
          aria-controls={id}
          aria-activedescendant={count > 0 ? `${id}-${at}` : undefined}
          aria-invalid={create.error ? true : undefined}
          placeholder={t('labels.find')}
          maxLength={80}
          autoFocus
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
          className="h-10 w-full rounded-md bg-transparent px-3 text-base outline-none"
        />
        {create.error && (
          <p role="alert" className="px-3 pb-1 text-xs text-danger">
            {create.error.message}
          </p>
        )}
      </div>
      <ul id={id} role="listbox" aria-label={t('labels.pick')} aria-multiselectable className="max-h-72 overflow-y-auto p-1.5">
        {shown.map((label, index) => (
          <Row key={label.id} id={`${id}-${index}`} label={label} tick={tickOf(label)} at={index === at} onPoint={() => setAt(index)} onToggle={() => setChosen(toggled(label))} />
        ))}
        {makes && (
          <li id={`${id}-${shown.length}`} role="option" aria-selected={at === shown.length} onPointerMove={() => setAt(shown.length)} onClick={make} className={cx('flex h-9 cursor-pointer items-center gap-3 rounded-md px-3 text-base', at === shown.length && 'bg-hover')}>
            <Plus aria-hidden className="size-4 text-ink-3" />
            <span className="truncate">{t('labels.make', { name: typed.trim() })}</span>
          </li>
        )}
        {count === 0 && <li className="px-3 py-4 text-center text-sm text-ink-3">{t('labels.none')}</li>}
      </ul>
    </Dialog>
  );
}

/** Mounted while it is open. */
export function LabelMenu() {
  const targets = useStore(labelTargets);
  return targets && <OpenMenu key={targets.join()} targets={targets} />;
}
