// From a search's tree to what PostgreSQL is asked: a full-text template and conditions on rows. Pure.
import { FIELDS, sizeClasses, type FieldName } from './search-terms.ts';
import type { SearchNode, TextField } from './search-query.ts';
import { cutAddresses, cutWords, foldText, isUnspaced } from './words.ts';

/** Stands in a template where a bucket's number goes. No word holds it. */
export const BUCKET_MARK = '~';

/** Where a text field's words are looked for: `to:` also finds copies, as people expect of it. */
const FIELD_PLACES: Record<TextField, FieldName[]> = {
  any: ['any'], subject: ['subject'], from: ['from'], to: ['to', 'cc'], cc: ['cc'], filename: ['filename'], list: ['list'],
};

/** SQL that tells whether the terms `s` match a template, given as SQL. */
export function matches(template: string, bucketId = 's.bucket_id'): string {
  return `s.terms @@ replace(${template}, '${BUCKET_MARK}', to_hex(${bucketId}))::tsquery`;
}

export interface SearchPlan {
  /** A tsquery with BUCKET_MARK for the bucket; null when only rows decide. All results match it. */
  template: string | null;
  /** Whether `template` names at least one term that must be there, so that the index can find it. */
  selective: boolean;
  /** SQL over `i` (item) and, where they are used, `m` (message) and `s` (terms); `true` when there is none. */
  condition: string;
  /** Values of the condition's parameters, `$<n>` counted on from the caller's own. */
  values: unknown[];
  usesMessage: boolean;
  usesTerms: boolean;
  /** What all results have: lets the few that have it drive the search. */
  onlyUnread: boolean;
  onlyStarred: boolean;
  /** Of each label that all results carry, the keywords that it may be, lower case. */
  labels: string[][];
  receivedBefore: Date | null;
  receivedAfter: Date | null;
  /** Ids of the only folders that results may be in; null: no folder was named. */
  folders: string[] | null;
  /** Whether Junk and Trash count. */
  anywhere: boolean;
}

export interface PlanContext {
  /** Folders by what they may be called in a search, folded: path, name, special use. Several may share a name. */
  folderIds(foldedName: string): string[];
  /** Keywords, lower case, that a label may be called by in a search. */
  labelKeywords(name: string): string[];
  /** Stands for `me`. */
  ownAddress: string;
  /** The number of the first free SQL parameter. */
  firstParameter: number;
}

/**
 * Plans a search; null when there is nothing in it to look for. What every result must fulfil (the conjuncts)
 * becomes template, dates and folders.
 */
export function planSearch(search: SearchNode, context: PlanContext): SearchPlan | null {
  const root = withoutBlanks(search);
  if (!root) return null;
  const plan: SearchPlan = {
    template: null, selective: false, condition: 'true', values: [], usesMessage: false, usesTerms: false,
    onlyUnread: false, onlyStarred: false, labels: [], receivedBefore: null, receivedAfter: null, folders: null, anywhere: false,
  };
  const builder = new Builder(plan, context);
  const conjuncts = root.kind === 'and' ? root.nodes.flatMap((node) => (node.kind === 'and' ? node.nodes : [node])) : [root];
  const templates: string[] = [];
  const conditions: string[] = [];
  for (const node of conjuncts) {
    const text = textTemplate(node, context);
    if (text !== null) {
      templates.push(text);
      plan.selective ||= isSelective(node);
    } else if (!builder.narrow(node)) {
      if (node.kind === 'label') plan.labels.push(context.labelKeywords(node.name));
      conditions.push(builder.condition(node));
    }
    for (const fact of impliedFacts(node)) {
      templates.push(fact);
      plan.selective = true;
    }
  }
  if (templates.length > 0) plan.template = templates.map((template) => `(${template})`).join(' & ');
  if (conditions.length > 0) plan.condition = conditions.map((condition) => `(${condition})`).join(' AND ');
  return plan;
}

class Builder {
  readonly #plan: SearchPlan;
  readonly #context: PlanContext;

  constructor(plan: SearchPlan, context: PlanContext) {
    this.#plan = plan;
    this.#context = context;
  }

  /** Takes a conjunct that narrows where to look; false when it is none. */
  narrow(node: SearchNode): boolean {
    const plan = this.#plan;
    if (node.kind === 'anywhere') plan.anywhere = true;
    else if (node.kind === 'folder') {
      const ids = this.#folder(node.name);
      plan.folders = plan.folders === null ? ids : plan.folders.filter((id) => ids.includes(id));
    } else if (node.kind === 'date' && node.at === 'before') {
      if (plan.receivedBefore === null || node.moment < plan.receivedBefore) plan.receivedBefore = node.moment;
    } else if (node.kind === 'date') {
      if (plan.receivedAfter === null || node.moment > plan.receivedAfter) plan.receivedAfter = node.moment;
    } else if (node.kind === 'flag' && node.flag === 'unread') plan.onlyUnread = true;
    else if (node.kind === 'flag' && node.flag === 'starred') plan.onlyStarred = true;
    // Its term (impliedFacts) says it all.
    else return node.kind === 'flag' && node.flag === 'attachment';
    return true;
  }

