// Runs once when the web process starts. Owns what must be in place before the first request.

export async function register(): Promise<void> {
  if (process.env['NEXT_RUNTIME'] !== 'nodejs' || process.env['NEXT_PHASE'] === 'phase-production-build') return;
  const { startWeb } = await import('./server/web/start-web.ts');
  startWeb();
}
