/** One measured figure beside its peer's. `ratio` above 1: ours is better; `low`, `high`: quartiles of the rounds' own ratios. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  readonly peer: number;
  readonly peerName: string;
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  /** The least ratio that is wanted; 0: none in particular. */
  readonly target: number;
  readonly met: boolean;
}

/** Measures once: less is better, in the figure's unit. */
export type Measure = () => Promise<number>;

export interface Comparison {
  readonly name: string;
  readonly unit: string;
  readonly peerName: string;
  readonly target: number;
  readonly rounds: number;
  readonly ours: Measure;
  readonly peer: Measure;
}

/** Ours and the peer's in turn; medians. */
export async function compare({ rounds, ours, peer, ...what }: Comparison): Promise<Figure> {
  const [mine = [], theirs = []] = await inTurn(rounds, ours, peer);
  return figure(what, mine, theirs);
}

/** What each measures, round by round: in turn, so that what else the machine does hits all. One unmeasured round goes before. */
export async function inTurn(rounds: number, ...measures: readonly Measure[]): Promise<readonly (readonly number[])[]> {
  for (const measure of measures) await measure();
  const all: number[][] = measures.map(() => []);
  for (let round = 0; round < rounds; round++) {
    // Who goes first alternates too.
    const order = round % 2 === 0 ? [...measures.keys()] : [...measures.keys()].reverse();
    for (const one of order) all[one]?.push((await measures[one]?.()) ?? Number.NaN);
  }
  return all;
}

/** Milliseconds that something takes. */
export async function timed(what: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await what();
  return performance.now() - start;
}

/** A figure from values that were taken elsewhere, round by round. `more`: more is better, as of a rate. */
export function figure(
  { more = false, ...what }: Pick<Figure, 'name' | 'unit' | 'peerName' | 'target'> & { readonly more?: boolean },
  mine: readonly number[],
  theirs: readonly number[],
): Figure {
  const better = (our: number, their: number): number => (more ? our / their : their / our);
  const ratios = mine.map((value, round) => better(value, theirs[round] ?? Number.NaN));
  const ratio = better(quantile(mine, 0.5), quantile(theirs, 0.5));
  return {
    ...what,
    ours: quantile(mine, 0.5),
    peer: quantile(theirs, 0.5),
    ratio,
    low: quantile(ratios, 0.25),
    high: quantile(ratios, 0.75),
    met: ratio >= what.target,
  };
}

/** Prints figures as they come, or all at once as JSON where `--json` was given. */
export function reporter(json: boolean): { add(figure: Figure): void; end(): void } {
  const all: Figure[] = [];
  const number = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
  return {
    add(one) {
      all.push(one);
      if (json) return;
      const range = `${one.ratio.toFixed(2)}x (${one.low.toFixed(2)} to ${one.high.toFixed(2)})`;
      const verdict = one.met ? 'met' : `MISSED, wanted ${one.target}x`;
      process.stdout.write(`${one.name}: ${number(one.ours)} ${one.unit}, ${one.peerName} ${number(one.peer)}: ${range}, ${verdict}\n`);
    },
    end() {
      if (json) process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
    },
  };
}

/** By linear interpolation. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  return below + ((sorted[Math.ceil(at)] ?? below) - below) * (at - Math.floor(at));
}
