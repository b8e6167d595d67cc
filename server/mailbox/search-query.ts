// What people type into the search box, as a tree. Never fails: what is no operator is words. Pure.

export type TextField = 'any' | 'subject' | 'from' | 'to' | 'cc' | 'filename' | 'list';

export type SearchNode =
  | { kind: 'and' | 'or'; nodes: SearchNode[] }
  | { kind: 'not'; node: SearchNode }
  /** Words in a field. `phrase`: next to each other. `prefix`: the last one may go on. */
  | { kind: 'text'; field: TextField; text: string; phrase: boolean; prefix: boolean }
  | { kind: 'flag'; flag: 'unread' | 'read' | 'starred' | 'unstarred' | 'answered' | 'forwarded' | 'draft' | 'attachment' }
  | { kind: 'label'; name: string }
  /** A folder by name, path or special use. */
  | { kind: 'folder'; name: string }
  /** Junk and Trash are searched too. */
  | { kind: 'anywhere' }
  | { kind: 'date'; at: 'before' | 'after'; moment: Date }
  | { kind: 'size'; than: 'larger' | 'smaller'; bytes: number };

const TEXT_OPERATORS: Record<string, TextField> = {
  subject: 'subject', from: 'from', to: 'to', cc: 'cc', bcc: 'cc', filename: 'filename', list: 'list',
};
const FLAGS: Record<string, Extract<SearchNode, { kind: 'flag' }>['flag']> = {
  unread: 'unread', unseen: 'unread', read: 'read', seen: 'read', starred: 'starred', flagged: 'starred',
  unstarred: 'unstarred', answered: 'answered', replied: 'answered', forwarded: 'forwarded', draft: 'draft',
};
const QUERY_LIMIT = 1000;
const NODE_LIMIT = 60;

type Token =
  | { kind: 'open' | 'close' | 'openAny' | 'closeAny' | 'or' | 'and' | 'minus' }
  /** `ends`: right at the end of what was typed, so the word may still be growing. */
  | { kind: 'term'; operator: string | undefined; text: string; quoted: boolean; ends: boolean };

/**
 * Parses a search. Words stand for AND; `OR` (or `|`) binds closer than AND, as in Gmail; `-` excludes; quotes
 * make a phrase; `(…)` groups, `{…}` means any of. The last word, while it is being typed, matches as a prefix;
 * a `*` at a word's end asks for that anywhere.
 * @param now for relative dates (`newer_than:7d`)
 * @returns null when nothing is asked for
 */
export function parseSearch(input: string, now: Date): SearchNode | null {
  const tokens = tokenise(input.slice(0, QUERY_LIMIT)).slice(0, NODE_LIMIT);
  const parser = new Parser(tokens, now);
  return parser.sequence('and', undefined);
}

class Parser {
  readonly #tokens: Token[];
  readonly #now: Date;
  #position = 0;

  constructor(tokens: Token[], now: Date) {
    this.#tokens = tokens;
    this.#now = now;
  }

  /** Everything up to `until` (or the end), joined by `join`. */
  sequence(join: 'and' | 'or', until: 'close' | 'closeAny' | undefined): SearchNode | null {
    const nodes: SearchNode[] = [];
    let orPending = false;
    for (let token = this.#next(); token !== undefined; token = this.#next()) {
      if (token.kind === until) break;
      if (token.kind === 'or') {
        orPending = nodes.length > 0;
        continue;
      }
      const node = this.#node(token);
      if (!node) continue;
      const before = nodes.at(-1);
      if (orPending && before) {
        nodes[nodes.length - 1] = before.kind === 'or' ? { kind: 'or', nodes: [...before.nodes, node] } : { kind: 'or', nodes: [before, node] };
      } else nodes.push(node);
      orPending = false;
    }
    if (nodes.length === 0) return null;
    return nodes.length === 1 ? nodes[0]! : { kind: join, nodes };
  }

  #node(token: Token): SearchNode | null {
    switch (token.kind) {
      case 'open':
        return this.sequence('and', 'close');
      case 'openAny':
        return this.sequence('or', 'closeAny');
      case 'minus': {
        const next = this.#next();
        const node = next === undefined ? null : this.#node(next);
        return node && { kind: 'not', node };
      }
      case 'term': {
        const field = token.operator === undefined ? undefined : TEXT_OPERATORS[token.operator];
        if (token.text === '' && field !== undefined && this.#opensNext()) {
          const group = this.#node(this.#next()!);
          return group && inField(group, field);
        }
        return toNode(token, this.#now);
      }
      // A stray bracket or AND means nothing.
      case 'close':
      case 'closeAny':
      case 'and':
      case 'or':
        return null;
    }
  }

  #opensNext(): boolean {
    const kind = this.#tokens[this.#position]?.kind;
    return kind === 'open' || kind === 'openAny';
  }

  #next(): Token | undefined {
    return this.#tokens[this.#position++];
  }
}

/** `subject:(a b)`: the operator holds for each word of the group that has none of its own. */
function inField(node: SearchNode, field: TextField): SearchNode {
  if (node.kind === 'text') return node.field === 'any' ? { ...node, field } : node;
  if (node.kind === 'and' || node.kind === 'or') return { ...node, nodes: node.nodes.map((child) => inField(child, field)) };
  return node.kind === 'not' ? { ...node, node: inField(node.node, field) } : node;
}

