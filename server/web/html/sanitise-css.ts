// Cleans the CSS of mail: a list of harmless properties, no at-rules but @media, every url() turned into a marker
// that the caller resolves. Pure; what a remote image is and whether it may load is not decided here.
import * as csstree from 'css-tree';

/** Beyond this a style sheet is dropped whole: no honest mail comes near. */
const MAX_CSS_CHARACTERS = 400_000;

const PROPERTIES = new RegExp(
  '^(?:' +
    [
      'color', 'background', 'background-(?:color|image|repeat|position|size|clip|origin)', 'opacity', 'visibility',
      'border(?:-(?:top|right|bottom|left|block|inline))?(?:-(?:start|end))?(?:-(?:color|style|width))?',
      'border-(?:radius|collapse|spacing)', 'border-(?:top|bottom)-(?:left|right)-radius', 'box-shadow', 'box-sizing',
      '(?:margin|padding)(?:-(?:top|right|bottom|left|block|inline))?(?:-(?:start|end))?',
      '(?:min-|max-)?(?:width|height|inline-size|block-size)', 'aspect-ratio', 'object-(?:fit|position)',
      'display', 'float', 'clear', 'overflow(?:-[xy]|-wrap)?', 'position', 'top', 'right', 'bottom', 'left', 'z-index',
      'font(?:-(?:family|size|style|variant|weight|stretch|feature-settings))?', 'line-height', 'letter-spacing',
      'text-(?:align|align-last|decoration|decoration-(?:color|line|style|thickness)|indent|overflow|shadow|transform|underline-offset|wrap)',
      'word-(?:break|spacing|wrap)', 'white-space', 'hyphens', 'tab-size', 'direction', 'unicode-bidi', 'quotes', 'content',
      'vertical-align', 'list-style(?:-(?:type|position))?', 'table-layout', 'caption-side', 'empty-cells',
      'flex(?:-(?:basis|direction|flow|grow|shrink|wrap))?', 'order', '(?:align|justify|place)-(?:content|items|self)',
      '(?:row-|column-)?gap', 'grid(?:-[a-z-]+)?', 'columns', 'column-(?:count|width|rule|span)', 'outline(?:-(?:color|style|width|offset))?',
      'transform', 'transform-origin', '-webkit-text-size-adjust', 'text-size-adjust', 'color-scheme',
    ].join('|') +
    ')$',
);

const COLOUR_PROPERTY = /^(?:color|background(?:-color|-image)?)$/;
const IMAGE_PROPERTY = /^(?:background|background-image|content)$/;

export interface CssResult {
  css: string;
  /** Declares a text colour or a background. */
  usesColours: boolean;
}

/** Turns the URL of an image into what takes its place, or null to drop the declaration. */
export type ResolveUrl = (url: string) => string | null;

/** Cleans the value of a style attribute. */
export function sanitiseStyleAttribute(text: string, resolveUrl: ResolveUrl): CssResult {
  if (text.length > MAX_CSS_CHARACTERS) return { css: '', usesColours: false };
  const tree = csstree.parse(text, { context: 'declarationList', parseCustomProperty: true });
  if (tree.type !== 'DeclarationList') return { css: '', usesColours: false };
  const usesColours = cleanDeclarations(tree.children, resolveUrl);
  return { css: generate(tree), usesColours };
}

export interface StylesheetResult extends CssResult {
  /** Rules that the mail wants in dark mode only, without their @media. */
  darkCss: string;
}

/** Cleans a style sheet. Rules under `prefers-color-scheme: dark` come apart, those under `light` with the rest. */
export function sanitiseStylesheet(text: string, resolveUrl: ResolveUrl): StylesheetResult {
  if (text.length > MAX_CSS_CHARACTERS) return { css: '', darkCss: '', usesColours: false };
  const tree = csstree.parse(text, { context: 'stylesheet', parseCustomProperty: true });
  if (tree.type !== 'StyleSheet') return { css: '', darkCss: '', usesColours: false };
  const state: SheetState = { resolveUrl, usesColours: false, dark: [] };
  cleanRules(tree.children, state, 0);
  return { css: generate(tree), darkCss: state.dark.map(generate).join(''), usesColours: state.usesColours };
}

