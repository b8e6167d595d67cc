// Makes sanitised mail HTML fit to stand inside the compose window. There it is part of our page, not a document of its
// own: classes and ids would meet ours, and positioned boxes could cover the app. Pure.

/** A start tag as a serialised DOM writes it: every value in double quotes. */
const START_TAG = /<[a-z][a-z0-9]*(?:\s+[^\s=<>"]+(?:="[^"]*")?)*\s*>/gi;
const ATTRIBUTE = /\s+([^\s=>"]+)(?:="([^"]*)")?/g;

/** Attributes that mean something outside the mail. */
const DROPPED = /^(?:class|id|name|role|tabindex|open)$/i;

/** Looks only: nothing that takes a box out of its place. */
const KEPT_STYLE =
  /^(?:color|background-color|font(?:-family|-size|-style|-weight|-variant)?|text-(?:align|decoration|indent|transform)|line-height|letter-spacing|white-space|vertical-align|direction|(?:padding|margin)(?:-(?:top|right|bottom|left))?|border(?:-(?:top|right|bottom|left))?(?:-(?:color|style|width))?|border-(?:collapse|spacing|radius)|(?:max-)?width|list-style(?:-type)?|table-layout)$/i;

/** @param html the serialised content of a sanitised body */
export function quoteMarkup(html: string): string {
  return html.replace(START_TAG, (tag) =>
    tag.replace(ATTRIBUTE, (whole, name: string, value: string | undefined) => {
      if (DROPPED.test(name)) return '';
      if (name.toLowerCase() !== 'style') return whole;
      const style = looksOnly(value ?? '');
      return style === '' ? '' : ` style="${style}"`;
    }),
  );
}

function looksOnly(style: string): string {
  return style
    .split(';')
    .filter((declaration) => {
      const colon = declaration.indexOf(':');
      const value = declaration.slice(colon + 1);
      return colon > 0 && KEPT_STYLE.test(declaration.slice(0, colon).trim()) && !/url\(|(?:^|[\s(,])-\d|v[wh]\b|vm(?:in|ax)\b/i.test(value);
    })
    .join(';');
}
