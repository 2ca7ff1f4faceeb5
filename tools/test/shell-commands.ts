import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { manifestOf, node, packageNames, read, root } from './workspace.js';

/** Programs that a page may call besides npm, mop and this repository's own: nothing here knows their flags. */
const OTHERS = [
  'cd',
  'curl',
  'tar',
  'export',
  'git',
  'pip',
  'docker',
  'vllm',
  'wget',
  'ls',
  'cat',
  'mkdir',
  'kill',
  'sleep',
  'open',
];

/** The commands of a shell block, each as words: comments gone, lines joined, pipes and lists taken apart. */
function commandsOf(code: string): string[][] {
  const lines = code.replace(/\\\n\s*/g, ' ').split('\n');
  const bare = lines.map((line) =>
    line.replace(/(^|\s)#.*$/, '').replace(/"[^"]*"|'[^']*'/g, (quoted) => quoted.replace(/[|;&\s]/g, '_')),
  );
  return bare
    .flatMap((line) => line.split(/\s*(?:&&|\|\||[|;])\s*/))
    .map((command) => command.trim().split(/\s+/))
    .map((words) => words.slice(words.findIndex((word) => !/^\w+=/.test(word))))
    .filter(([first = '']) => first !== '');
}

const helps = new Map<string, string>();

/** Output of `mop VERB --help`, read once. */
function helpOf(verb: string): string {
  const known = helps.get(verb) ?? node(['packages/cli/dist/main.js', ...(verb ? [verb] : []), '--help']).stdout;
  helps.set(verb, known);
  return known;
}

/** Flags that a verb does not have; that it has the verb too. */
function mopProblems([verb = '', ...words]: string[]): string[] {
  if (verb.startsWith('-')) return helpOf('').includes(verb) ? [] : [`mop has no ${verb}`];
  if (!new RegExp(`mop ${verb}\\b`).test(helpOf(''))) return [`mop has no verb ${verb}`];
  const flags = words.filter((word) => word.startsWith('--')).map((word) => word.replace(/=.*/, ''));
  return flags
    .filter((flag) => !new RegExp(`${flag.replaceAll('.', '\\.')}\\b`).test(helpOf(verb)))
    .map((flag) => `mop ${verb} has no ${flag}`);
}

/** Packages that are neither ours nor anything this workspace installs. */
function installProblems(words: string[]): string[] {
  const lock = read('package-lock.json');
  return words
    .filter((word) => !word.startsWith('-'))
    .map((word) => word.replace(/(?<=.)@[\^~\d].*$/, ''))
    .filter(
      (name) =>
        !packageNames.some((own) => name === `@mixture-of-personas/${own}`) && !lock.includes(`node_modules/${name}"`),
    )
    .map((name) => `${name} is no package of this workspace`);
}

function npmProblems([verb = '', ...words]: string[]): string[] {
  if (verb === 'run') {
    const script = words.find((word) => !word.startsWith('-')) ?? '';
    const arguments_ = words.slice(words.indexOf('--') + 1);
    if (script === 'mop') return mopProblems(arguments_);
    if (script === 'demo') return mopProblems(['run', ...arguments_]);
    return script in manifestOf('.').scripts ? [] : [`npm run ${script}: no such script`];
  }
  return ['i', 'install'].includes(verb) ? installProblems(words) : [];
}

function problemsOf([program = '', ...words]: string[]): string[] {
  if (program === 'npm') return npmProblems(words);
  if (program === 'mop') return mopProblems(words);
  if (program === 'npx') return words[0] === '@mixture-of-personas/cli' ? mopProblems(words.slice(1)) : [];
  if (/^(node|python3?|bash)$/.test(program)) {
    const file = words.find((word) => /\.(mjs|js|py|sh)$/.test(word));
    return file === undefined || !file.includes('/') || existsSync(join(root, file)) ? [] : [`${file} does not exist`];
  }
  return OTHERS.includes(program) || existsSync(join(root, program))
    ? []
    : [`${program} is not a program that pages may call`];
}

/** Faults in the commands of a shell block: verbs, flags, scripts, files and packages that do not exist. */
export function shellProblems(code: string): string[] {
  return commandsOf(code).flatMap(problemsOf);
}
