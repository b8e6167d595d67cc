'use client';
// Opens a message to people.
import { openCompose } from '../_compose/compose-windows.ts';

/** Those without an address are left out. */
export function writeTo(people: readonly { name: string; address: string }[]): void {
  const quoted = (name: string) => `"${name.replace(/["\\]/g, '')}"`;
  const reachable = people.filter(({ address }) => address !== '');
  openCompose({ kind: 'new', to: reachable.map(({ name, address }) => (name && name !== address ? `${quoted(name)} <${address}>` : address)).join(', ') });
}
