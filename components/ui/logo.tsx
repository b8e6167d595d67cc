// The product's mark: an eider's head in two strokes of the accent. Decorative unless named by its surroundings.

/** Square mark in the current accent. */
export function Logo({ className = 'size-7' }: { className?: string }) {
  return (
    <svg aria-hidden viewBox="0 0 32 32" className={className}>
      <rect width="32" height="32" rx="9" fill="var(--accent)" />
      <path d="M7 21.5c0-7.2 4.6-12.4 10.6-12.4 3.6 0 6.2 2 7 5.1l2.3 2.6c.5.6.2 1.4-.6 1.5l-3.6.4c-1.5 2.9-4.4 4.7-8 4.7H8.6C7.7 23.4 7 22.6 7 21.5Z" fill="var(--on-accent)" />
      <path d="M9.2 20.3c1.6-4.6 5.2-7.4 10.2-7.8" stroke="var(--accent)" strokeWidth="2" strokeLinecap="round" fill="none" />
    </svg>
  );
}
