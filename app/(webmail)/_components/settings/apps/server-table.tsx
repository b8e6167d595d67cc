'use client';
// The servers that any mail program takes.
import { useT } from '../../../../../components/i18n/i18n.tsx';
import type { MailServers } from '../../../../../server/web/contract/security.ts';

export function ServerTable({ servers }: { servers: MailServers }) {
  const t = useT();
  const rows = [
    ['IMAP', servers.imap],
    ['POP3', servers.pop3],
    ['SMTP', servers.smtp],
    ['SMTP', servers.smtpStarttls],
  ] as const;
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-5 gap-y-1 text-sm">
      <dt className="text-ink-3">{t('apps.servers.user')}</dt>
      <dd className="break-all select-all">{servers.username}</dd>
      {rows.map(([name, { host, port, security }]) => (
        <div key={`${name}${port}`} className="contents">
          <dt className="text-ink-3">{name}</dt>
          <dd className="break-all">
            <span className="select-all">{host}</span>:{port} · {t(`apps.servers.${security}`)}
          </dd>
        </div>
      ))}
    </dl>
  );
}
