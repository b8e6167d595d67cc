// Prepares those backing services that aren't given by URL, and says which URLs everybody uses.
import type { Config } from '../../server/config.ts';
import type { HomePaths } from './home-paths.ts';
import type { InternalPort } from './internal-ports.ts';
import type { PrefixPrograms } from './prefix/programs.ts';
import { serviceRole } from './roles.ts';
import { clamdAnswers, prepareClamd } from './services/clamd.ts';
import { acceptsConnections } from './services/databases.ts';
import { postgresUrl, preparePostgres } from './services/postgres.ts';
import { answersHttp, dnsAnswers, prepareRspamd } from './services/rspamd.ts';
import { unprivileged } from './services/unprivileged.ts';
import { answersPing, prepareValkey } from './services/valkey.ts';
import type { RoleSpec } from './supervisor/role-spec.ts';

export interface Services {
  specs: RoleSpec[];
  databaseUrl: string;
  /** Databases to set up; null where the server is yours. */
  embeddedPostgres: { admin: string; eider: string; documentdb: string } | null;
  mongoUrl: string;
  /** Whether the MongoDB front has to run. */
  gateway: boolean;
  redisUrl: string;
  rspamdUrl: string | undefined;
  rspamdControllerUrl: string | undefined;
  clamdUrl: string | undefined;
  absent: { role: string; reason: string }[];
  external: string[];
}

export interface ServiceInputs {
  config: Config;
  paths: HomePaths;
  ports: Record<InternalPort, number>;
  valkeyPassword: string;
  /** null when every service that it would provide is given by URL. */
  programs: PrefixPrograms | null;
}

/** Whether anything has to come from the prefix. */
export function needsPrefix(config: Config): boolean {
  return !(config.databaseUrl && config.mongoUrl && config.redisUrl && config.rspamdUrl);
}

/** Writes the services' settings; starts nothing. */
export async function prepareServices(inputs: ServiceInputs): Promise<Services> {
  const { config, paths } = inputs;
  const database = await prepareDatabase(inputs);
  const redis = await prepareRedis(inputs);
  const filters = await prepareFilters(inputs, redis.url);
  const external: [string, string | undefined][] = [
    ['postgres', config.databaseUrl],
    ['mongodb', config.mongoUrl],
    ['redis', config.redisUrl],
    ['rspamd', config.rspamdUrl],
    ['clamd', config.clamdUrl],
    ['s3', config.s3Url],
  ];
  return {
    specs: [...database.specs, ...redis.specs, ...filters.specs],
    databaseUrl: config.databaseUrl ?? database.urls?.eider ?? '',
    embeddedPostgres: database.urls,
    mongoUrl: config.mongoUrl ?? `mongodb://${encodeURIComponent(paths.gatewaySocket)}/wildduck`,
    gateway: config.mongoUrl === undefined,
    redisUrl: redis.url,
    rspamdUrl: filters.rspamdUrl,
    rspamdControllerUrl: filters.rspamdControllerUrl,
    clamdUrl: filters.clamdUrl,
    absent: filters.absent,
    external: external.filter(([, url]) => url !== undefined).map(([name]) => name),
  };
}

async function prepareDatabase({ config, paths, programs }: ServiceInputs) {
  // Also with a DATABASE_URL: the mail store's engine lives in it unless MONGO_URL is set too.
  if (!programs || (config.databaseUrl && config.mongoUrl)) return { specs: [], urls: null };
  const runAs = unprivileged([paths.home, programs.root]);
  const server = await preparePostgres(programs, paths.postgres, runAs);
  const url = (database: string) => postgresUrl(server, database);
  const spec = serviceRole('postgres', server, runAs, () => acceptsConnections(url('postgres')));
  return { specs: [spec], urls: { admin: url('postgres'), eider: url('eider'), documentdb: url('documentdb') } };
}

async function prepareRedis({ config, paths, programs, ports, valkeyPassword }: ServiceInputs) {
  if (config.redisUrl || !programs) return { specs: [], url: config.redisUrl ?? '' };
  const runAs = unprivileged([paths.home, programs.root]);
  const valkey = await prepareValkey(programs, paths.valkey, runAs, { port: ports.valkey, password: valkeyPassword });
  return { specs: [serviceRole('valkey', valkey, runAs, () => answersPing(valkey.url))], url: valkey.url };
}

async function prepareFilters(inputs: ServiceInputs, redisUrl: string) {
  const { config, paths, programs, ports } = inputs;
  const specs: RoleSpec[] = [];
  const absent: Services['absent'] = [];
  let { rspamdUrl, rspamdControllerUrl, clamdUrl } = config;
  if (!rspamdUrl && programs) {
    const runAs = unprivileged([paths.home, programs.root]);
    const dns = await dnsAnswers(config.dnsServers);
    const options = { port: ports.rspamd, redisUrl, dns, dnsServers: config.dnsServers };
    const rspamd = await prepareRspamd(programs, paths.rspamd, runAs, options);
    rspamdUrl = rspamd.url;
    rspamdControllerUrl = rspamd.controllerUrl;
    specs.push(serviceRole('rspamd', rspamd, runAs, () => answersHttp(`${rspamd.url}/ping`)));
  }
  if (!clamdUrl) {
    const runAs = unprivileged([paths.home]);
    const clamd = await prepareClamd(paths.clamd, runAs);
    if (clamd.kind === 'absent') absent.push({ role: 'clamd', reason: clamd.reason });
    else {
      clamdUrl = clamd.url;
      specs.push(serviceRole('clamd', clamd, runAs, () => clamdAnswers(clamd.socket)));
    }
  }
  return { specs, rspamdUrl, rspamdControllerUrl, clamdUrl, absent };
}
