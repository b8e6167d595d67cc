// Client side of SCRAM-SHA-256 (RFC 5802, RFC 7677) as PostgreSQL uses it, without channel binding.
import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** One authentication exchange; the three methods are called in order with the server's messages. */
export class ScramClient {
  readonly #password: string;
  readonly #user: string;
  readonly #nonce: string;
  #serverSignature: Buffer = Buffer.alloc(0);

  /** `nonce` is only given by tests, which check against the RFC's example. */
  constructor(password: string, nonce = randomBytes(18).toString('base64'), user = '') {
    this.#password = password;
    this.#nonce = nonce;
    this.#user = user;
  }

  /** client-first-message. PostgreSQL takes the user name from the startup message, so it is empty here. */
  first(): string {
    return `n,,n=${this.#user},r=${this.#nonce}`;
  }

  /** client-final-message for the server's first message. Throws when the server's nonce does not extend ours. */
  final(serverFirst: string): string {
    const fields = new Map(serverFirst.split(',').map((part) => [part[0], part.slice(2)]));
    const nonce = fields.get('r') ?? '';
    const iterations = Number(fields.get('i'));
    if (!nonce.startsWith(this.#nonce) || nonce === this.#nonce || !(iterations > 0)) throw new Error('SCRAM: bad server message');
    const salted = pbkdf2Sync(this.#password.normalize('NFKC'), Buffer.from(fields.get('s') ?? '', 'base64'), iterations, 32, 'sha256');
    const clientKey = hmac(salted, 'Client Key');
    const storedKey = createHash('sha256').update(clientKey).digest();
    const withoutProof = `c=biws,r=${nonce}`;
    const authMessage = `n=${this.#user},r=${this.#nonce},${serverFirst},${withoutProof}`;
    const signature = hmac(storedKey, authMessage);
    const proof = Buffer.from(clientKey.map((byte, i) => byte ^ (signature[i] as number)));
    this.#serverSignature = hmac(hmac(salted, 'Server Key'), authMessage);
    return `${withoutProof},p=${proof.toString('base64')}`;
  }

  /** Checks the server's final message: it proves that the server knows the password too. Throws otherwise. */
  verify(serverFinal: string): void {
    const given = Buffer.from(/^v=([^,]*)/.exec(serverFinal)?.[1] ?? '', 'base64');
    if (given.length !== this.#serverSignature.length || !timingSafeEqual(given, this.#serverSignature)) {
      throw new Error('SCRAM: the server did not prove that it knows the password');
    }
  }
}
