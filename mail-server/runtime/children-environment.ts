// The environment that every Node role gets: the supervisor's own, with all URLs and files resolved.
import { renameSync, writeFileSync } from 'node:fs';
import { PORTS, type Config, type PortName } from '../../server/config.ts';
import type { Services } from './embedded-services.ts';
import type { HomePaths } from './home-paths.ts';
import type { InternalPort } from './internal-ports.ts';
import type { Certificate, Secrets } from './secrets.ts';

export interface EnvironmentInputs {
  config: Config;
  paths: HomePaths;
  ports: Record<InternalPort, number>;
  secrets: Secrets;
  certificate: Certificate;
  services: Services;
}

/** npm's own variables, and what would change how Node itself behaves, stay behind. */
const DROPPED = /^(npm_|NODE_OPTIONS$|NODE_CHANNEL_|INIT_CWD$|COLOR$)/;

/** The environment of Node roles: ours, with the contract's variables set to what is there. */
export function childrenEnvironment(inputs: EnvironmentInputs): NodeJS.ProcessEnv {
  const { config, paths, ports, secrets, certificate, services } = inputs;
  const inherited = Object.entries(process.env).filter(([name]) => !DROPPED.test(name));
  const resolved: Record<string, string | undefined> = {
    EIDER_HOME: config.home,
    EIDER_BIND: config.bind,
    EIDER_HOSTNAME: config.hostname,
    EIDER_PUBLIC_URL: config.publicUrl,
    ...Object.fromEntries(Object.entries(PORTS).map(([name, entry]) => [entry.variable, String(config.ports[name as PortName])])),
    DATABASE_URL: services.databaseUrl,
    MONGO_URL: services.mongoUrl,
    REDIS_URL: services.redisUrl,
    RSPAMD_URL: services.rspamdUrl,
    RSPAMD_CONTROLLER_URL: services.rspamdControllerUrl,
    CLAMD_URL: services.clamdUrl,
    WILDDUCK_API_URL: config.wildduckApiUrl ?? `http://127.0.0.1:${ports.wildduckApi}`,
    WILDDUCK_API_TOKEN_FILE: config.wildduckApiTokenFile ?? secrets.wildduckApiTokenFile,
    WILDDUCK_LMTP: config.wildduckLmtp ?? `127.0.0.1:${ports.wildduckLmtp}`,
    EIDER_SECRET_KEY_FILE: config.secretKeyFile ?? secrets.secretKeyFile,
    EIDER_FEEDBACK_KEYS_FILE: config.feedbackKeysFile ?? secrets.feedbackKeysFile,
    EIDER_TLS_CERT: certificate.certFile,
    EIDER_TLS_KEY: certificate.keyFile,
    EIDER_SUPERVISOR_SOCKET: paths.supervisorSocket,
    EIDER_METRICS_FOLDER: paths.run,
    EIDER_PORT_METRICS: String(config.metricsPort ?? ports.metrics),
    DOCUMENTDB_URL: services.embeddedPostgres?.documentdb,
    EIDER_GATEWAY_SOCKET: services.gateway ? paths.gatewaySocket : undefined,
  };
  const environment = Object.fromEntries(inherited) as NodeJS.ProcessEnv;
  for (const [name, value] of Object.entries(resolved)) {
    if (value === undefined) delete environment[name];
    else environment[name] = value;
  }
  return environment;
}

/** Which of the variables are ours to hand on: services, files and settings, nothing else of the user's environment. */
const OURS = /^(EIDER_|WILDDUCK_|(DATABASE|MONGO|REDIS|S3|RSPAMD|RSPAMD_CONTROLLER|CLAMD|DOCUMENTDB)_URL$|DNS_SERVERS$)/;

/** Keeps what the roles were given, so that the command line tool reaches the same services. */
export function saveEnvironment(path: string, environment: NodeJS.ProcessEnv): void {
  const ours = Object.fromEntries(Object.entries(environment).filter(([name]) => OURS.test(name)));
  writeFileSync(`${path}.new`, `${JSON.stringify(ours, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
