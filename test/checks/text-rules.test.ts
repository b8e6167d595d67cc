import { describe, expect, test } from 'vitest';
import { textFaults, untoldErrors, wordsInMarkup } from './text-rules.ts';

const shown = (jsx: string) => wordsInMarkup({ path: 'app/x.tsx', text: `const x = ${jsx};` }).map((fault) => /"(.*)"/s.exec(fault)?.[1]);

describe('words in markup', () => {
  test.each([
    ['<p>Send it</p>', ['Send it']],
    ['<p>{busy ? "Sending" : t("a.b")}</p>', ['Sending']],
    ['<p>{`${n} left`}</p>', [' left']],
    ['<button aria-label="Close" />', ['Close']],
    ['<Field label={cond && "Name"} />', ['Name']],
    ['<img alt="A cat" />', ['A cat']],
  ])('%s', (jsx, words) => {
    expect(shown(jsx)).toEqual(words);
  });

  test.each(['<p className="flex gap">{t("app.close")}</p>', '<p>· 5 %</p>', '<input name="address" type="email" />', '<span>Eider</span>', '<span>&lt;{address}&gt;</span>', '<Menu placement="top-start" label={t("x.y")} />'])('%s is fine', (jsx) => {
    expect(shown(jsx)).toEqual([]);
  });
});

describe('words of errors', () => {
  const server = { path: 'server/web/labels/labels.ts', text: "throw new AppError('gone', { text: 'It is gone.' });\nthrow fieldError('name', 'not a name');" };
  test('every language has them', () => {
    const arabic = { path: 'components/i18n/ar/errors.ts', text: "'It is gone.': 'a',\n'not a name': 'b'," };
    expect(untoldErrors([server, arabic])).toEqual([]);
    expect(untoldErrors([server, { ...arabic, text: '' }]).map((fault) => fault.text)).toEqual(["no words for 'It is gone.'", "no words for 'not a name'"]);
  });
});

describe('unused texts', () => {
  const english = { path: 'components/i18n/en/list.ts', text: "export const list = {\n  'list.a': 'A',\n  'list.kind.one': 'One',\n};\n" };
  test('a key that is named, or made, is used', () => {
    expect(textFaults([english, { path: 'app/list.ts', text: "t('list.a'); t(`list.kind.${kind}`)" }])).toEqual([]);
  });
  test('a key that nothing names is a fault', () => {
    expect(textFaults([english, { path: 'app/list.ts', text: 't(`list.kind.${kind}`)' }]).map((fault) => fault.text)).toEqual(["nothing names 'list.a'"]);
  });
});
