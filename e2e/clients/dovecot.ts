// A standard IMAP server beside the product, with an account of its own: where somebody's mail was before. Debian's
// Dovecot, in the foreground, with configuration, state and mail in a folder of its own.
import { spawn } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ImapFlow } from 'imapflow';
import { freePorts } from '../../test/product/free-ports.ts';

export interface Dovecot {
  port: number;
  user: string;
  password: string;
  /** Signed in; `logout` it. */
  open(): Promise<ImapFlow>;
  stop(): Promise<void>;
}

const USER = 'before';
const PASSWORD = 'password-there';
/** Debian's, without a home or anything to lose. */
const NOBODY = 65_534;

export async function startDovecot(): Promise<Dovecot> {
  const folder = await mkdtemp(join(tmpdir(), 'eider-dovecot-'));
  const [port = 0] = await freePorts(1);
  const isRoot = userInfo().uid === 0;
  await chmod(folder, 0o755);
  await mkdir(join(folder, 'mail'));
  if (isRoot) await chown(join(folder, 'mail'), NOBODY, NOBODY);
  await writeFile(join(folder, 'dovecot.conf'), configuration(folder, port, isRoot));
  const child = spawn('dovecot', ['-F', '-c', join(folder, 'dovecot.conf')], { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` } });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  child.on('error', (error) => (said += error.message));
  const stop = async () => {
    if (child.exitCode === null && child.pid !== undefined) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  const open = async () => {
    const client = new ImapFlow({ host: '127.0.0.1', port, secure: false, doSTARTTLS: false, auth: { user: USER, pass: PASSWORD }, logger: false });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  for (let tries = 0; ; tries += 1) {
    try {
      await (await open()).logout();
      return { port, user: USER, password: PASSWORD, open, stop };
    } catch (error) {
      if (tries === 100) {
        const log = await readFile(join(folder, 'log'), 'utf8').catch(() => '');
        await stop();
        throw new Error(`Dovecot does not answer: ${said}\n${log.slice(-2000)}`, { cause: error });
      }
      await sleep(100);
    }
  }
}

function configuration(folder: string, port: number, isRoot: boolean): string {
  const { username, uid, gid } = userInfo();
  const owner = isRoot ? { uid: NOBODY, gid: NOBODY } : { uid, gid };
  // Without root nothing can change its user or its root folder.
  const ownUser = `default_internal_user = ${username}
default_internal_group = ${gid}
default_login_user = ${username}
service anvil {
  chroot =
}
service imap-login {
  chroot =
}
`;
  return `base_dir = ${join(folder, 'run')}
state_dir = ${join(folder, 'state')}
log_path = ${join(folder, 'log')}
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
${isRoot ? '' : ownUser}mail_location = maildir:${join(folder, 'mail')}/%n
first_valid_uid = 1
first_valid_gid = 1
passdb {
  driver = static
  args = password=${PASSWORD}
}
userdb {
  driver = static
  args = uid=${owner.uid} gid=${owner.gid} home=${join(folder, 'mail')}/%n allow_all_users=yes
}
service imap-login {
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
namespace inbox {
  inbox = yes
  separator = .
  mailbox "Sent Items" {
    special_use = \\Sent
    auto = create
  }
}
`;
}
