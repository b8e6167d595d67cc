// Loaded into a client's process with `node --import`: answers its connections to EIDER_GATEWAY_SOCKET from within.
// Needs DOCUMENTDB_URL; connects to PostgreSQL when the first command comes. Other processes use the socket itself.
import { logger } from '../../server/infra/log/logger.ts';
import { Gateway } from './gateway.ts';
import { connectInProcess } from './in-process.ts';
import { loadSettings } from './settings.ts';

const settings = loadSettings(process.env);
if (settings.socketPath !== null) connectInProcess(settings.socketPath, new Gateway(settings, logger('gateway')));
