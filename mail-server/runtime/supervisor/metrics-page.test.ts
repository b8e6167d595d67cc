import { expect, test } from 'vitest';
import { joinPages } from './metrics-page.ts';

test('each family is headed once, with the series of all pages below; empty pages and lines add nothing', () => {
  const one = '# HELP b_total Bs.\n# TYPE b_total counter\nb_total{pid="1"} 1\n\n# HELP a A.\n# TYPE a gauge\na{pid="1"} 5\n';
  const two = '# HELP b_total Bs.\n# TYPE b_total counter\nb_total{pid="2"} 2\n';
  expect(joinPages([one, '', two])).toBe(
    '# HELP a A.\n# TYPE a gauge\na{pid="1"} 5\n# HELP b_total Bs.\n# TYPE b_total counter\nb_total{pid="1"} 1\nb_total{pid="2"} 2\n',
  );
});
