// The one error that setting up reports to a person: a single clear line, exit code 1, no stack.

/** Something outside Eider is missing or wrong; the message names it and says what to do. */
export class SetupError extends Error {
  override name = 'SetupError';
}
