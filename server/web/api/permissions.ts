// Which role may do what over the web. A table: a new permission or role that is missing here does not compile.
import type { Permission } from '../contract/routes.ts';
import type { Role } from '../session/session.store.ts';

const MAILBOX_OWNER = ['account:read', 'account:write', 'mail:read', 'mail:write', 'mail:send'] as const;

const PERMISSIONS = {
  user: MAILBOX_OWNER,
  admin: MAILBOX_OWNER,
  operator: MAILBOX_OWNER,
} as const satisfies Record<Role, readonly Exclude<Permission, 'public'>[]>;

/** Whether the role has the permission. Whose objects it reaches is checked where they are read. */
export function may(role: Role, permission: Permission): boolean {
  return permission === 'public' || (PERMISSIONS[role] as readonly Permission[]).includes(permission);
}
