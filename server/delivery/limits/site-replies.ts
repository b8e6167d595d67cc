// What a site's replies do to its limits: left alone for a time, slower, fewer connections, a short pause.
import { formatReply, type SmtpReply } from '../../mail/smtp-reply.ts';
import type { Gate } from './gate.ts';
import type { GateKeeper } from './gate-keeper.ts';
import type { LimiterDeps } from './limiter-types.ts';
import { paceAction } from './reply-action.ts';
import type { SiteMatch } from './shaping-rules.ts';
import { objectToRate, pauseBriefly, suspend } from './site-state.ts';

const CLOSED_MS = 2_000;

/**
 * @param learnConnections told when a site wants fewer of them
 * @returns hears a reply and says whether it changes the pace
 */
export function siteReplies(deps: Pick<LimiterDeps, 'rules' | 'log'>, keeper: GateKeeper, learnConnections: (entry: Gate, said: string) => void) {
  const { log } = deps;
  const { now, changeLater } = keeper;

  function replied(entry: Gate, match: SiteMatch, reply: SmtpReply, to: { refusedConnection?: boolean; mayBeClosing?: boolean }): boolean {
    const found = paceAction(deps.rules, match.name, reply, to);
    if (!found) return false;
    const said = formatReply(reply).slice(0, 200);
    if (found.action === 'suspend' || found.action === 'other-address') {
      log.warn({ limit: entry.key, reply: said, minutes: found.forMs / 60_000 }, 'a site is left alone for a time');
      entry.closedUntil = now() + CLOSED_MS;
      changeLater(entry, (state, measured) => suspend(state, measured.now, found.forMs, said));
      return true;
    }
    if (!match.limits.adaptive) return false;
    if (found.action === 'slower') learnRate(entry, said);
    else if (entry.openConnections > 1) learnConnections(entry, said);
    else changeLater(entry, (state, measured) => pauseBriefly(state, measured.now, said));
    return true;
  }

  /** Nothing more goes out until it is known what follows; one objection at a time. */
  function learnRate(entry: Gate, said: string): void {
    if (entry.closedUntil > now()) return;
    entry.closedUntil = now() + CLOSED_MS;
    void (async () => {
      try {
        await keeper.sync([entry]);
        const state = await keeper.change(entry, (known, measured) => objectToRate(known, measured, said));
        entry.runs = [];
        log.info({ limit: entry.key, reply: said, perMinute: state.perMinute, pauseMs: state.stop?.lengthMs }, 'a site wants less');
        entry.closedUntil = 0;
      } catch (error) {
        log.warn({ err: error, limit: entry.key }, 'a change of a limit was not stored');
      }
    })();
  }

  return replied;
}
