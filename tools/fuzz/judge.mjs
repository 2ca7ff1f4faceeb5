import { isNativeError } from 'node:util/types';

/** Longest a parser may take over one input, ms, and most it may add to the process, bytes. */
export const LIMITS = { milliseconds: 1000, bytes: 512 * 2 ** 20 };

/** The project's own error classes: what a parser may throw. */
const OWN = new Set([
  'BaselineError',
  'CacheError',
  'EmbeddingError',
  'ExemplarError',
  'Fault',
  'GateFormatError',
  'MetricInputError',
  'ModelError',
  'PersonaError',
  'PromptError',
  'SettingError',
  'ShapeError',
  'StoreError',
  'UserError',
]);

/**
 * Feeds one input to a parser.
 * @param {{ parse(input: Uint8Array, folder: string): unknown }} target
 * @param {Uint8Array} input
 * @param {string} folder where the parser may be given files
 * @param {{ milliseconds: number, bytes: number }} limits
 * @returns {Promise<{ finding?: string }>} what is wrong, if anything is
 */
export async function judge(target, input, folder, limits = LIMITS) {
  const peak = process.resourceUsage().maxRSS;
  const cpu = process.cpuUsage();
  const first = await outcomeOf(target, input, folder);
  let took = millisecondsSince(cpu);
  if (took > limits.milliseconds) {
    // The first time may include compiling; only what is slow twice is slow.
    const before = process.cpuUsage();
    await outcomeOf(target, input, folder);
    took = Math.min(took, millisecondsSince(before));
  }
  const grown = (process.resourceUsage().maxRSS - peak) * 1024;
  if (first !== undefined) return { finding: first };
  if (took > limits.milliseconds) return { finding: `took ${took.toFixed(0)} ms` };
  if (grown > limits.bytes) return { finding: `took ${(grown / 2 ** 20).toFixed(0)} MiB` };
  return {};
}

/** Processor time, so that a busy machine makes no parser slow. */
function millisecondsSince(before) {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function outcomeOf(target, input, folder) {
  try {
    await target.parse(input.slice(), folder);
    return undefined;
  } catch (error) {
    const name = error?.constructor?.name;
    if ([target.throws].flat().includes(name)) return undefined;
    if (OWN.has(name)) {
      if (error.message === '' || /\n\s+at /.test(error.message)) return `${name} without a sentence: ${error.message}`;
      return undefined;
    }
    const text = isNativeError(error) || error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `threw ${name}: ${text.split('\n').slice(0, 4).join(' | ')}`;
  }
}
