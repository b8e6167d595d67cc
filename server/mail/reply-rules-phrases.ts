// Reply rules for set phrases: expressions of particular servers and filters that are surer than the general
// patterns would be, and are therefore tried before them.
import type { ReplyRule } from './reply-rules.ts';

/** Refusals before the recipient is named, or where it is not known when. */
export const PHRASE_RULES: readonly ReplyRule[] = [
  { category: 'spamdetected', text: /rule imposed as .{0,80}blacklisted|contains? spam or virus|virus or spam content|sender domain (?:is )?listed at|rejected for policy reasons|reject, id=(?!.{0,40}infected)/i },
  { category: 'rejected', text: /sender ip address rejected|sender is in my black ?list/i },
  { category: 'filtered', text: /message filtered/i, enhancedCode: /\.2\.0$/ },
  { category: 'virusdetected', text: /(?:contains?|infected|found|detected).{0,20}\bvirus\b(?!.{0,10}spam)|potentially executable attachment/i },

  { category: 'suspend', text: /(?:is|has been|was) (?:currently |temporarily )?suspended|temporary locked|archived recipient|user is terminated|mailbox unavailable or access denied|address no longer accepts (?:mail|e-?mail)|mailbox is (?:frozen|inactive)|inactive mailbox|invalid\/inactive user|not a (?:currently )?active (?:user|account|mailbox)/i },
  { category: 'mailboxfull', text: /disk ?space quota|does ?n[o']t have enough space|mail file size exceeds the maximum size allowed for mail delivery|space has been used up|too many messages (?:on the server|in (?:the )?mailbox)|over the (?:maximum )?(?:allowed )?quota|disk quota exceeded|delivery failed: over quota/i },
  { category: 'mailboxfull', text: /no space left on device/i, command: ['RCPT', 'DATA'] },
  { category: 'mailboxfull', text: /mailbox (?:size|quota|storage) limit|mailbox has exceeded|speichervolumen|exhausted allowed storage/i },
  { category: 'mesgtoobig', text: /max(?:imum)? (?:message )?size exceeded|size limit\b|taille limite/i },

  { category: 'norelaying', text: /relay(?:ing)? (?:access )?denied|\bas a relay\b|not (?:a )?local host|relaying mail to|not configured to relay|insecure mail relay|don.?t handle mail for|relaying from .{1,80} to/i },
  { category: 'securityerror', text: /authentifi?cation (?:requise|invalide)|dead domain|not authorized to perform ses|not subscribed to ses|authentication failure\b|executable files are not allowed|don.?t authenticate or the domain isn|verification failure|not authorized to send mail, authentication is required|authentication (?:is )?required|delivery not authorized\.? ?see/i },

  // The sender, by products that check bounce addresses and sender lists.
  { category: 'requireptr', text: /fix reverse dns/i },
  { category: 'rejected', text: /\bbatv\b|backscatter protection|sender (?:isn.?t|is not) on the recipient.?s list|bogus mail from|purported responsible address|without a valid sender domain|\[bouncedeny\]|valid-?address-?filter|does not exist e2110|senderfilterconfig|no third-party dsns|from: domain is invalid|please provide a valid from|fully qualified email address required|invalid domain, see <url|not a registered gateway user|mail from not owned by|rejected: (?:sender|envelope)|sender (?:is spammer|not pre-?approved|not verified)|recursive cname|rule imposed mailbox access|different address or alias|empty email address|transaction failed unsigned dsn|returned mail not accepted here|server does not accept mail from|envelope blocked|spam reporting address|unroutable sender|all recipient addresses rejected|sender domain is empty|unrouteable sender|sender verify failed/i },
  { category: 'rejected', text: /^\W{0,4}(?:\S{1,100} )?(?:sender )?(?:address rejected|does not exist\b|access denied|administrative prohibition|transaction failed|domain .{0,80}does not exist|mx records? for)/i, command: ['MAIL'], code: /^55[0-37-9]$/ },
  { category: 'rejected', text: /(?:your|sender(?:'s)?|sending) (?:e-?mail )?address (?:has been |is |was )?(?:in my )?black-?list|sender is in my black-?list|sending to\/from an address that has been blacklisted|sender blacklisted|access to submit messages to this e-?mail system has been rejected/i, command: ['MAIL', 'RCPT', 'DATA'] },

  // Spam and content filters.
  { category: 'spamdetected', text: /help_spam_\d+|blacklisted (?:url|link)|no spam please|blocked by spam|att\.net\/blocks|content filter rejection|mail content denied|spam(?: or |\/)virus|message filtered|message refused by (?:trustwave|mailmarshal)|unacceptable content|rejecting (?:banned|mail) content|bulk\.advertising|recurrent pattern|local uribl|(?:temporarily )?blocked by our filter|system has detected that this message is(?! .{0,40}(?:virus|reputation))|^\W{0,4}reject, id=(?!.{0,40}infected)|work\.drbl|spam ?message|high spam|spam (?:score|content|filter|detected|rejected|not accepted|refused|mail)|is (?:probably |likely |considered )?(?:spam|unsolicited)|rejected (?:as|because|by|for).{0,30}spam|classified as (?:spam|ube)|mc ?spam|transaction failed\. ?spam|message (?:rejected|blocked) .{0,40}\bspam|\bube\b|\bspammail\b|appears to be unsolicited/i },

  // Connections.
  { category: 'blocked', text: /service not available, closing (?:transmission|connection|channel)|connection (?:reset|closed) by (?:peer|remote)|connection dropped by|reset by peer|esmtp not accepting connections|not accepting (?:network messages|connections)|extreme bad ip|\bgo away\b|host network not allowed|invalid ip for sending|matches to nameserver query|currently accepting mail from your ip|smtp server of your isp|refused - see http|blocked - see http|(?:sending mta|sender) has not passed validation|domain isn.?t in my list of allowed rcpthosts\b.{0,40}$|suspiciously like spammer|sending spam\b|dynamic\/zombied|too many spams from|not allowed to connect|server requires confirmation|confirm this mail server|said: 550 blocked|temporarily deferred due to (?:user complaints|unexpected)|no valid recipients from/i, command: ['CONN', 'EHLO', 'MAIL', 'DATA'] },
  { category: 'blocked', text: /service not available, closing|connection reset by peer|esmtp not accepting connections|extreme bad ip|\bgo away\b|host network not allowed|invalid ip for sending|currently accepting mail from your ip|smtp server of your isp|(?:refused|blocked) - see http|has not passed validation|suspiciously like spammer|(?:currently|are) sending spam|dynamic\/zombied|too many spams from|not allowed to connect|your server requires confirmation|confirm this mail server|said: 550 blocked/i },
  { category: 'blocked', text: /^\W{0,4}access denied\.{3}|after initial connection/i },
  { category: 'toomanyconn', text: /throttling failure|numerous attempts to deliver this message|exceed\w* .{0,20}max e-?mails per hour|all available ips/i },

  // What a recipient, or its provider, wants.
  { category: 'filtered', text: /only accepting mail from specific|bounced address|extended inactivity|restricted sms|is not accepting any mail|rejected due to user rules|recipient account not found|not found recipient account|recipient preferences|account is protected by|refuses? to (?:receive|accept) (?:this|your)? ?(?:mail|e-?mail)?|user reject(?:ed)?\b|blocked by the recipient|resolver\.rst\.notauthorized/i },
  { category: 'policyviolation', text: /without solving a captcha|recipient is not accepting mail with|non-member to a members|closed mailing list|due to security policies|headers? are not accepted|organizational settings|message given low priority|messages with multiple addresses|not subscribed to this group|not accept messages containing|mass mailer|policy (?:prohibit|reject|restrict)|violat\w+ .{0,30}policy/i },

];

/** What went wrong on the way; after the rules for full, suspended and moved mailboxes, which give up as well. */
export const ON_THE_WAY_RULES: readonly ReplyRule[] = [
  { category: 'expired', text: /could not find a gateway|failed to deliver to domain|failing for a long time|has been delayed|not been collected after|within the allowed queue period|still undelivered after|retry timeout exceeded|envelope expired|queue\.expired|message expired|too old|undeliverable after|was aborted after/i },
  { category: 'systemerror', text: /interrupted system call|error while being processed|would create a mail loop|in the mail exchanger|loops back to myself|queue file write error|there is no mdb|timeout waiting for input|unable to contact ldap|can.t create user output|^service currently unavailable/i },
  { category: 'networkerror', text: /could not connect and send the mail to|dns records for the destination computer|maximum forwarding loop|message looping|looping message|host not found, try again|unexpected name server reply|unrouteable mail domain|host is unreachable/i },
  { category: 'contenterror', text: /improperly-?formatted|unnecessary base64|mime complexity|header size exceeds maximum permitted|or recipient list, exceeds policy limit|too many received: headers|duplicate header .{0,10}(?:from|content)/i },
  { category: 'hostunknown', text: /host unknown \(name server|domain lookup failed|no mail hosts for domain/i },
  { category: 'notaccept', text: /mail receiving disabled|name server: \.: host not found|no route for current request|does ?n[o']t accept (?:any )?mail\b(?! (?:from|for|with))/i },
  { category: 'requireptr', text: /mismatches client ip|corresponding forward dns entry|unresolvable relay host|client ip .{0,30}(?:hostname|ptr)/i },
  { category: 'authfailure', text: /is not allowed to send mail\..{0,40}_401|authentication results? fail/i },
  { category: 'mailererror', text: /\|\| exit\b|bin\/(?:procmail|maildrop|maidrop)|maildir delivery (?:failed|error)/i, command: ['DATA'] },
  { category: 'hostunknown', text: /(?:recipient )?domain must exist|^\W{0,4}(?:[a-z0-9-]{1,60}\.){1,5}[a-z]{2,20} does not exist|host unreachable|mail domain mentioned|unrout(?:e)?able address|dns lookup failure: host .{0,80}not found|domain part .{0,40}not exist/i },
];
