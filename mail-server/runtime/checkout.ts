// Where things are in the checkout. Names only.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const CHECKOUT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export const MIGRATIONS = join(CHECKOUT, 'prisma/migrations');
export const NODE_BIN = join(CHECKOUT, 'node_modules/.bin');
/** Builds of this checkout, shared by all EIDER_HOMEs that are started from it. */
export const BUILDS = join(CHECKOUT, '.eider-build');
