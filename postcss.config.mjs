// Tailwind 4 is configured in CSS (app/styles/tokens.css); PostCSS only has to load it.
export default { plugins: { '@tailwindcss/postcss': {} } };
