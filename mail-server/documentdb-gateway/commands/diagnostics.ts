// Commands by which shells and monitoring look at a server: serverStatus, hostInfo, getParameter, getLog and others.
import { cpus, hostname, release, totalmem, type } from 'node:os';
import { Double, type BsonDocument, type BsonValue } from '../bson/types.ts';
import { CommandError } from '../errors.ts';
import { optionOf, type Handler } from './context.ts';
import { SERVER_VERSION } from './handshake.ts';

const ok = (document: BsonDocument): BsonDocument => ({ ...document, ok: new Double(1) });

export const serverStatus: Handler = ({ services }) => {
  const { backend, cursors, statistics, transactions, operations } = services;
  const uptimeMs = Date.now() - statistics.startedAt;
  const memory = process.memoryUsage();
  return ok({
    host: hostname(),
    version: SERVER_VERSION,
    process: 'documentdb-gateway',
    pid: BigInt(process.pid),
    uptime: new Double(Math.floor(uptimeMs / 1000)),
    uptimeMillis: BigInt(uptimeMs),
    uptimeEstimate: BigInt(Math.floor(uptimeMs / 1000)),
    localTime: new Date(),
    connections: {
      current: statistics.connections,
      available: statistics.availableConnections - statistics.connections,
      totalCreated: statistics.totalConnections,
      active: [...operations.all()].length,
    },
    globalLock: { currentQueue: { total: backend.pool.waiting } },
    mem: { bits: 64, resident: Math.round(memory.rss / 1048576), virtual: Math.round(memory.rss / 1048576), supported: true },
    metrics: { cursor: { open: { total: BigInt(cursors.size) } }, commands: { ...statistics.commands } },
    transactions: { currentOpen: BigInt(transactions.openCount) },
    storageEngine: { name: 'documentdb', supportsCommittedReads: true, persistent: true, readOnly: false },
    postgresql: { connections: backend.pool.open, maxConnections: backend.pool.size, waiting: backend.pool.waiting },
  });
};

export const hostInfo: Handler = () =>
  ok({
    system: {
      currentTime: new Date(),
      hostname: hostname(),
      cpuAddrSize: 64,
      memSizeMB: BigInt(Math.floor(totalmem() / 1048576)),
      memLimitMB: BigInt(Math.floor(totalmem() / 1048576)),
      numCores: cpus().length,
      cpuArch: process.arch === 'x64' ? 'x86_64' : process.arch,
      numaEnabled: false,
    },
    os: { type: type(), name: type(), version: release() },
    extra: {},
  });

/** The few parameters that drivers and tools read. */
const PARAMETERS: BsonDocument = {
  featureCompatibilityVersion: { version: '7.0' },
  authenticationMechanisms: [],
  cursorTimeoutMillis: 600_000n,
  transactionLifetimeLimitSeconds: 60,
  maxTransactionLockRequestTimeoutMillis: 100,
  enableTestCommands: false,
  quiet: false,
  ttlMonitorEnabled: true,
};

export const getParameter: Handler = (context) => {
  const all = optionOf(context, 'getParameter');
  if (all === '*' || isAllParameters(all)) return ok(PARAMETERS);
  const found: BsonDocument = {};
  for (const [name, value] of Object.entries(PARAMETERS)) {
    if (optionOf(context, name) !== undefined) found[name] = value;
  }
  if (Object.keys(found).length === 0) throw new CommandError(72, 'no option found to get');
  return ok(found);
};

function isAllParameters(value: BsonValue): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && (value as BsonDocument)['allParameters'] === true;
}

export const setParameter: Handler = () => {
  throw new CommandError(72, 'server parameters cannot be changed at run time; use the environment of the gateway or the settings of PostgreSQL');
};

export const getLog: Handler = (context) => {
  const which = optionOf(context, 'getLog');
  if (which === '*') return ok({ names: ['global', 'startupWarnings'] });
  if (which !== 'global' && which !== 'startupWarnings') throw new CommandError(96, `No log named '${String(which)}'`);
  return ok({ totalLinesWritten: 0, log: [] }); // the log goes to standard output, where the supervisor keeps it
};

export const getCmdLineOpts: Handler = () => ok({ argv: ['documentdb-gateway'], parsed: {} });

export const getDefaultRwConcern: Handler = () =>
  ok({
    defaultReadConcern: { level: 'local' },
    defaultWriteConcern: { w: 'majority', wtimeout: 0 },
    defaultWriteConcernSource: 'implicit',
    defaultReadConcernSource: 'implicit',
  });

export const features: Handler = () => ok({ js: { utf8: true }, oidMachine: 0 });

/** Durability needs no command here: every write is on disk before it is acknowledged. */
export const fsync: Handler = () => ok({ numFiles: 1 });

export const profile: Handler = () => ok({ was: 0, slowms: 100, sampleRate: new Double(1) });

export const top: Handler = () => ok({ totals: { note: 'all times in microseconds' } });

export const getLastError: Handler = () => ok({ connectionId: 0, n: 0, syncMillis: 0, writtenTo: null, err: null });

export const replSetGetStatus: Handler = () => {
  throw new CommandError(76, 'not running with --replSet');
};

export const isDbGrid: Handler = () => {
  throw new CommandError(59, "no such command: 'isdbgrid'");
};

/** Commands of MongoDB that DocumentDB has no counterpart for. */
export const notSupported: Handler = (context) => {
  throw new CommandError(115, `${context.name} is not supported by DocumentDB`);
};
