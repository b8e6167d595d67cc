// Joins class names, leaving out what is false. Does not resolve Tailwind conflicts: callers don't produce any.

export type ClassValue = string | false | null | undefined;

/** Class names that are set, separated by spaces. */
export function cx(...values: ClassValue[]): string {
  let joined = '';
  for (const value of values) if (value) joined += joined ? ` ${value}` : value;
  return joined;
}
