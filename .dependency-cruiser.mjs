// For `npx depcruise …` by hand; the rules themselves stand beside their test.
export { configuration as default } from './test/boundaries/rules.ts';
