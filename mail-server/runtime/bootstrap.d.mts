export const PUBLIC_PORTS: Record<string, number>;
