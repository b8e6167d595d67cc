// `eider route <domain>` and `eider tls-demand`: how mail to a domain goes now, and what is demanded of its security.
import { Argument, type Command } from 'commander';
import type { Config } from '../config.ts';
import { domainLookups } from '../delivery/signers.ts';
import { findRoute, type Route, type RouteFault } from '../delivery/route.ts';
import { parseRoutes } from '../delivery/routes-setting.ts';
import type { SmtpTarget } from '../delivery/smtp/connect.ts';
import { stsPolicies } from '../delivery/tls/mta-sts-policies.ts';
import { type DemandedLevel, deleteTlsDemand, selectTlsDemands, upsertTlsDemand } from '../delivery/tls/tls-demand.store.ts';
import { tlsDemands } from '../delivery/tls/tls-demands.ts';
import { dnsResolver } from '../infra/dns/resolver.ts';
import { logger } from '../infra/log/logger.ts';
import { domainOf, parseDomain } from '../mail/address.ts';
import { type Connection, withConnection } from './connection.ts';
import { noteOrder } from './note-order.ts';
import { Refusal } from './refusal.ts';
import { table } from './table.ts';

export function addRoute(program: Command): void {
  program
    .command('route')
    .description('show how mail to a domain would go now: hosts, addresses, TLS and why')
    .argument('<domain>', 'a domain, or an address in it')
    .option('--json', 'as JSON')
    .action(showRoute);
  const demand = program.command('tls-demand').description('what must be secured, whatever a domain publishes itself');
  demand.command('list').description('show all demands').action(listDemands);
  demand
    .command('set')
    .description('demand TLS of connections to the MX hosts of a domain')
    .argument('<domain>', '`*.example.com` for all below it')
    .addArgument(new Argument('<level>', 'required: never in clear; verified: with a certificate valid for the host').choices(['required', 'verified']))
    .action(setDemand);
  demand.command('unset').description('demand it no longer').argument('<domain>').action(unsetDemand);
}

/** How mail goes, for people and programs. */
export interface RouteView {
  domain: string;
  /** own: our MX; simulator: within the workers; configured: EIDER_ROUTES; mx: the domain's MX hosts; none: it cannot be delivered, or not be found out now. */
  by: 'own' | 'simulator' | 'configured' | 'mx' | 'none';
  site: string | null;
  targets: { host: string; address: string; port: number; tls: string; because: string }[];
  policy: { mtaSts: 'enforce' | 'testing' | 'none'; demand: DemandedLevel | null; mtaStsFailure: string | null; dnssec: boolean } | null;
  fault: { permanent: boolean; reason: string } | null;
}

async function showRoute(text: string, options: { json?: boolean }): Promise<void> {
  const domain = parseDomain(domainOf(text));
  if (domain === null) throw new Refusal(`"${text}" is no domain name`);
  const view = await withConnection((connection) => viewRoute(connection, domain));
  process.stdout.write(options.json ? `${JSON.stringify(view, null, 2)}\n` : routeText(view));
  if (view.fault) process.exitCode = 1;
}

async function viewRoute({ config, pool, secretBox }: Connection, domain: string): Promise<RouteView> {
  // Its servers are each worker's own, on ports of theirs.
  if (domain === config.simulatorDomain) return { domain, by: 'simulator', site: `simulator ${domain}`, targets: [], policy: null, fault: null };
  const dns = dnsResolver(config.dnsServers, config.dnsValidating === undefined ? {} : { validating: config.dnsValidating });
  const log = logger('cli');
  log.level = 'silent';
  const routed = await findRoute(
    {
      dns,
      routes: parseRoutes(config.routes),
      isHosted: domainLookups(pool, secretBox()).isHosted,
      ownMx: { host: ownMxHost(config), port: config.ports.mx },
      random: Math.random,
      tls: { dns, sts: stsPolicies({ db: pool, dns, log }), demandFor: tlsDemands(pool) },
    },
    domain,
  );
  if (routed.kind !== 'route') return faulty(domain, null, routed);
  const found = await routed.route.targets();
  if (found.kind !== 'targets') return faulty(domain, routed.route, found);
  return describe(domain, routed.route, found.targets, dns.validating);
}

const ownMxHost = (config: Config): string => (config.bind === '0.0.0.0' ? '127.0.0.1' : config.bind === '::' ? '::1' : config.bind);

