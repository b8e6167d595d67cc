// The commands that the gateway answers, by the name that stands first in the command document. Data only.
import type { Handler } from './context.ts';
import * as collections from './collections.ts';
import * as diagnostics from './diagnostics.ts';
import { explain } from './explain.ts';
import * as handshake from './handshake.ts';
import * as indexes from './indexes.ts';
import { currentOp, killOp } from './operations.ts';
import * as queries from './queries.ts';
import * as sessions from './sessions.ts';
import * as writes from './writes.ts';

export interface CommandEntry {
  readonly run: Handler;
  /** May be part of a multi-document transaction. */
  readonly transactional?: boolean;
  /** Pointless once its client has gone, so it is stopped then (a pipeline that writes is rolled back). */
  readonly readOnly?: boolean;
}

const read = (run: Handler): CommandEntry => ({ run, readOnly: true });
const plain = (run: Handler): CommandEntry => ({ run });

export const COMMANDS: ReadonlyMap<string, CommandEntry> = new Map<string, CommandEntry>([
  ['hello', plain(handshake.helloCommand)],
  ['isMaster', plain(handshake.isMaster)],
  ['ismaster', plain(handshake.isMaster)],
  ['ping', plain(handshake.ping)],
  ['buildInfo', plain(handshake.buildInfo)],
  ['buildinfo', plain(handshake.buildInfo)],
  ['whatsmyuri', plain(handshake.whatsMyUri)],
  ['connectionStatus', plain(handshake.connectionStatus)],
  ['saslStart', plain(handshake.saslStart)],
  ['saslContinue', plain(handshake.saslStart)],
  ['authenticate', plain(handshake.saslStart)],
  ['logout', plain(handshake.ping)],

  ['find', { run: queries.find, transactional: true, readOnly: true }],
  ['aggregate', { run: queries.aggregate, transactional: true, readOnly: true }],
  ['count', { run: queries.count, transactional: true, readOnly: true }],
  ['distinct', { run: queries.distinct, transactional: true, readOnly: true }],
  ['getMore', { run: queries.getMore, transactional: true, readOnly: true }],
  ['killCursors', { run: queries.killCursors, transactional: true }],
  ['insert', { run: writes.insert, transactional: true }],
  ['update', { run: writes.update, transactional: true }],
  ['delete', { run: writes.remove, transactional: true }],
  ['findAndModify', { run: writes.findAndModify, transactional: true }],
  ['findandmodify', { run: writes.findAndModify, transactional: true }],
  ['explain', read(explain)],

  ['create', { run: collections.create, transactional: true }],
  ['createIndexes', { run: indexes.createIndexes, transactional: true }],
  ['drop', plain(collections.drop)],
  ['dropDatabase', plain(collections.dropDatabase)],
  ['dropIndexes', plain(indexes.dropIndexes)],
  ['deleteIndexes', plain(indexes.dropIndexes)],
  ['reIndex', plain(indexes.reIndex)],
  ['renameCollection', plain(collections.renameCollection)],
  ['collMod', plain(collections.collMod)],
  ['listDatabases', read(collections.listDatabases)],
  ['listCollections', read(queries.listCollections)],
  ['listIndexes', read(queries.listIndexes)],
  ['collStats', read(collections.collStats)],
  ['collstats', read(collections.collStats)],
  ['dbStats', read(collections.dbStats)],
  ['dbstats', read(collections.dbStats)],
  ['dataSize', read(collections.dataSize)],
  ['datasize', read(collections.dataSize)],
  ['validate', read(collections.validate)],
  ['compact', plain(collections.compact)],

  ['startSession', plain(sessions.startSession)],
  ['endSessions', plain(sessions.endSessions)],
  ['killSessions', plain(sessions.endSessions)],
  ['killAllSessions', plain(sessions.killAllSessions)],
  ['refreshSessions', plain(sessions.refreshSessions)],
  ['commitTransaction', plain(sessions.commitTransaction)],
  ['abortTransaction', plain(sessions.abortTransaction)],

  ['currentOp', plain(currentOp)],
  ['killOp', plain(killOp)],
  ['serverStatus', plain(diagnostics.serverStatus)],
  ['hostInfo', plain(diagnostics.hostInfo)],
  ['getParameter', plain(diagnostics.getParameter)],
  ['setParameter', plain(diagnostics.setParameter)],
  ['getLog', plain(diagnostics.getLog)],
  ['getCmdLineOpts', plain(diagnostics.getCmdLineOpts)],
  ['getDefaultRWConcern', plain(diagnostics.getDefaultRwConcern)],
  ['features', plain(diagnostics.features)],
  ['fsync', plain(diagnostics.fsync)],
  ['profile', plain(diagnostics.profile)],
  ['top', plain(diagnostics.top)],
  ['getLastError', plain(diagnostics.getLastError)],
  ['getlasterror', plain(diagnostics.getLastError)],
  ['replSetGetStatus', plain(diagnostics.replSetGetStatus)],
  ['isdbgrid', plain(diagnostics.isDbGrid)],
  ['mapReduce', plain(diagnostics.notSupported)],
  ['mapreduce', plain(diagnostics.notSupported)],
  ['convertToCapped', plain(diagnostics.notSupported)],
  ['cloneCollectionAsCapped', plain(diagnostics.notSupported)],
  ['bulkWrite', plain(diagnostics.notSupported)],
  ['createUser', plain(diagnostics.notSupported)],
  ['updateUser', plain(diagnostics.notSupported)],
  ['dropUser', plain(diagnostics.notSupported)],
]);
