// A one-page PDF of a title and lines of text, for invoices and tickets. Latin-1 text only: it uses the standard
// fonts, which every viewer has.

/** The document's bytes. A line `left\tright` is set at both margins; an empty line is a gap; `---` is a rule. */
export function pagePdf(title: string, lines: readonly string[]): Buffer {
  const content = [`BT /F2 22 Tf 60 770 Td ${literal(title)} Tj ET`, ...body(lines)].join('\n');
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>',
    `<< /Length ${Buffer.byteLength(content, 'latin1')} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>',
    `<< /Title ${literal(title)} >>`,
  ];
  return assemble(objects);
}

function body(lines: readonly string[]): string[] {
  let y = 730;
  return lines.flatMap((line) => {
    y -= 18;
    if (line === '') return [];
    if (line === '---') return [`0.7 G 60 ${y + 6} m 535 ${y + 6} l S`];
    const [left = '', right] = line.split('\t');
    const set = [`BT /F1 11 Tf 60 ${y} Td ${literal(left)} Tj ET`];
    // Helvetica digits are 0.556 em wide: close enough for amounts set at the right margin.
    if (right !== undefined) set.push(`BT /F1 11 Tf ${Math.round(535 - right.length * 6.1)} ${y} Td ${literal(right)} Tj ET`);
    return set;
  });
}

function literal(text: string): string {
  return `(${text.replace(/[\\()]/g, String.raw`\$&`)})`;
}

/** Objects with their cross-reference table, whose entries are byte offsets. */
function assemble(objects: readonly string[]): Buffer {
  const head = '%PDF-1.4\n';
  const parts = objects.map((object, index) => `${index + 1} 0 obj\n${object}\nendobj\n`);
  const offsets: number[] = [];
  let position = head.length;
  for (const part of parts) {
    offsets.push(position);
    position += Buffer.byteLength(part, 'latin1');
  }
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const xref = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`;
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info ${objects.length} 0 R >>\nstartxref\n${position}\n%%EOF\n`;
  return Buffer.from(head + parts.join('') + xref + trailer, 'latin1');
}
