import { z } from 'zod';
import { isJson } from './manifest.js';

/** File of the times. No stage rests on it, so it carries no hash. */
export const TIMES_FILE = 'stage-times.json';

const schema = z.record(z.string(), z.object({ seconds: z.number(), passes: z.number() }));

/** Seconds and forward passes for scores by stage, in the order in which the stages were finished. */
export type StageTimes = z.infer<typeof schema>;

/** The times in a file's bytes; none where there is no such file, or no whole one. */
export function decodeTimes(bytes: Uint8Array | undefined): StageTimes {
  if (bytes === undefined || !isJson(bytes)) return {};
  return schema.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data ?? {};
}