interface SheetState {
  resolveUrl: ResolveUrl;
  usesColours: boolean;
  dark: csstree.CssNode[];
}

function cleanRules(rules: csstree.List<csstree.CssNode>, state: SheetState, depth: number): void {
  rules.forEach((node, item, list) => {
    if (node.type === 'Rule' && node.prelude.type === 'SelectorList' && selectorAllowed(node.prelude)) {
      const uses = cleanDeclarations(node.block.children, state.resolveUrl);
      state.usesColours ||= uses;
      if (node.block.children.isEmpty) list.remove(item);
      return;
    }
    if (node.type === 'Atrule' && node.name.toLowerCase() === 'media' && node.block && node.prelude && depth < 3) {
      cleanRules(node.block.children, state, depth + 1);
      const query = csstree.generate(node.prelude).toLowerCase();
      const scheme = /prefers-color-scheme:\s*(dark|light)/.exec(query)?.[1];
      if (scheme === undefined && !node.block.children.isEmpty) return;
      if (scheme === 'dark') node.block.children.forEach((rule) => state.dark.push(rule));
      else if (scheme === 'light') list.replace(item, node.block.children);
      if (scheme === 'light') return;
    }
    list.remove(item);
  });
}

/** Selectors that tell visited links apart, or reach for the frame around the mail, are of no use to honest mail. */
function selectorAllowed(prelude: csstree.SelectorList): boolean {
  let allowed = true;
  csstree.walk(prelude, (node) => {
    if (node.type === 'Raw') allowed = false;
    if (node.type === 'PseudoClassSelector' && /^(visited|host|host-context|target|fullscreen)$/i.test(node.name)) allowed = false;
    if (node.type === 'PseudoElementSelector' && !/^(before|after|first-line|first-letter|marker)$/i.test(node.name)) allowed = false;
  });
  return allowed;
}

/** Keeps allowed declarations of a block. @returns whether one of them sets a colour */
function cleanDeclarations(declarations: csstree.List<csstree.CssNode>, resolveUrl: ResolveUrl): boolean {
  let usesColours = false;
  declarations.forEach((node, item, list) => {
    if (node.type !== 'Declaration' || !declarationAllowed(node, resolveUrl)) {
      list.remove(item);
      return;
    }
    if (COLOUR_PROPERTY.test(node.property.toLowerCase())) usesColours = true;
  });
  return usesColours;
}

function declarationAllowed(node: csstree.Declaration, resolveUrl: ResolveUrl): boolean {
  const property = node.property.toLowerCase();
  if (!PROPERTIES.test(property) || node.value.type !== 'Value') return false;
  if (property === 'position' && !/^(static|relative|absolute)$/i.test(csstree.generate(node.value))) return false;
  let allowed = true;
  csstree.walk(node.value, (part) => {
    if (part.type === 'Url') {
      const replacement = IMAGE_PROPERTY.test(property) ? resolveUrl(part.value) : null;
      if (replacement === null) allowed = false;
      else part.value = replacement;
    } else if (part.type === 'Function' && !FUNCTIONS.test(part.name)) allowed = false;
    else if (part.type === 'Raw') allowed = false;
  });
  return allowed;
}

/** Everything that computes; nothing that fetches (image-set, cross-fade, src) or reads attributes. */
const FUNCTIONS =
  /^(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|color-mix|light-dark|calc|min|max|clamp|counters?|(?:repeating-)?(?:linear|radial|conic)-gradient|translate[xyz]?|scale[xyz]?|rotate[xyz]?|skew[xy]?|matrix|repeat|minmax|fit-content)$/i;

/** As text that cannot end a style element, whatever stands in its strings. */
function generate(node: csstree.CssNode): string {
  return csstree.generate(node).replace(/</g, '\\3c ');
}
