// What the check of the app's texts looks for: words that stand in markup instead of in a catalogue, and texts that
// nothing shows. That every language has every key, and none besides, is the types' business (TextsLike).
import ts from 'typescript';
import type { Fault } from './house-rules.ts';
import type { SourceFile } from './read-tree.ts';

/** Attributes and props that people read or hear. */
const SPOKEN = /^(aria-(label|description|roledescription|valuetext|placeholder)|title|placeholder|alt|label|hint|data-tip|closeLabel|confirmLabel)$/;
/** Two letters in a row; what is spelt so in every language may stand. */
const WORDS = /\p{L}{2,}/u;
const SAME_EVERYWHERE = /^(Eider|IMAP|SMTP|POP3|TLS|STARTTLS|HTTPS|Esc|Ctrl|kbd)$/;

/** `&lt;` and the like, and the beginning of an address. */
const SIGNS = /&#?\w+;|\bhttps?:\/\//g;

const says = (raw: string): boolean => {
  const text = raw.replace(SIGNS, ' ');
  return WORDS.test(text) && !SAME_EVERYWHERE.test(text.trim());
};

/** Literals of an expression that end up on screen: `'a'`, `cond ? 'a' : b`, `` `a ${b}` ``. */
function literalsOf(node: ts.Expression | undefined): string[] {
  if (!node) return [];
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node)) return [node.head.text, ...node.templateSpans.map((span) => span.literal.text)];
  if (ts.isParenthesizedExpression(node)) return literalsOf(node.expression);
  if (ts.isConditionalExpression(node)) return [...literalsOf(node.whenTrue), ...literalsOf(node.whenFalse)];
  if (ts.isBinaryExpression(node)) return [...(node.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken ? [] : literalsOf(node.left)), ...literalsOf(node.right)];
  return [];
}

function wordsAt(node: ts.Node): string[] {
  if (ts.isJsxText(node)) return [node.text.trim()];
  if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent)) return literalsOf(node.expression);
  if (ts.isJsxAttribute(node) && SPOKEN.test(node.name.getText()) && node.initializer) {
    const value = node.initializer;
    return ts.isStringLiteral(value) ? [value.text] : ts.isJsxExpression(value) ? literalsOf(value.expression) : [];
  }
  return [];
}

/** Words in the markup of a component, each as `line 3: "Send"`. */
export function wordsInMarkup({ path, text }: SourceFile): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    for (const words of wordsAt(node).filter(says)) found.push(`line ${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}: "${words}"`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const isMarkup = (path: string): boolean => /^(app|components)\/.*\.tsx$/.test(path) && !/\.test\.tsx$/.test(path);
const isEnglish = (path: string): boolean => path.startsWith('components/i18n/en/');
const mayUse = (path: string): boolean => /^(app|components|server\/web)\/.*\.tsx?$/.test(path) && !path.startsWith('components/i18n/') && !/\.test\.tsx?$/.test(path);

/** Keys of the catalogue that no code names, whole or as a template with the same beginning and end. */
export function unusedKeys(files: readonly SourceFile[]): { path: string; key: string }[] {
  const code = files.filter(({ path }) => mayUse(path)).map(({ text }) => text).join('\n');
  const named = new Set([...code.matchAll(/['"]([\w.-]+)['"]/g)].map((match) => match[1]));
  const made = [...code.matchAll(/`([\w.-]+\.)\$\{[^`}]*\}([\w.-]*)`/g)].map((match) => ({ start: match[1] ?? '', end: match[2] ?? '' }));
  const used = (key: string) => named.has(key) || made.some(({ start, end }) => key.startsWith(start) && key.endsWith(end));
  return files
    .filter(({ path }) => isEnglish(path))
    .flatMap(({ path, text }) => [...text.matchAll(/^ {2}'([\w.-]+)':/gm)].map((match) => ({ path, key: match[1] ?? '' })))
    .filter(({ key }) => !used(key));
}

const saysErrors = (path: string): boolean => path.startsWith('server/web/') && path.endsWith('.ts') && !/\.test\.ts$|\/testing\/|\/clients\//.test(path);
/** Programs see these, not people: a request that our own pages never make. */
const FOR_PROGRAMS = /^server\/web\/api\/|serve-image\.ts$|list-mail\.ts$|push-state\.ts$|passkey-settings\.ts$/;

/** Fixed sentences of the server's errors that a language has no words for. Those with numbers in them go by their code. */
export function untoldErrors(files: readonly SourceFile[]): { path: string; text: string }[] {
  const told = files.filter(({ path }) => /^components\/i18n\/[a-z-]+\/errors\.ts$/.test(path));
  const sentences = files
    .filter(({ path }) => saysErrors(path) && !FOR_PROGRAMS.test(path))
    .flatMap(({ text }) => [...text.matchAll(/(?:new AppError\('\w+', \{ text: |fieldError\([^,()]+, )'((?:[^'\\]|\\.)*)'/g)].map((match) => match[1] ?? ''));
  return told.flatMap(({ path, text }) => [...new Set(sentences)].filter((sentence) => !text.includes(`'${sentence}':`)).map((sentence) => ({ path, text: `no words for '${sentence}'` })));
}

/** Every fault of the texts. */
export function textFaults(files: readonly SourceFile[]): Fault[] {
  return [
    ...files.filter(({ path }) => isMarkup(path)).flatMap((file) => wordsInMarkup(file).map((text) => ({ rule: 'words come from the catalogue', path: file.path, text }))),
    ...untoldErrors(files).map((fault) => ({ rule: 'errors have words in every language', ...fault })),
    ...unusedKeys(files).map(({ path, key }) => ({ rule: 'every text is shown somewhere', path, text: `nothing names '${key}'` })),
  ];
}

export const TEXT_RULES = ['words come from the catalogue', 'errors have words in every language', 'every text is shown somewhere'] as const;
