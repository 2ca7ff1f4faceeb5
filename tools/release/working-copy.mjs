// A copy of the workspace with a history of its own, for releases that must leave no trace: files as they are now, committed or not,
// the builds beside them, and the installed dependencies by a link.
import { cpSync, existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { packageNames, root, run } from '../ci/processes.mjs';

const AUTHOR = { NAME: 'rehearsal', EMAIL: 'rehearsal@localhost' };

/** Commits need a name, which the machine may not have. */
export const gitEnvironment = Object.fromEntries(
  ['GIT_AUTHOR', 'GIT_COMMITTER'].flatMap((who) =>
    Object.entries(AUTHOR).map(([what, value]) => [`${who}_${what}`, value]),
  ),
);

/** Runs git. @returns what it printed. @throws Error with that when it fails */
export function git(args, cwd) {
  const { ok, output } = run('git', args, { cwd, env: gitEnvironment, capture: true });
  if (!ok) throw new Error(`git ${args[0]}: ${output}`);
  return output;
}

/** Commits everything in a folder. */
export function commitAll(folder, message) {
  git(['add', '--all'], folder);
  git(['commit', '--quiet', '--no-verify', '--message', message], folder);
}

/** Copies the workspace, built before, into a new folder. */
export function copyWorkspace(folder) {
  const listed = git(['ls-files', '-z', '--cached', '--others', '--exclude-standard'], root);
  for (const path of listed.split('\0')) {
    // A file deleted but not committed is listed all the same.
    if (path !== '' && existsSync(join(root, path))) cpSync(join(root, path), join(folder, path));
  }
  for (const name of packageNames) {
    cpSync(join(root, 'packages', name, 'dist'), join(folder, 'packages', name, 'dist'), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  git(['init', '--quiet'], folder);
}
