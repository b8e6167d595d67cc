// Messages as entries of an mbox file (RFC 4155), quoted as mboxrd does it: reversible, whatever a text says.
import { statusHeaders, takeStatusHeaders, type MailState } from './status-headers.ts';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** @param sender the envelope's; '' for none. @param date when it arrived */
export function mboxEntry(raw: Buffer, { sender, date, state }: { sender: string; date: Date; state: Omit<MailState, 'expunged' | 'labels'> }): Buffer {
  // What the message brought along of its own would be taken for the mailbox's word.
  const own = takeStatusHeaders(raw).raw.toString('latin1').replaceAll('\r\n', '\n');
  const blank = own.indexOf('\n\n');
  const [head, rest] = own.startsWith('\n') ? ['', own] : blank < 0 ? [own.replace(/\n?$/, '\n'), ''] : [own.slice(0, blank + 1), own.slice(blank + 1)];
  const text = `${head}${statusHeaders(state)}${rest}`.replace(/^(>*From )/gm, '>$1');
  return Buffer.from(`From ${/^[\x21-\x7e]+$/.test(sender) ? sender : 'MAILER-DAEMON'} ${asctime(date)}\n${text}${text.endsWith('\n') ? '' : '\n'}\n`, 'latin1');
}

/** `Thu Jan  1 00:00:00 1970`, in UTC (RFC 4155 appendix A). */
function asctime(date: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  return `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2, ' ')} ${time} ${date.getUTCFullYear()}`;
}
