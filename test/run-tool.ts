// Runs one of the checking tools as a child process, its output shown as it comes and returned at the end.
import { spawn } from 'node:child_process';

export interface ToolResult {
  exitCode: number;
  output: string;
}

export interface ToolOptions {
  cwd: string;
  env?: Record<string, string | undefined>;
  /** Keep the output from the terminal (it is still returned). */
  quiet?: boolean;
}

/** Runs `script` with this very Node. A tool that dies by a signal has exit code 1. */
export function runNode(script: string, args: readonly string[], options: ToolOptions): Promise<ToolResult> {
  return runTool(process.execPath, [script, ...args], options);
}

/** Runs a program and waits for its end. Children die with us: Ctrl-C reaches the whole foreground group. */
export function runTool(command: string, args: readonly string[], options: ToolOptions): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    for (const [stream, terminal] of [[child.stdout, process.stdout], [child.stderr, process.stderr]] as const) {
      stream.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        if (!options.quiet) terminal.write(chunk);
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ exitCode: code ?? 1, output: Buffer.concat(chunks).toString('utf8') }));
  });
}
