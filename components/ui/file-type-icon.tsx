// The icon of a file by its media type.
import { File, FileArchive, FileAudio, FileImage, FileText, FileVideo } from 'lucide-react';

/** An icon by the declared type. */
export function FileTypeIcon({ contentType, className = 'size-5' }: { contentType: string; className?: string }) {
  const [type, sub = ''] = contentType.split('/');
  let Icon = File;
  if (type === 'image') Icon = FileImage;
  else if (type === 'audio') Icon = FileAudio;
  else if (type === 'video') Icon = FileVideo;
  else if (/zip|tar|rar|7z|compressed/.test(sub)) Icon = FileArchive;
  else if (type === 'text' || /pdf|word|document|sheet|excel|presentation|calendar/.test(sub)) Icon = FileText;
  return <Icon aria-hidden className={className} />;
}
