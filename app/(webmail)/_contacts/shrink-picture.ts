'use client';
// A picture from a file, cut square and made small enough to be kept with a contact.

const SIDE_PX = 256;

export interface SmallPicture {
  contentType: 'image/jpeg';
  base64: string;
}

/** Null when the browser cannot show the file as a picture. */
export async function shrinkPicture(file: File): Promise<SmallPicture | null> {
  const image = await createImageBitmap(file).catch(() => null);
  if (!image) return null;
  const side = Math.min(image.width, image.height);
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = SIDE_PX;
  canvas.getContext('2d')?.drawImage(image, (image.width - side) / 2, (image.height - side) / 2, side, side, 0, 0, SIDE_PX, SIDE_PX);
  image.close();
  return { contentType: 'image/jpeg', base64: canvas.toDataURL('image/jpeg', 0.85).replace(/^[^,]*,/, '') };
}
