'use client';
// The account's templates, and keeping, changing and dropping them.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../../../server/web/contract/client.ts';
import type { Template, TemplateBody } from '../../../server/web/contract/templates.ts';
import { keys } from '../_data/keys.ts';

/** Undefined until they are known. */
export function useTemplates(): Template[] | undefined {
  return useQuery({ queryKey: keys.templates, queryFn: ({ signal }) => api('templates.list', {}, { signal }).then((answer) => answer.items), staleTime: 60_000 }).data;
}

/** Each reads the list again. */
export function useTemplateChanges() {
  const client = useQueryClient();
  const onSuccess = () => void client.invalidateQueries({ queryKey: keys.templates });
  return {
    /** With an id it replaces that one. */
    save: useMutation({
      mutationFn: ({ id, ...body }: TemplateBody & { id?: string }) => (id ? api('templates.update', { params: { templateId: id }, body }) : api('templates.create', { body })),
      onSuccess,
    }),
    remove: useMutation({ mutationFn: (id: string) => api('templates.delete', { params: { templateId: id } }), onSuccess }),
  };
}
