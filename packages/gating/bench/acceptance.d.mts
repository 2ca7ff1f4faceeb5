import type { MixtureFit, MixtureSettings, Objective } from '@mixture-of-personas/gating';

export interface Target {
  readonly name: string;
  readonly table: string;
  readonly objective: Objective;
  readonly least: number;
  readonly overInitial?: number;
}
export interface Judged {
  readonly fit: MixtureFit;
  readonly seconds: number;
  readonly overUniform: { readonly mean: number; readonly standardError: number };
  readonly overInitial?: { readonly mean: number; readonly standardError: number };
}
export declare const TARGETS: readonly Target[];
export declare function judgeTarget(
  target: Target,
  options?: { readonly share?: number; readonly seed?: number; readonly settings?: MixtureSettings },
): Promise<Judged | undefined>;
