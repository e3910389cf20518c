import type { AddressClass } from './address';
import type { PanelAction } from './protocol';

export type Tone = 'proven' | 'attention' | 'failed' | 'neutral';

export interface PanelButton {
  readonly action: PanelAction;
  readonly label: string;
  /** The log that it is about, where there are several. */
  readonly of?: number;
}

export interface PanelStatus {
  readonly live: { readonly tone: Tone; readonly icon: string; readonly text: string };
  readonly verdict: {
    readonly tone: Tone;
    readonly icon: string;
    readonly heading: string;
    readonly level: string;
    readonly text: string;
    /** Label and text: seen, cause, to do. */
    readonly why: readonly (readonly [string, string])[];
    readonly buttons: readonly PanelButton[];
    readonly ladder: readonly {
      readonly label: string;
      readonly small: string;
      readonly look: 'done' | 'stop' | 'open';
      readonly top: boolean;
    }[];
    readonly kernel: PanelFigures;
    readonly log: PanelFigures;
    /** The web ports' listeners, where they are read live. `attention`: the module does not handle it. */
    readonly listeners?: { readonly caption: string; readonly all: readonly { readonly text: string; readonly attention: boolean }[] };
    /** Several hosts, in place of the figures of one. */
    readonly fleet?: readonly PanelHostRow[];
  };
  /** Something that keeps the log from being read, shown in place of rows or above them. */
  readonly problem?: { readonly text: string; readonly buttons: readonly PanelButton[] };
  readonly totals: Readonly<Record<AddressClass, number>>;
  readonly lines: number;
  /** undefined: not measured yet. */
  readonly perSecond?: number;
  readonly dropped: number;
  readonly cut: number;
  readonly kept: number;
  readonly limit: number;
  readonly bytes: number;
  readonly format: string;
  readonly asRoot: boolean;
  readonly distinct: number;
  readonly top: readonly { readonly address: string; readonly addressClass: AddressClass; readonly count: number }[];
  readonly distinctVisitors: number;
  readonly share: PanelShare;
  readonly filter: { readonly left: number; readonly problem?: string };
  readonly find: {
    /** Lines that hold the text, and the place among them of the one last led to, from 1. */
    readonly count: number;
    readonly at?: number;
    readonly left: number;
    readonly problem?: string;
  };
  readonly view: PanelView;
}

/** A small table beside the verdict. `flat`: a counter that should rise and does not. */
export interface PanelFigures {
  readonly caption: string;
  readonly rows: readonly { readonly name: string; readonly value: string; readonly note: string; readonly flat: boolean }[];
}

/** The rows that pass the filter: their numbers go from `base` to `end`; `epoch` changes with the filter. */
export interface PanelView {
  readonly epoch: number;
  readonly base: number;
  readonly end: number;
}

/** Bars of `barMs`, the first from `from`; counts in the order of ADDRESS_CLASSES. */
export interface PanelShare {
  readonly from: number;
  readonly barMs: number;
  readonly counts: readonly (readonly number[])[];
  readonly marks: readonly ChartMark[];
}

/** Something that happened at `at`; a gap goes on until `until`. */
export interface ChartMark {
  readonly kind: 'boot' | 'loaded' | 'gap';
  readonly at: number;
  readonly until?: number;
  readonly text: string;
}

/** One of several hosts: its state by icon and words, and what its log shows. */
export interface PanelHostRow {
  readonly source: number;
  readonly name: string;
  readonly tone: Tone;
  readonly icon: string;
  readonly text: string;
  readonly share: string;
}
