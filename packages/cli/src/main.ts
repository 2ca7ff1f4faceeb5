#!/usr/bin/env node
import { main } from './cli.js';
import { EXIT } from './terminal/exit-codes.js';
import { fitted } from './terminal/io.js';

const controller = new AbortController();

// Once: the command finishes what is under way and keeps it. Twice: at once; a resume continues after the last finished block.
process.on('SIGINT', () => {
  if (controller.signal.aborted) process.exit(EXIT.interrupted);
  const notice = fitted('Stopping after the work under way; press Ctrl-C again to stop at once.', process.stderr);
  process.stderr.write(`\n${notice}\n`);
  controller.abort();
});

// A reader that has seen enough (`mop … | head`) closes the pipe: that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.error);
});

process.exitCode = await main(
  process.argv.slice(2),
  { stdout: process.stdout, stderr: process.stderr, env: process.env, now: () => performance.now() },
  { signal: controller.signal },
);
