// A conversation to come, in the places of the real one.

/** No words, no movement when it is replaced. */
export function ReadingSkeleton() {
  return (
    <div aria-hidden className="h-full enter-fade">
      <div className="flex h-12 items-center gap-3 border-b border-line px-4 max-md:h-14">
        {[0, 1, 2, 3, 4].map((each) => (
          <span key={each} className="size-5 skeleton" />
        ))}
      </div>
      <div className="mx-auto max-w-5xl px-5 pt-6">
        <div className="h-5 w-3/5 skeleton" />
        <div className="mt-6 flex items-center gap-3">
          <span className="size-10 rounded-full skeleton" />
          <span className="flex flex-col gap-2">
            <span className="h-3 w-36 skeleton" />
            <span className="h-2.5 w-24 skeleton" />
          </span>
        </div>
        <div className="mt-6 space-y-3 sm:ps-13">
          <div className="h-3 w-11/12 skeleton" />
          <div className="h-3 w-10/12 skeleton" />
          <div className="h-3 w-2/3 skeleton" />
        </div>
      </div>
    </div>
  );
}
