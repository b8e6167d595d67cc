type Packages = Record<string, { optionalDependencies?: Record<string, string> }>;
export function missingOptionals(packages: Packages): { name: string; version: string; by: string }[];
export function entryFor(name: string, version: string): { version: string; optional: true; os?: string[]; cpu?: string[]; libc?: string[] };
