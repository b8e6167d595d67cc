// A process that works on jobs as the web does and can be killed in the middle of one; for tests. Its environment is the
// web's.
import { createServices } from '../services.ts';
import { workOnJobs } from '../jobs/run-jobs.ts';

await workOnJobs(createServices());
process.exit(0);
