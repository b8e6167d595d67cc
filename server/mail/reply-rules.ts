// The table that tells what a refusal means: first match wins. Data only; classify-reply.ts applies it, to live
// replies and to those that a delivery report quotes. The rules themselves stand by subject in reply-rules-*.ts.
import { CODE_RULES } from './reply-rules-codes.ts';
import { ON_THE_WAY_RULES, PHRASE_RULES } from './reply-rules-phrases.ts';
import { PROVIDER_RULES } from './reply-rules-provider.ts';
import { GENERAL_RECIPIENT_RULES, RECIPIENT_RULES } from './reply-rules-recipient.ts';
import { SENDER_RULES, SURE_SENDER_RULES } from './reply-rules-sender.ts';
import { SYSTEM_RULES } from './reply-rules-system.ts';

/** Why a recipient or message was refused or put off. */
export type ReplyCategory =
  | 'authfailure' | 'badreputation' | 'blocked' | 'contenterror' | 'exceedlimit' | 'expired' | 'failedstarttls'
  | 'filtered' | 'greylisted' | 'hasmoved' | 'hostunknown' | 'mailboxfull' | 'mailererror' | 'mesgtoobig'
  | 'networkerror' | 'norelaying' | 'notaccept' | 'notcompliantrfc' | 'onhold' | 'policyviolation' | 'ratelimited'
  | 'rejected' | 'requireptr' | 'securityerror' | 'spamdetected' | 'suppressed' | 'suspend' | 'syntaxerror'
  | 'systemerror' | 'systemfull' | 'toomanyconn' | 'undefined' | 'userunknown' | 'virusdetected';

/** Where in the dialogue the refusal came. */
export type SmtpCommand = 'CONN' | 'EHLO' | 'MAIL' | 'RCPT' | 'DATA';

export interface ReplyRule {
  category: ReplyCategory;
  /** Basic codes, e.g. `^55`. */
  code?: RegExp;
  enhancedCode?: RegExp;
  text?: RegExp;
  /** The MX host's name: rules that hold for one provider only. */
  mxHost?: RegExp;
  /** Only for a refusal of one of these commands; a reply of unknown place never matches. */
  command?: readonly SmtpCommand[];
  /** Overrides what the code's first digit says. */
  disposition?: 'deferred' | 'bounced';
}

/** Categories in which a permanent refusal means that the address itself is dead. */
export const DEAD_ADDRESS: ReadonlySet<ReplyCategory> = new Set<ReplyCategory>(['userunknown', 'hostunknown', 'hasmoved', 'notaccept']);

/** Categories that are about the sender, its address or its content: never the recipient's fault. */
export const SENDER_FAULT: ReadonlySet<ReplyCategory> = new Set<ReplyCategory>([
  'authfailure', 'badreputation', 'blocked', 'contenterror', 'failedstarttls', 'filtered', 'norelaying', 'notcompliantrfc',
  'policyviolation', 'ratelimited', 'rejected', 'requireptr', 'securityerror', 'spamdetected', 'toomanyconn', 'virusdetected',
]);

/** In order: providers' own texts, set phrases, texts surer than their codes, recipients, senders, systems, bare codes. */
export const REPLY_RULES: readonly ReplyRule[] = [
  ...PROVIDER_RULES,
  ...PHRASE_RULES,
  ...SURE_SENDER_RULES,
  ...RECIPIENT_RULES,
  ...ON_THE_WAY_RULES,
  ...SENDER_RULES,
  ...GENERAL_RECIPIENT_RULES,
  ...SYSTEM_RULES,
  ...CODE_RULES,
];
