import type { Plan } from '../core/plan';
import type { Clock, Prompts, Transport } from '../engine/ports';
import type { Report } from './plan/reportDocument';
import type { Documents } from './documents';
import type { NamedLogs, ProtectedAddresses } from './storage';
import type { LogPanels } from './logPanel/logPanel';
import type { HostStore } from '../engine/hostStore';
import type { Runs } from './runs';
import type { SecretCache } from './secretCache';
import type { TranscriptChannel } from './transcript';

/** What the commands and flows work with; made once by the composition root. */
export interface Ui {
  readonly store: HostStore;
  readonly transport: Transport;
  readonly prompts: Prompts;
  readonly secrets: SecretCache;
  readonly clock: Clock;
  readonly transcript: TranscriptChannel;
  readonly runs: Runs;
  readonly plans: Documents<Plan>;
  readonly reports: Documents<Report>;
  readonly protectedAddresses: ProtectedAddresses;
  readonly namedLogs: NamedLogs;
  readonly logPanels: LogPanels;
  /** Reads settings and SSH configuration anew. */
  listHosts(): Promise<void>;
  /** Downloads are kept here. */
  readonly cacheDirectory: string;
}
