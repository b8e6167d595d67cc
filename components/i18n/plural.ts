// Plural forms by the language's own rules (Intl.PluralRules).

type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** A chooser for one language: `plural(3, { one: '# file', other: '# files' })`; # is the formatted number. */
export function pluralFor(locale: string): (n: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  return (n, forms) => (forms[rules.select(n)] ?? forms.other).replaceAll('#', numbers.format(n));
}
