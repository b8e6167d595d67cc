// `eider parse-report`: what received reports say, one JSON line a file. Needs no running product and no set-up.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { REPORT_LIMITS } from '../mail/reports/limits.ts';
import { type ParsedReport, parseReport } from '../mail/reports/parse-report.ts';
import { Refusal } from './refusal.ts';

export function addParseReport(program: Command): void {
  program
    .command('parse-report')
    .description('tell what bounces, complaints, DMARC and TLS reports and automatic replies say: one JSON line a file')
    .argument('[file...]', 'messages, or report documents (XML, JSON, gzip, zip); standard input without any, or for "-"')
    .action(async (files: string[]) => {
      if (files.length === 0 && process.stdin.isTTY) throw new Refusal('name a file, or give a message on standard input');
      for (const file of files.length > 0 ? files : ['-']) await report(file);
    });
}

/** A file that cannot be read is told and passed over: the others are still worth reading. */
async function report(file: string): Promise<void> {
  let raw: Buffer;
  try {
    raw = file === '-' ? await standardInput() : readFileSync(file);
  } catch (error) {
    process.stderr.write(`eider: ${file}: ${readFault(error as NodeJS.ErrnoException)}\n`);
    process.exitCode = 1;
    return;
  }
  process.stdout.write(`${JSON.stringify(reportLine(file, parseReport(raw)))}\n`);
}

async function standardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let octets = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    octets += chunk.length;
    // One octet more than is read: the reader says that it is too large.
    if (octets > REPORT_LIMITS.messageOctets) return Buffer.concat([...chunks, chunk]);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function readFault(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'no such file';
  if (error.code === 'EISDIR') return 'is a folder';
  if (error.code === 'EACCES') return 'may not be read';
  return error.message;
}

/** The report as it is printed: header fields of the returned message by name and value only. */
export function reportLine(file: string, report: ParsedReport): Record<string, unknown> {
  const shown = JSON.parse(JSON.stringify(report, (key, value: unknown) => (key === 'raw' ? undefined : value))) as Record<string, unknown>;
  const { kind, recipients, ...details } = shown;
  return { file, kind, recipients, ...details };
}
