'use client';
// The content of an opened message: warnings, image notice, text, attachments.
import { lazy, Suspense, useState } from 'react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { withTexts } from '../../../../components/i18n/load-texts.ts';
import type { EmailContent, EmailHead } from '../../../../server/web/contract/message.ts';
import { Attachments } from './attachments.tsx';
import { HtmlFrame } from './html-frame.tsx';
import { ImageNotice } from './image-notice.tsx';
import { PlainText } from './plain-text.tsx';
import { SenderWarnings } from './sender-warning.tsx';

const InvitationCard = lazy(() => withTexts(import('./invitation/invitation-card.tsx'), 'calendar').then((module) => ({ default: module.InvitationCard })));

const isCalendar = (contentType: string): boolean => contentType === 'text/calendar' || contentType === 'application/ics';

/** `content` belongs to `head`. */
export function MessageBody({ head, content }: { head: EmailHead; content: EmailContent }) {
  const t = useT();
  const [images, setImages] = useState<boolean | null>(null);
  const blocked = content.remoteImages > 0 && !content.imagesAllowed && images !== true;
  const calendars = content.attachments.filter(({ contentType }) => isCalendar(contentType));
  // Calendars send the same file twice, for different readers: the last one has a name.
  const listed = content.attachments.filter((attachment) => !attachment.inline && !calendars.slice(0, -1).includes(attachment));
  return (
    <>
      <SenderWarnings warnings={content.warnings} imitates={content.imitates} />
      {content.firstContact && <p className="mb-3 text-xs text-ink-3">{t('read.firstContact')}</p>}
      {calendars.length > 0 && (
        <Suspense fallback={<div aria-hidden className="mb-4 h-40 rounded-lg skeleton" />}>
          <InvitationCard emailId={head.id} />
        </Suspense>
      )}
      {blocked && content.kind === 'html' && (
        <ImageNotice count={content.remoteImages} trackers={content.trackers} sender={head.from?.address ?? null} onShow={() => setImages(true)} />
      )}
      {content.kind === 'html' ? <HtmlFrame bodyUrl={content.bodyUrl} images={images} /> : <PlainText text={content.text} />}
      {content.truncated && <p className="mt-3 text-sm text-ink-3">{t('read.truncated')}</p>}
      {listed.length > 0 && <Attachments attachments={listed} />}
    </>
  );
}
