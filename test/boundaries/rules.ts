// Which part of Eider may import which: the direction app → server/web → features → infra → mail, as data.
// check.ts runs these; rules.test.ts plants a violation of every one of them.
import type { IConfiguration } from 'dependency-cruiser';

/** Folders under server/ that are no feature: layers below and above the features, and tools. */
const LAYERS = 'infra|mail|web|workers|cli|demo';
/** Features that every other feature may build upon. */
const SHARED_FEATURES = 'tenants|domains';
/** Files that tests and measurements consist of; production code never imports them. */
const TEST_CODE = String.raw`\.test\.tsx?$|\.e2e\.ts$|/testing/|^test/|^e2e/|^bench/`;
/** Node's modules that do I/O: a pure part of the program has no use for them. (net has isIP too: house-rules.ts.) */
const IO_MODULES =
  '^(child_process|cluster|dgram|dns|fs|http|http2|https|inspector|process|readline|repl|tls|tty|worker_threads)(/|$)';

/** Composes modules of the WildDuck package by their path within it, with what that package itself depends on. */
const WILDDUCK_PARTS = String.raw`^mail-server/[^/]+/wildduck-library\.ts$`;

type Rule = NonNullable<IConfiguration['forbidden']>[number];

const direction: Rule[] = [
  {
    name: 'features-stand-alone',
    comment: 'A feature imports no other feature (tenants and domains aside) and nothing above it; web and workers compose them.',
    severity: 'error',
    from: { path: '^server/([^/]+)/', pathNot: [`^server/(${LAYERS})/`, TEST_CODE] },
    to: { path: '^server/[^/]+/', pathNot: `^server/($1|infra|mail|${SHARED_FEATURES})/` },
  },
  {
    name: 'infra-is-below-features',
    comment: 'Infrastructure knows no feature: only other infrastructure, mail and config.',
    severity: 'error',
    from: { path: '^server/infra/', pathNot: TEST_CODE },
    to: { path: '^(server/[^/]+/|app/|components/|mail-server/)', pathNot: '^server/(infra|mail)/' },
  },
  {
    name: 'mail-is-pure',
    comment: 'server/mail holds pure functions: no import from any other part of the program.',
    severity: 'error',
    from: { path: '^server/mail/', pathNot: TEST_CODE },
    to: { path: '^(server|app|components|mail-server|prisma)/', pathNot: '^server/mail/' },
  },
  {
    name: 'mail-does-no-io',
    comment: 'server/mail touches no file, socket or process.',
    severity: 'error',
    from: { path: '^server/mail/', pathNot: TEST_CODE },
    to: { dependencyTypes: ['core'], path: IO_MODULES },
  },
  {
    name: 'mail-knows-no-storage',
    comment: 'server/mail has no storage or protocol client types.',
    severity: 'error',
    from: { path: '^server/mail/', pathNot: TEST_CODE },
    to: { path: '(^|/)node_modules/(pg|@prisma|mongodb|ioredis|imapflow|nodemailer|smtp-server|next|react)/' },
  },
  {
    name: 'web-is-below-app',
    comment: 'server/web serves the app and is composed by it: it imports neither pages nor processes.',
    severity: 'error',
    from: { path: '^server/web/', pathNot: TEST_CODE },
    to: { path: '^(app|components|mail-server|server/(workers|cli|demo))/' },
  },
  {
    name: 'app-goes-through-web',
    comment: 'Routes and components reach the server only through server/web.',
    severity: 'error',
    from: { path: String.raw`^(app|components)/|^proxy\.ts$`, pathNot: TEST_CODE },
    to: { path: '^(server|mail-server)/', pathNot: '^server/web/' },
  },
  {
    name: 'components-know-only-the-contract',
    comment: 'Components run in the browser: of the server they see the API contract and nothing else.',
    severity: 'error',
    from: { path: '^components/', pathNot: TEST_CODE },
    to: { path: '^(app|server|mail-server)/', pathNot: '^server/web/contract/' },
  },
  {
    name: 'contract-runs-in-the-browser',
    comment: 'The API contract is shared with the browser: no Node module and no other part of the server.',
    severity: 'error',
    from: { path: '^server/web/contract/', pathNot: TEST_CODE },
    to: {
      path: '^(server|mail-server|app|components)/|^(node:)?(fs|net|crypto|path|os|stream|buffer|http|tls|child_process)(/|$)',
      pathNot: '^server/web/contract/',
    },
  },
  {
    name: 'server-knows-no-mail-server',
    comment: 'mail-server composes the server; of the server only the operator command line starts and asks it.',
    severity: 'error',
    from: { path: '^server/', pathNot: ['^server/(cli|demo)/', TEST_CODE] },
    to: { path: '^mail-server/' },
  },
  {
    name: 'processes-are-roots',
    comment: "A process's main file is imported by nobody.",
    severity: 'error',
    from: { pathNot: TEST_CODE },
    to: { path: String.raw`^server/workers/(delivery|scheduler|indexer|events)\.ts$|^(mail-server|server)/.+/main\.ts$` },
  },
];

