import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { ALL_PATHS } from './account-paths.ts';
import { openApiDocument } from './openapi.ts';

const described = openApiDocument({ url: 'https://mail.example', cookie: '__Host-eider', version: '1.2.3' });
interface Operation {
  operationId: string;
  security: object[];
  parameters?: { name: string; in: string; required: boolean; schema: { maximum?: number } }[];
  requestBody?: { content: Record<string, { schema: { required?: string[] } }> };
}
const operations = Object.values(described['paths'] as Record<string, Record<string, Operation>>).flatMap((path) => Object.values(path));
const operation = (id: string): Operation => operations.find(({ operationId }) => operationId === id)!;

describe('the description of the API', () => {
  test('is OpenAPI 3.1 by its own schema', async () => {
    const validator = new Validator();
    const result = await validator.validate(structuredClone(described));
    expect(result.errors ?? []).toEqual([]);
    expect(validator.version).toBe('3.1');
  });

  test('has every route once', () => {
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(ALL_PATHS).sort());
  });

  test('tells parameters with their bounds, and what is needed', () => {
    const { parameters = [] } = operation('folders.conversations');
    expect(parameters.find(({ name }) => name === 'folderId')).toMatchObject({ in: 'path', required: true });
    expect(parameters.find(({ name }) => name === 'limit')).toMatchObject({ in: 'query', required: false, schema: { maximum: 100 } });
  });

  test('asks for a body as a client sends it: what has a default may be left out', () => {
    const { schema } = operation('session.create').requestBody!.content['application/json']!;
    expect(schema.required).toEqual(['address', 'password']);
  });

  test.each([
    ['health.get', []],
    ['me.get', [{ session: [] }]],
    ['emails.send', [{ session: [], csrf: [] }]],
  ])('%s wants %j', (id, security) => expect(operation(id).security).toEqual(security));
});
