// Theme, density and reading pane as the document carries them: attributes on <html>, set by the server from a
// cookie (so that nothing flashes) and by the browser when the user chooses. CSS does the rest.

export type Theme = 'system' | 'light' | 'dark';
export type Density = 'comfortable' | 'compact';
export type ReadingPane = 'right' | 'none';

export interface Look {
  theme: Theme;
  density: Density;
  readingPane: ReadingPane;
}

export const LOOK_COOKIE = 'eider-look';
export const DEFAULT_LOOK: Look = { theme: 'system', density: 'comfortable', readingPane: 'right' };

/** Reads the cookie's value ("dark.compact.right"); anything unknown falls back to the default. */
export function parseLook(value: string | undefined): Look {
  const [theme, density, pane] = (value ?? '').split('.');
  return {
    theme: theme === 'light' || theme === 'dark' ? theme : 'system',
    density: density === 'compact' ? 'compact' : 'comfortable',
    readingPane: pane === 'none' ? 'none' : 'right',
  };
}

/** The inverse of parseLook. */
export const lookValue = (look: Look): string => `${look.theme}.${look.density}.${look.readingPane}`;

/** Attributes for <html>. */
export const lookAttributes = (look: Look) => ({ 'data-theme': look.theme, 'data-density': look.density, 'data-pane': look.readingPane });
