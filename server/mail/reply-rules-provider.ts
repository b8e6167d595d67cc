// Reply rules that rest on one provider's own wording or error numbers, as its postmaster pages explain them.
import type { ReplyRule } from './reply-rules.ts';

const GOOGLE = /(?:^|\.)(?:google|googlemail|gmail|smtp\.goog)(?:\.com)?\.?$/i;
const MICROSOFT = /(?:outlook|hotmail|office365)\.com\.?$/i;
const MIMECAST = /mimecast|\.mimecast-offshore/i;

/** Orange, Wanadoo and La Poste number their refusals alike: OFR_506, LPN007_416, LPNAAA_102, OUK_513. */
const french = (numbers: string): RegExp => new RegExp(`\\b(?:OFR|LPN|OUK)\\w{0,4}[_-](?:${numbers})\\b`, 'i');
/** Cox and Charter: AUP#CXBL, AUP#1310. */
const aup = (codes: string): RegExp => new RegExp(`AUP#(?:[A-Za-z]{1,5}-)?(?:${codes})`, 'i');
/** GoDaddy and its kin: IB212. */
const ib = (numbers: string): RegExp => new RegExp(`\\bIB(?:${numbers})\\b`);

const GOOGLE_RULES: readonly ReplyRule[] = [
  { category: 'ratelimited', text: /receiving mail (?:at a rate|too quickly)|p=ReceivingRate|daily (?:user )?(?:sending|smtp relay)[\w ]{0,20}(?:quota|limit) exceeded|smtp relay limit exceeded|this mail has been rate limited/i },
  { category: 'ratelimited', text: /unusual rate of (?:unsolicited )?(?:mail|e-?mail)|p=UnsolicitedRateLimit/i, code: /^4/ },
  { category: 'blocked', text: /unusual rate of (?:unsolicited )?(?:mail|e-?mail)|not in whitelist for rcpt domain|try again later, closing connection|empty helo\/ehlo|helo\/ehlo argument/i },
  { category: 'suspend', text: /account that you tried to reach is (?:disabled|inactive)|p=(?:DisabledUser|InactiveUser)/i },
  { category: 'mailboxfull', text: /account that you tried to reach is over quota|inbox is out of storage|p=OverQuota/i },
  { category: 'notcompliantrfc', text: /RfcMessageNonCompliant|not RFC 5322 compliant|duplicate header|missing a valid (?:address in (?:the )?From|Message-?Id)|(?:multiple|duplicate) (?:Subject|From|Message-?Id|address(?:es)? in)|unicode character in a disallowed|encoded-word syntax|mail message is malformed/i },
  { category: 'badreputation', text: /low reputation of the sending/i },
  { category: 'requireptr', text: /(?:does not|doesn.?t|must) have a (?:valid )?(?:PTR|reverse)|guidelines regarding PTR|does not match the ip address of the hostname/i },
  { category: 'authfailure', text: /p=(?:DmarcRejection|UnauthenticatedMail)|email from \S+ is not accepted due to domain's|authenticat\w* (?:their (?:e-?)?mail )?with (?:either )?(?:SPF|DKIM)|spf record with a hard fail|fails to pass (?:spf|authentication) checks/i },
  { category: 'policyviolation', text: /content presents a potential(?: security issue)?|p=BlockedMessage|illegal attachment|with the same message-id/i },
  { category: 'spamdetected', text: /likely unsolicited mail|due to the nature of the content/i },
  { category: 'rejected', text: /unauthenticated email is not accepted|mail sending denied|groups\.google\.com\/support/i },
  { category: 'requireptr', mxHost: GOOGLE, enhancedCode: /\.7\.(?:23|25)$/ },
  { category: 'authfailure', mxHost: GOOGLE, enhancedCode: /\.7\.(?:26|27|30|32)$/ },
  { category: 'failedstarttls', mxHost: GOOGLE, enhancedCode: /\.7\.29$/ },
  { category: 'networkerror', text: /^\W{0,3}DNS error:|message exceeded \d+ hops/i },
  { category: 'expired', text: /did not accept our requests to connect/i },
  { category: 'toomanyconn', text: /too many recipients for this sender/i },
  // The states of its old client, where the reply has no code that tells more.
  { category: 'systemerror', text: /\(state [689]\)/i, enhancedCode: /\.0/ },
  { category: 'norelaying', text: /\(state 12\)/i, enhancedCode: /\.0/ },
  { category: 'blocked', text: /\(state 13\)/i, enhancedCode: /\.0/ },
  { category: 'filtered', text: /\(state 1[578]\)/i, enhancedCode: /\.0/ },
];

const MICROSOFT_RULES: readonly ReplyRule[] = [
  { category: 'userunknown', text: /RESOLVER\.(?:ADR\.(?:Ex)?Recip\w*Not ?Found|(?:RST|FWD)\.(?:RecipientNotFound|NotFound))|recipient (?:not found|was not found) by SMTP address lookup|reserved by rfc 2606|addresses in single label domains/i },
  { category: 'userunknown', enhancedCode: /^5\.4\.1$/, text: /recipient address rejected: access denied/i },
  { category: 'suspend', enhancedCode: /^5\.7\.50[45]$/ },
  { category: 'rejected', text: /RESOLVER\.RST\.(?:NotAuthorized|RestrictedToMember|SenderNotAuthenticated\w*|RejectMessagesFrom)|not in (?:the list of )?allowed[- ]senders|only accepts messages from people in its organi[sz]ation|sender (?:was )?not authenticated (?:for|by)|bad outbound sender|from unregistered domains/i },
  { category: 'mesgtoobig', text: /RESOLVER\.RST\.(?:Send|Recip)SizeLimit/i },
  { category: 'securityerror', text: /RESOLVER\.RST\.AuthRequired/i },
  { category: 'systemerror', text: /RESOLVER\.ADR\.(?:BadPrimary|InvalidInSmtp|Ambiguous)/i },
  { category: 'toomanyconn', text: /RESOLVER\.ADR\.RecipLimit/i },
  { category: 'hostunknown', text: /SMTPSEND\.DNS\.NonExistentDomain/i },
  { category: 'mailboxfull', text: /STOREDRV\.Deliver.{0,60}(?:mailbox full|quota)|MapiExceptionShutoffQuotaExceeded/i },
  { category: 'ratelimited', text: /submission quota exceeded|recipient thread limit exceeded|reached your daily limit|exceeded .{0,60}message receive limit|message receive limit .{0,60}exceeded|exceeded permitted limits within|tenant has exceeded threshold|traffic not accepted from this ip|\b(?:RP-00[123]|AS\(42004\))/i },
  { category: 'toomanyconn', text: /recipient has exceeded their limit/i },
  { category: 'systemerror', text: /MapiException|STOREDRV\.Deliver(?!.{0,40}user unknown)|system incorrectly configured|server busy\. please try again later from|agent busy|failed to be replicated/i },
  { category: 'notaccept', text: /no mail-enabled subscriptions|system not accepting network messages/i },
  { category: 'norelaying', text: /TenantAttribution/i },
  { category: 'networkerror', text: /SMTPSEND\.DNS\.MxLoopback|connection refused.{0,60}10061/i },
  { category: 'failedstarttls', text: /starttls-not-supported|tlsa-invalid|dnssec-invalid|certificate-(?:host-mismatch|expired)/i },
  { category: 'norelaying', text: /client was not authenticated(?! to send)/i, mxHost: MICROSOFT },
  { category: 'securityerror', text: /client was not authenticated|cannot achieve exchange server authentication/i },
  { category: 'authfailure', enhancedCode: /\.7\.(?:23|509|515)$/ },
  { category: 'badreputation', text: /rate limited due to ip reputation/i },
  { category: 'rejected', enhancedCode: /^5\.7\.(?:50[123]|512|12|124|13[3-6]|750)$/ },
  { category: 'ratelimited', enhancedCode: /^5\.7\.7[0-4]\d$/ },
  { category: 'blocked', enhancedCode: /\.7\.(?:5(?:0[67]|1[013])|60[6-9]|6[1-4]\d|51)$/ },
  { category: 'blocked', enhancedCode: /^4\.7\.(?:5\d\d|6\d\d|8[5-9]\d)$/, text: /access denied/i },
  { category: 'policyviolation', enhancedCode: /^5\.7\.9\d\d$/ },
  { category: 'blocked', text: /banned sending IP|\bSC-00[1-9]\b|messages? from .{0,80}weren't sent|part of their network is on our block list|\bS3(?:140|150)\b/i },
  { category: 'hostunknown', text: /domain is not reachable\. please check the domain/i },
  { category: 'hostunknown', enhancedCode: /\.4\.310$/ },
  { category: 'expired', enhancedCode: /\.4\.(?:300|316)$/ },
  { category: 'failedstarttls', enhancedCode: /\.4\.317$/ },
  { category: 'networkerror', enhancedCode: /^5\.4\.14$/ },
  { category: 'policyviolation', text: /\bDY-00[12]\b|\bOU-00[12]\b/i },
];

const YAHOO_AND_APPLE_RULES: readonly ReplyRule[] = [
  { category: 'blocked', text: /messages? from \S{1,60} temporarily deferred(?! due to (?:unexpected|user))|permanently deferred/i },
  { category: 'badreputation', text: /\[TSS?\d{2}\]|unexpected volume or user complaints/i },
  { category: 'userunknown', text: /this user doesn't have an? \S+ account|inactive email address|unknown or illegal alias/i },
  { category: 'suspend', text: /this mailbox is disabled|mailbox .{0,80}is no longer valid/i },
  { category: 'policyviolation', text: /message not accepted for policy reasons|rejected due to local policy|\[CS01\]/i },
  { category: 'notcompliantrfc', text: /headers are not RFC compliant/i },
  { category: 'rejected', text: /unresolvable RFC\.?\s?5321 (?:from )?domain|\[HM07\]/i },
  { category: 'toomanyconn', text: /max message per connection reached/i },
  { category: 'blocked', text: /\[(?:BL\d\d|DU\d\d?|RLY?:?\w\d)\]|\bRLY?:B\d\b|\bHVU:B\d\b/i },
  { category: 'authfailure', text: /\[HM(?:E1|08)\]|(?:'s|failing both) (?:dmarc policy|spf and dkim)/i },
  { category: 'hasmoved', text: /recipient no longer on server/i },
  { category: 'ratelimited', text: /due to excessive volume/i },
];

const FRENCH_RULES: readonly ReplyRule[] = [
  { category: 'toomanyconn', text: french('104') },
  { category: 'blocked', text: french('10[123]|406|510|999') },
  { category: 'userunknown', text: french('416') },
  { category: 'mailboxfull', text: french('417') },
  { category: 'suspend', text: french('418|42[0567]') },
  { category: 'authfailure', text: french('401|517') },
  { category: 'securityerror', text: french('305|402') },
  { category: 'rejected', text: french('40[35]|415|421') },
  { category: 'mesgtoobig', text: french('514') },
  { category: 'spamdetected', text: french('50[0-46-9]') },
  { category: 'policyviolation', text: french('63\\d') },
  { category: 'systemerror', text: french('505|10[5-9]|201|42[34]|513') },
  { category: 'toomanyconn', text: /trop de connexions/i, disposition: 'deferred' },
  { category: 'userunknown', text: /destinataire invalide/i },
  { category: 'mailboxfull', text: /boi?te (?:aux lettres )?du destinataire pleine/i },
  { category: 'suspend', text: /compte du destinataire est bloqu|boi?te du destinataire archiv/i },
  { category: 'rejected', text: /emetteur invalide/i },
  { category: 'spamdetected', text: /mail rejete/i },
];

const NUMBERED_RULES: readonly ReplyRule[] = [
  { category: 'blocked', text: aup('CXBL|CDRBL|IPBL\\d*|10[0]0|12[0-5]\\d|POL|SNDR|DNS') },
  { category: 'requireptr', text: aup('CXDNS|11[0-5]\\d') },
  { category: 'authfailure', text: aup('CXSNDR') },
  { category: 'rejected', text: aup('CXSMTP|10[1-8]\\d|15[02]0') },
  { category: 'toomanyconn', text: aup('CXCNCT|CXMXRT|13[0-4]\\d') },
  { category: 'securityerror', text: aup('CXTHRT|CXMJ') },
  { category: 'spamdetected', text: aup('URLBL\\d*') },
  { category: 'systemerror', text: aup('1090') },
  { category: 'policyviolation', text: aup('11[6-9]\\d|1560') },
  { category: 'networkerror', text: aup('1260') },
  { category: 'mesgtoobig', text: aup('1530') },
  { category: 'ratelimited', text: aup('13[5-9]\\d|14\\d\\d|15[458]0') },
  { category: 'requireptr', text: ib('108') },
  { category: 'notcompliantrfc', text: ib('50[12]') },
  { category: 'rejected', text: ib('506') },
  { category: 'authfailure', text: ib('508') },
  { category: 'securityerror', text: ib('401') },
  { category: 'spamdetected', text: ib('212') },
  { category: 'virusdetected', text: ib('705') },
  { category: 'toomanyconn', text: ib('605|007') },
  { category: 'ratelimited', text: ib('101|504|510|607') },
  { category: 'badreputation', text: ib('103') },
  { category: 'blocked', text: ib('10[456]|11[0-3]') },
  // i.ua names its reasons by a page each.
  { category: 'norelaying', text: /\.i\.ua\/err\/[16]\b/i },
  { category: 'userunknown', text: /\.i\.ua\/err\/2\b/i },
  { category: 'suspend', text: /\.i\.ua\/err\/3\b/i },
  { category: 'mailboxfull', text: /\.i\.ua\/err\/4\b/i },
  { category: 'toomanyconn', text: /\.i\.ua\/err\/5\b/i },
  { category: 'blocked', text: /\.i\.ua\/err\/[79]\b/i },
  { category: 'rejected', text: /\.i\.ua\/err\/8\b/i },
  { category: 'filtered', text: /\.i\.ua\/err\/10\b/i },
];

const FILTER_SERVICE_RULES: readonly ReplyRule[] = [
  // Mimecast.
  { category: 'virusdetected', text: /rejected due to security policies.{0,20}MCSpam|email rejected due to security policies/i, code: /^554$/ },
  { category: 'badreputation', text: /local ct ip reputation/i },
  { category: 'badreputation', text: /internal resources are temporarily unavailable/i, mxHost: MIMECAST },
  { category: 'authfailure', text: /(?:spf|dkim|dmarc) sender invalid/i },
  { category: 'blocked', text: /(?:sender address blocked|recipient temporarily unavailable|ip temporarily blacklisted)/i, code: /^4/ },
  { category: 'policyviolation', text: /anti-spoofing policy|content examination policy|host network,? not allowed/i },
  { category: 'rejected', text: /envelope (?:blocked|rejected)|header-based (?:manually )?blocked senders/i },
  { category: 'notaccept', text: /account inbounds disabled/i },
  { category: 'onhold', text: /account outbounds disabled|hostname is not authorized|journal message past/i },
  { category: 'toomanyconn', text: /account service is temporarily unavailable|outbound thread limit/i },
  { category: 'failedstarttls', text: /route requires (?:encryption|tls|high-strength)/i },
  // Tencent.
  { category: 'toomanyconn', text: /(?:ip|domain|sender|connection) frequency limited/i },
  { category: 'blocked', text: /suspected (?:bounce attacks|spam ip)|connection denied/i },
  { category: 'rejected', text: /rejected by recipients|^\W{0,4}suspected spam/i },
  { category: 'suspend', text: /deactivated mailbox/i },
  { category: 'syntaxerror', text: /bad address syntax/i },
  // Docomo and others.
  { category: 'toomanyconn', text: /^\W{0,4}too many recipients/i, code: /^552$/ },
  { category: 'mailboxfull', text: /^\W{0,4}too much mail data/i, code: /^552$/ },
  { category: 'norelaying', text: /e-?mail address is not verified/i },
  { category: 'securityerror', text: /unauthenticated senders? not allowed/i },
  { category: 'onhold', text: /due to a recipient error|address rejected: on hold/i },
  { category: 'hostunknown', text: /account or domain may not exist, they may be blacklisted/i },
  { category: 'expired', text: /able to establish an SMTP connection/i },
  { category: 'systemerror', text: /after multiple retries, giving up/i },
  { category: 'securityerror', text: /^\W{0,4}(?:<[^>]{0,200}>: )?policy violation/i, enhancedCode: /\.7\.0$/ },
  { category: 'blocked', text: /\bBL000\d{3}\b|temporarily blocked due to our abuse|blacklisted by recipient/i },
];

export const PROVIDER_RULES: readonly ReplyRule[] = [
  ...GOOGLE_RULES,
  ...MICROSOFT_RULES,
  ...YAHOO_AND_APPLE_RULES,
  ...FRENCH_RULES,
  ...NUMBERED_RULES,
  ...FILTER_SERVICE_RULES,
];
