// The page's cache, for parts that are not components. Set once by the provider.
import type { QueryClient } from '@tanstack/react-query';

let client: QueryClient | null = null;

export const queryClient = (): QueryClient | null => client;
export const setQueryClient = (own: QueryClient): void => {
  client = own;
};
