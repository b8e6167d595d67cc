// Rows to come, in the size of the real ones so that nothing moves when they arrive.
import { cx } from '../../../../components/ui/cx.ts';

const WIDTHS: readonly (readonly [string, string, string])[] = [
  ['w-28', 'w-[62%]', 'w-[88%]'],
  ['w-36', 'w-[45%]', 'w-[76%]'],
  ['w-24', 'w-[70%]', 'w-[92%]'],
  ['w-32', 'w-[52%]', 'w-[80%]'],
];

/** `stacked`: two or three lines a row, else one. */
export function ListSkeleton({ stacked, rows = 12 }: { stacked: boolean; rows?: number }) {
  return (
    <div aria-hidden className="overflow-hidden">
      {Array.from({ length: rows }, (_, index) => {
        const [name, subject, snippet] = WIDTHS[index % WIDTHS.length]!;
        return (
          <div key={index} className="flex h-(--row-h) items-center gap-3 border-b border-line/60 px-4">
            <span className="size-8 shrink-0 rounded-full skeleton" />
            {stacked ? (
              <span className="flex flex-1 flex-col gap-2">
                <span className={cx('h-3 skeleton', name)} />
                <span className={cx('h-2.5 skeleton', subject)} />
                <span className={cx('h-2.5 skeleton opacity-70', snippet)} />
              </span>
            ) : (
              <>
                <span className="w-44 shrink-0">
                  <span className={cx('block h-3 skeleton', name)} />
                </span>
                <span className={cx('h-3 skeleton', subject)} />
              </>
            )}
          </div>
        );
      })}
    </div>
  );
}
