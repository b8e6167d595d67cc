'use client';
// Everything about a message that isn't its text: addresses in full, date, size, sender check.
import { ShieldAlert, ShieldCheck, ShieldQuestion } from 'lucide-react';
import type { ReactNode } from 'react';
import { useFormat, useT } from '../../../../components/i18n/i18n.tsx';
import type { EmailContent, EmailHead } from '../../../../server/web/contract/message.ts';
import type { MailAddress } from '../../../../server/web/contract/shapes.ts';

function Line({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-3">{label}</dt>
      <dd className="min-w-0 wrap-anywhere text-ink-2">{children}</dd>
    </>
  );
}

function People({ people }: { people: readonly MailAddress[] }) {
  return people.map((person, index) => (
    <span key={`${person.address}-${index}`} className="select-text">
      {index > 0 && ', '}
      {person.name ? (
        <bdi>
          <bdi>{person.name}</bdi> &lt;{person.address}&gt;
        </bdi>
      ) : (
        <bdi>{person.address}</bdi>
      )}
    </span>
  ));
}

function SenderCheck({ content }: { content: EmailContent }) {
  const t = useT();
  const check = content.authentication;
  if (!check) return null;
  const domain = check.dmarc?.domain ?? check.dkim[0]?.domain ?? check.spf?.domain ?? '';
  const shown = {
    verified: { icon: ShieldCheck, tone: 'text-success', text: t('read.verified', { domain }) },
    failed: { icon: ShieldAlert, tone: 'text-danger', text: t('read.failedCheck') },
    unknown: { icon: ShieldQuestion, tone: 'text-ink-2', text: t('read.unverified') },
  }[check.verdict];
  const results = [check.spf && `SPF ${check.spf.result}`, check.dkim[0] && `DKIM ${check.dkim[0].result}`, check.dmarc && `DMARC ${check.dmarc.result}`].filter(Boolean).join(' · ');
  const Icon = shown.icon;
  return (
    <Line label={t('read.security')}>
      <span className={`inline-flex items-center gap-1.5 ${shown.tone}`}>
        <Icon aria-hidden className="size-3.5" />
        {shown.text}
      </span>
      {results && <span className="ms-2 text-xs text-ink-3">{results}</span>}
    </Line>
  );
}

/** `content` as far as it is loaded. */
export function MessageDetails({ head, content }: { head: EmailHead; content: EmailContent | null }) {
  const t = useT();
  const format = useFormat();
  return (
    <dl className="mb-4 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 rounded-lg bg-sunken px-4 py-3 text-sm">
      <Line label={t('read.from')}>
        <People people={head.from ? [head.from] : []} />
      </Line>
      {head.replyTo.length > 0 && (
        <Line label={t('read.replyTo')}>
          <People people={head.replyTo} />
        </Line>
      )}
      <Line label={t('read.toLabel')}>
        <People people={head.to} />
      </Line>
      {head.cc.length > 0 && (
        <Line label={t('read.cc')}>
          <People people={head.cc} />
        </Line>
      )}
      {head.bcc.length > 0 && (
        <Line label={t('read.bcc')}>
          <People people={head.bcc} />
        </Line>
      )}
      <Line label={t('read.date')}>{format.fullDate(head.date)}</Line>
      <Line label={t('read.folder')}>{head.folderUse ? t(`folder.${head.folderUse}`) : head.folderName}</Line>
      <Line label={t('read.size')}>{format.bytes(head.sizeBytes)}</Line>
      {content && <SenderCheck content={content} />}
    </dl>
  );
}