const knowledge: Rule[] = [
  {
    name: 'react-stays-in-web-and-app',
    comment: 'next and react on the server only in server/web and app.',
    severity: 'error',
    from: { path: '^(server|mail-server)/', pathNot: ['^server/web/', TEST_CODE] },
    to: { path: '(^|/)node_modules/(next|react|react-dom|server-only)/' },
  },
  {
    name: 'postgres-stays-in-infra',
    comment: 'Drivers of the relational database: infra/db, a *.store.ts, and mail-server for the services that it runs itself.',
    severity: 'error',
    from: { path: '^(server|app|components)/', pathNot: [String.raw`^server/infra/db/|\.store\.ts$`, TEST_CODE] },
    to: { path: '(^|/)node_modules/(pg|@prisma)/' },
  },
  {
    name: 'generated-client-stays-in-infra',
    comment: 'The generated Prisma client is reached through infra/db, or by its types from a *.store.ts.',
    severity: 'error',
    from: { path: '^(server|app|components|mail-server)/', pathNot: [String.raw`^server/infra/db/|\.store\.ts$`, TEST_CODE] },
    to: { path: '^server/infra/db/generated/' },
  },
  {
    name: 'wildduck-stays-in-its-client',
    comment: 'Only infra/wildduck and mail-server know WildDuck and its database.',
    severity: 'error',
    from: { path: '^(server|app|components)/', pathNot: ['^server/infra/wildduck/', TEST_CODE] },
    to: { path: '(^|/)node_modules/(@zone-eu/wildduck|mongodb)/' },
  },
  {
    name: 'demo-is-a-tool',
    comment: 'The demo mailbox is loaded by the start command and the tools, never by the product itself.',
    severity: 'error',
    from: { pathNot: ['^server/(demo|cli)/', '^mail-server/runtime/', TEST_CODE] },
    to: { path: '^server/demo/' },
  },
];

const hygiene: Rule[] = [
  {
    name: 'no-test-code-in-production',
    comment: 'Production code imports no test, fixture server or benchmark.',
    severity: 'error',
    from: { path: '^(app|components|server|mail-server)/', pathNot: TEST_CODE },
    to: { path: TEST_CODE, pathNot: '(^|/)node_modules/' },
  },
  {
    name: 'no-dev-dependency-in-production',
    comment: 'What production code imports is a dependency, not a devDependency.',
    severity: 'error',
    from: { path: '^(app|components|server|mail-server)/', pathNot: TEST_CODE },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'type-only'] },
  },
  {
    name: 'no-undeclared-package',
    comment: 'Every imported package stands in package.json.',
    severity: 'error',
    from: { pathNot: WILDDUCK_PARTS },
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  },
  {
    name: 'no-unresolvable',
    comment: 'Every import resolves.',
    severity: 'error',
    // The client is generated before the checks run; Next writes its route types only after its first build.
    from: { pathNot: [String.raw`^next-env\.d\.ts$`, WILDDUCK_PARTS] },
    to: { couldNotResolve: true },
  },
  {
    name: 'no-circular',
    comment: 'No module needs itself at run time.',
    severity: 'error',
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
];

/** The rules and the options under which they are checked. */
export const configuration: IConfiguration = {
  forbidden: [...direction, ...knowledge, ...hygiene],
  options: {
    doNotFollow: { path: 'node_modules|^server/infra/db/generated/' },
    exclude: { path: String.raw`(^|/)(\.next[^/]*|\.eider[^/]*|testdata)/` },
    tsPreCompilationDeps: true,
    detectJSDocImports: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.d.ts', '.json'],
    },
  },
};
