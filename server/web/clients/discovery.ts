// Answers to mail programs that look for their settings. Public, and the same for every address of a hosted domain:
// which addresses exist is not told.
import { autoconfigXml } from '../../clients/autoconfig.ts';
import { autodiscoverAnswer, autodiscoverFault, OUTLOOK_SCHEMA, readAutodiscoverRequest } from '../../clients/autodiscover.ts';
import { mailServers } from '../../clients/mail-servers.ts';
import { findHostedDomain } from '../../domains/find-hosted-domain.ts';
import { parseAddress, parseDomain } from '../../mail/address.ts';
import { AppError, fieldError } from '../api/app-error.ts';
import { readBytes } from '../api/read-input.ts';
import type { Services } from '../services.ts';

/** Outlook's requests have some 400 bytes. */
const REQUEST_BYTES = 16 * 1024;

const xml = (text: string, type = 'application/xml'): Response => new Response(text, { headers: { 'content-type': `${type}; charset=utf-8` } });

/** @throws AppError not_found for a domain that is not hosted here; invalid_request */
export async function serveAutoconfig(services: Services, request: Request, emailAddress: string | undefined): Promise<Response> {
  const domain = emailAddress === undefined ? domainOfHost(request) : domainOf(emailAddress);
  if (domain === null) throw fieldError('emailaddress', 'an address of the form name@domain is needed');
  if (!(await findHostedDomain(services.pool, domain))) throw new AppError('not_found', { text: 'This domain is not hosted here.' });
  return xml(autoconfigXml(domain, mailServers(services.config)), 'text/xml');
}

/** Outlook takes faults as answers, too. */
export async function serveAutodiscover(services: Services, request: Request): Promise<Response> {
  const text = new TextDecoder('utf-8').decode(await readBytes(request, REQUEST_BYTES));
  const read = readAutodiscoverRequest(text);
  if (read.kind === 'invalid') return xml(autodiscoverFault(600, new Date()));
  if (read.schema !== OUTLOOK_SCHEMA) return xml(autodiscoverFault(601, new Date()));
  const parsed = parseAddress(read.address);
  if (parsed.kind === 'invalid') return xml(autodiscoverFault(600, new Date()));
  if (!(await findHostedDomain(services.pool, parsed.value.domain))) return xml(autodiscoverFault(500, new Date()));
  return xml(autodiscoverAnswer(parsed.value.address, mailServers(services.config)));
}

/** The second version of autodiscovery says only where the first one is. */
export function serveAutodiscoverJson({ config }: Services, protocol: string): Response {
  if (protocol.toLowerCase() !== 'autodiscoverv1') {
    return Response.json({ ErrorCode: 'ProtocolNotSupported', ErrorMessage: 'Only AutodiscoverV1 is spoken here.' }, { status: 400 });
  }
  return Response.json({ Protocol: 'AutodiscoverV1', Url: `${config.publicUrl}/autodiscover/autodiscover.xml` });
}

function domainOf(address: string): string | null {
  const parsed = parseAddress(address.trim());
  return parsed.kind === 'invalid' ? null : parsed.value.domain;
}

/** Programs ask `autoconfig.<domain>`, or the domain itself. */
function domainOfHost(request: Request): string | null {
  const host = (request.headers.get('host') ?? '').replace(/:\d+$/, '').replace(/^autoconfig\./i, '');
  return parseDomain(host);
}
