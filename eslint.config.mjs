import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** The dependency diagram of ARCHITECTURE.md as a table: a package may import what stands in its row and nothing else. */
const MAY_IMPORT = {
  numeric: [],
  encoder: ['numeric'],
  llm: ['numeric'],
  gating: ['numeric'],
  metrics: ['numeric'],
  synthesis: ['numeric', 'encoder', 'llm', 'gating'],
  cli: ['numeric', 'encoder', 'llm', 'gating', 'metrics', 'synthesis'],
  tools: ['numeric', 'encoder', 'llm', 'gating', 'metrics', 'synthesis', 'cli'],
};

const boundaries = Object.entries(MAY_IMPORT).map(([name, targets]) => ({
  sourceTag: `pkg:${name}`,
  onlyDependOnLibsWithTags: targets.map((target) => `pkg:${target}`),
}));

export default tseslint.config(
  { ignores: ['**/dist/**', '**/out-tsc/**', '**/node_modules/**', '**/*.d.ts', 'packages/*/kernels/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        { enforceBuildableLibDependency: true, allow: [], depConstraints: boundaries },
      ],
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
    // These three run in a browser as they are: nothing of Node's.
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
  { files: ['packages/cli/src/**/*.ts', 'tools/**/*.ts', '**/bench/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['**/test/**/*.ts', '**/bench/**/*.ts'],
    rules: { 'max-lines-per-function': 'off', 'max-params': 'off', '@typescript-eslint/no-floating-promises': 'off' },
  },
);
