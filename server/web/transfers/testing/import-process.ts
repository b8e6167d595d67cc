// A process that works on imports, for tests to kill.
import { createServices } from '../../services.ts';
import { workOnTransfers } from '../run-transfers.ts';

const services = createServices();
process.send?.('ready');
setInterval(() => void workOnTransfers(services), 200);
