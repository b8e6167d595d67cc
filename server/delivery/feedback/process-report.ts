// One report from bytes to effects, in one transaction: parsed, proven, joined, its events and suppressions written, and
// handed on where a person waits for it. What cannot be proven or understood changes nothing and says why.
import { storeDomainReport } from '../../domains/reports/store-domain-report.ts';
import type { Pool, PoolClient } from '../../infra/db/pool.ts';
import { withTransaction } from '../../infra/db/with-transaction.ts';
import type { TokenSubject } from '../../mail/feedback-token.ts';
import { parseReport } from '../../mail/reports/parse-report.ts';
import type { ParsedReport } from '../../mail/reports/report-types.ts';
import { insertMessages } from '../enqueue.store.ts';
import { suppressionEnd } from '../suppression/suppression-rules.ts';
import { insertSuppression } from '../suppression/suppression.store.ts';
import { type EffectRule, FEEDBACK_EFFECTS } from './feedback-effects.ts';
import { insertEffect, insertFeedbackEvent, type KnownMessage, selectKnownMessage } from './feedback.store.ts';
import { handOn } from './hand-on.ts';
import { finishReport, type ReportOutcome, type WaitingReport } from './intake.store.ts';
import { type Effect, effectsOf, findProof } from './join-report.ts';
import type { TokenKeys } from './token-keys.ts';

export interface FeedbackDeps {
  pool: Pool;
  keys: TokenKeys;
  /** This host's name. */
  hostname: string;
  isHosted(domain: string): Promise<boolean>;
}

/**
 * Processes one report; a second call for the same one changes nothing.
 * @returns what became of it, for the log; null when another worker had ended it
 * @throws what the database throws; then nothing of it has happened
 */
export async function processReport(deps: FeedbackDeps, report: WaitingReport): Promise<ReportOutcome | null> {
  const parsed = parseReport(report.content);
  try {
    return await withTransaction(deps.pool, async (client) => {
      const outcome = await take(deps, client, report, parsed);
      if (!(await finishReport(client, report.id, outcome))) throw new EndedElsewhere();
      return outcome;
    });
  } catch (error) {
    if (error instanceof EndedElsewhere) return null;
    throw error;
  }
}

class EndedElsewhere extends Error {}

async function take(deps: FeedbackDeps, client: PoolClient, report: WaitingReport, parsed: ParsedReport): Promise<ReportOutcome> {
  const { kind } = parsed;
  const aboutDomain = await storeDomainReport(client, parsed, report);
  if (aboutDomain?.kind === 'foreign') return { kind, outcome: 'neutral', detail: `about no domain hosted here: ${aboutDomain.domains.join(', ')}` };
  if (aboutDomain) return { kind, outcome: aboutDomain.kind, detail: aboutDomain.domains.join(', '), tenantId: aboutDomain.tenantId };

  const proof = findProof(parsed, report.recipient, deps.keys.accepted(), report.receivedAt);
  if (proof.kind === 'none') {
    const refused = parsed.kind === 'none' ? (parsed.refused ?? 'not a report') : null;
    return { kind, outcome: 'neutral', detail: refused ?? proof.why, keepContent: true };
  }
  const message = await selectKnownMessage(client, proof.subject.queueId);
  if (message === null) return { kind, outcome: 'neutral', detail: 'the message is no longer known', queueId: proof.subject.queueId };
  return joined(deps, client, { report, parsed, subject: proof.subject, message });
}

interface Join {
  report: WaitingReport;
  parsed: ParsedReport;
  subject: TokenSubject;
  message: KnownMessage;
}

async function joined(deps: FeedbackDeps, client: PoolClient, join: Join): Promise<ReportOutcome> {
  const { message, parsed, report } = join;
  const { effects, foreign } = effectsOf(parsed, join.subject, message);
  const done: string[] = [];
  let fresh = 0;
  for (const effect of effects) {
    if (await apply(client, join, effect)) fresh++;
    done.push(`${FEEDBACK_EFFECTS[effect.name].event}${effect.proven ? '' : ' (proof shared by several recipients)'}`);
  }
  const notes = [...done, ...(foreign.length > 0 ? [`${foreign.length} recipients named that the message did not have`] : [])];
  const handedOn = report.intake === 'bounce' && parsed.kind !== 'arf' ? await passOn(deps, client, join) : null;
  if (handedOn !== null) notes.push(handedOn.done ? 'handed on to the sender' : `not handed on: ${handedOn.why}`);
  const changed = fresh > 0 || handedOn?.done === true;
  return {
    kind: parsed.kind,
    outcome: changed ? 'joined' : effects.length > 0 ? 'duplicate' : 'neutral',
    detail: notes.join('; ') || 'it says nothing of a recipient',
    tenantId: message.tenantId,
    queueId: message.queueId,
    keepContent: !changed && effects.length === 0,
  };
}

/** @returns false when the same had been told before */
async function apply(client: PoolClient, { report, parsed, message }: Join, effect: Effect): Promise<boolean> {
  const rule: EffectRule = FEEDBACK_EFFECTS[effect.name];
  const { queueId, tenantId, source } = message;
  const { recipientNo, address, said } = effect;
  if (!(await insertEffect(client, { queueId, recipientNo, effect: rule.event, reportId: report.id }))) return false;
  const suppression = effect.proven && !(rule.suppression === 'bounce' && source === 'dsn') ? rule.suppression : null;
  await insertFeedbackEvent(client, {
    queueId, tenantId, recipientNo, recipient: address, type: rule.event,
    data: {
      report: report.id, by: parsed.kind, category: said?.reason ?? null, status: said?.status || null, replyCode: said?.replyCode || null,
      reason: said?.diagnostic || rule.why, remoteMta: said?.remoteMta ?? null, addressDead: effect.name === 'bouncedDead', suppressed: suppression,
      ...(parsed.kind === 'arf' && { feedbackType: parsed.arf.feedbackType, reporter: parsed.arf.reportingMta ?? parsed.arf.userAgent }),
    },
  });
  if (suppression !== null) {
    const expiresAt = suppressionEnd(suppression, source, report.receivedAt);
    await insertSuppression(client, { tenantId, address, reason: suppression, source: parsed.kind, detail: (said?.diagnostic || rule.why).slice(0, 500), queueId, expiresAt });
  }
  return true;
}

async function passOn(deps: FeedbackDeps, client: PoolClient, { report, message }: Join): Promise<{ done: boolean; why: string }> {
  const result = await handOn({
    message, content: report.content, hostname: deps.hostname, isHosted: deps.isHosted,
    clientAddress: report.clientAddress, receivedAt: report.receivedAt, now: new Date(),
  });
  if (result.kind === 'not') return { done: false, why: result.why };
  // A report is small (the MX takes 10 MB); it stands in the row whatever its size, as other reports of ours do.
  const stored = await insertMessages(client, [{ ...result.message, contentBlob: null }]);
  const outcome = stored.get(result.message.queueId);
  return outcome?.kind === 'stored' ? { done: true, why: '' } : { done: false, why: outcome?.kind ?? 'not stored' };
}
