'use client';
// The ways to answer, below the last message.
import { Forward, Reply, ReplyAll } from 'lucide-react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../components/ui/button.tsx';
import type { ReplyMode } from '../../../../server/web/contract/compose.ts';

/** "Reply all" only when there are several to reply to. */
export function ReplyBar({ several, onReply }: { several: boolean; onReply: (mode: ReplyMode) => void }) {
  const t = useT();
  return (
    <div className="flex flex-wrap gap-2 px-5 pt-4 pb-8 max-sm:px-4 sm:ps-18">
      <Button icon={<Reply className="size-4" />} onClick={() => onReply('reply')}>
        {t('action.reply')}
      </Button>
      {several && (
        <Button icon={<ReplyAll className="size-4" />} onClick={() => onReply('replyAll')}>
          {t('action.replyAll')}
        </Button>
      )}
      <Button icon={<Forward className="size-4" />} onClick={() => onReply('forward')}>
        {t('action.forward')}
      </Button>
    </div>
  );
}
