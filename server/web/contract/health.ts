// GET /api/health, for monitors and the operator's `status`.
import { z } from 'zod';

/** `degraded`: works with less (mail unscanned, index behind). `absent`: not installed, and not needed. */
export const componentStatus = z.enum(['ok', 'degraded', 'down', 'absent']);

export const health = z.object({
  status: z.enum(['ok', 'degraded', 'down']),
  components: z.record(z.string(), z.object({ status: componentStatus, detail: z.string() })),
});
export type Health = z.infer<typeof health>;
