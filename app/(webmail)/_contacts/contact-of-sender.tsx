'use client';
// The contact of an opened message's sender: the one that is there, or a new one that begins with what the message says.
import { useQuery } from '@tanstack/react-query';
import { api } from '../../../server/web/contract/client.ts';
import '../../../server/web/contract/contact-paths.ts';
import { ContactDialog } from './contact-dialog.tsx';
import { CONTACTS_KEY } from './use-contacts.ts';

/** Nothing shows until it is known which. */
export default function ContactOfSender({ person, onClose }: { person: { name: string; address: string }; onClose: () => void }) {
  const { data, error } = useQuery({
    queryKey: [...CONTACTS_KEY, 'by-address', person.address],
    queryFn: ({ signal }) => api('contacts.list', { query: { q: person.address, limit: 1 } }, { signal }).then(({ items }) => items[0] ?? null),
    staleTime: 0,
    gcTime: 0,
  });
  if (data === undefined && !error) return null;
  return data ? <ContactDialog id={data.id} onClose={onClose} /> : <ContactDialog id={null} person={person} onClose={onClose} />;
}
