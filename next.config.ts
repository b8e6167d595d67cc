// How Next builds and serves the web app. Security headers are proxy.ts's and server/web/api's.
import type { NextConfig } from 'next';

const config: NextConfig = {
  output: 'standalone',
  outputFileTracingRoot: import.meta.dirname,
  // Engineers and tests can build beside a running app.
  distDir: process.env['EIDER_NEXT_DIST'] ?? '.next',
  // Types are checked once, by `npm run typecheck`, not again in every build.
  typescript: { ignoreBuildErrors: true },
  // Left to Node: they look for files beside themselves, start threads, or gain nothing from bundling.
  serverExternalPackages: [
    'jsdom', 'dompurify', 'css-tree', 'pg', 'ioredis', 'pino', 'mongodb', 'nodemailer', 'html-to-text', 'imapflow', 'libmime',
    'iconv-lite', 'postal-mime', '@prisma/client', '@prisma/adapter-pg', 'prom-client',
  ],
  // Outlook asks for /Autodiscover/Autodiscover.xml, others in lower case; folders of both names would be one on some disks.
  rewrites: async () => [{ source: '/Autodiscover/:path*', destination: '/autodiscover/:path*' }],
  // A new service worker is looked for with each visit.
  headers: async () => [{ source: '/service-worker.js', headers: [{ key: 'cache-control', value: 'no-cache' }, { key: 'x-content-type-options', value: 'nosniff' }] }],
  poweredByHeader: false,
  compress: true,
  reactStrictMode: true,
  // The address of a conversation is fetched by our own client; Next's image service is not used.
  images: { unoptimized: true },
  devIndicators: false,
  logging: { incomingRequests: false },
  allowedDevOrigins: ['127.0.0.1', 'localhost'],
};

export default config;
