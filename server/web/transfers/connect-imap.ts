// A connection to an IMAP server that a user named: public addresses only, unless the operator allows others.
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { ImapFlow } from 'imapflow';
import { allowNetworks } from '../../infra/dns/allowed-networks.ts';
import { isPublicAddress } from '../../infra/dns/public-address.ts';
import type { ImapServer, TransferProblem } from '../../transfers/transfer.ts';

/** The other side, or what it says, is why it does not go on. */
export class SourceFailure extends Error {
  override name = 'SourceFailure';
  readonly problem: TransferProblem;

  constructor(problem: TransferProblem, message: string, cause?: unknown) {
    super(message, { cause });
    this.problem = problem;
  }
}

const CONNECT_MS = 20_000;
const SILENCE_MS = 120_000;

/**
 * Signed in. The address is chosen and checked here, and the connection made to it by number, so that a second answer of
 * the DNS cannot lead elsewhere.
 * @param networks allowed beside the public internet; only there may a password go unencrypted
 * @throws SourceFailure
 */
export async function connectImap(server: ImapServer, password: string, networks: readonly string[]): Promise<ImapFlow> {
  const address = await allowedAddress(server.host, networks);
  if (server.security === 'none' && isPublicAddress(address)) throw new SourceFailure('forbidden', 'no password without encryption');
  const client = new ImapFlow({
    host: address,
    port: server.port,
    secure: server.security === 'tls',
    // Undefined would mean "where offered".
    doSTARTTLS: server.security === 'starttls',
    ...(isIP(server.host) === 0 && { servername: server.host }),
    auth: { user: server.user, pass: password },
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
  });
  // Told by whatever waits; unheard it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    client.close();
    throw failureOf(error);
  }
}

async function allowedAddress(host: string, networks: readonly string[]): Promise<string> {
  const addresses = isIP(host) > 0 ? [host] : await lookup(host, { all: true }).then((found) => found.map(({ address }) => address), () => []);
  if (addresses.length === 0) throw new SourceFailure('unreachable', `${host} has no address`);
  const [allowed] = addresses.filter(allowNetworks(networks));
  if (allowed === undefined) throw new SourceFailure('forbidden', `${host} has only private addresses`);
  return allowed;
}

function failureOf(error: unknown): SourceFailure {
  const { authenticationFailed, code, message } = error as { authenticationFailed?: boolean; code?: string; message: string };
  if (authenticationFailed) return new SourceFailure('credentials', 'the server refused user or password', error);
  if (/CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ALTNAME/.test(code ?? '')) return new SourceFailure('certificate', message, error);
  return new SourceFailure('unreachable', message, error);
}