const faulty = (domain: string, route: Route | null, fault: RouteFault): RouteView => ({
  domain, by: 'none', site: route?.site ?? null, targets: [], policy: null, fault: { permanent: fault.kind === 'undeliverable', reason: fault.reason },
});

function describe(domain: string, route: Route, targets: readonly SmtpTarget[], dnssec: boolean): RouteView {
  const tls = route.tls?.policy;
  return {
    domain,
    by: route.local ? 'own' : route.site.startsWith('route ') ? 'configured' : 'mx',
    site: route.site,
    targets: targets.map(({ host, address, port, tls: level, tlsPolicy }) => ({ host, address, port, tls: level, because: tlsPolicy?.source ?? 'default' })),
    policy: tls
      ? {
          mtaSts: tls.enforcedPatterns ? 'enforce' : tls.testing ? 'testing' : 'none',
          demand: tls.demand,
          mtaStsFailure: tls.stsFailure ? `${tls.stsFailure.result}: ${tls.stsFailure.reason}` : null,
          dnssec,
        }
      : null,
    fault: null,
  };
}

const BY: Record<RouteView['by'], string> = {
  own: 'is hosted here: its mail goes to our own MX',
  simulator: 'is the simulator: it stays within the delivery workers, and each local part scripts what happens (docs/simulator.md)',
  configured: 'goes where EIDER_ROUTES says',
  mx: 'goes to its MX hosts',
  none: 'cannot be delivered to',
};
const BECAUSE: Record<string, string> = { own: 'stays on this machine', default: 'no policy', configured: 'demanded here', 'mta-sts': 'MTA-STS policy', dane: 'TLSA records' };

/** The route for people. */
export function routeText(view: RouteView): string {
  if (view.fault) {
    return `${view.domain} ${view.fault.permanent ? BY.none : 'cannot be delivered to now; mail waits and is tried again'}\n${view.fault.reason}\n`;
  }
  if (view.by === 'simulator') return `${view.domain} ${BY.simulator}\n`;
  const lines = [`${view.domain} ${BY[view.by]}`, ''];
  const rows = view.targets.map((target) => [target.host, target.address, String(target.port), target.tls, BECAUSE[target.because] ?? target.because]);
  lines.push(table(['HOST', 'ADDRESS', 'PORT', 'TLS', 'BECAUSE'], rows).trimEnd());
  if (view.policy) {
    lines.push('', `MTA-STS: ${view.policy.mtaSts === 'none' ? 'no policy' : view.policy.mtaSts}${view.policy.mtaStsFailure ? ` (announced, but ${view.policy.mtaStsFailure})` : ''}`);
    lines.push(`DANE: ${view.policy.dnssec ? 'asked for' : 'not possible: the DNS server is not trusted to validate (EIDER_DNS_VALIDATING)'}`);
    if (view.policy.demand) lines.push(`demanded here: ${view.policy.demand}`);
  }
  return `${lines.join('\n')}\n`;
}

async function listDemands(): Promise<void> {
  const demands = await withConnection(({ pool }) => selectTlsDemands(pool));
  process.stdout.write(demands.length === 0 ? 'nothing is demanded\n' : table(['DOMAIN', 'LEVEL'], demands.map(({ domain, level }) => [domain, level])));
}

async function setDemand(pattern: string, level: DemandedLevel): Promise<void> {
  const domain = parsePattern(pattern);
  await withConnection(async ({ pool }) => {
    await upsertTlsDemand(pool, { domain, level });
    await noteOrder(pool, 'tls-demand set', { domain, level });
  });
  process.stdout.write(`TLS to ${domain}: ${level}, within half a minute\n`);
}

async function unsetDemand(pattern: string): Promise<void> {
  const domain = parsePattern(pattern);
  await withConnection(async ({ pool }) => {
    if (!(await deleteTlsDemand(pool, domain))) throw new Refusal(`nothing is demanded of ${domain}`);
    await noteOrder(pool, 'tls-demand unset', { domain });
  });
  process.stdout.write(`TLS to ${domain}: as the domain publishes\n`);
}

function parsePattern(text: string): string {
  const below = text.startsWith('*.');
  const domain = parseDomain(below ? text.slice(2) : text);
  if (domain === null) throw new Refusal(`"${text}" is no domain name, nor *. and one`);
  return below ? `*.${domain}` : domain;
}
