// The operator's command line, `npm run -s eider -- …`. Only the table of commands; each stands in its own file.
import { Command, CommanderError } from 'commander';
import { addAudit } from './audit.ts';
import { addDeadLetter } from './dead-letter.ts';
import { addDomain } from './domain.ts';
import { addDoctor } from './doctor.ts';
import { addEgress } from './egress.ts';
import { addEvents } from './events.ts';
import { addIndex } from './mailbox-index.ts';
import { addMessage } from './message.ts';
import { addParseReport } from './parse-report.ts';
import { addPrivacy } from './privacy.ts';
import { addQueue } from './queue.ts';
import { explain } from './refusal.ts';
import { addRoute } from './route.ts';
import { addStatus } from './status.ts';
import { addTenant } from './tenant.ts';
import { addUser } from './user.ts';
import { addDomainReports, addFeedback } from './feedback.ts';
import { addPauses, addReputation } from './reputation.ts';
import { addSuppression } from './suppression.ts';

/** Wrong usage, as most programs have it; 1 is for what was refused. */
const USAGE = 2;

const program = new Command('eider');
program
  .description("Eider's command line, for its operator. It works on the installation in EIDER_HOME.")
  .showHelpAfterError('(--help shows what there is)')
  .exitOverride();
for (const add of [addStatus, addDoctor, addTenant, addDomain, addUser, addQueue, addRoute, addEgress, addEvents, addIndex, addParseReport, addAudit, addMessage, addDeadLetter, addPrivacy]) add(program);
for (const add of [addSuppression, addReputation, addPauses, addFeedback, addDomainReports]) add(program);
inherit(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : USAGE;
  } else {
    process.stderr.write(`eider: ${explain(error) ?? (error as Error).stack}\n`);
    process.exitCode = 1;
  }
}

/** Commander copies these settings only to commands that are made after them by `command()` of the same parent. */
function inherit(command: Command): void {
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    inherit(child);
  }
}
