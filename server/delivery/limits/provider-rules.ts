// What is known of large providers: who counts as one site, how much at once is wise, and what their words of refusal
// mean for the pace. Data only, on the careful side: an operator with a good name raises it in EIDER_HOME/shaping.json.
// Written as such a file is, and checked as one.
import { PROVIDER_HOSTS } from '../provider-group.ts';

export const PROVIDER_RULES = {
  sites: [
    { name: 'google', mx: [...PROVIDER_HOSTS.google], together: true, rate: '1200/min', connections: 10, messagesPerConnection: 50 },
    { name: 'outlook', mx: ['.olc.protection.outlook.com'], together: true, rate: '600/min', connections: 10, messagesPerConnection: 50 },
    // Each customer of Microsoft 365 has an MX of its own; they share the view of our address.
    { name: 'microsoft365', mx: [...PROVIDER_HOSTS.microsoft], together: true, rate: '1200/min', connections: 20, messagesPerConnection: 50 },
    { name: 'yahoo', mx: [...PROVIDER_HOSTS.yahoo], together: true, rate: '600/min', connections: 5, messagesPerConnection: 20 },
    { name: 'yahoo-japan', mx: ['.yahoo.co.jp'], together: true, rate: '300/min', connections: 2, messagesPerConnection: 20 },
    { name: 'icloud', mx: [...PROVIDER_HOSTS.apple], together: true, rate: '300/min', connections: 5, messagesPerConnection: 20 },
    { name: 'united-internet', mx: [...PROVIDER_HOSTS.gmx], together: true, rate: '300/min', connections: 4, messagesPerConnection: 20 },
    { name: 't-online', mx: [...PROVIDER_HOSTS.tonline], together: true, rate: '300/min', connections: 3, messagesPerConnection: 20 },
    { name: 'orange', mx: [...PROVIDER_HOSTS.orange], together: true, rate: '120/min', connections: 2, messagesPerConnection: 20 },
    { name: 'free', mx: ['.free.fr', '.proxad.net'], together: true, rate: '120/min', connections: 2, messagesPerConnection: 20 },
    { name: 'laposte', mx: ['.laposte.net'], together: true, rate: '120/min', connections: 2, messagesPerConnection: 20 },
    { name: 'libero', mx: ['.libero.it', '.italiaonline.it'], together: true, rate: '120/min', connections: 3, messagesPerConnection: 20 },
    { name: 'kpn', mx: ['.kpnmail.nl'], together: true, rate: '300/min', connections: 5, messagesPerConnection: 10 },
    { name: 'comcast', mx: [...PROVIDER_HOSTS.comcast], together: true, rate: '600/min', connections: 10, messagesPerConnection: 100 },
    { name: 'proofpoint', mx: [...PROVIDER_HOSTS.proofpoint], rate: '300/min', connections: 5, messagesPerConnection: 50 },
    { name: 'mimecast', mx: [...PROVIDER_HOSTS.mimecast], rate: '300/min', connections: 5, messagesPerConnection: 50 },
    { name: 'barracuda', mx: ['.barracudanetworks.com'], rate: '300/min', connections: 5, messagesPerConnection: 15 },
    { name: 'mail-ru', mx: [...PROVIDER_HOSTS.mailru], together: true, rate: '300/min', connections: 4, messagesPerConnection: 20 },
    { name: 'yandex', mx: [...PROVIDER_HOSTS.yandex], together: true, rate: '300/min', connections: 4, messagesPerConnection: 20 },
    { name: 'tencent', mx: [...PROVIDER_HOSTS.tencent], together: true, rate: '120/min', connections: 4, messagesPerConnection: 8 },
    { name: 'netease', mx: [...PROVIDER_HOSTS.netease], together: true, rate: '120/min', connections: 4, messagesPerConnection: 7 },
    { name: 'naver', mx: ['.naver.com'], together: true, rate: '120/min', connections: 3, messagesPerConnection: 10 },
  ],
  replies: [
    // Google: 4.7.28 is a rate by address, domain or link; 4.7.0 with this text a reputation that came down.
    { site: 'google', enhancedCode: '^4\\.7\\.28$', action: 'slower' },
    { site: 'google', text: 'unusual rate of (?:unsolicited )?mail|receiving mail at a rate', action: 'slower' },
    { site: 'google', code: '^421', text: 'suspicious due to the (?:nature|very low reputation)|has been blocked|likely (?:suspicious|unsolicited)', action: 'other-address', for: '1h' },
    // Yahoo: complaints and volume; 04 asks for hours, TS03 means for good.
    { site: 'yahoo', text: '\\[TSS?0?[12]\\]|\\[TS02\\]', action: 'slower' },
    { site: 'yahoo', text: '\\[(?:TS|TSS|IPTS)04\\]', action: 'suspend', for: '2h' },
    { site: 'yahoo', text: '\\[(?:TSS|IPTS)05\\]', action: 'suspend', for: '4h' },
    { site: 'yahoo', text: '\\[TS03\\]|permanently deferred|\\[BL2[0-9]\\]', action: 'other-address', for: '4h' },
    { site: 'yahoo-japan', text: '\\[(?:TSS|IPTS)04\\]|VS98', action: 'suspend', for: '1h' },
    // Microsoft: S3140 and kin are its own list, RP-00x rates, 4.7.6xx rates by address, 4.7.5xx a busy hour.
    { site: 'outlook', text: 'block list \\(?S\\d{4}|\\bS3(?:140|150)\\b|banned sending ip', action: 'other-address', for: '4h' },
    { site: 'outlook', text: '\\bRP-00[123]\\b|temporarily rate limited|exceeded the maximum number of messages', action: 'slower' },
    { site: 'outlook', text: 'IB007|exceed(?:ed)? max(?:imum)?(?: number of)? concurrent connections', action: 'fewer-connections' },
    { site: 'microsoft365', text: 'banned sending ip|\\b5\\.7\\.(?:511|606)\\b', action: 'other-address', for: '4h' },
    { site: 'microsoft365', enhancedCode: '^4\\.7\\.(?:500|65\\d|7\\d\\d|8\\d\\d)$', action: 'slower' },
    { site: 'icloud', text: '\\[(?:HCM1|BS02|PR\\(ct\\))\\]|try again later', code: '^4', action: 'suspend', for: '15min' },
    { site: 'united-internet', text: 'reject due to policy (?:restrictions|violations)|ip address is (?:black|block)listed', action: 'suspend', for: '1h' },
    { site: 'orange', text: 'trop de connexions|OFR004_104', action: 'fewer-connections' },
    { site: 'orange', text: 'service refuse|OFR\\d{3}_(?:506|102|103)', action: 'suspend', for: '1h' },
    { site: 'free', text: 'too many (?:spams|errors)|blacklist', action: 'suspend', for: '1h' },
    { site: 'laposte', text: 'LPN007_(?:510|519)|service refuse', action: 'suspend', for: '1h' },
    { site: 't-online', text: 'IP=.*(?:blocked|refused)|none/bad reputation', action: 'other-address', for: '4h' },
    { site: 'comcast', text: '\\bRL0000\\d\\d\\b|throttled', action: 'slower' },
    { site: 'comcast', text: '\\bBL0000\\d\\d\\b', action: 'other-address', for: '4h' },
    { site: 'mail-ru', text: 'ratelimit|try again later', code: '^4', action: 'slower' },
    { site: 'tencent', text: '(?:sender|ip|connection|domain) frequency limited', action: 'suspend', for: '1h' },
    { site: 'netease', text: '\\b(?:MI:(?:IMF|SFQ|NHQ)|DT:SPM|RP:(?:TRL|ORQ)|HL:ITC)\\b', action: 'suspend', for: '1h' },
    // Anybody.
    { text: 'too many (?:concurrent |simultaneous |open )*(?:smtp )?(?:connections|sessions)|connection limit|max(?:imum)? (?:number of )?(?:concurrent )?connections', action: 'fewer-connections' },
    { code: '^4', text: 'rate[- ]?limit|too (?:quickly|fast|many (?:messages|e-?mails|recipients))|slow down|throttl|exceeded.{0,40}(?:rate|hourly|sending limit)|unusual (?:rate|volume|traffic)', action: 'slower' },
    { enhancedCode: '^4\\.7\\.28$', action: 'slower' },
    { code: '^4', text: 'temporarily (?:deferred|blocked|suspended).{0,60}(?:complaint|volume|reputation)', action: 'suspend', for: '1h' },
    // 4.3.2 and 4.4.5: the system is not taking mail, or is congested (RFC 3463).
    { enhancedCode: '^4\\.(?:3\\.2|4\\.5)$', action: 'slower' },
  ],
} as const;
