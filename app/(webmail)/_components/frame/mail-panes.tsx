'use client';
// List and conversation: side by side, or one over the other. The covered list stays mounted, so that going back
// finds it where it was.
import type { ListView } from '../../_navigation/view.ts';
import { openConversation } from '../../_navigation/view.ts';
import { useLayoutMode } from '../../_state/layout-mode.ts';
import { cx } from '../../../../components/ui/cx.ts';
import { ListPane } from '../list/list-pane.tsx';
import { useListController } from '../list/use-list-controller.ts';
import { ReadingPane } from '../reading/reading-pane.tsx';
import { ErrorBoundary } from './error-boundary.tsx';

/** `view` is a folder or a search. */
export function MailPanes({ view }: { view: ListView }) {
  const mode = useLayoutMode();
  const list = useListController(view, mode);
  const open = openConversation(view);
  const covered = mode !== 'split' && open !== null;
  return (
    <div className="relative grid h-full grid-cols-1 split:grid-cols-[minmax(21rem,27rem)_minmax(0,1fr)]">
      <div inert={covered} className={cx('min-h-0 min-w-0 split:border-e split:border-line', covered && 'invisible')}>
        <ListPane list={list} />
      </div>
      <div className={cx('absolute inset-0 min-h-0 min-w-0 bg-surface split:static', open === null && 'hidden split:block')}>
        <ErrorBoundary key={open ?? 'none'}>
          <ReadingPane list={list} conversationId={open} />
        </ErrorBoundary>
      </div>
    </div>
  );
}
