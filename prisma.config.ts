// Where Prisma finds the schema (one file per area) and the migrations. Read by the Prisma command line only.
import { defineConfig } from 'prisma/config';

export default defineConfig({
  schema: 'prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? 'postgresql://localhost/eider' },
});
