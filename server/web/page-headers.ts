// The security headers of pages. Pure; proxy.ts applies them.

export interface PageHeaderOptions {
  nonce: string;
  /** Next's development server evaluates code for hot reloading. */
  development: boolean;
  /** Browsers reach us by HTTPS. */
  secure: boolean;
}

/** Headers by lower-case name. */
export function pageHeaders({ nonce, development, secure }: PageHeaderOptions): Record<string, string> {
  const policy = [
    "default-src 'none'",
    // strict-dynamic: what a nonced script loads may run; host lists are ignored, so nothing else can.
    `script-src 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ''}`,
    `style-src 'self' ${development ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    // Attributes only, for measured sizes and positions; style elements need the nonce.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'" + (development ? ' ws:' : ''),
    "media-src 'self' blob:",
    // Mail bodies and previews are documents of our own origin, each with its own sandbox.
    "frame-src 'self' blob:",
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    // `default` is instrumentation-client.ts's; the editor reads its clipboard in a detached document by its own.
    ...(development ? [] : ["require-trusted-types-for 'script'", 'trusted-types default ProseMirrorClipboard']),
  ];
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()',
    ...(secure ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : {}),
  };
}
