// A small tree of an XML document from an unknown sender: elements and their text, nothing else. A document type,
// and with it every entity of its own, is refused; depth, elements and text are bounded.
import { SaxesParser } from 'saxes';
import { REPORT_LIMITS } from './limits.ts';

export interface XmlElement {
  /** Without a namespace prefix. */
  name: string;
  children: XmlElement[];
  /** Own text, trimmed, bounded. */
  text: string;
}

export type XmlOutcome = { kind: 'document'; root: XmlElement } | { kind: 'refused'; rule: string };

class Refused extends Error {}

export function readXml(source: string): XmlOutcome {
  const parser = new SaxesParser({ xmlns: false });
  const open: XmlElement[] = [];
  let root: XmlElement | null = null;
  let elements = 0;
  const addText = (text: string): void => {
    const element = open.at(-1);
    if (element && element.text.length < REPORT_LIMITS.xmlTextLength) element.text += text.slice(0, REPORT_LIMITS.xmlTextLength);
  };
  parser.on('error', (error) => {
    throw new Refused(`not well-formed XML: ${error.message.slice(0, 120)}`);
  });
  parser.on('doctype', () => {
    throw new Refused('XML with a document type');
  });
  parser.on('opentag', ({ name }) => {
    if (++elements > REPORT_LIMITS.xmlElements) throw new Refused(`XML with more than ${REPORT_LIMITS.xmlElements} elements`);
    if (open.length >= REPORT_LIMITS.xmlDepth) throw new Refused(`XML deeper than ${REPORT_LIMITS.xmlDepth} levels`);
    const element: XmlElement = { name: name.slice(name.indexOf(':') + 1), children: [], text: '' };
    if (open.length > 0) open.at(-1)!.children.push(element);
    else root = element;
    open.push(element);
  });
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const element = open.pop()!;
    element.text = element.text.trim();
  });
  try {
    parser.write(source.replace(/^\ufeff/, '')).close();
  } catch (error) {
    if (error instanceof Refused) return { kind: 'refused', rule: error.message };
    throw error;
  }
  return root === null ? { kind: 'refused', rule: 'XML without an element' } : { kind: 'document', root };
}

/** The first child of that name, or undefined. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

/** The text of the first child of that name; null when it is absent or empty. */
export function textOf(element: XmlElement | undefined, name: string): string | null {
  return childOf(element, name)?.text || null;
}
