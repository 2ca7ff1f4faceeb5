import { describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformSync } from '@swc/core';
import { parse } from 'yaml';
import { z } from 'zod';
import { shellProblems } from './shell-commands.js';
import { filesEnding, node, packageNames, read, root } from './workspace.js';

interface Block {
  readonly language: string;
  readonly code: string;
  readonly line: number;
}
interface Program extends Block {
  readonly printed?: string;
}

const pages = filesEnding('.md').filter(
  (path) => /(^|\/)README\.md$|^docs\/|^[A-Z]+\.md$/.test(path) && !/^docs\/decisions\//.test(path),
);
const listing = node(['tools/ci/code-blocks.mjs', ...pages]);
const contents = JSON.parse(listing.stdout) as Record<string, { blocks: Block[]; programs: Program[] }>;
const models =
  process.env['MOP_MODELS'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mop-models');

/** Runs the program as a user would: in an empty folder in which the packages are installed, from their builds. */
function run({ language, code }: Program): { status: number | null; stdout: string; stderr: string } {
  const folder = mkdtempSync(join(tmpdir(), 'mop-program-'));
  try {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
    const options = { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } } as const;
    writeFileSync(join(folder, 'program.mjs'), language === 'ts' ? transformSync(code, options).code : code);
    return node(['program.mjs'], folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a block must be, by its language, besides programs. */
const CHECKS: Readonly<Record<string, (code: string) => void>> = {
  sh: (code) => expect(shellProblems(code)).toEqual([]),
  json: (code) => void JSON.parse(code),
  jsonl: (code) =>
    code
      .trim()
      .split('\n')
      .forEach((line) => void JSON.parse(line)),
  yaml: (code) => {
    const value = parse(code) as Record<string, unknown>;
    const schema = JSON.parse(read('packages/cli/mop.schema.json')) as Parameters<typeof z.fromJSONSchema>[0];
    if ('population' in value) z.fromJSONSchema(schema).parse(value);
  },
  // Outputs, pictures and other people's languages.
  text: () => undefined,
  python: () => undefined,
};

it('the blocks of every page could be listed', () => {
  expect({ status: listing.status, stderr: listing.stderr }).toEqual({ status: 0, stderr: '' });
});

it.each(packageNames)('the README of %s begins with a program and says what it prints', (name) => {
  expect(contents[`packages/${name}/README.md`].programs[0]).toMatchObject({
    language: 'js',
    printed: expect.stringMatching(/./),
  });
});

describe.each(Object.entries(contents).filter(([, { blocks }]) => blocks.length > 0))(
  '%s',
  (_, { blocks, programs }) => {
    const named = (list: readonly Program[]): { line: number; program: Program }[] =>
      list.map((program) => ({ line: program.line, program }));
    const plain = named(programs.filter(({ language }) => language === 'js'));
    if (plain.length > 0) {
      it.each(plain)('line $line: the program prints what the page says', ({ program }) => {
        const { status, stdout, stderr } = run(program);
        expect({ stderr, stdout, status }).toEqual({ stderr: '', stdout: program.printed ?? stdout, status: 0 });
      });
    }
    const withModels = named(programs.filter(({ language }) => language === 'ts'));
    const reason = existsSync(join(models, 'SmolLM2-135M-Instruct'))
      ? ''
      : ' (skipped: needs the models of MOP_MODELS)';
    if (withModels.length > 0) {
      (reason === '' ? it : it.skip).each(withModels)(
        `line $line: the program prints what the page says${reason}`,
        ({ program }) => {
          expect(run(program)).toMatchObject({ stdout: program.printed, status: 0 });
        },
      );
    }
    const others = blocks.filter(({ language }) => !['js', 'ts', ''].includes(language));
    if (others.length > 0) {
      it.each(others)('line $line: the $language block can be used as it stands', ({ language, code }) => {
        expect(Object.keys(CHECKS)).toContain(language);
        CHECKS[language](code);
      });
    }
  },
);
