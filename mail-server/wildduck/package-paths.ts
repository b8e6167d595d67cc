// Where the unmodified WildDuck package lies. Owns no settings.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** The folder of the installed package. */
export const wildduckFolder = dirname(require.resolve('@zone-eu/wildduck/package.json'));

/** WildDuck's own defaults, which our settings are laid over. */
export const wildduckConfigFolder = join(wildduckFolder, 'config');
