import { expect, test } from 'vitest';
import { allowNetworks } from './allowed-networks.ts';

test.each([
  [[], '8.8.8.8', true],
  [[], '127.0.0.1', false],
  [['127.0.0.0/8'], '127.3.0.1', true],
  [['127.0.0.0/8'], '10.0.0.1', false],
  [['10.1.2.3'], '10.1.2.3', true],
  [['10.1.2.3'], '10.1.2.4', false],
  [['fd00::/8'], 'fd12::1', true],
  [['fd00::/8'], 'fe80::1', false],
])('%j: %s %s', (networks, address, allowed) => expect(allowNetworks(networks)(address)).toBe(allowed));
