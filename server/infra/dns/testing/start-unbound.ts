// A validating resolver for tests: unbound, with zones of its own, signed or not, and their keys as its anchors of trust.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from '../../../../test/product/free-ports.ts';
import type { UnboundTools } from './unbound-tools.ts';

const run = promisify(execFile);

export interface TestZone {
  name: string;
  /** Lines as in a zone file, names relative to the zone. */
  records: string[];
  /** forged: signed, and then changed as `forge` says. */
  signed: boolean;
  forge?(text: string): string;
}

export interface Unbound {
  /** As a resolver takes it. */
  address: string;
  close(): Promise<void>;
}

export async function startUnbound({ env }: UnboundTools, zones: readonly TestZone[]): Promise<Unbound> {
  const folder = mkdtempSync(join(tmpdir(), 'eider-unbound-'));
  const anchors: string[] = [];
  for (const zone of zones) anchors.push(...(await writeZone(env, folder, zone)));
  writeFileSync(join(folder, 'anchors'), anchors.join(''));
  const [port = 0] = await freePorts(1);
  writeFileSync(join(folder, 'conf'), configuration(folder, port, zones));
  const child = spawn('unbound', ['-d', '-c', join(folder, 'conf')], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk) => {
      said += String(chunk);
      if (said.includes('start of service')) resolve();
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`unbound does not start: ${said}`)));
  });
  return {
    address: `127.0.0.1:${port}`,
    async close() {
      child.kill('SIGTERM');
      await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @returns the key that is to be trusted; none of an unsigned zone */
async function writeZone(env: NodeJS.ProcessEnv, folder: string, { name, records, signed, forge }: TestZone): Promise<string[]> {
  const head = [`$ORIGIN ${name}.`, '$TTL 60', `@ IN SOA ns.${name}. root.${name}. 1 3600 900 86400 60`, `@ IN NS ns.${name}.`, 'ns IN A 127.0.0.1'];
  const path = join(folder, `${name}.zone`);
  writeFileSync(path, `${[...head, ...records].join('\n')}\n`);
  if (!signed) return [];
  const options = { env, cwd: folder };
  const key = (await run('ldns-keygen', ['-a', 'ECDSAP256SHA256', '-k', name], options)).stdout.trim();
  await run('ldns-signzone', ['-f', path, path, key], options);
  if (forge) writeFileSync(path, forge(readFileSync(path, 'utf8')));
  return [readFileSync(join(folder, `${key}.key`), 'utf8')];
}

function configuration(folder: string, port: number, zones: readonly TestZone[]): string {
  const own = zones.map(({ name }) => `auth-zone:\n  name: "${name}."\n  zonefile: "${join(folder, `${name}.zone`)}"\n  for-downstream: no\n  for-upstream: yes\n  fallback-enabled: no\n`);
  return `server:
  directory: "${folder}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  logfile: ""
  verbosity: 1
  do-ip6: no
  interface: 127.0.0.1@${port}
  do-not-query-localhost: no
  module-config: "validator iterator"
  trust-anchor-file: "${join(folder, 'anchors')}"
remote-control:
  control-enable: no
${own.join('')}`;
}
