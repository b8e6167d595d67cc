// Message ids of the API: folder and UID. They change when a message is moved, as IMAP's do.
import { AppError } from '../api/app-error.ts';

export interface EmailPlace {
  folderId: string;
  uid: number;
}

export function emailIdOf(place: EmailPlace): string {
  return `${place.folderId}.${place.uid}`;
}

/** Null for what cannot be a message id. */
export function parseEmailId(id: string): EmailPlace | null {
  const match = /^([0-9a-f]{24})\.([1-9][0-9]{0,9})$/.exec(id);
  return match ? { folderId: match[1]!, uid: Number(match[2]) } : null;
}

/** @throws AppError not_found: an id that cannot exist is simply not there */
export function requireEmailId(id: string): EmailPlace {
  const place = parseEmailId(id);
  if (!place) throw new AppError('not_found');
  return place;
}