  /** Any node as an SQL condition. */
  condition(node: SearchNode): string {
    switch (node.kind) {
      case 'and':
      case 'or':
        return `(${node.nodes.map((child) => this.condition(child)).join(node.kind === 'and' ? ' AND ' : ' OR ')})`;
      case 'not':
        return `NOT ${this.condition(node.node)}`;
      case 'text':
        return this.#terms(wordsTemplate(node, this.#context));
      case 'flag':
        return this.#flag(node.flag);
      case 'label':
        return `EXISTS (SELECT 1 FROM unnest(i.labels) AS label WHERE lower(label) = ANY(${this.#bind(this.#context.labelKeywords(node.name))}::text[]))`;
      case 'folder':
        return `i.folder_id = ANY(${this.#bind(this.#folder(node.name))}::text[])`;
      case 'anywhere':
        return 'true';
      case 'date':
        return `i.received_at ${node.at === 'before' ? '<' : '>='} ${this.#bind(node.moment)}::timestamptz`;
      case 'size':
        this.#plan.usesMessage = true;
        return `m.size_bytes ${node.than === 'larger' ? '>' : '<'} ${this.#bind(node.bytes)}::bigint`;
    }
  }

  #flag(flag: Extract<SearchNode, { kind: 'flag' }>['flag']): string {
    switch (flag) {
      case 'unread':
        return 'i.unread';
      case 'read':
        return 'NOT i.unread';
      case 'starred':
        return 'i.starred';
      case 'unstarred':
        return 'NOT i.starred';
      case 'answered':
        return 'i.answered';
      case 'forwarded':
        return 'i.forwarded';
      case 'draft':
        return 'i.draft';
      case 'attachment':
        this.#plan.usesMessage = true;
        return 'm.has_attachment';
    }
  }

  #terms(template: string): string {
    this.#plan.usesTerms = true;
    return matches(this.#bind(template));
  }

  #folder(name: string): string[] {
    return this.#context.folderIds(foldText(name));
  }

  #bind(value: unknown): string {
    this.#plan.values.push(value);
    return `$${this.#context.firstParameter + this.#plan.values.length - 1}`;
  }
}

/** A search without the texts that hold no word (`!!!`, `"-"`): they ask for nothing, not for everything. */
function withoutBlanks(node: SearchNode): SearchNode | null {
  if (node.kind === 'text') return cutWords(node.text).length > 0 ? node : null;
  if (node.kind === 'not') {
    const inner = withoutBlanks(node.node);
    return inner && { kind: 'not', node: inner };
  }
  if (node.kind !== 'and' && node.kind !== 'or') return node;
  const nodes = node.nodes.flatMap((child) => withoutBlanks(child) ?? []);
  return nodes.length === 0 ? null : { ...node, nodes };
}

/** A node as a tsquery template when it is about words only; null otherwise. */
function textTemplate(node: SearchNode, context: PlanContext): string | null {
  switch (node.kind) {
    case 'text':
      return wordsTemplate(node, context);
    case 'and':
    case 'or': {
      const parts = node.nodes.map((child) => textTemplate(child, context));
      if (parts.some((part) => part === null)) return null;
      return parts.map((part) => `(${part})`).join(node.kind === 'and' ? ' & ' : ' | ');
    }
    case 'not': {
      const part = textTemplate(node.node, context);
      return part === null ? null : `!(${part})`;
    }
    case 'flag':
    case 'label':
    case 'folder':
    case 'anywhere':
    case 'date':
    case 'size':
      return null;
  }
}

function wordsTemplate(node: Extract<SearchNode, { kind: 'text' }>, context: PlanContext): string {
  const own = (node.field === 'from' || node.field === 'to' || node.field === 'cc') && node.text.toLowerCase() === 'me';
  const text = own ? context.ownAddress : node.text;
  const places = FIELD_PLACES[node.field];
  const addresses = cutAddresses(text);
  if (addresses.length === 1 && foldText(text).trim() === addresses[0]) {
    const term = (place: FieldName) => quoteTerm(place, addresses[0]!, node.prefix && !own);
    return places.map(term).join(' | ');
  }
  const words = cutWords(text);
  // Unspaced scripts: the lone last character of a run is covered by the pair before it, unless it is all there is.
  const needed = words.filter((word, index) => !(index > 0 && [...word.text].length === 1 && isUnspaced(word.text) && words[index - 1]!.position === word.position - 1));
  // Pairs of one run must follow each other, or any message with the same characters would do.
  const join = node.phrase || needed.some((word) => isUnspaced(word.text)) || needed.length > 1 ? ' <-> ' : ' & ';
  const inPlace = (place: FieldName) =>
    needed
      .map((word, index) => {
        const growing = (node.prefix && index === needed.length - 1) || (isUnspaced(word.text) && [...word.text].length === 1);
        return quoteTerm(place, word.text, growing);
      })
      .join(join);
  return places.map((place) => (needed.length > 1 ? `(${inPlace(place)})` : inPlace(place))).join(' | ');
}

function quoteTerm(place: FieldName, word: string, prefix: boolean): string {
  return `'${BUCKET_MARK}${FIELDS[place]}${word}'${prefix ? ':*' : ''}`;
}

/** Whether a node can only be true where some term of it stands. */
function isSelective(node: SearchNode): boolean {
  if (node.kind === 'text') return true;
  if (node.kind === 'and') return node.nodes.some(isSelective);
  if (node.kind === 'or') return node.nodes.every(isSelective);
  return false;
}

/** Terms that every message fulfilling a conjunct carries: they let the index find what else only rows would tell. */
function impliedFacts(node: SearchNode): string[] {
  if (node.kind === 'flag' && node.flag === 'attachment') return [quoteTerm('fact', 'attachment', false)];
  if (node.kind === 'size' && node.than === 'larger') {
    const largest = sizeClasses(node.bytes).at(-1);
    return largest === undefined ? [] : [quoteTerm('fact', largest, false)];
  }
  return [];
}
