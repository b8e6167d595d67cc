// `npm run boundaries`: prints every import that crosses a boundary and exits 1 when there is one.
import { fileURLToPath } from 'node:url';
import { checkBoundaries } from './cruise.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const { modules, rules, violations } = await checkBoundaries(checkout);
for (const violation of violations) {
  console.error(`${violation.from} → ${violation.to}\n    ${violation.rule}: ${violation.comment}`);
}
console.log(`${modules.length} modules read, ${rules} rules, ${violations.length} violations`);
process.exitCode = violations.length > 0 ? 1 : 0;
