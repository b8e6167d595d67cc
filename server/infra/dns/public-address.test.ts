import { describe, expect, test } from 'vitest';
import { isPublicAddress } from './public-address.ts';

describe('isPublicAddress', () => {
  test.each(['8.8.8.8', '1.1.1.1', '172.15.255.255', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450::1', '2a00:1450:4001::1'])('%s is', (address) =>
    expect(isPublicAddress(address)).toBe(true));
  test.each([
    '127.0.0.1', '127.255.255.254', '127.255.255.255', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1',
    '192.0.2.1', '198.18.0.1', '224.0.0.1', '255.255.255.255', '::', '::1', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8', '::7f00:1',
    '::FFFF:10.0.0.1', '64:ff9b::7f00:1', 'fd00::1', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd12::1', 'ff02::1', '64:ff9b::a00:1', '2002:7f00:1::', '2001:db8::1', '[::1]', 'localhost', '', '1.2.3',
  ])('%s is not', (address) => expect(isPublicAddress(address)).toBe(false));
});
