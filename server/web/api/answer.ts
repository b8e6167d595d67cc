// The process's dispatcher, made at the first request, for every route file of Next.
import { services } from '../services.ts';
import { createDispatch } from './dispatch.ts';
import { handlers } from './handlers.ts';

let dispatch: ((request: Request) => Promise<Response>) | null = null;

export function answer(request: Request): Promise<Response> {
  dispatch ??= createDispatch(services(), handlers);
  return dispatch(request);
}
