// XML written safely: elements as data, text and attributes escaped, characters that XML cannot hold left out. Pure.

export type XmlNode = string | XmlElement;
export interface XmlElement {
  name: string;
  attributes?: Record<string, string>;
  children?: readonly XmlNode[];
}

/** An element; children are elements and text. */
export function element(name: string, children: readonly XmlNode[] | string = [], attributes: Record<string, string> = {}): XmlElement {
  return { name, children: typeof children === 'string' ? [children] : children, attributes };
}

/** Characters outside of XML 1.0's production 2: control characters, lone surrogates and two non-characters. */
const IMPOSSIBLE = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export function escapeXml(text: string): string {
  return text.replace(IMPOSSIBLE, '').replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** @throws Error for a name that is none: names come from our own code */
function write(node: XmlNode, indent: string): string {
  if (typeof node === 'string') return escapeXml(node);
  if (!/^[A-Za-z][\w.-]*$/.test(node.name)) throw new Error(`not the name of an element: ${node.name}`);
  const attributes = Object.entries(node.attributes ?? {}).map(([name, value]) => ` ${name}="${escapeXml(value)}"`).join('');
  const children = node.children ?? [];
  if (children.length === 0) return `${indent}<${node.name}${attributes}/>\n`;
  if (children.every((child) => typeof child === 'string')) return `${indent}<${node.name}${attributes}>${children.map((child) => write(child, '')).join('')}</${node.name}>\n`;
  return `${indent}<${node.name}${attributes}>\n${children.map((child) => write(child, `${indent}  `)).join('')}${indent}</${node.name}>\n`;
}

/** A whole document in UTF-8. @param doctype goes before the root as it is */
export function xmlDocument(root: XmlElement, doctype = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${doctype}${write(root, '')}`;
}
