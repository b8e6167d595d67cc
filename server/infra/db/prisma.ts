// Prisma's client for the ordinary reads and writes of the console and the API. Hot paths use pool.ts.
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.ts';

export type Prisma = PrismaClient;

/** @param url PostgreSQL's URL; @param max the most connections of this client (5) */
export function createPrisma(url: string, max = 5): Prisma {
  return new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max }) });
}
