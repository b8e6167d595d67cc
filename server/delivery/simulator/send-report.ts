// Hands what the simulator sends back to an MX, as a foreign server would: one connection and one message, with the
// null reverse-path.
import { defaultEgress } from '../egress/egress-address.ts';
import { connectSmtp, type SmtpTarget } from '../smtp/connect.ts';
import { RFC_TIMEOUTS } from '../smtp/timeouts.ts';
import { quitSession, transact } from '../smtp/transact.ts';

/**
 * A function that sends a message to one recipient at the MX.
 * @param mx where it is, and the name to greet it with
 * @returns its outcome; it throws when the MX did not take it and may later
 */
export function reportSender(mx: { host: string; port: number; name: string }): (to: string, content: Buffer) => Promise<'accepted' | 'refused'> {
  const target: SmtpTarget = { host: mx.host, address: mx.host, port: mx.port, tls: 'none' };
  const settings = { timeouts: RFC_TIMEOUTS };
  return async (to, content) => {
    const connected = await connectSmtp(target, defaultEgress(mx.name), settings);
    if (connected.kind !== 'connected') throw new Error(`no connection to our MX (${connected.kind}, ${connected.phase})`);
    const envelope = {
      reversePath: '', recipients: [{ address: to, notify: null, orcpt: null }], needs8bit: false, needsSmtputf8: false, dsnRet: null, dsnEnvid: null,
    };
    const [result] = await transact(connected.session, settings, envelope, [content]);
    await quitSession(connected.session, settings);
    if (result?.kind === 'replied' && result.reply.code < 300) return 'accepted';
    if (result?.kind === 'replied' && result.reply.code >= 500) return 'refused';
    throw new Error(`our MX did not take it (${result?.kind === 'replied' ? result.reply.code : result?.kind})`);
  };
}
