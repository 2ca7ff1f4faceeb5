import type { Outputs, RunFolder } from '../run-folder/run-folder.js';

/** One step of a run: what it writes, and how its result is read back. */
export interface Stage<Result> {
  /** Name in the manifest. */
  readonly name: string;
  /** Does the work; called only when the stage is not finished. */
  make(): Promise<Outputs>;
  /** The result from the stage's committed files. */
  load(read: (file: string) => Promise<Uint8Array>): Promise<Result>;
}

/**
 * The result of a stage, made now or by an earlier process. It is always read back from the folder, never handed over in memory, so
 * that a resumed run goes on from the very numbers an undisturbed one goes on from.
 * A finished stage whose files were changed or are gone is done again; what was changed is set aside.
 */
export async function stageResult<Result>(folder: RunFolder, stage: Stage<Result>): Promise<Result> {
  if (!folder.has(stage.name) || !(await folder.isWhole(stage.name)))
    await folder.commit(stage.name, await stage.make());
  return stage.load((file) => folder.read(stage.name, file));
}
