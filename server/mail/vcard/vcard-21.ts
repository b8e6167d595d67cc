// vCard 2.1, which old phones still write, as the lines of a 3.0 card: bare parameters, quoted-printable, base64.

const HEX = /=([0-9A-Fa-f]{2})/g;

/** @param lines of one card, not yet unfolded */
export function from21(lines: readonly string[]): string[] {
  const result: string[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const colon = lines[index]!.indexOf(':');
    if (colon < 0) continue;
    const [name, ...bare] = lines[index]!.slice(0, colon).split(';');
    let value = lines[index]!.slice(colon + 1);
    const parameters = bare.map((part) => (part.includes('=') ? part : /^(quoted-printable|base64|8bit|7bit)$/i.test(part) ? `ENCODING=${part}` : `TYPE=${part}`));
    const encoding = valueOf(parameters, 'ENCODING').toUpperCase();
    if (encoding === 'QUOTED-PRINTABLE') {
      while (value.endsWith('=') && index + 1 < lines.length) value = value.slice(0, -1) + lines[(index += 1)]!;
      value = escape(decode(value, valueOf(parameters, 'CHARSET')), name!);
    } else if (encoding === 'BASE64') {
      while (/^[ \t]/.test(lines[index + 1] ?? '')) value += lines[(index += 1)]!.trim();
    } else value = escape(value, name!);
    const kept = parameters.filter((part) => !/^(ENCODING|CHARSET)=/i.test(part));
    result.push(`${[name, ...kept, ...(encoding === 'BASE64' ? ['ENCODING=b'] : [])].join(';')}:${/^VERSION$/i.test(name!) ? '3.0' : value}`);
  }
  return result;
}

const valueOf = (parameters: readonly string[], name: string): string =>
  parameters.find((part) => part.toUpperCase().startsWith(`${name}=`))?.slice(name.length + 1) ?? '';

function decode(text: string, charset: string): string {
  const bytes = Buffer.from(text.replace(HEX, (_whole, hex: string) => String.fromCharCode(parseInt(hex, 16))), 'latin1');
  try {
    return new TextDecoder(charset || 'utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** What 3.0 asks to be escaped; the semicolons of structured values stand for themselves in both. */
function escape(value: string, name: string): string {
  const plain = value.replace(/\r?\n/g, '\\n').replace(/(?<!\\),/g, '\\,');
  return /^(N|ADR|ORG)$/i.test(name.replace(/^.*\./, '')) ? plain : plain.replace(/(?<!\\);/g, '\\;');
}
