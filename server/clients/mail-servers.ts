// Where mail programs find this installation: the servers as every kind of set-up file names them. Pure.
import type { Config } from '../config.ts';

export interface MailServer {
  host: string;
  port: number;
  security: 'tls' | 'starttls';
}

export interface MailServers {
  imap: MailServer;
  imapStarttls: MailServer;
  pop3: MailServer;
  smtp: MailServer;
  smtpStarttls: MailServer;
}

/** TLS from the first byte comes first everywhere (RFC 8314 3). */
export function mailServers({ hostname: host, ports }: Pick<Config, 'hostname' | 'ports'>): MailServers {
  return {
    imap: { host, port: ports.imaps, security: 'tls' },
    imapStarttls: { host, port: ports.imap, security: 'starttls' },
    pop3: { host, port: ports.pop3s, security: 'tls' },
    smtp: { host, port: ports.submissions, security: 'tls' },
    smtpStarttls: { host, port: ports.submission, security: 'starttls' },
  };
}
