// The way to bulk-jobs.ts, which few visits need, and to its texts.
import { withTexts } from '../../../components/i18n/load-texts.ts';

export const loadBulkJobs = () => withTexts(import('./bulk-jobs.ts'), 'jobs');
