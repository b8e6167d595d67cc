// The operator's command line, `npm run -s eider -- …`. Only the table of commands; each stands in its own file.
import { Command } from 'commander';
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
import { addRoute } from './route.ts';
import { runProgram } from './run-program.ts';
import { addStatus } from './status.ts';
import { addTenant } from './tenant.ts';
import { addUser } from './user.ts';
import { addDomainReports, addFeedback } from './feedback.ts';
import { addPauses, addReputation } from './reputation.ts';
import { addSuppression } from './suppression.ts';

const COMMANDS = [
  addStatus,
  addDoctor,
  addTenant,
  addDomain,
  addUser,
  addQueue,
  addRoute,
  addEgress,
  addEvents,
  addIndex,
  addParseReport,
  addAudit,
  addMessage,
  addDeadLetter,
  addPrivacy,
  addSuppression,
  addReputation,
  addPauses,
  addFeedback,
  addDomainReports,
];

const program = new Command('eider');
program.description("Eider's command line, for its operator. It works on the installation in EIDER_HOME.");
for (const add of COMMANDS) add(program);
await runProgram(program);
