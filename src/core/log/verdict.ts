import type { AddressClass } from '../../shared/address';
import { diagnose, type Diagnosis } from '../diagnosis';
import { evidenceLadder, evidenceLevel, isLikely, referenceReading, type Rung } from '../evidence';
import type { HostFacts } from '../facts';
import type { EvidenceLevel, HostMemory, Proof } from '../state';
import type { VerdictCode } from '../verification';

/** What a panel knows when it judges its log. */
export interface PanelVerdictInput {
  /** undefined: the host was never probed. */
  readonly facts?: HostFacts;
  readonly memory: HostMemory;
  /** The probe is too old, or the host cannot be reached: what was proven then is not proven now. */
  readonly stale: boolean;
  readonly cidrsSet: boolean;
  /** Lines per class since the host booted, as far back as the panel sees: earlier connections do not count. */
  readonly lines: Readonly<Record<AddressClass, number>>;
  /** The log has grown while the counters were read. */
  readonly traffic?: boolean;
}

/**
 * The verdict above a log. `likely` and `proven` come from what verification recorded, never from the log alone:
 * scanners and direct visitors bring addresses outside the ranges too.
 */
export interface PanelVerdict {
  readonly code: VerdictCode | 'lastKnown';
  /** Green is for `proven` alone. */
  readonly tone: 'proven' | 'attention' | 'neutral';
  /** undefined: nothing is known of the host. */
  readonly level?: EvidenceLevel;
  readonly ladder: readonly Rung[];
  /** The rung that something keeps from being reached. */
  readonly stop?: Rung['level'];
  readonly proof?: Proof;
  readonly diagnosis?: Diagnosis;
}

/** Judges by the evidence ladder and its rules; pure. */
export function panelVerdict(input: PanelVerdictInput): PanelVerdict {
  const { facts, memory, stale, cidrsSet, lines } = input;
  const all = Object.values(lines).reduce((sum, count) => sum + count, 0);
  if (facts === undefined) {
    return { ...(cidrsSet ? fromLogAlone(lines) : { code: 'rangesNotSet', tone: 'attention' }), ladder: [] };
  }
  const level = evidenceLevel(facts, memory);
  const ladder = evidenceLadder(facts, memory);
  const base = { level, ladder };
  if (level === 5) {
    const proof = ladder.find((rung) => rung.level === 5)?.read.proof;
    return { ...base, code: stale ? 'lastKnown' : 'arrive', tone: stale ? 'neutral' : 'proven', ...(proof === undefined ? {} : { proof }) };
  }
  if (!cidrsSet) return { ...base, code: 'rangesNotSet', tone: 'attention', stop: 5 };
  if (level < 1) return { ...base, ...fromLogAlone(lines) };
  if (level === 1) return { ...base, code: 'notLoaded', tone: 'attention', stop: 2 };
  if (stale || all === 0) return { ...base, code: 'nothingYet', tone: 'neutral' };
  const onlyOrigin = lines.visitor === 0 && lines.origin > 0;
  const diagnosis = diagnosisOf(facts, memory, input.traffic ?? false);
  if (level === 2 && onlyOrigin && reads(ladder)) {
    return { ...base, code: 'loadedNothing', tone: 'attention', stop: 3, ...(diagnosis === undefined ? {} : { diagnosis }) };
  }
  if (level === 3 && diagnosis?.code === 'notAsked') return { ...base, code: 'receivedNotAsked', tone: 'attention', stop: 4, diagnosis };
  if (level >= 4 && isLikely(facts, memory) && lines.visitor > 0) return { ...base, code: 'likely', tone: 'neutral' };
  if (level >= 3 && onlyOrigin) return { ...base, code: 'notArrive', tone: 'attention', ...(diagnosis === undefined ? {} : { diagnosis }) };
  return { ...base, code: 'nothingYet', tone: 'neutral' };
}

/** Without a running module the log can only show that visitors do not arrive; visitors in it came by another way. */
const fromLogAlone = (lines: PanelVerdictInput['lines']): Pick<PanelVerdict, 'code' | 'tone'> =>
  lines.origin > 0 && lines.visitor === 0 ? { code: 'notArrive', tone: 'neutral' } : { code: 'nothingYet', tone: 'neutral' };

/** True if the counters could be compared with an earlier reading: flat is a finding, unread is not. */
const reads = (ladder: readonly Rung[]): boolean => ladder.some((rung) => rung.level === 3 && rung.read.rise !== undefined);

function diagnosisOf(facts: HostFacts, memory: HostMemory, traffic: boolean): Diagnosis | undefined {
  const earlier = referenceReading(facts, memory);
  if (earlier === undefined) return undefined;
  const before = { ...facts, takenAt: earlier.at, logs: [], module: { ...facts.module, counters: earlier.values } };
  return diagnose(before, facts, { traffic })[0];
}
