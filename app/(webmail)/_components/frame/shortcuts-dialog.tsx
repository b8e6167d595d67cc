'use client';
// All keys, from the table that the keyboard uses.
import { useT } from '../../../../components/i18n/i18n.tsx';
import { Dialog } from '../../../../components/ui/dialog.tsx';
import { Kbd } from '../../../../components/ui/kbd.tsx';
import { SHORTCUTS, printedKeys } from '../../_keyboard/keymap.ts';
import type { ShortcutGroup } from '../../_keyboard/keymap.ts';

const GROUPS: readonly ShortcutGroup[] = ['list', 'act', 'go', 'compose'];

function Keys({ keys, mac }: { keys: string; mac: boolean }) {
  const t = useT();
  const parts = printedKeys(keys, mac);
  return (
    <span className="inline-flex items-center gap-1">
      {parts.map((part, index) => (
        <span key={index} className="inline-flex items-center gap-1">
          {index > 0 && keys.includes(' ') && <span className="text-xs text-ink-3">{t('shortcuts.then')}</span>}
          <Kbd>{part}</Kbd>
        </span>
      ))}
    </span>
  );
}

/** Open for as long as it is mounted. */
export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const mac = /Mac|iPhone|iPad/.test(navigator.userAgent);
  return (
    <Dialog title={t('shortcuts.title')} closeLabel={t('app.close')} onClose={onClose} size="lg">
      <div className="gap-x-10 sm:columns-2">
        {GROUPS.map((group) => (
          <section key={group} className="mb-5 break-inside-avoid">
            <h3 className="mb-1 text-xs font-semibold text-ink-3">{t(`shortcuts.group.${group}`)}</h3>
            <dl>
              {SHORTCUTS.filter((shortcut) => shortcut.group === group).map((shortcut) => (
                <div key={shortcut.command} className="flex min-h-8.5 items-center justify-between gap-4 border-b border-line py-1 text-sm last:border-0">
                  <dt>{t(shortcut.label)}</dt>
                  <dd className="flex shrink-0 items-center gap-2">
                    {shortcut.keys.map((keys) => (
                      <Keys key={keys} keys={keys} mac={mac} />
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
