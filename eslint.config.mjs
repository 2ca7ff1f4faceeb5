import nx from '@nx/eslint-plugin';
import jsdoc from 'eslint-plugin-jsdoc';
import tseslint from 'typescript-eslint';

/** The picture of ARCHITECTURE.md as a table: a package may import what stands in its row and nothing else. */
const MAY_IMPORT = {
  numeric: [],
  models: ['numeric'],
  encoder: ['numeric', 'models'],
  llm: ['numeric', 'models'],
  gating: ['numeric'],
  metrics: ['numeric'],
  synthesis: ['numeric', 'models', 'encoder', 'llm', 'gating'],
  pipeline: ['numeric', 'models', 'encoder', 'llm', 'gating', 'metrics', 'synthesis'],
  cli: ['numeric', 'models', 'encoder', 'llm', 'gating', 'metrics', 'synthesis', 'pipeline'],
  tools: ['numeric', 'models', 'encoder', 'llm', 'gating', 'metrics', 'synthesis', 'pipeline', 'cli'],
};

const boundaries = Object.entries(MAY_IMPORT).map(([name, targets]) => ({
  sourceTag: `pkg:${name}`,
  onlyDependOnLibsWithTags: targets.map((target) => `pkg:${target}`),
}));

// pipeline imports whole stages when they are reached; within one, imports are static.
const boundaryOptions = {
  enforceBuildableLibDependency: true,
  allow: [],
  depConstraints: boundaries,
  checkDynamicDependenciesExceptions: ['.*'],
};

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/out-tsc/**',
      '**/out-docs/**',
      'tools/fixtures/**',
      '**/node_modules/**',
      '**/*.d.ts',
      'packages/*/kernels/*.ts',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': ['error', boundaryOptions],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
      'no-console': 'error',
    },
  },
  {
    // These three run in a browser as they are: no Node module.
    files: ['packages/{numeric,gating,metrics}/src/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['node:*'], message: 'numeric, gating and metrics run anywhere: pass bytes or functions in.' },
          ],
        },
      ],
    },
  },
  {
    // What a package exports is documented, and what is documented is there.
    files: ['packages/*/src/**/*.ts'],
    plugins: { jsdoc },
    settings: { jsdoc: { mode: 'typescript' } },
    rules: {
      'jsdoc/require-jsdoc': [
        'error',
        {
          publicOnly: true,
          require: { FunctionDeclaration: true, ClassDeclaration: true },
          contexts: ['TSInterfaceDeclaration', 'TSTypeAliasDeclaration', 'VariableDeclaration'],
          checkConstructors: false,
        },
      ],
      // Not every parameter needs a line; a line needs a parameter.
      'jsdoc/check-param-names': ['error', { disableMissingParamChecks: true, checkDestructured: false }],
      'jsdoc/check-alignment': 'error',
      'jsdoc/no-types': 'error',
    },
  },
  {
    // Programs for maintainers, run by Node as they stand.
    files: ['**/*.mjs'],
    rules: { 'no-unused-vars': 'error', 'prefer-const': 'error', 'no-var': 'error', eqeqeq: 'error' },
  },
  { files: ['packages/cli/src/**/*.ts', 'tools/**/*.ts', '**/bench/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['**/test/**/*.ts', '**/bench/**/*.ts'],
    rules: {
      // The command line imports its engines when they are asked for; a test may import what it tests.
      '@nx/enforce-module-boundaries': [
        'error',
        {
          ...boundaryOptions,
          // Fakes and scratch folders that the tests of pipeline and cli share.
          allow: ['/pipeline/test/support/'],
        },
      ],
      'max-lines-per-function': 'off',
      'max-params': 'off',
      '@typescript-eslint/no-floating-promises': 'off',
    },
  },
);
