export const PUBLIC_PORTS: Record<string, { port: number; role: string }>;
