import type { ChildProcessWithoutNullStreams } from 'node:child_process';

export declare const SCORE_SERVER: string;
export declare function pythonWithTorch(): string | undefined;

export interface ScoreProcess {
  readonly url: string;
  readonly child: ChildProcessWithoutNullStreams;
  said(): string;
  kill(): Promise<void>;
}

export declare function startScoreServer(
  python: string,
  model: string,
  options?: {
    readonly program?: string;
    readonly args?: readonly string[];
    readonly threads?: number;
    readonly env?: Readonly<Record<string, string>>;
  },
): Promise<ScoreProcess>;
