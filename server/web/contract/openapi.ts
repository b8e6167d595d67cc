// The description of the API (OpenAPI 3.1.1), made from the very schemas that validate requests.
import { z } from 'zod';
import { ALL_PATHS } from './account-paths.ts';
import { API_ERRORS } from './errors.ts';
import type { RouteName } from './paths.ts';
import { ROUTES, type RouteContract } from './routes.ts';
import { SUMMARIES } from './summaries.ts';

type Json = Record<string, unknown>;

const SAFE = new Set(['GET']);
const BYTES = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } };
const ANSWERS: Record<'bytes' | 'document' | 'events', Json> = {
  bytes: { '*/*': { schema: { type: 'string', format: 'binary' } } },
  document: { 'text/html': { schema: { type: 'string' } } },
  events: { 'text/event-stream': { schema: { type: 'string' } } },
};

export interface DescribedServer {
  /** Where this installation answers, for clients that are made from the description. */
  url: string;
  /** The session cookie's name there. */
  cookie: string;
  version: string;
}

export function openApiDocument({ url, cookie, version }: DescribedServer): Json {
  const paths: Record<string, Json> = {};
  for (const name of Object.keys(ALL_PATHS) as RouteName[]) {
    const [method = '', pattern = ''] = ALL_PATHS[name].split(' ');
    const path = pattern.replace(/:([A-Za-z]+)/g, '{$1}');
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation(name, ROUTES[name], method) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Eider',
      version,
      description:
        'What the webmail itself uses. Lists come in pages: pass `nextCursor` back as `cursor` until it is null. Instants are ISO 8601 in UTC, identifiers are opaque. Unsafe requests need the `x-csrf-token` that `GET /api/me` tells. Every answer has an `x-request-id`, which errors repeat.',
    },
    servers: [{ url }],
    tags: [...new Set(Object.keys(ALL_PATHS).map(groupOf))].map((tag) => ({ name: tag })),
    paths,
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: cookie },
        csrf: { type: 'apiKey', in: 'header', name: 'x-csrf-token' },
      },
      schemas: { Error: errorSchema() },
      responses: { Error: { description: 'Refused or failed; `code` says how', content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } } },
    },
  };
}

const groupOf = (name: string): string => name.slice(0, name.indexOf('.'));

function operation(name: RouteName, route: RouteContract, method: string): Json {
  const isPublic = route.permission === 'public';
  return {
    operationId: name,
    summary: SUMMARIES[name],
    tags: [groupOf(name)],
    security: isPublic ? [] : [SAFE.has(method) ? { session: [] } : { session: [], csrf: [] }],
    ...(route.params || route.query ? { parameters: [...parameters(route.params, 'path'), ...parameters(route.query, 'query')] } : {}),
    ...(route.body && { requestBody: { required: true, content: route.body === 'bytes' ? BYTES : { 'application/json': { schema: schemaOf(route.body, 'input') } } } }),
    responses: {
      '200': {
        description: 'Done',
        content: typeof route.response === 'string' ? ANSWERS[route.response] : { 'application/json': { schema: schemaOf(route.response, 'output') } },
      },
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

function parameters(schema: z.ZodType | undefined, place: 'path' | 'query'): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(properties).map(([name, property]) => ({ name, in: place, required: place === 'path' || required.includes(name), schema: property }));
}

/** @param io what a client may send, or what it gets: defaults and conversions lie between */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}

function errorSchema(): Json {
  return {
    type: 'object',
    required: ['error'],
    properties: {
      error: {
        type: 'object',
        required: ['code', 'message', 'request_id'],
        properties: {
          code: { type: 'string', enum: Object.keys(API_ERRORS) },
          message: { type: 'string', description: 'For people' },
          request_id: { type: 'string' },
          fields: {
            type: 'array',
            items: { type: 'object', required: ['field', 'rule'], properties: { field: { type: 'string' }, rule: { type: 'string' } } },
          },
          retry_after: { type: 'integer', description: 'Seconds, with rate_limited' },
        },
      },
    },
  };
}
