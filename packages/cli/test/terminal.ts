import type { Io } from '../src/terminal/io.js';
import { main } from '../src/cli.js';
import type { MainOptions } from '../src/run-verb.js';

/** A world outside: what was written is kept, the clock is a number that tests set. */
export interface FakeTerminal {
  readonly io: Io;
  readonly clock: { now: number };
  stdout(): string;
  stderr(): string;
}

export function fakeTerminal(columns?: number, env: Readonly<Record<string, string>> = {}): FakeTerminal {
  const written = { stdout: '', stderr: '' };
  const clock = { now: 0 };
  const sink = (name: 'stdout' | 'stderr'): Io['stdout'] => ({
    write: (text) => (written[name] += text),
    isTTY: columns !== undefined,
    columns,
  });
  const io = { stdout: sink('stdout'), stderr: sink('stderr'), env, now: () => clock.now };
  return { io, clock, stdout: () => written.stdout, stderr: () => written.stderr };
}

/** Result of a command: its exit code and both streams. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `mop` in this process. */
export async function mop(
  words: readonly string[],
  options: MainOptions & { readonly columns?: number; readonly env?: Record<string, string> } = {},
): Promise<Ran> {
  const { columns, env, ...mainOptions } = options;
  const terminal = fakeTerminal(columns, env);
  const code = await main(words, terminal.io, mainOptions);
  return { code, stdout: terminal.stdout(), stderr: terminal.stderr() };
}
