// explain: PostgreSQL's plan of a find, aggregate, count or distinct, in the outline of MongoDB's reply.
import { decodeDocument, ElementReader, findField } from '../bson/read.ts';
import { BSON, Double, type BsonDocument, type BsonValue } from '../bson/types.ts';
import { CommandError } from '../errors.ts';
import type { Statement } from '../pg/protocol.ts';
import { execute, optionOf, type Handler } from './context.ts';
import { SERVER_VERSION } from './handshake.ts';

/** DocumentDB's set-returning form of each command that can be explained. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  find: 'bson_aggregation_find',
  aggregate: 'bson_aggregation_pipeline',
  count: 'bson_aggregation_count',
  distinct: 'bson_aggregation_distinct',
  update: 'bson_aggregation_update',
  delete: 'bson_aggregation_delete',
  findAndModify: 'bson_aggregation_find_and_modify',
};
/** Only these may be executed for their statistics: explaining a write must change nothing. */
const READS: ReadonlySet<string> = new Set(['find', 'aggregate', 'count', 'distinct']);

interface PlanNode {
  'Node Type': string;
  'Index Name'?: string;
  'Relation Name'?: string;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  Plans?: PlanNode[];
  [property: string]: unknown;
}

interface Explained {
  Plan: PlanNode;
  'Planning Time'?: number;
  'Execution Time'?: number;
}

export const explain: Handler = async (context) => {
  const inner = findField(context.body, 'explain');
  if (inner === null || inner.type !== BSON.document) throw new CommandError(14, "BSON field 'explain.explain' is the wrong type, expected type 'object'");
  const reader = new ElementReader(inner.bytes);
  if (!reader.next()) throw new CommandError(9, 'explain needs a command');
  const name = reader.name;
  const target = FUNCTIONS[name];
  if (target === undefined) throw new CommandError(59, `Explain failed due to unknown command: ${name}`);
  const verbosity = optionOf(context, 'verbosity') ?? 'allPlansExecution';
  const run = verbosity !== 'queryPlanner' && READS.has(name);
  const statement: Statement = {
    name: `explain_${target}${run ? '_analyze' : ''}`,
    sql: `EXPLAIN (FORMAT JSON, VERBOSE false, ANALYZE ${run}) SELECT document FROM documentdb_api_catalog.${target}($1, $2)`,
  };
  const rows = await execute(context, statement, [context.database, inner.bytes], 'repeat');
  const plans = JSON.parse(rows.map((row) => row[0]?.toString() ?? '').join('\n')) as Explained[];
  const explained = plans[0] as Explained;
  const command = decodeDocument(inner.bytes);
  return {
    explainVersion: '1',
    queryPlanner: {
      namespace: `${context.database}.${String(command[name])}`,
      parsedQuery: (command['filter'] ?? command['query'] ?? {}) as BsonValue,
      winningPlan: stage(explained.Plan),
      rejectedPlans: [],
    },
    executionStats: run
      ? {
          executionSuccess: true,
          nReturned: rowsOf(explained.Plan),
          executionTimeMillis: Math.round(explained['Execution Time'] ?? 0),
          executionStages: stage(explained.Plan),
        }
      : undefined,
    postgresql: explained as unknown as BsonDocument,
    serverInfo: { version: SERVER_VERSION },
    ok: new Double(1),
  };
};

/** What DocumentDB puts around a scan so that its plan says more; no step of its own. */
const WRAPPER = 'DocumentDBApiExplainQueryScan';

/** MongoDB's names of plan nodes, so that tools that look for IXSCAN or COLLSCAN find them; others keep PostgreSQL's. */
const STAGES: Readonly<Record<string, string>> = {
  'Index Scan': 'IXSCAN',
  'Index Only Scan': 'IXSCAN',
  'Bitmap Index Scan': 'IXSCAN',
  'Bitmap Heap Scan': 'FETCH',
  'Seq Scan': 'COLLSCAN',
  Sort: 'SORT',
  'Incremental Sort': 'SORT',
  Limit: 'LIMIT',
};

function stage(node: PlanNode): BsonDocument {
  const plans = node.Plans ?? [];
  if (node['Custom Plan Provider'] === WRAPPER && plans.length === 1) return stage(plans[0] as PlanNode);
  const inputs = plans.map(stage);
  return {
    stage: STAGES[node['Node Type']] ?? node['Node Type'].toUpperCase(),
    indexName: node['Index Name'],
    nReturned: node['Actual Rows'] === undefined ? undefined : rowsOf(node),
    inputStage: inputs.length === 1 ? inputs[0] : undefined,
    inputStages: inputs.length > 1 ? inputs : undefined,
  };
}

function rowsOf(node: PlanNode): number {
  return Math.round((node['Actual Rows'] ?? 0) * (node['Actual Loops'] ?? 1));
}
