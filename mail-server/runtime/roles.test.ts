import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { nodeRole, portsOf, selectRoles } from './roles.ts';

const all = selectRoles(undefined);

it('runs every role unless told which', () => {
  expect(all).toEqual({ node: ['gateway', 'wildduck', 'delivery', 'scheduler', 'events', 'indexer', 'inbound', 'submission'], web: true });
  expect(selectRoles(' , ')).toEqual(all);
  expect(selectRoles('delivery, web')).toEqual({ node: ['delivery'], web: true });
  expect(selectRoles('inbound')).toEqual({ node: ['inbound'], web: false });
  expect(() => selectRoles('inbound,mailer')).toThrow('EIDER_ROLES: no role "mailer"; there are gateway, wildduck,');
});

it('opens the ports of the chosen roles only', () => {
  expect(portsOf(all)).toEqual(['web', 'mx', 'submission', 'submissions', 'imap', 'imaps', 'pop3s']);
  expect(portsOf(selectRoles('delivery,submission'))).toEqual(['submission', 'submissions']);
});

it.each(all.node)('%s has a main file, and needs only roles that are listed before it', (role) => {
  const spec = nodeRole(role, process.env, 'start');
  expect(existsSync(spec.args.at(-1) ?? '')).toBe(true);
  const known = ['postgres', 'valkey', 'rspamd', ...all.node.slice(0, all.node.indexOf(role))];
  expect(spec.needs.filter((needed) => !known.includes(needed))).toEqual([]);
});

it('watches sources in dev only, and is stopped by the kernel when the supervisor dies', () => {
  expect(nodeRole('inbound', process.env, 'start').args.slice(0, 4)).toEqual(['--pdeathsig', 'TERM', '--', process.execPath]);
  expect(nodeRole('inbound', process.env, 'dev').args).toContain('--watch');
  expect(nodeRole('inbound', process.env, 'start').args).not.toContain('--watch');
});
