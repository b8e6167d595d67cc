// Reply rules about the recipient: mailbox full, moved, suspended, unknown; and its domain.
import type { ReplyRule } from './reply-rules.ts';

/** How servers say that a mailbox does not exist. Bounded gaps: these run over hostile text. */
const UNKNOWN_USER = new RegExp(
  [
    '\\bno (?:such|valid) (?:user|mailbox|recipients?|address|person|account|local|name|alias|domain user|destination|e-?mail|id\\b)',
    '\\bnosuch\\w{0,10}\\b',
    '\\bno (?:mailbox|account|recipients?|user|one|person)s? (?:here|by that name|with that name|for|found|exists?|matching|is associated|of that)',
    '\\b(?:unknown|unkown|invalid|nonexistent|non-existent|bad|illegal|not a valid|not valid|unrout[e]?able|undeliverable|unresolvable) (?:or (?:illegal|disabled|invalid) )?(?:local[- ]?part|user|recipient|mailbox|address|account|alias|destination|e-?mail|addressee|to address|final delivery|username|local user|rcpt|forwarding address)',
    '(?:user|mailbox|mbx|account|recipient|rcpt|address|addressee|alias|e-?mail|name|login)\\b[^.\\n]{0,80}?\\b(?:is |was |are |has been |could |currently )?(?:unknown|unkown|not? (?:be )?(?:found|exist|known|valid|listed|located|recogni[sz]ed|available|here|active|a valid|hosted|registered|local|match)|does ?n[o\']t exist|do(?:es)? not exist|doesn.?t (?:have|exist)|does not (?:have|like)|nonexistent|invalid|no longer (?:exists?|valid|available|active|with|works?|employed|on server)|unavailable|unrouteable|undeliverable|rejected\\b(?!:|.{0,20}(?:polic|spam|content|reputation))|terminated|closed|deleted|removed|cannot be found|can.?t be found|isn.?t (?:found|known|here))',
    '\\buser(?:unknown| unknown|name)? ?(?:unknown|not known|not found|doesn|does not exist)',
    '\\bunknown:? <?[\\w.+-]{1,64}@',
    '\\b(?:does|do) not exist\\b.{0,40}(?:user|mailbox|recipient|address|account)?',
    'not (?:our|a) (?:customer|local user|known user|subscriber|member here|valid mailbox|valid user)|not our user|sorry,? (?:no|there is no)\\b|no mailbox (?:here )?by that name',
    '> not found|\\bbad (?:\\S{1,60} )?recipient|\\bnon[- ](?:\\S{1,20} )?existent user|unknown (?:e-?)?mail address|unknown local|\\bbad \\S{0,100}recipient|\\bno \\S{1,60} in name directory|\\bnon[- ]existent user|rcpt \\(.{0,100}t exist|unknown e-?mail|unknown local[- ]part|not present|can.t accept user|addresses were unknown|server rejected recipients|is not an active address|no mail ?box available for|unavaiable|nessun utente|not a local address|not email addresses|invalid-recipient|recipient not ok|recipient notfound|badrcptto|badrecipientto|validrcptto|the following recipients? (?:was|were) undeliverable|no one at this address|missing home directory|unknown virtual user|domain or user isn.t in my list',
    'not listed in (?:public|domino|the)|not in (?:our )?(?:directory|address book|user database)|(?:address|directory) lookup fail|delivery to non-?existent|vrfy fail|rcpt (?:to )?verif',
    'recipient .{0,60}(?:denied\\b|rejected\\b(?!:)|not accepted|does not|no longer)|address rejected\\b(?!:)|rejected (?:recipient|address)|recipients? (?:unknown|not exist)|mailbox unavailable|mailbox (?:not found|unknown)|no existe|inexistent|unbekannt|existiert nicht|inconnue?\\b|sconosciuto|onbekend|desconocid|utilisateur inconnu|destinataire (?:inconnu|invalide)|no longer (?:on|works|employed)|this account (?:is not|has been (?:closed|deleted|terminated))|dd requested (?:action|mail)|user_?unknown',
  ].join('|'),
  'i',
);

