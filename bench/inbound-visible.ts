// From the MX's 250 to the row in the recipient's inbox: how long until the browser is told (server-sent event), and
// until the list that it then asks for has the message.
import { setTimeout as sleep } from 'node:timers/promises';
import nodemailer from 'nodemailer';
import type { ProductAddress } from '../test/product/product.ts';
import { openSession, type ApiSession } from './api-session.ts';
import { percentiles, printRow } from './measurement.ts';
import { withProduct } from './with-product.ts';

const MESSAGES = 100;
/** Between two messages, in milliseconds: steady mail, not a flood. */
const PAUSE_MS = 150;
const PATIENCE_MS = 30_000;

async function measure(product: ProductAddress): Promise<void> {
  const session = await openSession(product, product.bob);
  let wake: () => void = () => undefined;
  const stopFollowing = await session.follow((name) => name === 'change' && wake());
  const told = (): Promise<void> => new Promise((resolve) => (wake = resolve));
  const mx = nodemailer.createTransport({ host: product.host, port: product.ports.mx, pool: true, maxConnections: 1, tls: { rejectUnauthorized: false } });
  const events: number[] = [];
  const rows: number[] = [];
  const accepts: number[] = [];
  for (let index = 0; index < MESSAGES; index++) {
    const subject = `Visible ${index} ${Date.now().toString(36)}`;
    const first = told();
    const start = performance.now();
    await mx.sendMail({ from: 'bench@outside.example', to: product.bob.address, subject, text: 'A message of ordinary length.\n'.repeat(60) });
    const accepted = performance.now();
    accepts.push(accepted - start);
    await Promise.race([first, sleep(PATIENCE_MS)]);
    events.push(Math.max(0, performance.now() - accepted));
    await untilListed(session, subject, told);
    rows.push(performance.now() - accepted);
    await sleep(PAUSE_MS);
  }
  console.log('');
  printRow('SMTP dialogue (checks and storing included)', percentiles(accepts));
  printRow('250 → server-sent event', percentiles(events));
  printRow('250 → row in the list', percentiles(rows));
  stopFollowing();
  mx.close();
  session.close();
}

/** The list is asked once, and again after each further event. */
async function untilListed(session: ApiSession, subject: string, told: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const next = told();
    const { body } = await session.get('/api/mailbox/inbox?limit=25');
    if (body.includes(subject)) return;
    await Promise.race([next, sleep(1_000)]);
  }
  throw new Error(`"${subject}" was accepted and not listed within ${PATIENCE_MS / 1000} s`);
}

await withProduct(measure);
