// The table that tells what a refusal means: first match wins. Data only; classify-reply.ts applies it.
// A category says why, in the vocabulary that bounce processing shares. Order: texts that are surer than
// their codes, then enhanced codes, then general texts, then basic codes.

/** Why a recipient or message was refused or put off. */
export type ReplyCategory =
  | 'authfailure' | 'badreputation' | 'blocked' | 'contenterror' | 'exceedlimit' | 'expired' | 'filtered'
  | 'greylisted' | 'hasmoved' | 'hostunknown' | 'mailboxfull' | 'mailererror' | 'mesgtoobig' | 'networkerror'
  | 'norelaying' | 'notaccept' | 'notcompliantrfc' | 'onhold' | 'policyviolation' | 'ratelimited' | 'rejected'
  | 'requireptr' | 'securityerror' | 'spamdetected' | 'suspend' | 'syntaxerror' | 'systemerror' | 'toomanyconn'
  | 'undefined' | 'userunknown' | 'virusdetected';

export interface ReplyRule {
  category: ReplyCategory;
  /** Basic codes, e.g. `^55`. */
  code?: RegExp;
  enhancedCode?: RegExp;
  text?: RegExp;
  /** The MX host's name: rules that hold for one provider only. */
  mxHost?: RegExp;
  /** Overrides what the code's first digit says. */
  disposition?: 'deferred' | 'bounced';
}

/** Categories in which a permanent refusal means that the address itself is dead. */
export const DEAD_ADDRESS: ReadonlySet<ReplyCategory> = new Set<ReplyCategory>(['userunknown', 'hostunknown', 'hasmoved', 'notaccept']);

/** Categories that are about the sender, its address or its content: never the recipient's fault. */
export const SENDER_FAULT: ReadonlySet<ReplyCategory> = new Set<ReplyCategory>([
  'authfailure', 'badreputation', 'blocked', 'contenterror', 'filtered', 'norelaying', 'notcompliantrfc', 'policyviolation',
  'ratelimited', 'rejected', 'requireptr', 'securityerror', 'spamdetected', 'toomanyconn', 'virusdetected',
]);

