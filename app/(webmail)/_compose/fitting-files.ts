// Which files a message can carry, which it can only link to, and which are too large even for that. Pure.
import type { UploadItem } from './compose-state.ts';

/** `uploadBytes` is what all files of a message have room for: encoded, they take a third more. */
export function fittingFiles<F extends { size: number }>(
  files: readonly F[],
  present: readonly Pick<UploadItem, 'sizeBytes' | 'linkDays'>[],
  limits: { uploadBytes: number; linkBytes: number },
): { fitting: F[]; large: F[]; tooLarge: F[] } {
  const result = { fitting: [] as F[], large: [] as F[], tooLarge: [] as F[] };
  let room = limits.uploadBytes - present.reduce((sum, item) => sum + (item.linkDays === null ? item.sizeBytes : 0), 0);
  for (const file of files) {
    if (file.size > limits.linkBytes) result.tooLarge.push(file);
    else if (file.size > room) result.large.push(file);
    else {
      room -= file.size;
      result.fitting.push(file);
    }
  }
  return result;
}
