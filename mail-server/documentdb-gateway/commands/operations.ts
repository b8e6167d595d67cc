// currentOp and killOp over the gateway's own register: what clients asked for, not PostgreSQL's processes.
import { Double, type BsonDocument } from '../bson/types.ts';
import type { Operation } from '../operation.ts';
import { CommandError } from '../errors.ts';
import { asBoolean, asNumber, optionOf, type Handler } from './context.ts';

export const currentOp: Handler = (context) => {
  const ownOnly = asBoolean(optionOf(context, '$ownOps')) ;
  const inprog = [...context.services.operations.all()]
    .filter((operation) => !ownOnly || operation.description.clientId === context.client.id)
    .map(describe);
  return { inprog, ok: new Double(1) };
};

function describe(operation: Operation): BsonDocument {
  const runningMs = Date.now() - operation.startedAt;
  return {
    type: 'op',
    opid: operation.id,
    active: true,
    connectionId: operation.description.clientId,
    currentOpTime: new Date(operation.startedAt).toISOString(),
    secs_running: BigInt(Math.floor(runningMs / 1000)),
    microsecs_running: BigInt(runningMs) * 1000n,
    op: 'command',
    ns: operation.description.namespace,
    command: { [operation.description.name]: 1 },
    waitingForLock: false,
    waitingForConnection: !operation.running,
    killPending: operation.stopReason !== null ? true : undefined,
  };
}

/** Stops a command; an opid that has ended already is no error, as in MongoDB. */
export const killOp: Handler = (context) => {
  const id = asNumber(optionOf(context, 'op'));
  if (id === undefined) throw new CommandError(14, "BSON field 'killOp.op' is missing or not a number");
  context.services.operations.get(id)?.stop('killed');
  return { info: 'attempting to kill op', ok: new Double(1) };
};