export const REPLY_RULES: readonly ReplyRule[] = [
  // Put off by a text that is plainer than its code. Some greylisting answers 5xx and means 4xx.
  { category: 'greylisted', text: /gr[ea]y-?\s?list/i, disposition: 'deferred' },
  { category: 'greylisted', code: /^4/, text: /please (?:try again|retry) (?:later|in \d+)|try again in \d+|temporarily deferred|come back later/i },
  { category: 'toomanyconn', text: /too many (?:concurrent |simultaneous )?(?:smtp )?(?:connections|sessions)|trop de connexions|connection (?:rate )?limit|max(?:imum)? (?:number of )?connections/i, disposition: 'deferred' },

  // Content.
  { category: 'virusdetected', text: /\bvirus\b|malware|infected|clamav/i },

  // Reverse DNS.
  { category: 'requireptr', text: /reverse (?:dns|hostname|lookup)|\bPTR\b|rdns|cannot find your (?:reverse )?hostname|does not resolve to/i },
  { category: 'requireptr', enhancedCode: /\.7\.25$/ },

  // Authentication of the sender's domain.
  { category: 'authfailure', text: /\bdmarc\b|\bdkim\b|\bspf\b|unauthenticated (?:e-?)?mail|sender policy framework|anti-?spoofing/i },
  { category: 'authfailure', enhancedCode: /\.7\.(?:2[0-46-9]|26|30)$/ , text: /authenticat|signature|alignment/i },

  // Addresses of the sender on lists, and its reputation.
  { category: 'badreputation', text: /reputation/i },
  { category: 'blocked', text: /spamhaus|sorbs|barracuda|spamcop|uribl|invaluement|spamrl|cobion|hostkarma|cloudmark|mail-abuse\.com|proofpoint\.com|\bdnsbl\b|\brbl\b|\bxbl\b|\bzen\./i },
  { category: 'blocked', text: /black-?\s?list|block-?\s?list|blacklistis|banned sending ip|listed (?:at|by|in|on)\b|your ip .{0,60}(?:listed|blocked|banned|rejected)|\bgeoip\b|geographical/i },
  { category: 'blocked', text: /client host .{0,80}(?:blocked|rejected)|\b(?:connection|ip|host|client)\b.{0,60} (?:blocked|refused|rejected)|connections will not be accepted|access denied.{0,40}\bip\b|problem occurred\..{0,80}postmaster|:blocked\)|access to submit messages/i },
  { category: 'blocked', enhancedCode: /\.7\.(?:606|6[0-4]\d|107|508|511)$/ },

  // Rates.
  { category: 'ratelimited', text: /unusual rate|rate[- ]?limit|too (?:quickly|fast|many (?:messages|e-?mails|recipients))|slow down|(?:unexpected|excessive) volume|throttl|receiving mail at a rate|exceeded.{0,40}(?:rate|quota of messages|sending limit|hourly|daily)/i },
  { category: 'ratelimited', enhancedCode: /^4\.7\.28$/ },
  { category: 'exceedlimit', text: /too many (?:hops|recipients|invalid)|hop count|mail loop|loops? back/i },
  { category: 'exceedlimit', enhancedCode: /\.(?:4\.6|5\.3)$/ },

  // Spam.
  { category: 'spamdetected', text: /\bspam\b|\bspammy\b|unsolicited|\bjunk\b|\bUBE\b|\bbulk mail\b|suspicious/i },

  // Mailboxes.
  { category: 'mailboxfull', text: /(?:mail)?box (?:is )?(?:full|over ?quota)|over ?quota|quota (?:is )?(?:exceeded|full)|exceed.{0,30}(?:quota|storage|disk)|insufficient (?:disk )?space|no space left in mailbox|storage (?:limit|exceeded)|out of (?:disk )?storage/i },
  { category: 'mailboxfull', enhancedCode: /\.2\.2$/ },
  { category: 'mesgtoobig', text: /(?:message|mail|size).{0,40}(?:too (?:big|large)|exceeds)|exceeds.{0,40}(?:size|maximum)|too large/i },
  { category: 'mesgtoobig', enhancedCode: /\.(?:2\.3|3\.4)$/ },
  { category: 'hasmoved', text: /(?:has|have) moved|address (?:has )?changed|no longer (?:use|uses|reads) this/i },
  { category: 'hasmoved', enhancedCode: /\.1\.6$/ },
  { category: 'suspend', text: /(?:account|mailbox|user|recipient|e-?mail address|box).{0,60}(?:disabled|suspended|inactive|deactivated|locked|frozen|closed|blocked for inactivity)|(?:disabled|suspended|inactive|expired) (?:account|mailbox|user|recipient)/i },
  { category: 'userunknown', text: /(?:user|mailbox|account|recipient|address|addressee|alias|e-?mail)[^.\n]{0,60}(?:unknown|not (?:found|exist|known|valid|available|listed|here)|does ?n[o']t exist|doesn't (?:have|exist)|invalid|no longer (?:exist|valid|available|active)|unavailable|rejected|undeliverable|unrouteable)/i, code: /^(?:550|551|553|554|511|501|5[0-9]{2})$/, enhancedCode: /^5\.(?:1\.[0-2]|0\.0)$/ },
  { category: 'userunknown', code: /^5/, text: /no such (?:user|mailbox|recipient|address|person|account|local)|unknown (?:user|recipient|local|mailbox|address|account)|user unknown|(?:user|mailbox|account|recipient|address)[^.\n]{0,40}(?:unknown|not found|does ?n[o']t exist|doesn't have|does not have)|invalid (?:recipient|mailbox|address|user)|(?:recipient|mailbox|address) (?:is )?(?:invalid|rejected|not found)|not a valid (?:recipient|mailbox|user)|destinataire invalide|not our customer|no (?:mailbox|account) (?:here )?(?:by|with|for)|unrouteable address/i },
  { category: 'norelaying', text: /relay(?:ing)? (?:access )?(?:denied|not permitted|prohibited|is not allowed)|unable to relay|(?:we|I) do(?:n't| not) relay|not (?:a|an) (?:open )?relay/i },
  { category: 'hostunknown', code: /^5/, text: /(?:host|domain)[^.\n]{0,40}(?:unknown|not found|does not exist|is invalid)|unknown (?:host|domain)|no such (?:host|domain)|illegal host/i },

  // What the enhanced code alone says (RFC 3463 and its registry).
  { category: 'userunknown', enhancedCode: /^5\.1\.(?:0|1|3)$/ },
  { category: 'hostunknown', enhancedCode: /^5\.1\.2$/ },
  { category: 'notaccept', enhancedCode: /^5\.(?:1\.10|3\.2)$/ },
  { category: 'rejected', enhancedCode: /\.1\.(?:7|8|9)$/ },
  { category: 'rejected', enhancedCode: /\.7\.27$/ },
  { category: 'suspend', enhancedCode: /\.2\.1$/ },
  { category: 'systemerror', enhancedCode: /\.3\.(?:0|1|2|5)$/ },
  { category: 'networkerror', enhancedCode: /\.4\.(?:1|2|3|4|7)$/ },
  { category: 'expired', enhancedCode: /\.4\.7$/ },
  { category: 'toomanyconn', enhancedCode: /^4\.(?:3\.2|4\.5)$/ },
  { category: 'syntaxerror', enhancedCode: /\.5\.(?:0|1|2|4)$/ },
  { category: 'contenterror', enhancedCode: /\.6\.\d+$/ },

  // Policy and the rest of the general texts.
  { category: 'notcompliantrfc', text: /rfc[- ]?(?:\d+|compliant)|not rfc|5322|missing a valid address in from|no from: header|duplicate header|bare (?:lf|line ?feed)/i },
  { category: 'policyviolation', text: /\bpolic(?:y|ies)\b|not allowed|administratively|prohibited|denied/i },
  { category: 'securityerror', text: /authentication (?:required|failed)|must issue a starttls|starttls|encryption (?:required|needed)|tls required/i },
  { category: 'securityerror', enhancedCode: /\.7\.(?:[3-9]|1[0-9])$/ },
  { category: 'policyviolation', enhancedCode: /\.7\.\d+$/ },
  { category: 'contenterror', text: /content (?:rejected|not|is)|attachment|message (?:was )?rejected because/i },
  { category: 'systemerror', text: /(?:internal|server|system|configuration|resource|local) (?:server )?(?:error|resource|failure|problem)|temporar(?:y|ily)|insufficient (?:system )?(?:storage|resources)|out of memory|service (?:not |un)available|timed? ?out/i },
  { category: 'userunknown', code: /^(?:550|551|553)$/, text: /\b(?:mailbox|user|recipient|address|account)\b/i },
  { category: 'filtered', code: /^5/, text: /\bblocked\b|\bfiltered\b|refused|rejected/i },

  // What the basic code alone says (RFC 5321 4.2.3).
  { category: 'systemerror', code: /^(?:421|451)$/ },
  { category: 'mailboxfull', code: /^(?:452|552)$/ },
  { category: 'onhold', code: /^450$/ },
  { category: 'syntaxerror', code: /^50[0-4]$/ },
  { category: 'notaccept', code: /^(?:521|556)$/ },
];
