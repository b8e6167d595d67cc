// Sentences by which the reporting server itself tells the cause, surer than a reply quoted beside them: mail
// systems that write notices of their own. Data only; classify-bounce.ts applies it.
import type { ReplyCategory } from '../reply-rules.ts';

export interface ReporterSentence {
  pattern: RegExp;
  /** Without one, the first group is what the sentence reports, to be classified itself. */
  category?: ReplyCategory;
}

export const REPORTER_SENTENCES: readonly ReporterSentence[] = [
  // The dovecot delivery agent, whose status fields are of the reporting server's own making.
  { pattern: /was automatically rejected:\s{0,4}([^\n]{3,300})/i },

  // Japan's carriers and providers.
  { pattern: /the user\(s\) account is (?:disabled|temporarily limited)/i, category: 'suspend' },
  { pattern: /the user\(s\) account is temporarily over quota|as their mailbox is full|number of messages in recipient's mailbox exceeded/i, category: 'mailboxfull' },
  { pattern: /your message was not delivered within/i, category: 'expired' },
  { pattern: /due to the following smtp relay error(?![^]{0,500}RCPT TO)/i, category: 'norelaying' },
  { pattern: /as the remote domain doesn.?t exist/i, category: 'hostunknown' },
  { pattern: /mail delivery failed\.\.\. user unknown/i, category: 'filtered' },

  // Local delivery, gateways.
  { pattern: /mail\.local: unknown user|please check if address is correct/i, category: 'userunknown' },
  { pattern: /recipient not found\s{1,40}MSEXCH/i, category: 'filtered' },

  // Exchange 5.5 and 2000 number their reasons.
  { pattern: /MSEXCH:[^()]{1,120}\((?:000C05A6)\)/i, category: 'userunknown' },
  { pattern: /MSEXCH:[^()]{1,120}\((?:00010256|000D06B5)\)/i, category: 'systemerror' },
  { pattern: /MSEXCH:[^()]{1,120}\((?:00120270)\)/i, category: 'networkerror' },
  { pattern: /MSEXCH:[^()]{1,120}\((?:00050311|000502CC)\)/i, category: 'contenterror' },
  { pattern: /MSEXCH:[^()]{1,120}\((?:000B0981)\)/i, category: 'securityerror' },
  { pattern: /MSEXCH:[^()]{1,120}\((?:000C0595)\)/i, category: 'filtered' },

  // Domino and Notes.
  { pattern: /not listed in (?:domino directory|public name & address book)|non répertorié dans l'annuaire domino|no se encuentra en el directorio de domino/i, category: 'userunknown' },
  { pattern: /cannot route mail to user/i, category: 'filtered' },
  { pattern: /several matches found in domino directory/i, category: 'systemerror' },
  { pattern: /message has exceeded maximum hop count/i, category: 'networkerror' },

  // qmail and its offspring, for what they find out themselves.
  { pattern: /sorry, no mailbox here by that name/i, category: 'userunknown' },
  { pattern: /mailaddress is administrati?vel?e?y disabled/i, category: 'suspend' },
  { pattern: /message exe?eeded the maximum size the user accepts/i, category: 'exceedlimit' },
  { pattern: /couldn.?t find any host (?:named|by)/i, category: 'hostunknown' },
  { pattern: /couldn.?t find a mail exchanger or ip address/i, category: 'notaccept' },
  { pattern: /best-preference mx or a for that host/i, category: 'networkerror' },
  { pattern: /automatic homedir creat|ldap (?:attribute|server|lookup)|while executing qmail-forward|too many results returned but needs to be unique|bad interpreter/i, category: 'systemerror' },

  // Exim, for what it finds out itself. A sender that it could not verify is no matter of the recipient.
  { pattern: /sender verify failed|verification failed for </i, category: 'rejected' },
  { pattern: /^ {2,}.{0,80}\buser not found\b/im, category: 'userunknown' },
  { pattern: /all host address lookups failed permanently|all relevant mx records point to non-existent hosts|unrout(?:e)?able address/i, category: 'hostunknown' },
  { pattern: /mx or srv record indicated no smtp service|no host found for existing smtp connection/i, category: 'notaccept' },
  { pattern: /delivery to (?:file|pipe) forbidden|local delivery failed/i, category: 'systemerror' },
  { pattern: /angle-brackets nested|expected word or "<"|domain missing in source-routed|malformed address:/i, category: 'syntaxerror' },

  // Courier, iMail, Sun's Messaging Server, OpenSMTPD, 1&1.
  { pattern: /this domain's dns violates rfc 1035/i, category: 'systemerror' },
  { pattern: /illegal host\/domain name found|\bunknown host: \S+@|(?:: )invalid domain name\b/i, category: 'hostunknown' },
  { pattern: /invalid final delivery userid|\bunknown user: \S+@/i, category: 'userunknown' },
  { pattern: /user mailbox exceeds allowed size/i, category: 'mailboxfull' },
  { pattern: /: no mx found for domain/i, category: 'notaccept' },
  { pattern: /mail size limit exceeded/i, category: 'mesgtoobig' },

  // Where Exim and qmail were refused before naming anybody.
  { pattern: /error from remote mail(?:er| server) after (?:EHLO|HELO)|but my name was rejected|but greeting failed/i, category: 'blocked' },
  { pattern: /but sender was rejected\.|mail\.ru\b[^]{0,2000}?error from remote mail server after MAIL FROM(?![^]{0,300}(?:size exceeds|too (?:large|big)|5\.3\.4))/i, category: 'rejected' },
  { pattern: /^\s{0,8}pipe to \|/im, category: 'mailererror' },
];

/** What a report's own category field means (PowerMTA); those that are vague about it are left out. */
export const REPORTED_CATEGORIES: Readonly<Record<string, ReplyCategory>> = {
  'bad-domain': 'hostunknown',
  'message-expired': 'expired',
  'no-answer-from-host': 'networkerror',
  'routing-errors': 'systemerror',
  'policy-related': 'policyviolation',
  'quota-issues': 'mailboxfull',
  'spam-related': 'spamdetected',
  'content-related': 'contenterror',
  'invalid-sender': 'rejected',
  'protocol-errors': 'syntaxerror',
  'relaying-issues': 'norelaying',
  'virus-related': 'virusdetected',
};

/** What Exchange Online means by the status of the notices that it writes itself. */
export const EXCHANGE_ONLINE_STATUS: readonly { status: RegExp; category: ReplyCategory }[] = [
  { status: /^[45]\.4\.(?:7|316)$/, category: 'expired' },
  { status: /^[45]\.4\.(?:312|6|14)$/, category: 'networkerror' },
  { status: /^4\.7\.26$|^5\.7\.(?:23|509|512)$/, category: 'authfailure' },
  { status: /^4\.7\.(?:[56]\d\d|8[5-9]\d)$|^5\.7\.(?:50[67]|60[6-9]|6[1-4]\d)$/, category: 'blocked' },
  { status: /^5\.(?:0\.350|6\.11)$/, category: 'contenterror' },
  { status: /^5\.1\.10$/, category: 'userunknown' },
  { status: /^5\.4\.1$/, category: 'norelaying' },
  { status: /^5\.7\.(?:1|12|13|124|13[3-6]|511)$/, category: 'rejected' },
  { status: /^5\.7\.25$/, category: 'networkerror' },
  { status: /^5\.7\.50[1-3]$/, category: 'spamdetected' },
  { status: /^5\.7\.50[45]$/, category: 'filtered' },
  { status: /^5\.7\.(?:508|7[0-4]\d)$/, category: 'toomanyconn' },
  { status: /^5\.7\.510$/, category: 'notaccept' },
];

/** By its reporting host, or by how its notices begin, in the languages that they come in. */
export const EXCHANGE_ONLINE = /\.(?:prod\.outlook|protection\.outlook)\.com$|office ?365|microsoft 365/i;
