// Reply rules for what the codes alone say: RFC 3463 and its registry, then RFC 5321 4.2.3.
import type { ReplyRule } from './reply-rules.ts';

export const CODE_RULES: readonly ReplyRule[] = [
  { category: 'userunknown', enhancedCode: /^5\.1\.(?:[013]|20)$/ },
  { category: 'userunknown', enhancedCode: /^4\.1\.1$/, code: /^5/ },
  { category: 'filtered', enhancedCode: /^5\.1\.4$/ },
  { category: 'hostunknown', enhancedCode: /^5\.(?:1\.2|4\.4)$/ },
  { category: 'notaccept', enhancedCode: /\.1\.10$/ },
  // The sender's domain takes no mail (RFC 7505 4.2).
  { category: 'rejected', enhancedCode: /\.7\.27$/ },
  { category: 'notaccept', enhancedCode: /^5\.3\.2$/ },
  { category: 'rejected', enhancedCode: /\.1\.(?:7|8)$/ },
  { category: 'filtered', enhancedCode: /^5\.2\.(?:[014])$/ },
  { category: 'suspend', enhancedCode: /\.2\.1$/ },
  { category: 'systemfull', enhancedCode: /\.3\.1$/ },
  { category: 'systemerror', enhancedCode: /\.3\.(?:0|2|3|5)$/ },
  { category: 'expired', enhancedCode: /\.4\.(?:1|2|7)$/ },
  { category: 'systemerror', enhancedCode: /\.(?:1\.9|4\.3|5\.[45])$/ },
  { category: 'networkerror', enhancedCode: /\.4\.(?:0|4|6|8)$/ },
  { category: 'toomanyconn', enhancedCode: /^4\.(?:4\.5|5\.3)$/ },
  { category: 'syntaxerror', enhancedCode: /\.5\.(?:1|2|6)$/ },
  { category: 'contenterror', enhancedCode: /\.6\.\d+$/ },
  { category: 'failedstarttls', enhancedCode: /\.7\.10$/ },
  { category: 'mesgtoobig', enhancedCode: /\.7\.16$/ },
  { category: 'hasmoved', enhancedCode: /\.7\.1[78]$/ },
  { category: 'authfailure', enhancedCode: /\.7\.29$/ },
  { category: 'securityerror', enhancedCode: /\.7\.(?:[3-9]|1[0-24-9])$/ },
  { category: 'securityerror', enhancedCode: /\.7\.\d+$/ },

  { category: 'blocked', command: ['CONN', 'EHLO'] },
  { category: 'notaccept', code: /^(?:521|556)$/ },
  { category: 'syntaxerror', code: /^50[0-4]$/ },
  { category: 'systemerror', code: /^(?:421|451)$/ },
  { category: 'mailboxfull', code: /^(?:452|552)$/ },
  { category: 'onhold', code: /^450$/ },
  { category: 'userunknown', code: /^(?:550|551|553)$/, text: /\b(?:mailbox|user|recipient|address|account)\b/i, command: ['RCPT'] },
];