function tokenise(input: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /\s+|([(){}|])|(-)(?=[^\s-])|(?:([a-z][a-z0-9_]*):)?(?:"([^"]*)("|$)|([^\s(){}|"]+))|./giu;
  for (const match of input.matchAll(pattern)) {
    const [whole, bracket, minus, operator, quotedText, closingQuote, word] = match;
    if (bracket !== undefined) {
      const kind = { '(': 'open', ')': 'close', '{': 'openAny', '}': 'closeAny', '|': 'or' }[bracket] as 'open' | 'close' | 'openAny' | 'closeAny' | 'or';
      tokens.push({ kind });
    } else if (minus !== undefined && atWordStart(input, match.index)) tokens.push({ kind: 'minus' });
    else if (quotedText !== undefined) {
      tokens.push({ kind: 'term', operator: operator?.toLowerCase(), text: quotedText, quoted: true, ends: closingQuote !== '"' });
    } else if (word !== undefined) {
      const bare = /^([a-z]+):$/i.exec(word)?.[1]?.toLowerCase();
      if (operator === undefined && (word === 'OR' || word === 'AND')) tokens.push({ kind: word === 'OR' ? 'or' : 'and' });
      else if (bare !== undefined && TEXT_OPERATORS[bare] !== undefined) {
        tokens.push({ kind: 'term', operator: bare, text: '', quoted: false, ends: false });
      } else {
        const ends = match.index + whole.length === input.length;
        tokens.push({ kind: 'term', operator: operator?.toLowerCase(), text: word, quoted: false, ends });
      }
    }
  }
  return tokens;
}

function atWordStart(input: string, index: number): boolean {
  return index === 0 || /[\s(){}|]/.test(input[index - 1]!);
}

function toNode(token: Extract<Token, { kind: 'term' }>, now: Date): SearchNode | null {
  const { operator, text } = token;
  if (operator === undefined) return textNode('any', token);
  if (text === '') return null;
  const field = TEXT_OPERATORS[operator];
  if (field !== undefined) return textNode(field, token);
  return filterNode(operator, text, now) ?? textNode('any', { ...token, text: `${operator}:${text}` });
}

function textNode(field: TextField, token: Extract<Token, { kind: 'term' }>): SearchNode {
  const star = !token.quoted && token.text.endsWith('*');
  return {
    kind: 'text', field, text: star ? token.text.slice(0, -1) : token.text, phrase: token.quoted, prefix: star || token.ends,
  };
}

function filterNode(operator: string, text: string, now: Date): SearchNode | null {
  const value = text.toLowerCase();
  switch (operator) {
    case 'is': {
      const flag = FLAGS[value];
      return flag ? { kind: 'flag', flag } : null;
    }
    case 'has':
      return value === 'attachment' || value === 'attachments' ? { kind: 'flag', flag: 'attachment' } : value === 'star' ? { kind: 'flag', flag: 'starred' } : null;
    case 'in':
    case 'folder':
      return value === 'anywhere' || value === 'all' ? { kind: 'anywhere' } : { kind: 'folder', name: text };
    case 'label':
      return { kind: 'label', name: text };
    case 'larger':
    case 'larger_than':
    case 'size':
    case 'smaller':
    case 'smaller_than': {
      const bytes = parseSize(value);
      return bytes === null ? null : { kind: 'size', than: operator.startsWith('smaller') ? 'smaller' : 'larger', bytes };
    }
    case 'before':
    case 'until':
    case 'after':
    case 'since':
    case 'on':
      return dateNode(operator, value);
    case 'older_than':
    case 'newer_than': {
      const moment = parseAge(value, now);
      return moment && { kind: 'date', at: operator === 'older_than' ? 'before' : 'after', moment };
    }
    default:
      return null;
  }
}

/** `before` leaves the day itself out, `after` takes it in, as Gmail and IMAP's SINCE do. */
function dateNode(operator: string, value: string): SearchNode | null {
  const span = parseDay(value);
  if (!span) return null;
  const before: SearchNode = { kind: 'date', at: 'before', moment: operator === 'before' ? span.start : span.end };
  const after: SearchNode = { kind: 'date', at: 'after', moment: span.start };
  if (operator === 'on') return { kind: 'and', nodes: [after, before] };
  return operator === 'before' || operator === 'until' ? before : after;
}

/** A day, a month or a year, as UTC: `2026-03-01`, `2026/3/1`, `2026-03`, `2026`. */
function parseDay(value: string): { start: Date; end: Date } | null {
  const match = /^(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?$/.exec(value);
  if (!match) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2] ?? 1) - 1, Number(match[3] ?? 1)];
  const start = new Date(Date.UTC(year, month, day));
  if (start.getUTCMonth() !== month || start.getUTCDate() !== day) return null;
  const end = new Date(
    match[3] ? Date.UTC(year, month, day + 1) : match[2] ? Date.UTC(year, month + 1, 1) : Date.UTC(year + 1, 0, 1),
  );
  return { start, end };
}

/** `7d`, `2w`, `3m`, `1y`, `12h` ago. */
function parseAge(value: string, now: Date): Date | null {
  const match = /^(\d{1,4})([hdwmy])$/.exec(value);
  if (!match) return null;
  const hours = { h: 1, d: 24, w: 168, m: 24 * 30, y: 24 * 365 }[match[2] as 'h' | 'd' | 'w' | 'm' | 'y'];
  return new Date(now.getTime() - Number(match[1]) * hours * 3_600_000);
}

/** `500`, `10k`, `5M`, `5mb`, `1g` in bytes. */
function parseSize(value: string): number | null {
  const match = /^(\d{1,12}(?:\.\d{1,3})?)(k|m|g)?b?$/.exec(value);
  if (!match) return null;
  return Math.round(Number(match[1]) * { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, '': 1 }[(match[2] ?? '') as 'k' | 'm' | 'g' | '']);
}
