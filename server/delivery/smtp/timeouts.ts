// How long each phase of an SMTP dialogue may take, in milliseconds (RFC 5321 4.5.3.2; connect is ours).
export interface SmtpTimeouts {
  connect: number;
  greeting: number;
  hello: number;
  startTls: number;
  mail: number;
  rcpt: number;
  /** From DATA to 354. */
  dataStart: number;
  /** Without any octet of the message being taken by the other side. */
  dataBlock: number;
  /** From the final dot to its reply; short ones are why messages arrive twice. */
  dataEnd: number;
  reset: number;
  quit: number;
}

const MINUTE = 60_000;

export const RFC_TIMEOUTS: SmtpTimeouts = {
  connect: 30_000,
  greeting: 5 * MINUTE,
  hello: 5 * MINUTE,
  startTls: 2 * MINUTE,
  mail: 5 * MINUTE,
  rcpt: 5 * MINUTE,
  dataStart: 2 * MINUTE,
  dataBlock: 3 * MINUTE,
  dataEnd: 10 * MINUTE,
  reset: MINUTE,
  quit: 5_000,
};
