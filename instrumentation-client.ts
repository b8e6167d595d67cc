// Runs in the browser before anything else of the app: the one place that may turn texts into code or markup, for the
// Trusted Types that pages require (server/web/page-headers.ts). Whatever it does not name is refused by the browser.

/** `<script></script>`: how React makes an empty script element. */
const EMPTY_SCRIPT = '<script></script>';

/** TypeScript's DOM library has no Trusted Types yet. https://www.w3.org/TR/trusted-types/ */
interface PolicyRules {
  createHTML(text: string, type?: string, sink?: string): string;
  createScript(text: string): string;
  createScriptURL(url: string): string;
}
declare global {
  interface Window {
    trustedTypes?: { createPolicy(name: string, rules: PolicyRules): unknown };
  }
}

function refuse(what: string): never {
  throw new TypeError(`Trusted Types: ${what} is not made here`);
}

window.trustedTypes?.createPolicy('default', {
  // The editor reads pasted and stored HTML in a document of its own, in which nothing runs or loads.
  createHTML: (text, _type, sink) => (sink === 'DOMParser parseFromString' || text === EMPTY_SCRIPT ? text : refuse('markup from text')),
  createScript: () => refuse('a script from text'),
  createScriptURL(url) {
    const { origin, pathname } = new URL(url, location.href);
    const ours = origin === location.origin && (pathname.startsWith('/_next/static/') || pathname === '/service-worker.js');
    return ours ? url : refuse(`a script from ${origin}${pathname}`);
  },
});

export {};
