// The TLS side of a connection: the handshake on a socket in clear, and what the server's certificate is worth.
// What follows from that is decided in connect.ts.
import type { X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import { connect as tlsConnect, type SecureContext, type TLSSocket } from 'node:tls';
import { tlsResultOf } from '../../mail/tls-result.ts';
import type { TlsFacts } from '../tls/tls-policy.ts';

export interface UpgradeOptions {
  /** The MX host's name: sent as SNI, and the certificate's name is compared with it. An address: neither. */
  host: string;
  timeoutMs: number;
  /** Trust store and versions; the system's when absent. */
  secureContext?: SecureContext;
}

/** @returns the secured socket, or why there is none */
export function upgradeToTls(plain: Socket, options: UpgradeOptions): Promise<TLSSocket | { fault: string }> {
  return new Promise((resolve) => {
    // Whether an unknown certificate is better than none is the policy's to say, not the handshake's.
    const secure = tlsConnect({
      socket: plain,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      ...(isIP(options.host) === 0 && { servername: options.host }),
      ...(options.secureContext && { secureContext: options.secureContext }),
    });
    const settle = (outcome: TLSSocket | { fault: string }): void => {
      clearTimeout(timer);
      secure.off('error', onError).off('close', onClose).off('end', onClose);
      plain.off('close', onClose);
      if (outcome !== secure) {
        secure.on('error', () => undefined);
        secure.destroy();
        plain.destroy();
      }
      resolve(outcome);
    };
    const timer = setTimeout(() => settle({ fault: 'the TLS handshake took too long' }), options.timeoutMs);
    const onError = (error: Error): void => settle({ fault: `TLS handshake: ${error.message}` });
    const onClose = (): void => settle({ fault: 'the server closed during the TLS handshake' });
    secure.on('error', onError).on('close', onClose).on('end', onClose);
    plain.on('close', onClose);
    secure.once('secureConnect', () => settle(secure));
  });
}

/**
 * What is known of a secured connection before any policy: no more than WebPKI says.
 * @param certificate the server's, as peerCertificate() gave it
 */
export function tlsFactsOf(secure: TLSSocket, certificate: X509Certificate | undefined): TlsFacts {
  const error = secure.authorizationError as unknown as (Error & { code?: string }) | string | undefined;
  const code = typeof error === 'string' ? error : error?.code;
  const webpkiFailure = secure.authorized ? null : { result: tlsResultOf(code ?? ''), reason: code ?? 'the certificate could not be verified' };
  return {
    protocol: secure.getProtocol() ?? 'TLS',
    cipher: secure.getCipher()?.name ?? '',
    subject: nameOf(certificate?.subject),
    issuer: nameOf(certificate?.issuer),
    validTo: certificate?.validToDate.toISOString() ?? '',
    authenticatedBy: webpkiFailure === null ? 'webpki' : null,
    webpkiFailure,
  };
}

const nameOf = (distinguished: string | undefined): string => (distinguished ?? '').replaceAll('\n', ', ').slice(0, 200);

/** More certificates than an honest chain has. */
const MAX_CHAIN = 10;

/** The server's certificate; to be asked for once: a second call gives nothing (seen with Node 24.21). */
export const peerCertificate = (secure: TLSSocket): X509Certificate | undefined => secure.getPeerX509Certificate();

/** The certificates that the server sent, its own first, each followed by its issuer. */
export function peerChain(leaf: X509Certificate | undefined): X509Certificate[] {
  const chain: X509Certificate[] = [];
  for (let next = leaf; next && chain.length < MAX_CHAIN; next = next.issuerCertificate) {
    if (chain.at(-1)?.fingerprint256 === next.fingerprint256) break;
    chain.push(next);
  }
  return chain;
}
