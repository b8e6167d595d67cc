// What has to be there before tests: the backing services' programs and the generated database client. Run by
// bootstrap.mjs; quick when all of it is there.
import { ensurePrismaClient } from './build/prisma-client.ts';
import { ensurePrefix } from './prefix/ensure-prefix.ts';
import { progress } from './progress.ts';
import { SetupError } from './setup-error.ts';

const show = progress();
try {
  await show.step('embedded services', (detail) => ensurePrefix(detail));
  await show.step('database client', (detail) => ensurePrismaClient().then((made) => detail(made ? 'generated' : '')));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`eider: ${error.message}\n`);
  process.exitCode = 1;
}