export const RECIPIENT_RULES: readonly ReplyRule[] = [
  // Full.
  { category: 'mailboxfull', text: /(?:mail|in|message ?|user ?)(?:box|folder|dir|drop|quota)s? (?:is |are |has |currently |for .{0,60}is |of .{0,60}is )?(?:full|over\b|exceeded|too full|out of)|mailbox.{0,60}\b(?:is|are|too) (?:full|large)|full (?:mail|in)box|over[- ]?quota|quota.{0,60}(?:exceed|violat|reached|full|over)|exceed.{0,60}(?:quota|storage|disk|mailbox (?:size|limit)|allo(?:wed|cated) (?:size|space|storage))|(?:mailbox|account|user).{0,60}exceeds?.{0,30}(?:allowed|size|limit|space)|not enough (?:disk |storage |free )?space|insufficient (?:disk |storage |user )?(?:space|quota)|no (?:space|room) left (?:in|for) (?:mailbox|user|recipient)|disk full for|out of (?:disk )?(?:storage|quota|space)|storage (?:limit|quota|exceeded|allocation)|(?:disk|mailbox|mail|user) (?:quota|space)|(?:mail|user)boxs? (?:size )?limit|mailfolder is full|box (?:is )?full|maildir (?:delivery failed|over)|too much mail data|over the (?:allowed|maximum|storage) (?:quota|limit|size)|volle? mailbox|postfach.{0,30}voll|boite.{0,40}pleine|buz[oó]n.{0,30}lleno|casella.{0,20}piena|mailbox has exceeded|kvot/i },
  { category: 'mailboxfull', enhancedCode: /\.2\.2$/ },

  // Size of one message.
  { category: 'exceedlimit', text: /(?:message|length).{0,30}exceeds? (?:the )?(?:limit|maximum).{0,30}(?:set )?by (?:the )?recipient/i },
  { category: 'exceedlimit', enhancedCode: /\.2\.3$/ },
  { category: 'mesgtoobig', text: /(?:message|mail|line|header|body|subject) (?:is |was )?too long|(?:message|mail|size|length|line|header|body|content|attachment).{0,60}(?:too (?:big|large)|(?:over|exceed(?:s|ed|ing)?) (?:the |a |our )?(?:fixed |system |administrative |maximum |max |message |mail |size |limit|allowed|permitted))|exceed.{0,40}(?:maximum|size|message length|line length)|(?:size|line) limit (?:exceeded|is)|larger than (?:the )?(?:current|maximum|allowed|system)|line limit|too large/i },
  { category: 'mesgtoobig', enhancedCode: /\.3\.4$/ },

  // Suspended.
  { category: 'suspend', enhancedCode: /\.7\.13$/ },
  { category: 'suspend', text: /(?:account|mailbox|user|recipient|e-?mail address|address|box|domain|customer)\(?s?\)?\b[^.]{0,60}\b(?:disabled|suspended|inactive|deactivated|locked|frozen|is (?:currently )?(?:not active|blocked)|temporarily unavailable\b.{0,20}suspend|archived|invalidated)|(?:disabled|suspended|inactive|expired|deactivated|locked) (?:account|mailbox|user|recipient|e-?mail|address)|(?:account|mailbox) (?:is |has )?(?:been )?(?:expired|unavailable .{0,30}inactiv)|not logged in for|no longer (?:active|in use)\b.{0,30}inactiv|recipient suspend|dormant|boite.{0,20}bloqu/i },

  // Moved.
  { category: 'hasmoved', text: /(?:has|have) (?:been )?(?:moved|replaced|changed)\b|address (?:has )?changed|no longer (?:use|uses|reads) this|new (?:e-?mail )?address is|forwarding address/i, enhancedCode: /^[45]\.(?:1\.6|0\.0|1\.1|7\.1[789])$/ },
  { category: 'hasmoved', text: /\bhas been replaced by\b|(?:user|recipient|address|account|mailbox) (?:has |have )?(?:been )?(?:moved|replaced by)/i },
  { category: 'hasmoved', enhancedCode: /\.1\.6$/ },
];

/** After the rules about the sender: their words (blocked, denied, spam) are the surer ones. */
export const GENERAL_RECIPIENT_RULES: readonly ReplyRule[] = [
  { category: 'notaccept', text: /no mx (?:record|found|record found)|null mx|does not accept (?:any )?(?:e-?mail|mail|messages)(?! (?:from|for))|host\/domain does not accept|nullmx|smtp protocol returned a permanent error|name server.{0,30}host.{0,10}no-?mail/i },
  { category: 'notaccept', enhancedCode: /^5\.(?:1\.10)$/ },
  { category: 'hostunknown', text: /(?:host|domain|site|server)(?: or (?:domain|host))?(?: name)?(?:(?!user|recipient|mailbox|address)[^\n]){0,80}?\b(?:unknown|not found|cannot be found|could not be found|does ?n[o']t exist|is invalid|not (?:valid|exist)|nonexistent|unreachable domain)|unknown (?:host|domain|destination domain)|no such (?:host|domain|destination)|illegal host|invalid (?:domain|host)|name or service not known|unrout(?:e)?able mail domain|nxdomain|host is unknown|recipient'?s? domain.{0,30}(?:not|invalid|reject)|domain (?:must resolve|is not reachable)|no route for domain|bad destination (?:host|domain)|domain of (?:recipient|address).{0,40}does not|account or domain may not exist/i },
  { category: 'hostunknown', enhancedCode: /^5\.1\.2$/ },

  // A mailbox that does not exist is known when RCPT is answered, or when the code says so. The same words after
  // the content mean that something in the content, or a filter behind, refused.
  { category: 'userunknown', text: UNKNOWN_USER, enhancedCode: /^[45]\.1\.(?:[0134]|20)$/ },
  { category: 'userunknown', text: UNKNOWN_USER, command: ['RCPT'] },
  { category: 'filtered', text: UNKNOWN_USER, enhancedCode: /^[45]\.2\.[0-4]$/ },
  { category: 'filtered', text: UNKNOWN_USER, command: ['DATA'] },
  { category: 'userunknown', text: UNKNOWN_USER, command: ['CONN', 'EHLO', 'MAIL'] },
  // A reply of unknown place says less than a reporter's own words, which come without one (code 599, 499).
  { category: 'userunknown', text: />: user unknown/i },
  { category: 'filtered', text: UNKNOWN_USER, code: /^5[0-8]/ },
  { category: 'userunknown', text: UNKNOWN_USER },
];
