import type { AddressClass } from './address';

/** The whole log, counted on its host at a person's wish: not asked for, under way, or done. Sizes and the moment are in words. */
export type PanelCount =
  | { readonly state: 'none' }
  | { readonly state: 'counting'; readonly done: number; readonly text: string }
  | {
      readonly state: 'counted';
      readonly all: PanelClassCounts;
      /** Lines from before the TOA module was at work, and since; `moment` says when that was. */
      readonly parts?: { readonly moment: string; readonly before: PanelClassCounts; readonly since: PanelClassCounts };
      /** Why there are no parts, where one would look for them. */
      readonly whole?: string;
      readonly top: readonly { readonly address: string; readonly addressClass: AddressClass; readonly count: number }[];
      readonly size: string;
    };

export interface PanelClassCounts {
  readonly lines: number;
  readonly classes: Readonly<Record<AddressClass, number>>;
  /** Different addresses. */
  readonly distinct: Readonly<Record<AddressClass, number>>;
}
