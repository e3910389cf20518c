/**
 * Orders two `version-release` texts as rpm does (rpmvercmp: runs of digits and of letters, digits win over letters,
 * `~` sorts before everything). Negative: `a` is older. Source: rpm's lib/rpmvercmp.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [segments(a), segments(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [x, y] = [left[i], right[i]];
    if (x === '~' || y === '~') {
      if (x !== y) return x === '~' ? -1 : 1;
      continue;
    }
    if (x === undefined) return -1;
    if (y === undefined) return 1;
    const order = compareSegments(x, y);
    if (order !== 0) return order;
  }
  return 0;
}

const segments = (text: string): readonly string[] => text.match(/\d+|[a-zA-Z]+|~/g) ?? [];

function compareSegments(x: string, y: string): number {
  const [xNumber, yNumber] = [/^\d/.test(x), /^\d/.test(y)];
  if (xNumber !== yNumber) return xNumber ? 1 : -1;
  if (!xNumber) return x < y ? -1 : x > y ? 1 : 0;
  const [p, q] = [x.replace(/^0+/, ''), y.replace(/^0+/, '')];
  if (p.length !== q.length) return p.length - q.length;
  return p < q ? -1 : p > q ? 1 : 0;
}
