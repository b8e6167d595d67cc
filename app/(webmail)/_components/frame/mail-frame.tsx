'use client';
// The frame around every view: sidebar (a drawer on phones), search bar, panes, and everything that floats.
import { lazy, Suspense, useEffect, useState } from 'react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { rememberLanguage } from '../../../../components/i18n/remember-language.ts';
import { withTexts } from '../../../../components/i18n/load-texts.ts';
import { setLook } from '../../../../components/theme/look-store.ts';
import { ComposeLayer } from '../../_compose/compose-layer.tsx';
import { openCompose } from '../../_compose/compose-windows.ts';
import { loadBulkJobs } from '../../_data/load-bulk-jobs.ts';
import { lastUndo } from '../../_data/use-actions.ts';
import { useLiveUpdates } from '../../_data/use-live-updates.ts';
import { useOffline } from '../../_data/use-offline.ts';
import { useMe } from '../../_data/use-me.ts';
import { useCommands, useKeyboard } from '../../_keyboard/use-commands.ts';
import { navigate, useView } from '../../_navigation/use-view.ts';
import type { View } from '../../_navigation/view.ts';
import { questionStore } from '../../_state/confirm.ts';
import { labelTargets } from '../../_state/label-menu.ts';
import { snoozeTargets } from '../../_state/snooze-menu.ts';
import { shownJobs } from '../../_state/shown-jobs.ts';
import { useStore } from '../../_state/store.ts';
import { whenIdle } from '../../_state/when-idle.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { ConnectionNotice } from './connection-notice.tsx';
import { MailPanes } from './mail-panes.tsx';
import { Sidebar } from './sidebar.tsx';
import { Toaster } from './toaster.tsx';
import { Topbar } from './topbar.tsx';
import { useDocumentTitle } from './use-document-title.ts';

const ConfirmDialog = lazy(() => import('./confirm-dialog.tsx').then((module) => ({ default: module.ConfirmDialog })));
const PhoneDrawer = lazy(() => import('./phone-drawer.tsx').then((module) => ({ default: module.PhoneDrawer })));
const ShortcutsDialog = lazy(() => import('./shortcuts-dialog.tsx').then((module) => ({ default: module.ShortcutsDialog })));
const Palette = lazy(() => import('./palette.tsx').then((module) => ({ default: module.Palette })));
const LabelMenu = lazy(() => withTexts(import('../labels/label-menu.tsx'), 'labels').then((module) => ({ default: module.LabelMenu })));
const SnoozeMenu = lazy(() => withTexts(import('../snooze/snooze-menu.tsx'), 'snooze').then((module) => ({ default: module.SnoozeMenu })));
const JobCards = lazy(() => withTexts(import('../jobs/job-cards.tsx'), 'jobs').then((module) => ({ default: module.JobCards })));
const SettingsView = lazy(() => withTexts(import('../settings/settings-view.tsx'), 'settings', 'compose').then((module) => ({ default: module.SettingsView })));
const ScheduledView = lazy(() => withTexts(import('../../_scheduled/scheduled-view.tsx'), 'compose').then((module) => ({ default: module.ScheduledView })));
const ContactsView = lazy(() => withTexts(import('../../_contacts/contacts-view.tsx'), 'contacts').then((module) => ({ default: module.ContactsView })));

/** What was running when the page was left can wait until the page is there. */
const RESUME_MS = 3_000;

type Overlay = 'help' | 'palette' | 'drawer' | null;

const toFolder = (folder: string): View => ({ kind: 'folder', folder, filter: null, conversationId: null });
const toSearch = (q: string): View => ({ kind: 'search', q, folder: null, conversationId: null });

/** Mounted once, in the layout. */
export function MailFrame() {
  const t = useT();
  const view = useView();
  const me = useMe();
  const asking = useStore(questionStore, (question) => question !== null);
  const labelling = useStore(labelTargets, (targets) => targets !== null);
  const snoozing = useStore(snoozeTargets, (targets) => targets !== null);
  const working = useStore(shownJobs, (jobs) => jobs.length > 0);
  const [overlay, setOverlay] = useState<Overlay>(null);
  useLiveUpdates();
  useOffline();
  useKeyboard();
  useDocumentTitle(view);
  useEffect(() => {
    if (!me) return;
    setLook({ theme: me.settings.theme, density: me.settings.density, readingPane: me.settings.readingPane });
    rememberLanguage(me.settings.language);
  }, [me]);
  useEffect(() => whenIdle(() => void loadBulkJobs().then(({ resumeJobs }) => resumeJobs()).catch(() => undefined), RESUME_MS), []);
  useEffect(() => setOverlay((now) => (now === 'drawer' ? null : now)), [view]);

  useCommands({
    goInbox: () => navigate(toFolder('inbox')),
    goStarred: () => navigate(toSearch('is:starred')),
    goSnoozed: () => navigate(toFolder('snoozed')),
    goSent: () => navigate(toFolder('sent')),
    goDrafts: () => navigate(toFolder('drafts')),
    goArchive: () => navigate(toFolder('archive')),
    goTrash: () => navigate(toFolder('trash')),
    goSpam: () => navigate(toFolder('spam')),
    goContacts: () => navigate({ kind: 'page', page: 'contacts' }),
    goSettings: () => navigate({ kind: 'settings', section: 'appearance' }),
    compose: () => void openCompose({ kind: 'new' }),
    help: () => setOverlay('help'),
    palette: () => setOverlay('palette'),
    undo: () => lastUndo.get()?.(),
  });

  return (
    <>
      <a href="#content" className="absolute start-2 top-2 z-50 -translate-y-20 rounded-md bg-accent px-3 py-2 text-sm font-medium text-on-accent focus:translate-y-0">
        {t('app.skipToContent')}
      </a>
      <div className="grid h-dvh grid-cols-1 overflow-hidden md:grid-cols-[14rem_minmax(0,1fr)] xl:grid-cols-[15rem_minmax(0,1fr)]">
        <aside className="hidden min-h-0 md:flex">
          <Sidebar onShowHelp={() => setOverlay('help')} />
        </aside>
        <div className="flex min-h-0 min-w-0 flex-col md:pe-2 md:pb-2">
          <Topbar view={view} onOpenMenu={() => setOverlay('drawer')} onShowHelp={() => setOverlay('help')} />
          <main id="content" tabIndex={-1} className="relative min-h-0 flex-1 overflow-hidden bg-surface outline-none md:rounded-xl md:border md:border-line md:shadow-1">
            <ErrorBoundary>
              {/* The panes stand outside: within, they would come alive after the keyboard, whose first keys would be lost. */}
              {view.kind === 'folder' || view.kind === 'search' ? (
                <MailPanes view={view} />
              ) : (
                <Suspense>{view.kind === 'settings' ? <SettingsView section={view.section} /> : view.page === 'contacts' ? <ContactsView /> : <ScheduledView />}</Suspense>
              )}
            </ErrorBoundary>
          </main>
        </div>
      </div>
      <ComposeLayer />
      <ConnectionNotice />
      <Toaster />
      <Suspense>
        {overlay === 'drawer' && (
          <PhoneDrawer onClose={() => setOverlay(null)}>
            <Sidebar onShowHelp={() => setOverlay('help')} />
          </PhoneDrawer>
        )}
        {asking && <ConfirmDialog />}
        {labelling && <LabelMenu />}
        {snoozing && <SnoozeMenu />}
        {working && <JobCards />}
        {overlay === 'help' && <ShortcutsDialog onClose={() => setOverlay(null)} />}
        {overlay === 'palette' && <Palette onClose={() => setOverlay(null)} />}
      </Suspense>
    </>
  );
}
