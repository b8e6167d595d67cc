// What the supervisor has to know of a role to run it. Types only.

export interface RoleSpec {
  role: string;
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** `ipc`: the process sends `{ type: 'ready' }`. A function: asked four times a second until it says yes. */
  ready: 'ipc' | (() => Promise<boolean>);
  readyTimeoutMs: number;
  /** Roles that must be ready before this one is started. */
  needs: readonly string[];
  stopSignal: 'SIGTERM' | 'SIGINT';
  /** How long it may take to stop before it is killed. */
  stopTimeoutMs: number;
  /** The product works without it: starting doesn't fail when it doesn't come up. */
  optional: boolean;
}

export type RoleState = 'waiting' | 'starting' | 'ready' | 'backoff' | 'stopping' | 'stopped';

export interface RoleStatus {
  role: string;
  state: RoleState;
  pid: number | null;
  /** Milliseconds since the present process was started. */
  uptimeMs: number | null;
  /** Starts after the first one. */
  restarts: number;
  optional: boolean;
  lastExit: { at: string; reason: string } | null;
}
