// Eider beside other mail servers, in one session on one machine: accept → DKIM-signed (RSA-2048) → delivered to a
// local sink over 20 domains, 10 KB messages. The others run by rigs that are not part of this project: a folder with
// outbound-postfix.mjs and outbound-haraka.mjs, each of which prints one line of JSON (burst.e2e_per_s, .accept_per_s,
// .cpu_ms_per_msg, .rss_mb).
//   EIDER_PEERS=/path/to/rigs node bench/peers.ts [--messages 20000] [--runs 3]
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { onPath } from '../test/system-packages.ts';

const { values: options } = parseArgs({
  options: { messages: { type: 'string', default: '20000' }, runs: { type: 'string', default: '3' }, count: { type: 'string', default: '5000' } },
});

interface Result {
  name: string;
  deliveredPerSecond: number;
  acceptedPerSecond: number;
  cpuMsPerMessage: number;
  memoryMb: number;
}

/** Minimum, median and maximum of the rig's runs; or a single number. */
type Spread = number | { med?: number; median?: number } | number[];

interface RigReport {
  version: string;
  burst: { e2e_per_s: Spread; accept_per_s: Spread; cpu_ms_per_msg: Spread; rss_mb: Spread };
}

const RIGS: readonly { name: string; script: string; args: string[]; needs: Record<string, string> }[] = [
  { name: 'Postfix with an OpenDKIM milter', script: 'outbound-postfix.mjs', args: ['--dkim'], needs: { postfix: 'postfix', opendkim: 'opendkim', 'opendkim-genkey': 'opendkim-tools' } },
  { name: 'Haraka with its DKIM plugin', script: 'outbound-haraka.mjs', args: [], needs: { openssl: 'openssl' } },
];

process.exitCode = await main();

async function main(): Promise<number> {
  const folder = process.env['EIDER_PEERS'];
  const lacking = folder ? RIGS.filter((rig) => !existsSync(join(folder, rig.script))).map((rig) => rig.script) : RIGS.map((rig) => rig.script);
  if (!folder || lacking.length > 0) {
    console.error(`EIDER_PEERS must name a folder with ${lacking.join(' and ')}: rigs that run another mail server against a local sink and print JSON`);
    return 2;
  }
  const missing = RIGS.flatMap((rig) => Object.entries(rig.needs)).filter(([program]) => !onPath(program)).map(([, name]) => name);
  if (missing.length > 0) {
    console.error(`missing: apt-get install --no-install-recommends ${[...new Set(missing)].join(' ')} (with a policy-rc.d that exits 101, so that nothing starts by itself)`);
    return 2;
  }
  const eider = await ownResult();
  print(eider, eider);
  for (const rig of RIGS) {
    const report = await runForJson<RigReport>(join(folder, rig.script), [...rig.args, '--runs', options.runs, '--count', options.count, '--steady', '0']);
    const { burst } = report;
    print({
      name: `${rig.name} (${report.version})`,
      deliveredPerSecond: median(burst.e2e_per_s), acceptedPerSecond: median(burst.accept_per_s),
      cpuMsPerMessage: median(burst.cpu_ms_per_msg), memoryMb: median(burst.rss_mb),
    }, eider);
  }
  return 0;
}

async function ownResult(): Promise<Result> {
  const figures = await runForJson<Record<string, number>>(fileURLToPath(new URL('delivery.ts', import.meta.url)), ['--json', '--messages', options.messages]);
  const cpuOf = (...parts: string[]): number => Object.entries(figures).filter(([name]) => parts.some((part) => name.startsWith(part))).reduce((sum, [, value]) => sum + value, 0);
  return {
    name: 'Eider',
    deliveredPerSecond: figures['accepted and delivered a second (both at once)']!,
    acceptedPerSecond: figures['accepted a second (alone)']!,
    cpuMsPerMessage: cpuOf('accept CPU', 'deliver CPU s per 1,000: workers', 'deliver CPU s per 1,000: PostgreSQL'),
    memoryMb: figures['worker memory MB (most)']!,
  };
}

function print(result: Result, eider: Result): void {
  const ratio = (eider.deliveredPerSecond / result.deliveredPerSecond).toFixed(1);
  console.log(
    `${result.name.padEnd(70)} accepted and delivered ${Math.round(result.deliveredPerSecond)}/s (Eider: ${ratio} times), accepted ${Math.round(result.acceptedPerSecond)}/s, ` +
      `CPU ${result.cpuMsPerMessage.toFixed(2)} ms a message, memory ${Math.round(result.memoryMb)} MB`,
  );
}

function median(spread: Spread): number {
  if (typeof spread === 'number') return spread;
  if (Array.isArray(spread)) return [...spread].sort((a, b) => a - b)[Math.floor(spread.length / 2)] ?? Number.NaN;
  return spread.med ?? spread.median ?? Number.NaN;
}

/** The last line that a program prints, as JSON; what it says meanwhile on stderr is shown. */
function runForJson<T>(script: string, args: string[]): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    child.once('error', reject);
    child.once('close', (code) => {
      const line = output.trimEnd().split('\n').at(-1) ?? '';
      if (code === 0 && line.startsWith('{')) resolve(JSON.parse(line) as T);
      else reject(new Error(`${script} ended with ${code}: ${line.slice(0, 200)}`));
    });
  });
}
