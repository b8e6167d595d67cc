// Networks that the operator allows beside the public internet.
import { BlockList, isIP } from 'node:net';
import { isPublicAddress } from './public-address.ts';

/** @param networks `10.0.0.0/8` or single addresses, checked before. @returns which addresses may be connected to */
export function allowNetworks(networks: readonly string[]): (address: string) => boolean {
  const allowed = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    allowed.addSubnet(address, prefix === undefined ? (family === 'ipv4' ? 32 : 128) : Number(prefix), family);
  }
  return (address) => isPublicAddress(address) || allowed.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}
