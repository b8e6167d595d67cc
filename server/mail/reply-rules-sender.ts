// Reply rules about the sender: relaying, authentication, reverse DNS, reputation, lists, rates, content, policy.
// Nothing here ever says that a recipient's address is dead.
import type { ReplyRule } from './reply-rules.ts';

/** Names of public block lists and of reputation services. */
const LISTS = 'spamhaus|\\bsorbs\\b|barracudacentral|barracudanetworks\\.com/reputation|spamcop|uribl|surbl|invaluement|spamrl|cobion|hostkarma|cloudmark|mail-abuse\\.com|mail-abuse\\.org|proofpoint\\.com|\\bdnsbl\\b|\\brbls?\\b|\\bxbl\\b|\\bpbl\\b|\\bsbl\\b|\\bzen\\.|njabl|dsbl\\.org|senderscore|ivmsip|uceprotect|backscatterer|truncate\\.gbudb|abuseat\\.org|\\bmaps\\b|ordb';

/** Surer than what the recipient rules would read into the same text. */
export const SURE_SENDER_RULES: readonly ReplyRule[] = [
  // Some greylisting answers 5xx and means 4xx.
  { category: 'greylisted', text: /gr[ea]y-?\s?list/i, disposition: 'deferred' },

  // Connections are a matter of pace, whatever the code.
  { category: 'toomanyconn', text: /too many (?:concurrent |simultaneous |open |smtp |current ){0,3}(?:connections?|sessions?)\b|trop de connexions|max(?:imum)? (?:number of )?(?:concurrent )?connections/i, disposition: 'deferred' },

  { category: 'norelaying', text: /relay(?:ing)?(?: access)?(?: is)? (?:denied|not (?:permitted|allowed|authori[sz]ed)|prohibited|disallowed|rejected)|(?:unable|not (?:permitted|allowed|authori[sz]ed)|cannot|refus\w+|not willing|denied)(?: to)? relay|(?:we|I|this (?:host|server|system)) (?:do(?:es)?(?:n't| not)|not) relay|not (?:a|an) (?:open )?relay|no relay(?:ing)?\b|insecure mail relay|mail server requires authentication when attempting to send to a non-local|specified domain is not allowed|non-local e-?mail address|that domain isn't (?:in my list|allowed to be relayed)|isn't allowed to be relayed|too many relay|not a gateway|is not (?:an? )?(?:permitted|allowed) (?:to )?relay|must (?:authenticate|check for new mail).{0,30}(?:first|before)|email address is not verified/i },

  { category: 'virusdetected', text: /\bvirus(?:es)?\b|malware|infected|clamav|\btrojan\b|\bworm\b/i },

  { category: 'requireptr', text: /reverse[- ](?:dns|hostname|lookup|name|resolution|mapping)|\bPTR\b|\brdns\b|cannot find your (?:reverse )?(?:hostname|ip)|(?:ip|client).{0,60}does not resolve|cannot resolve (?:your|the client)|could not resolve.{0,20}(?:your|address)|unable to resolve (?:your|client)|unverifyable sending ips|no (?:valid )?(?:reverse|dns ptr)|all mail servers must have a|missing dns ptr|forged hostname|fix reverse|ip name lookup failed|ip address .{0,40}(?:no|without) (?:reverse|hostname)|name lookup failed for|hostname lookup/i },
  { category: 'requireptr', enhancedCode: /\.7\.25$/ },

  { category: 'authfailure', text: /\bdmarc\b|required authentication level|\bdkim\b|\bspf\b|unauthenticated (?:e-?)?mail|sender policy framework|spf\.pobox|openspf|spoof(?:ed|ing)|multiple authentication (?:checks )?fail|fail(?:s|ed) (?:a |the )?(?:sender )?authentication check|not (?:authori[sz]ed|permitted|designated) (?:by|to send).{0,30}(?:domain|behalf)|authentication checks? (?:failed|on)|arc (?:validation|seal)|domain-?keys/i },
  { category: 'authfailure', enhancedCode: /\.7\.(?:2[0-246])$/ },
];

export const SENDER_RULES: readonly ReplyRule[] = [
  // A list, whatever its name promises.
  { category: 'blocked', text: /\bblocked using \S/i },
  { category: 'badreputation', text: /reputation|senderbase|poor (?:sending )?history|temporarily deferred due to (?:unexpected|user complaints)/i },

  { category: 'toomanyconn', text: /too many (?:concurrent |simultaneous |open |smtp |current )*(?:connections?|sessions?|connects|recipients|errors from|invalid recipients|concurrent)|trop de connexions|connection(?:s)? (?:rate )?limit|max(?:imum)? (?:number of )?(?:concurrent )?connections|connection rate|maximum connection|exceed\w*.{0,60}(?:connections|concurren|max(?:imum)? (?:number of )?(?:e-?mails|recipients|messages)|per[- ]hour|rate limit)|concurrency|number of (?:mails|messages|recipients) (?:exceed|sent)|allowed (?:number of )?(?:messages|recipients) (?:per|exceed)|all available ips are at maximum/i },
  { category: 'toomanyconn', enhancedCode: /\.5\.3$/ },
  { category: 'ratelimited', text: /unusual rate|rate[- ]?(?:limit|control)|too (?:quickly|fast|frequently|many (?:messages|e-?mails|mails|attempts))|slow(?:er)? (?:down|rate)|(?:unexpected|excessive|unusual) volume|throttl|receiving mail at a rate|exceeded.{0,40}(?:rate|quota of messages|sending limit|hourly|daily)|sending limit|try again slower/i },
  { category: 'ratelimited', enhancedCode: /\.7\.28$/ },

  // Lists and addresses.
  { category: 'blocked', text: new RegExp(LISTS, 'i') },
  { category: 'blocked', text: /black-?\s?list|block-?\s?list|\bblocklisted|deny ?list|listed (?:at|by|on)\b(?! address)|is (?:currently )?listed in|(?:your|sending|sender|client|source|connecting|remote|this) (?:ip|host|network|server|machine|system)\b.{0,80}(?:listed|block|banned|rejected|denied|refused|abus|dynamic|not allowed|not permitted|not authori|is on)|\bip\b.{0,40}(?:blocked|banned|blacklist|rejected|denied|dynamic|not allowed|not whitelisted)|\bgeoip\b|geographical|from (?:your )?(?:country|network|region)/i },
  { category: 'blocked', text: /client host .{0,80}(?:blocked|rejected)|\b(?:connections?|client|host|server)\b.{0,60} (?:(?:is |are |was |has been |temporarily )?(?:blocked|refused|rejected|dropped|denied))(?! .{0,10}relay)|connections will not be accepted|connections not accepted|access denied.{0,40}\bip\b|problem occurred\..{0,80}postmaster|:blocked\)|access to submit messages|dynamic (?:ip|address|host)|residential|dial-?up|open (?:proxy|relay)|dul\b|mail from .{0,80}(?:blocked|refused|banned|not allowed) (?:due|because|for|here)|refused to talk to me|no (?:access|thank you).{0,20}(?:from|spam)|unresolvable relay host|not accepting (?:mail|messages|connections) from (?:your|this|you)|bad (?:host|server|sender ip)|blocked (?:using|by|for|due|in|from|at)|temporarily blocked|server access (?:forbidden|denied)|hosts? (?:is )?(?:not|un)(?: ?allowed| ?authorized)|invalid (?:host|helo|ehlo)|bad (?:dns|helo|ehlo)|(?:helo|ehlo).{0,60}(?:rejected|invalid|denied|not allowed|does not|refused)|rule imposed as|because .{0,60}(?:is|was) (?:blocked|on).{0,20}list|abusive|too many (?:spam|unwanted) messages|too many bad commands/i },

  // Spam and content.
  { category: 'spamdetected', text: /\bspam(?:my|ming|assassin|med)?\b|\banti-?spam\b|unsolicited|\bjunk\b|\bUBE\b|\bUCE\b|\bbulk (?:mail|e-?mail)\b|suspicious|\bscored?\b.{0,40}(?:points|high|too)|message content reject|content rejected|looks? like (?:a )?(?:spam|phish)|phish|bayes|rejected by (?:content|our filter|the filter)|identified (?:as|by).{0,40}(?:spam|filter)|message refused by (?:mailmarshal|filter)|unwanted (?:content|mail)|blacklisted url|spam-?like|mail appears to be|appears to be (?:spam|unsolicited|bulk)/i },

  { category: 'notcompliantrfc', text: /rfc[- ]?(?:\d+|compliant|standard|violation)|not rfc|5322|2822|missing a valid address in from|no from: header|(?:missing|duplicate|multiple|invalid|bad|malformed) (?:from|subject|date|to|message-id|required)?:? ?headers?|headers? (?:are |is )?(?:not|missing|malformed|invalid)|bare (?:<?lf>?|<?cr>?|line ?feed)|smtp smuggl/i },

  // The sender's address.
  { category: 'rejected', enhancedCode: /\.1\.(?:7|8)$/ },
  { category: 'rejected', text: /administrative prohibition/i },
  { category: 'rejected', text: /sender(?:'s)? ?(?:address|domain|e-?mail|verif\w*|id)?[^.\n]{0,60}\b(?:rejected|denied|refused|invalid|unknown|blocked|not (?:accepted|allowed|exist|found|valid|verified|permitted)|does ?n[o']t (?:exist|resolve)|is not|unverified|required|callout|verify failed)|(?:invalid|unknown|bad|unrout[e]?able|unverified|unresolvable|fake|forged|rejected|blocked|null|empty|malformed) (?:sender|from\b|return path|reverse[- ]path|envelope sender|envelope from)|(?:rejecting|rejected|refused) (?:the )?(?:sender|mail from)|(?:return|from|mail from) address.{0,60}(?:not|invalid|reject|unknown|denied|missing)|domain of sender|sender (?:domain|address)|mail from (?:must|domain|command|has)|not (?:a )?member of|not (?:allowed|permitted|authori[sz]ed) to (?:send|post|mail|use)|permission to post|you are not (?:allowed|authori[sz]ed|permitted)|access denied|rejected due to (?:restrictions|the sending domain)|administratively denied|domain does not exist|does not exist.{0,20}sender|we don.?t accept mail from|all recipients? address(?:es)? (?:is|are) reject|empty envelope senders|group .{0,60}(?:may not exist|no exist)|null sender|only accepts? (?:mail|messages) from|closed (?:mailing )?list|moderat/i, command: ['MAIL', 'EHLO', 'CONN'] },
  { category: 'rejected', text: /sender(?:'s)? ?(?:address|domain|e-?mail|verif\w*)?[^.\n]{0,60}\b(?:rejected|denied|refused|invalid|unknown|not (?:accepted|allowed|exist|found|valid|verified|permitted)|does ?n[o']t (?:exist|resolve)|unverified|verify failed)|(?:invalid|unknown|bad|unrout[e]?able|unverified|unresolvable|fake|forged|rejected|null|empty|malformed) (?:sender|return path|reverse[- ]path|envelope sender|envelope from)|(?:return|from|mail from) address.{0,60}(?:not|invalid|reject|unknown|denied|missing)|domain of sender|not (?:a )?member of|not (?:allowed|permitted|authori[sz]ed) to (?:send|post)|permission(?:s)? to post|the group you tried|rejected due to (?:restrictions|the sending domain)|we don.?t accept mail from|all recipients? address(?:es)? (?:is|are) reject|only accepts? (?:mail|messages) from|closed (?:mailing )?list|by the moderator/i },

  // What the sender's host is asked for.
  { category: 'failedstarttls', text: /must issue a? ?starttls|starttls (?:is )?required|(?:tls|ssl|encryption|secure connection).{0,40}(?:required|needed|mandatory|fail|error|not (?:available|offered|support)|handshake|could not)|(?:require|need)s? (?:tls|ssl|encryption|starttls)|tls handshake|cannot start tls|unable to (?:start|negotiate) tls|starttls (?:failed|error|was offered)|certificate (?:verif|expired|untrusted|not trusted)|mta-sts|tlsa? (?:record|validation)|dane\b/i },
  { category: 'securityerror', text: /authenticat(?:ion|e) (?:required|failed|needed|turned on|credentials|mechanism|first)|(?:require|need)s? (?:smtp )?auth|unauthenticated (?:senders?|users?|connections?)|client was not authenticated|not authenticated|must (?:be )?(?:authenticate|log ?in)|(?:user ?name|password).{0,40}(?:incorrect|invalid|not accepted|expired)|bad (?:auth|credentials|username)|insecure connection|login (?:failed|denied)|security (?:violation|reason|polic)|not authori[sz]ed to (?:access|send from|use this)|executable files? not allowed|is an extension type|account subject to region restriction|permission denied \(/i },

  // Policy.
  { category: 'policyviolation', text: /\bpolic(?:y|ies)\b|protocol violation|administratively (?:prohibited|denied)|(?:attachment|file|zip|extension|content|message|url|link)s?.{0,60}(?:not (?:allowed|permitted|accepted)|prohibited|forbidden|banned|blocked|disallowed|illegal|encrypted|dangerous)|(?:banned|blocked|illegal|prohibited|forbidden) (?:attachment|content|file|extension|message|word)|rejected for (?:policy|content)|message (?:bounced|rejected|denied|refused) (?:by|due to|for|because).{0,40}(?:admin|rule|filter|polic|content)|closed mailing list|domain name .{0,40}not allowed|rejected as (?:per|a violation)|for (?:legal|policy) reasons|delivery not authori[sz]ed|message refused|you have exceeded the allowable number|violat/i },
];
